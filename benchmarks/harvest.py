"""One CKAN, harvested by stock workers and by ours: first import, no change, 1 % changed.

A third CKAN is the source. What the engine adds to a source that has not changed is told against
the time that it takes to download and parse it.
"""

from __future__ import annotations

import json
import statistics
import time

from benchmarks.measure import Result, get, pair
from benchmarks.side import Side

TIME_LIMIT = 3600  # seconds for one run of one side
PAGE = 1000
PARSES = 3
#: Seconds between two looks at a run. Its time is in the database: looking more often only takes
#: from a run that uses every core.
LOOK_EVERY = 1.0

#: Whether the newest job has done all of its records, and in how many seconds since it was made.
PROGRESS = """
SELECT job.gather_finished IS NOT NULL AND count(*) FILTER (
        WHERE object.state NOT IN ('COMPLETE', 'ERROR')) = 0,
    extract(epoch FROM greatest(job.gather_finished, max(object.import_finished)) - job.created)
FROM harvest_job AS job LEFT JOIN harvest_object AS object ON object.harvest_job_id = job.id
GROUP BY job.id ORDER BY job.created DESC LIMIT 1
"""
#: A page of the source is asked for in an order that does not move.
LISTING = "/api/3/action/package_search?rows={rows}&start={start}&sort=metadata_created+asc"


def harvest(source: Side, ours: Side, stock: Side, count: int) -> list[Result]:
    """Harvest ``count`` datasets of a CKAN on both sides, three times.

    The second side of "no change" and "1 % changed" is the plain download of the source: stock asks
    only for what is new since its last run, which tells nothing of what is gone.
    """
    source.start_web()
    for side in (ours, stock):
        side.seed(0, source.url)
        side.start_harvesters()
    _parse(source)  # not counted: the source's first answers are slow, and would be ours alone
    _warm_up(ours, count)
    first = [_run(side) / count for side in (ours, stock)]
    results = [pair("a dataset: first import, against stock", first[:1], first[1:])]
    for side in (ours, stock):
        _expect(side, count)
    parse = statistics.median(_parse(source) for _ in range(PARSES)) / count
    unchanged = [_run(ours) / count for _ in range(PARSES)]
    results.append(pair("a dataset: no change, against a download", unchanged, [parse] * PARSES))
    before = _modified(ours)
    source.change(count // 100)
    changed = _run(ours) / count
    results.append(pair("a dataset: 1 % changed, against a download", [changed], [parse]))
    written = len(_modified(ours) - before)
    if written != count // 100:
        raise RuntimeError(f"{written} datasets were written, not {count // 100}")
    return results


def _warm_up(ours: Side, count: int) -> None:
    """Import once and forget it: Solr's compiler learns in the first thousands of documents.

    It has seen as many of stock's already, when the source was filled.
    """
    _run(ours)
    _expect(ours, count)
    ours.ckan("harvester", "source", "clear", "fuente")
    _expect(ours, 0)


def _expect(side: Side, count: int) -> None:
    statement = "SELECT count(*) FROM package WHERE type <> 'harvest' AND state = 'active'"
    if side.query(statement) != [(count,)]:
        raise RuntimeError(f"{side.name} has {side.query(statement)}, not {count} datasets")


def _modified(side: Side) -> set[tuple[str, str]]:
    rows = side.query("SELECT id, metadata_modified::text FROM package WHERE type <> 'harvest'")
    return {(row[0], row[1]) for row in rows}


def _parse(source: Side) -> float:
    """Seconds that it takes to download and to parse every page of the source."""
    start, seen, count = time.perf_counter(), 0, 1
    while seen < count:
        page = json.loads(get(source.url + LISTING.format(rows=PAGE, start=seen)))["result"]
        seen, count = seen + len(page["results"]), page["count"]
    return time.perf_counter() - start


def _run(side: Side) -> float:
    """Start a job and wait until its last record is done. Returns seconds since its creation."""
    side.ckan("harvester", "job", "fuente")
    limit = time.monotonic() + TIME_LIMIT
    while time.monotonic() < limit:
        done, seconds = side.query(PROGRESS)[0]
        if done:
            side.ckan("harvester", "run")  # stock marks a job as finished only here
            return float(seconds)
        time.sleep(LOOK_EVERY)
    raise RuntimeError(f"{side.name}: the harvest did not end within {TIME_LIMIT} s")
