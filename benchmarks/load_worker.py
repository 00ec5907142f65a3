"""Do with one file what publishing does: ``python -m benchmarks.load_worker INI FILE DATASET``.

Prints a line of JSON: the seconds of each step, and the memory of the rooms that it opened.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckanext.mxcity.checks.chain import Subject, run_checks
from ckanext.mxcity.checks.stock import STOCK
from ckanext.mxcity.files import propose_schema, read_file, write_table
from ckanext.mxcity.tables.copying import DataStore
from ckanext.mxcity.tables.preview.plugin import VIEW

#: Seconds between two looks at the memory of the rooms.
LOOK = 0.3


def main(ini: str, file: str, dataset: str) -> None:
    """Publish the rows of a file as a new resource of a dataset, and say how long each step took.

    A row that is not as it should be ends it: what is measured has to be right.
    """
    app: Any = make_app(CKANConfigLoader(ini).get_config())
    path, store, steps = Path(file), DataStore(), Steps()
    rooms = Rooms()
    rooms.start()
    with app._wsgi_app.test_request_context(), TemporaryDirectory(prefix="mxcity-") as folder:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        made = tk.get_action("resource_create")(
            {"ignore_auth": True, "user": user},
            {"package_id": dataset, "url": "https://datos.example/a.csv", "format": "CSV"},
        )
        target = Path(folder) / "canonical.csv"
        (table,) = steps.timed("read", lambda: read_file(path, path.name)).tables
        steps.timed(
            "write",
            lambda: write_table(
                path, path.name, table.name, target, columns=table.columns, proof=table.proof
            ),
        )
        subject = Subject(target, table, propose_schema(table), {}, path, path.name)
        verdicts = steps.timed("check", lambda: run_checks(subject, STOCK))
        if any(verdict.blocking for verdict in verdicts):
            raise RuntimeError(verdicts)
        fields = [{"id": column.name, "type": column.type} for column in table.columns]
        steps.timed("load", lambda: store.load(made["id"], target, fields))
        steps.timed("index", lambda: store.index(made["id"]))
        size, view = target.stat().st_size, _view(made["id"], user)
    told = {"seconds": steps.seconds, "cpu": steps.cpu, "room": rooms.peak, "size": size}
    told["view"] = view
    print(json.dumps({**told, "rows": table.row_count, "resource": made["id"]}))


def _view(resource_id: str, user: str) -> str:
    """Return the preview of the table, made; "" where no plugin shows it."""
    if not p.plugin_loaded(VIEW):
        return ""
    told = {"resource_id": resource_id, "view_type": VIEW, "title": "Tabla"}
    context: Any = {"ignore_auth": True, "user": user}
    return str(tk.get_action("resource_view_create")(context, told)["id"])


class Rooms(threading.Thread):
    """Looks at the processes below this one: a room is ended before anybody asks what it took."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        #: Megabytes of the largest one.
        self.peak = 0.0

    def run(self) -> None:
        """Look a few times a second."""
        while True:
            found = [_status(path) for path in Path("/proc").glob("[0-9]*/status")]
            parents = {status["Pid"]: status["PPid"] for status in found if status}
            for status in found:
                if status and os.getpid() in _above(int(status["Pid"]), parents):
                    self.peak = max(self.peak, status.get("VmHWM", 0) / 1024)
            time.sleep(LOOK)


def _status(path: Path) -> dict[str, int]:
    """Return the numbers of a process; none where it has ended."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    wanted = [line.replace(":", "").split() for line in lines]
    return {words[0]: int(words[1]) for words in wanted if words[0] in ("Pid", "PPid", "VmHWM")}


def _above(process: int, parents: dict[int, int]) -> set[int]:
    found = set()
    while process := parents.get(process, 0):
        found.add(process)
    return found


class Steps:
    """How long each step took, by the clock and of this process's processor."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Do one step."""
        start, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.seconds[name] = time.perf_counter() - start
        self.cpu[name] = time.process_time() - cpu
        return result


if __name__ == "__main__":
    main(*sys.argv[1:])
