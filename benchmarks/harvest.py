"""One source, harvested by stock workers and by ours: first import, no change, 1 % changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.data import data_json
from benchmarks.measure import Result, pair
from benchmarks.side import Side

TIME_LIMIT = 1800  # seconds for one run of one side

PROGRESS = """
SELECT job.gather_finished IS NOT NULL AND NOT EXISTS (
    SELECT FROM harvest_object AS object
    WHERE object.harvest_job_id = job.id AND object.state NOT IN ('COMPLETE', 'ERROR')),
    extract(epoch FROM (now() AT TIME ZONE 'UTC') - job.created)
FROM harvest_job AS job ORDER BY job.created DESC LIMIT 1
"""


def harvest(ours: Side, stock: Side, count: int) -> list[Result]:
    """Harvest ``count`` records of a ``data.json`` on both sides, three times."""
    results = []
    with _source(count) as (url, publish):
        for side in (ours, stock):
            side.seed(0, url)
            side.start_harvesters()
        for what, changed in (("first import", 0), ("no change", 0), ("1 % changed", count // 100)):
            publish(changed)
            times = [_run(side) / count for side in (ours, stock)]
            results.append(pair(f"harvest a record: {what}", [times[0]], [times[1]]))
        expected = [(count,)]
        statement = "SELECT count(*) FROM package WHERE type = 'dataset' AND state = 'active'"
        for side in (ours, stock):
            if side.query(statement) != expected:
                raise RuntimeError(f"{side.name} has {side.query(statement)}, not {expected}")
    return results


def _run(side: Side) -> float:
    """Start a job and wait until its last record is done. Returns seconds since its creation."""
    side.ckan("harvester", "job", "fuente")
    limit = time.monotonic() + TIME_LIMIT
    while time.monotonic() < limit:
        done, seconds = side.query(PROGRESS)[0]
        if done:
            side.ckan("harvester", "run")  # stock marks a job as finished only here
            return float(seconds)
        time.sleep(0.1)
    raise RuntimeError(f"{side.name}: the harvest did not end within {TIME_LIMIT} s")


@contextmanager
def _source(count: int) -> Iterator[tuple[str, Callable[[int], None]]]:
    """Serve the catalogue on loopback; ``publish(changed)`` replaces the document."""
    document = [b""]

    def publish(changed: int) -> None:
        document[0] = json.dumps(data_json(count, changed)).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the document, whatever the path."""
            found = self.path == "/data.json"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(document[0]) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(document[0])

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    publish(0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/data.json", publish
    finally:
        server.shutdown()
