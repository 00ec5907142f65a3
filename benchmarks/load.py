"""What a large table takes from a file to the DataStore, against PostgreSQL's COPY of that file.

The same server takes both, in turn: text into the columns of a new table, and all that publishing
does. The worker runs in a process of its own, whose peak of memory the system tells.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from benchmarks import load_table
from benchmarks.side import Side

ROWS = 1_000_000
PLUGINS = "mxcity_tables datastore xloader"
#: The dataset whose resource the table is.
DATASET = "conjunto-00000"
#: The steps of the chain, in their order, and what comes after it.
CHAIN = ("read", "write", "check", "load")
_COPIED = "copied_as_it_is"


@dataclass(frozen=True)
class Line:
    """One line of the report: ``value`` in ``unit``, and where there is one, what is asked."""

    what: str
    value: float
    unit: str
    #: Divided by the COPY that was measured beside it.
    ratio: float | None = None
    asked: str = ""


def measure(side: Side, rows: int, rounds: int) -> list[Line]:
    """Copy and publish the same file in turn; what is told of each is the median."""
    file = side.folder / "load.csv"
    names = load_table.write(file, rows)
    side.servers.create_datastore(f"{side.name}_datastore")
    side.seed(1)
    copies, runs = [], []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        before = _copy(side, file, names)
        run = publish(side, file)
        if run["rows"] != rows or _count(side, run["resource"]) != rows:
            raise RuntimeError(run)
        # The machine is not the same before and after.
        copies.append((before + _copy(side, file, names)) / 2)
        runs.append(run)
    return _lines(copies, runs, file.stat().st_size)


def as_table(lines: list[Line]) -> str:
    """Return the measurements for people."""
    row = "{:<44} {:>9} {:<8} {:>8}  {}"
    table = [row.format("", "", "", "÷ COPY", "asked")]
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        table.append(
            row.format(line.what, f"{line.value:,.1f}", line.unit, ratio, line.asked).rstrip()
        )
    return "\n".join(table)


def as_json(lines: list[Line]) -> str:
    """Return one JSON object: ``{"benchmark", "results": [...]}``."""
    return json.dumps({"benchmark": "load", "results": [asdict(line) for line in lines]})


def _lines(copies: list[float], runs: list[dict[str, Any]], size: int) -> list[Line]:
    def timed(what: str, steps: tuple[str, ...], asked: str = "") -> Line:
        seconds = [sum(run["seconds"][step] for step in steps) for run in runs]
        ratios = [one / copy for one, copy in zip(seconds, copies, strict=True)]
        return Line(what, statistics.median(seconds), "s", statistics.median(ratios), asked)

    speed = statistics.median(run["size"] / 1e6 / run["cpu"]["check"] for run in runs)
    return [
        Line("the file", size / 1e6, "MB"),
        Line("COPY into columns of text", statistics.median(copies), "s", 1.0),
        timed("reading", ("read",)),
        timed("writing the canonical CSV", ("write",)),
        timed("check", ("check",)),
        timed("load into the DataStore", ("load",)),
        timed("the whole chain", CHAIN, "2.5"),
        timed("index for searches", ("index",)),
        timed("from the file to searchable", (*CHAIN, "index"), "4"),
        Line("check, of one core's time", speed, "MB/s", asked="50"),
        Line("memory of the worker", max(run["worker"] for run in runs), "MB", asked="500"),
        Line("memory of its reading room", max(run["room"] for run in runs), "MB", asked="500"),
    ]


def _copy(side: Side, file: Path, names: list[str]) -> float:
    """Return the seconds of COPY into a new table that has nothing but columns of text."""
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in names)
    table = sql.Identifier(_COPIED)
    with (
        closing(psycopg2.connect(_datastore(side))) as connection,
        connection.cursor() as cursor,
        file.open("rb") as rows,
    ):
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns))
        connection.commit()
        start = time.perf_counter()
        cursor.copy_expert(f"COPY {_COPIED} FROM STDIN WITH (FORMAT csv, HEADER)", rows)
        connection.commit()
        seconds = time.perf_counter() - start
        cursor.execute(sql.SQL("DROP TABLE {}").format(table))
        connection.commit()
    return seconds


def publish(side: Side, file: Path) -> dict[str, Any]:
    """Publish the file in a process of its own; return what it says, and its peak of memory."""
    command = [sys.executable, "-m", "benchmarks.load_worker", str(side.ini), str(file)]
    with (side.folder / "worker.log").open("w+") as log:
        process = subprocess.Popen(
            [*command, DATASET],
            env=side.environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        if process.returncode:
            raise RuntimeError(log.read()[-3000:])
    told: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return {**told, "worker": usage.ru_maxrss / 1024}


def _count(side: Side, table: str) -> int:
    with (
        closing(psycopg2.connect(_datastore(side))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        (count,) = cursor.fetchone()
        return int(count)


def _datastore(side: Side) -> str:
    return side.servers.database(f"{side.name}_datastore")
