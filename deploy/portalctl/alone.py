"""``./portal test --alone``: each test file by itself, as a contributor runs the one he changed."""

from __future__ import annotations

import os
import queue
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .console import say
from .instance import REPOSITORY
from .servers import WorkerServers, worker_servers

OPTION = "--alone"
NO_TESTS = 5  # pytest's exit code for a session in which nothing was selected


def run_alone(
    arguments: list[str], binaries: Path, environment: dict[str, str], workers: int
) -> int:
    """Run each test file in a process of its own, with empty tables; returns 1 if any fails.

    Arguments that name a file or a folder choose the test files; the others go to pytest.
    """
    paths = [name for name in arguments if (REPOSITORY / name).exists()]
    options = [name for name in arguments if name not in paths]
    files = list(test_files(paths or ["tests"]))
    names = [f"gw{number}" for number in range(min(workers, len(files)))]
    failed: list[str] = []
    with worker_servers(binaries, names) as servers:
        free: queue.Queue[str] = queue.Queue()
        for name in names:
            free.put(name)

        def run_file(file: str) -> None:
            worker = free.get()
            try:
                if not _passes(file, options, binaries, servers, worker, environment):
                    failed.append(file)
            finally:
                free.put(worker)

        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(run_file, files))
    say(f"  {len(files) - len(failed)} of {len(files)} test files pass alone")
    for file in sorted(failed):
        say(f"  ✗ {file}")
    return 1 if failed else 0


def test_files(paths: list[str]) -> Iterator[str]:
    """Yield the test files in files and folders of the checkout, by their names."""
    found: set[Path] = set()
    for path in paths:
        place = REPOSITORY / path
        found.update([place] if place.is_file() else place.rglob("test_*.py"))
    for file in sorted(found):
        yield str(file.relative_to(REPOSITORY))


def _passes(
    file: str, options: list[str], binaries: Path, servers: WorkerServers, worker: str,
    environment: dict[str, str],
) -> bool:  # fmt: skip
    servers.empty(worker)
    begun = time.monotonic()
    done = subprocess.run(
        [str(binaries / "python"), "-m", "pytest", "--ckan-ini=config/test.ini", *options, file],
        cwd=REPOSITORY, env={**os.environ, **environment, **servers.of(worker)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = done.returncode in (0, NO_TESTS)
    said = f"  {'✓' if passed else '✗'} {file} ({time.monotonic() - begun:.0f} s)"
    say(said if passed else f"{said}\n{done.stdout}{done.stderr}")
    return passed
