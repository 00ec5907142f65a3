"""How long a page of a large table takes a visitor: first rows, filters, orders, facets, groups.

The table is that of the benchmark ``load``, loaded as publishing loads it. Each question is asked
once with nothing kept, which is the worst that anybody waits, then in rounds; the database is warm.
"""

from __future__ import annotations

import json
import statistics
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass

from ckanext.mxcity.tables.preview.plugin import VIEW
from redis import Redis

from benchmarks import load, load_table
from benchmarks.side import Side

PLUGINS = f"{load.PLUGINS} {VIEW}"
#: Seconds that are asked for, by question.
SECOND = 1.0
_SQL = "SELECT tipo, anio, sum(costo) AS costo FROM tabla GROUP BY ALL ORDER BY ALL"
#: Each question: its name, the end of its address, and the seconds that are asked for.
PREVIEW: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("first rows", []),
    ("page 5,000", [("page", "5000")]),
    ("filter by a value", [("f.tipo", "Bache")]),
    ("filter by bounds", [("f.minutos.min", "100"), ("f.minutos.max", "200")]),
    ("sort upwards", [("sort", "costo")]),
    ("sort downwards", [("sort", "recibido desc")]),
    ("filter and sort", [("f.tipo", "Bache"), ("sort", "costo desc")]),
    ("words", [("q", "cuadrilla 17")]),
)
FACET = ("facets of two filters", [("f.tipo", "Bache"), ("f.turno", "nocturno")])
GROUPS: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("group and count", [("por", "tipo")]),
    ("group and average", [("por", "tipo"), ("medida", "costo"), ("como", "promedio")]),
    ("cross two columns", [("por", "tipo"), ("por", "recibido.anio"), ("medida", "impuesto")]),
    ("medians", [("por", "colonia"), ("medida", "minutos"), ("como", "mediana")]),
)


@dataclass(frozen=True)
class Line:
    """One line of the report, in seconds: the first answer, and the median of the others."""

    what: str
    first: float
    median: float
    asked: float


def measure(side: Side, rows: int, rounds: int) -> list[Line]:
    """Load the table, and ask each question in turn."""
    file = side.folder / "load.csv"
    load_table.write(file, rows)
    side.servers.create_datastore(f"{side.name}_datastore")
    side.seed(1)
    told = load.publish(side, file)
    table = told["resource"]
    side.start_web()
    page = f"{side.url}/dataset/{load.DATASET}/resource/{table}?view_id={told['view']}"
    asked = [(name, f"{page}&{_query(pairs)}", SECOND) for name, pairs in (*PREVIEW, FACET)]
    here = f"{side.url}/table/{table}"
    asked += [(name, f"{here}/agrupar?{_query(pairs)}", 10.0) for name, pairs in GROUPS]
    asked.append(("SQL", f"{here}/sql?{_query([('q', _SQL)])}", 15.0))
    return [_line(side, name, url, most, rounds) for name, url, most in asked]


def _line(side: Side, name: str, url: str, asked: float, rounds: int) -> Line:
    _seconds(f"{side.url}/about")  # templates and connections are ready
    Redis.from_url(side.servers.redis_number(side.redis_number)).flushdb()
    first = _seconds(url)
    return Line(name, first, statistics.median(_seconds(url) for _ in range(rounds)), asked)


def _seconds(url: str) -> float:
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read()[-2000:]!r}") from error
    return time.perf_counter() - start


def _query(pairs: list[tuple[str, str]]) -> str:
    return urllib.parse.urlencode(pairs)


def as_table(lines: list[Line]) -> str:
    """Return the measurements for people."""
    row = "{:<28} {:>10} {:>10} {:>8}"
    table = [row.format("seconds", "first", "median", "asked")]
    table += [
        row.format(line.what, f"{line.first:.2f}", f"{line.median:.2f}", f"{line.asked:.0f}")
        for line in lines
    ]
    return "\n".join(table)


def as_json(lines: list[Line]) -> str:
    """Return one JSON object: ``{"benchmark", "results": [...]}``."""
    return json.dumps({"benchmark": "table", "results": [asdict(line) for line in lines]})
