"""``./portal test``: lint, types and tests, on servers of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import python_env, solr, system
from .console import say, step
from .instance import CACHE, REPOSITORY
from .servers import beside, call, portal_instance, servers

__all__ = ["portal_instance", "run_benchmark", "run_tests"]

CHECKED = ("ckanext-mxcity", "ckanext-sniegharvest", "deploy", "benchmarks", "tests", "docs")
TYPED = (
    "ckanext-mxcity/ckanext/mxcity",
    "ckanext-sniegharvest/ckanext/sniegharvest",
    "deploy/portalctl",
    "benchmarks",
)

#: These tests take as long as all others; they run at the same time, on the second core.
BESIDE = "tests/sniegharvest"
NO_TESTS = 5  # pytest's exit code for a session in which nothing was selected


def prepare() -> Path:
    """Everything that tests and benchmarks need; returns the environment's ``bin`` folder."""
    CACHE.mkdir(exist_ok=True)
    log = CACHE / "test-setup.log"
    with step("System packages"):
        system.install_packages(testing=True, log=log)
    with step("Python packages"):
        binaries = python_env.build(development=True, log=log)
    with step("Solr node"):
        solr.build(log)
    return binaries


def run_tests(arguments: list[str]) -> int:
    """Run the checks and pytest with ``arguments``; returns the first exit code that is not 0."""
    binaries = prepare()
    environment = _environment(binaries)
    if not _chosen(arguments):
        for check in _checks(binaries):
            say(f"  {Path(check[0]).name} {check[1]}")
            if code := call(check, environment):
                return code
    pytest: list[str | Path] = [binaries / "python", "-m", "pytest", "--ckan-ini=config/test.ini"]
    if _chosen(arguments) or "-m" in arguments:
        with servers(binaries) as addresses:
            return call([*pytest, *arguments], {**environment, **addresses})
    codes = list(_sessions([*pytest, *arguments], binaries, environment))
    failed = [code for code in codes if code not in (0, NO_TESTS)]
    return failed[0] if failed else min(codes)


def _sessions(
    pytest: list[str | Path], binaries: Path, environment: dict[str, str]
) -> Iterator[int]:
    """Run all tests in three sessions, two of them at once; yields their exit codes.

    The engine's tests have servers of their own and are shown when they are over. The browser
    tests run a whole portal: a session for themselves, after the others.
    """
    with servers(binaries) as addresses, servers(binaries) as others:
        engine = [*pytest, BESIDE]
        with tempfile.TemporaryFile("w+") as output:
            say(f"  {BESIDE} runs beside the other tests, and is shown after them")
            with beside(engine, {**environment, **others}, output) as running:
                rest = [*pytest, "-m", "not browser", f"--ignore={BESIDE}"]
                yield call(rest, {**environment, **addresses})
                code = running.wait()
            output.seek(0)
            sys.stdout.write(output.read())
            sys.stdout.flush()
            yield code
        yield call([*pytest, "-m", "browser"], {**environment, **addresses})


def run_benchmark(arguments: list[str]) -> int:
    """Run one benchmark on servers of its own."""
    binaries = prepare()
    with servers(binaries) as addresses:
        return call(
            [binaries / "python", "-m", "benchmarks", *arguments],
            {**_environment(binaries), **addresses},
        )


def _chosen(arguments: list[str]) -> bool:
    """Whether certain test files are asked for: lint and types are of the whole."""
    return any((REPOSITORY / name.partition("::")[0]).exists() for name in arguments)


def _checks(binaries: Path) -> list[list[str | Path]]:
    ruff, mypy = binaries / "ruff", binaries / "mypy"
    present = [name for name in CHECKED if (REPOSITORY / name).exists()]
    return [[ruff, "check", *present], [ruff, "format", "--check", *present], [mypy, *TYPED]]


def _environment(binaries: Path) -> dict[str, str]:
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    shared = REPOSITORY.parent / "shared"
    given = {"MXCITY_SHARED": str(shared)} if shared.is_dir() else {}
    return {"PATH": path, "PYTHONPATH": str(REPOSITORY / "deploy"), **given}
