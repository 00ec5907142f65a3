"""What the engine needs for a large source: memory that stays, and time that grows evenly.

A server makes records up as they are asked for. The engine runs in a process of its own, whose
peak of memory the system tells. Stored datasets are put straight into the database: a first import
of 100,000 through all of CKAN's hooks is another benchmark (``harvest``).
"""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.readers import ckan, dcat_json

from benchmarks.data import AREAS, FORMATS, SUBJECTS, TAGS
from benchmarks.side import Side

SIZES = (10_000, 100_000)
#: Sizes of what is written; the time for each has to be the same.
WRITTEN = (250, 1_000)
CHUNK = 1_000
READERS = {"ckan": ckan.read, "dcat_json": dcat_json.read}


@dataclass(frozen=True)
class Line:
    """One measurement: ``seconds`` of the engine, ``megabytes`` at the peak of its process."""

    what: str
    records: int
    seconds: float
    megabytes: float

    @property
    def each(self) -> float:
        """Milliseconds a record."""
        return self.seconds / self.records * 1000


def measure(side: Side, sizes: tuple[int, ...] = SIZES) -> list[Line]:
    """Plan sources of each size as new, then again as known and unchanged; then write some."""
    lines = []
    side.seed(0)
    with serve() as url:
        for kind in READERS:
            for count in sizes:
                address = f"{url}/{kind}/{count}"
                line, report = _engine(side, kind, address, "--dry-run")
                _expect(report["plan"]["create"], count)
                lines.append(Line(f"{kind}: plan, all new", count, *line))
                _store(side, kind, address, count)
                line, report = _engine(side, kind, address)
                _expect(report["unchanged"], count)
                lines.append(Line(f"{kind}: nothing changed", count, *line))
        for count in WRITTEN:
            # Records of their own: those of another source would be recognised.
            address = f"{url}/dcat_json/{count}?from={count * 1000}"
            line, report = _engine(side, "dcat_json", address)
            _expect(report["added"], count)
            lines.append(Line("dcat_json: write, all new", count, *line))
    return lines


def as_table(lines: list[Line]) -> str:
    """Return the measurements for people."""
    row = "{:<28} {:>9} {:>10} {:>12} {:>8}"
    table = [row.format("", "records", "seconds", "ms a record", "peak MB")]
    table += [
        row.format(
            line.what,
            f"{line.records:,}",
            f"{line.seconds:,.1f}",
            f"{line.each:.3f}",
            f"{line.megabytes:,.0f}",
        )
        for line in lines
    ]
    return "\n".join(table)


def as_json(lines: list[Line]) -> str:
    """Return one JSON object: ``{"benchmark", "results": [...]}``."""
    results = [{**asdict(line), "ms_per_record": line.each} for line in lines]
    return json.dumps({"benchmark": "harvest-memory", "results": results})


def _engine(
    side: Side, kind: str, url: str, *options: str
) -> tuple[tuple[float, float], dict[str, Any]]:
    """Harvest in a process of its own; gives its seconds and megabytes, and its report."""
    ckan_command = str(Path(sys.executable).with_name("ckan"))
    command = [ckan_command, "-c", str(side.ini), "sniegharvest", "harvest", url, "--type", kind]
    command += ["--org", "municipio", "--json", "--allow-loopback", *options]
    with (side.folder / "engine.log").open("w+") as log:
        process = subprocess.Popen(
            command, env=side.environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        if process.returncode:
            raise RuntimeError(f"{url}: {log.read()[-2000:]} {output[-2000:]}")
    report = json.loads(output.strip().splitlines()[-1])
    print(f"{url}: {report['seconds']} s", file=sys.stderr, flush=True)
    return (report["seconds"], usage.ru_maxrss / 1024), report


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} records, not {wanted}")


def _store(side: Side, kind: str, url: str, count: int) -> None:
    """Store the datasets of a source as if it had been harvested before."""
    _engine(side, kind, f"{url}?one=1")  # makes a source, and all that a first dataset needs
    with closing(psycopg2.connect(side.servers.database(side.name))) as connection:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE harvest_source SET url = %s WHERE url = %s", (url, f"{url}?one=1")
            )
            cursor.execute("SELECT id FROM harvest_source WHERE url = %s", (url,))
            source = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE harvest_object SET current = false WHERE harvest_source_id = %s", (source,)
            )
            hashed = _hashes(kind, count)
            while chunk := list(islice(hashed, CHUNK)):
                _copy(cursor, source, chunk)
            cursor.execute("ANALYZE package, harvest_object, harvest_object_extra")
        connection.commit()


def _copy(cursor: Any, source: str, chunk: list[tuple[str, str]]) -> None:
    rows = [(guid, digest, str(uuid.uuid4()), str(uuid.uuid4())) for guid, digest in chunk]
    tables: dict[str, list[tuple[str, ...]]] = {
        "package (id, name, title, type, state, private)": [
            (package, package, guid, "dataset", "active", "f") for guid, _, package, _ in rows
        ],
        "harvest_object (id, guid, current, state, harvest_source_id, package_id)": [
            (object_, guid, "t", "COMPLETE", source, package) for guid, _, package, object_ in rows
        ],
        "harvest_object_extra (id, harvest_object_id, key, value)": [
            (str(uuid.uuid4()), object_, "content_hash", digest) for _, digest, _, object_ in rows
        ],
    }
    for table, values in tables.items():
        text = "".join("\t".join(line) + "\n" for line in values)
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))


def _hashes(kind: str, count: int) -> Iterator[tuple[str, str]]:
    """Yield identifier and content hash of each record, as the reader of the source gives them."""
    for start in range(0, count, CHUNK):
        entries = [_record(kind, number) for number in range(start, min(count, start + CHUNK))]
        body = json.dumps(entries if kind == "dcat_json" else {"success": True, "result": entries})
        for item in READERS[kind](Document(body.encode())):
            if not isinstance(item, Record):
                raise TypeError(item)
            yield item.identifier, item.content_hash


def _record(kind: str, number: int) -> dict[str, Any]:
    """Return a dataset as the source gives it; the same for the same number."""
    draw = random.Random(number)
    subject, area, year = draw.choice(SUBJECTS), draw.choice(AREAS), 2015 + number % 11
    title = f"{subject} de {area}, {year} ({number})"
    notes = f"{subject} que registra el municipio de {area} durante {year}. " * 6
    tags, formats = draw.sample(TAGS, 3), draw.sample(FORMATS, 2)
    urls = [f"https://datos.example/{number}/{kind.lower()}" for kind in formats]
    if kind == "ckan":
        return {
            "id": f"r-{number}",
            "name": f"conjunto-{number}",
            "title": title,
            "notes": notes,
            "tags": [{"name": tag} for tag in tags],
            "organization": {"name": "municipio", "title": "Municipio"},
            "resources": [
                {"id": f"{number}-{n}", "name": subject, "url": url, "format": formats[n]}
                for n, url in enumerate(urls)
            ],
        }
    return {
        "identifier": f"r-{number}",
        "title": title,
        "description": notes,
        "keyword": tags,
        "modified": "2026-01-15",
        "publisher": {"name": "Municipio"},
        "distribution": [
            {"title": subject, "downloadURL": url, "format": formats[n]}
            for n, url in enumerate(urls)
        ],
    }


class Handler(BaseHTTPRequestHandler):
    """Answers ``/dcat_json/COUNT`` and the CKAN API below ``/ckan/COUNT``."""

    def do_GET(self) -> None:
        """Make the answer up, a thousand records at a time."""
        parts = urlsplit(self.path)
        kind, _, rest = parts.path.strip("/").partition("/")
        if kind not in READERS:
            self.send_error(404)
            return
        count = 1 if parts.query.startswith("one") else int(rest.split("/")[0])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if kind == "ckan":
            self._page(count, parse_qs(parts.query, keep_blank_values=True))
            return
        begin = int(parse_qs(parts.query).get("from", ["0"])[0])
        self.wfile.write(b'{"dataset": [')
        for number in range(count):
            text = json.dumps(_record(kind, begin + number))
            self.wfile.write(f"{',' if number else ''}{text}".encode())
        self.wfile.write(b"]}")

    def _page(self, count: int, query: dict[str, list[str]]) -> None:
        count = 1 if "one" in query else count
        start, rows = (int(query.get(key, ["0"])[0]) for key in ("start", "rows"))
        results = [_record("ckan", number) for number in range(start, min(count, start + rows))]
        answer = {"success": True, "result": {"count": count, "results": results}}
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve sources of any size on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
