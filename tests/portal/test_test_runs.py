"""What ``./portal test`` keeps of a run, and how it cuts the suite."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from portalctl import alone, record, testing
from portalctl.instance import REPOSITORY


def commit() -> str | None:
    """Return the commit of the checkout, if it is one."""
    asked = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def read(place: Path) -> dict[str, Any]:
    return json.loads(place.read_text("utf-8"))


def test_a_run_that_ends_is_kept(tmp_path: Path) -> None:
    """The record has the commit, the counts of pytest and the time; a failed check is a failure."""
    place = tmp_path / "new" / "last-test.json"
    counts = {"passed": 7, "failed": 1, "skipped": 2, "ended": True, "seed": 5}
    with record.kept(place) as outcome:
        outcome.whole = True
        outcome.counts.write_text(json.dumps(counts))
        outcome.failed_checks.append("ruff check")
    found = read(place)
    assert found["commit"] == commit()
    assert isinstance(found["dirty"], bool)
    assert isinstance(found["seconds"], int)
    assert {name: found[name] for name in ("passed", "failed", "skipped", "seed")} == {
        "passed": 7,
        "failed": 2,
        "skipped": 2,
        "seed": 5,
    }
    assert found["whole"] is True
    assert not outcome.counts.exists()


@pytest.mark.parametrize("reason", [KeyboardInterrupt, OSError])
def test_a_run_that_breaks_off_is_kept(tmp_path: Path, reason: type[BaseException]) -> None:
    """A run that is interrupted replaces the record of the run before it, and is not whole."""
    place = tmp_path / "last-test.json"
    place.write_text('{"whole": true, "passed": 2550}')

    def run() -> None:
        with record.kept(place) as outcome:
            outcome.whole = True
            raise reason

    with pytest.raises(reason):
        run()
    found = read(place)
    assert (found["whole"], found["passed"], found["failed"]) == (False, 0, 0)


def run_pytest(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run three tests, of which one fails and one is skipped, as the suite's tests are run."""
    support = REPOSITORY / "tests" / "support"
    (folder / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(support)!r})\nfrom workers import *\n"
        "from workers import pytest_collection_modifyitems, pytest_sessionfinish\n"
    )
    (folder / "test_three.py").write_text(
        "import pytest\n\ndef test_good(): pass\n\ndef test_bad(): raise OSError\n\n"
        "@pytest.mark.skip\ndef test_left(): pass\n"
    )
    place = folder / "counts.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:ckan"),
            *("--rootdir", str(folder), *arguments, str(folder)),
        ],
        env={"MXCITY_TEST_COUNTS": str(place), "PATH": "/usr/bin:/bin"},
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert place.exists(), done.stdout + done.stderr
    return done.returncode, read(place)


def test_pytest_counts(tmp_path: Path) -> None:
    """Pytest tells how many tests passed, failed and were skipped, and with which order."""
    code, counts = run_pytest(tmp_path, "--randomly-seed=11")
    assert code == 1
    assert counts == {"passed": 1, "failed": 1, "skipped": 1, "ended": True, "seed": 11}


def test_pytest_that_stops_has_not_ended(tmp_path: Path) -> None:
    """A run that stops at the first failure is not a run of the whole."""
    _, counts = run_pytest(tmp_path, "-x")
    assert counts["ended"] is False
    assert counts["failed"] == 1


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        ([], True),
        (["--randomly-seed=4", "-n", "2", "-v", "--durations=9"], True),
        (["tests/portal"], False),
        (["-k", "name"], False),
        (["-m", "browser"], False),
        (["--deselect=tests/x"], False),
        (["-x"], False),
    ],
)
def test_what_a_whole_run_is(arguments: list[str], whole: bool) -> None:
    """A run with an argument that may leave out a test is not of the whole suite."""
    assert testing.is_whole(arguments) is whole


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [
        ([], 0),
        (["-n", "2"], 2),
        (["-n3", "tests"], 3),
        (["-n", "2", "-n", "4"], 4),
        (["-k", "n 3"], 0),
    ],
)
def test_each_worker_has_servers(arguments: list[str], workers: int) -> None:
    """The servers are made for the number of workers that pytest is given; the last one counts."""
    assert testing.count_workers(arguments) == workers


def test_a_commit_has_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean checkout is always tested in the same order, and a changed one in any order."""
    clean = {"commit": "0357643deadbeef", "dirty": False}
    monkeypatch.setattr(record, "_source", lambda: clean)
    assert testing.ordered(["-v"]) == [f"--randomly-seed={0x0357643}"]
    assert testing.ordered(["--randomly-seed=7"]) == []
    for other in ({**clean, "dirty": True}, {"commit": None, "dirty": False}):
        monkeypatch.setattr(record, "_source", lambda other=other: other)
        assert testing.ordered([]) == []


def test_files_that_run_alone() -> None:
    """Each test file of a folder is found once, and nothing that is no test."""
    found = list(alone.test_files(["tests/portal", "tests/portal/test_test_runs.py"]))
    assert found == sorted(set(found))
    assert "tests/portal/test_test_runs.py" in found
    assert all(Path(name).name.startswith("test_") for name in found)
