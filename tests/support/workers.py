"""How the workers of pytest-xdist share the tests, and what each one works with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Folders whose tests share something that takes minutes to make: one worker does all of them.
ONE_WORKER = ("tests/browser",)
#: Tests that take minutes: who begins with them ends with the others.
LONG_FILES = (
    "tests/browser/",
    "tests/portal/test_faults.py",
    "tests/mxcity/publishing/test_deaths.py",
    "tests/mxcity/publishing/test_doors.py",
    "tests/sniegharvest/engine/test_kill.py",
    "tests/mxcity/publishing/test_reading_again.py",
    "tests/mxcity/files/test_round_trips.py",
    "tests/mxcity/files/test_recipes.py",
    "tests/mxcity/files/test_questions.py",
    "tests/sniegharvest/sources/test_hostile_runs.py",
    "tests/sniegharvest/peers/",
)


def pytest_configure() -> None:
    """Let a worker use its own databases, its own core and its own number."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ.update(json.loads(os.environ["MXCITY_TEST_WORKERS"])[worker])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    """Give a free worker the next file."""
    config.option.loadscopereorder = False  # the order is ours
    return FileScheduling(config, log)


class FileScheduling(LoadScopeScheduling):
    """Keep the tests of each file together, and those of some folders."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in ONE_WORKER if file.startswith(folder)), file)


def _rank(item: pytest.Item) -> int:
    ranks = (rank for rank, name in enumerate(LONG_FILES) if item.nodeid.startswith(name))
    return next(ranks, len(LONG_FILES))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write how many tests passed, for the record of the run."""
    place = os.environ.get("MXCITY_TEST_COUNTS")
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if not place or reporter is None or hasattr(session.config, "workerinput"):
        return
    kinds = {
        "passed": ("passed", "xpassed"),
        "failed": ("failed", "error"),
        "skipped": ("skipped", "xfailed"),
    }
    counts = {
        name: sum(len(reporter.stats.get(kind, [])) for kind in found)
        for name, found in kinds.items()
    }
    stopped = bool(session.shouldstop or session.shouldfail)
    ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not stopped
    seed = session.config.getoption("randomly_seed", None)
    Path(place).write_text(json.dumps({**counts, "ended": ended, "seed": seed}), encoding="utf-8")
