"""``./portal test``: lint, types and tests, on servers of its own."""

from __future__ import annotations

import argparse
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import alone, python_env, record, solr, system
from .console import say, step
from .instance import CACHE, REPOSITORY
from .servers import call, portal_instance, servers, worker_servers

__all__ = ["portal_instance", "run_benchmark", "run_tests"]

CHECKED = ("ckanext-mxcity", "ckanext-sniegharvest", "deploy", "benchmarks", "tests", "docs")
#: What is installed at a city. Tests and the like may also import what is for development.
SHIPPED = ("ckanext-mxcity", "ckanext-sniegharvest", "deploy", "schemas")
TYPED = (
    "ckanext-mxcity/ckanext/mxcity",
    "ckanext-sniegharvest/ckanext/sniegharvest",
    "deploy/portalctl",
    "benchmarks",
)

SEED = "--randomly-seed"
#: Options that leave no test out; a run with any other one is not of the whole suite.
HARMLESS = (SEED, "--durations", "--tb", "--color", "--numprocesses", "-n", "-v", "-q")
#: Solr lives for minutes in tests: what its second compiler would gain it takes to compile.
SHORT_LIVED = "-XX:TieredStopAtLevel=1"
#: A browser, a portal and tests that wait for either leave the processor to one worker more.
WORKERS = max(3, min(os.cpu_count() or 1, 8))


def prepare() -> Path:
    """Install what tests and benchmarks need; return the environment's ``bin`` folder."""
    CACHE.mkdir(exist_ok=True)
    log = CACHE / "test-setup.log"
    with step("System packages"):
        system.install_packages(testing=True, log=log)
    with ThreadPoolExecutor() as pool:
        node = pool.submit(solr.build, log)
        with step("Python packages"):
            binaries = python_env.build(development=True, log=log)
        with step("Solr node"):
            node.result()
    return binaries


def run_tests(arguments: list[str]) -> int:
    """Run the checks and pytest with ``arguments``; returns the first exit code that is not 0.

    How the run ended is kept in ``.portal/last-test.json``, however it ended.
    """
    os.environ.setdefault("JDK_JAVA_OPTIONS", SHORT_LIVED)
    if alone.OPTION in arguments:
        rest = [name for name in arguments if name != alone.OPTION]
        binaries = prepare()
        return alone.run_alone(rest, binaries, _environment(binaries), WORKERS)
    with record.kept() as outcome:
        outcome.whole = is_whole(arguments)
        binaries = prepare()
        environment = {**_environment(binaries), record.VARIABLE: str(outcome.counts)}
        if _chosen(arguments):
            return _run_pytest(arguments, binaries, environment)
        with ThreadPoolExecutor() as pool:
            checking = pool.submit(_check, binaries, environment)
            usual = ["-n", str(WORKERS), *ordered(arguments)]
            code = _run_pytest([*usual, *arguments], binaries, environment)
            outcome.failed_checks, shown = checking.result()
        say(shown)
        return code or bool(outcome.failed_checks)


def is_whole(arguments: list[str]) -> bool:
    """Return whether no test is left out by the arguments."""
    return all(name.startswith(HARMLESS) or name.isdigit() for name in arguments)


def ordered(arguments: list[str]) -> list[str]:
    """Return the option for the random order of the commit, unless another one is asked for."""
    seed = "" if any(name.startswith(SEED) for name in arguments) else record.seed_of_commit()
    return [f"{SEED}={seed}"] if seed else []


def _run_pytest(arguments: list[str], binaries: Path, environment: dict[str, str]) -> int:
    """Run pytest on servers of its own, which each worker has a part of."""
    names = [f"gw{number}" for number in range(count_workers(arguments) or 1)]
    command: list[str | Path] = [binaries / "python", "-m", "pytest", "--ckan-ini=config/test.ini"]
    with worker_servers(binaries, names) as running:
        return call([*command, *arguments], {**environment, **running.shared()})


def count_workers(arguments: list[str]) -> int:
    """Return how many workers pytest is asked for; the last word counts."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-n", "--numprocesses", type=int, default=0)
    parser.add_argument("-k")
    parser.add_argument("-m")
    known, _ = parser.parse_known_args(arguments)
    return int(known.numprocesses)


def _check(binaries: Path, environment: dict[str, str]) -> tuple[list[str], str]:
    """Run lint and types; returns the names of those that fail, and what they print."""
    failed, shown = [], ""
    for check in _checks(binaries):
        name = f"{Path(check[0]).name} {check[1]}"
        done = subprocess.run(
            [str(part) for part in check], cwd=REPOSITORY, env={**os.environ, **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        shown += f"  {'✗' if done.returncode else '✓'} {name}\n"
        if done.returncode:
            failed.append(name)
            shown += done.stdout + done.stderr
    return failed, shown.rstrip()


def run_benchmark(arguments: list[str]) -> int:
    """Run one benchmark on servers of its own; `weight` has a whole portal, or is given one."""
    binaries = prepare()
    command: list[str | Path] = [binaries / "python", "-m", "benchmarks", *arguments]
    if "weight" in arguments:
        return call(command, _environment(binaries))
    with servers(binaries) as addresses:
        return call(command, {**_environment(binaries), **addresses})


def _chosen(arguments: list[str]) -> bool:
    """Return whether certain test files are asked for: lint and types are of the whole."""
    return any((REPOSITORY / name.partition("::")[0]).exists() for name in arguments)


def _checks(binaries: Path) -> list[list[str | Path]]:
    ruff, mypy, deptry = (binaries / name for name in ("ruff", "mypy", "deptry"))
    present = [name for name in CHECKED if (REPOSITORY / name).exists()]
    return [
        [ruff, "check", *present],
        [ruff, "format", "--check", *present],
        [mypy, *TYPED],
        [deptry, *SHIPPED],
        # Whatever is in use is judged by the line above; here only: is every import declared?
        [deptry, "--ignore", "DEP002,DEP004", "deploy", "benchmarks", "docs", *_test_folders()],
    ]


def _test_folders() -> list[str]:
    """Give the folders with tests: a test may import a module that lies beside it."""
    folders = {file.parent for file in (REPOSITORY / "tests").rglob("*.py")}
    return sorted(str(folder.relative_to(REPOSITORY)) for folder in folders)


def _environment(binaries: Path) -> dict[str, str]:
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    shared = REPOSITORY.parent / "shared"
    given = {"MXCITY_SHARED": str(shared)} if shared.is_dir() else {}
    return {"PATH": path, "PYTHONPATH": str(REPOSITORY / "deploy"), **given}
