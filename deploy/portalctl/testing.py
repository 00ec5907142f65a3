"""``./portal test``: lint, types and tests, on servers of its own."""

from __future__ import annotations

import os
from pathlib import Path

from . import python_env, solr, system
from .console import say, step
from .instance import CACHE, REPOSITORY
from .servers import call, portal_instance, servers

__all__ = ["portal_instance", "run_benchmark", "run_tests"]

CHECKED = ("ckanext-mxcity", "ckanext-sniegharvest", "deploy", "benchmarks", "tests", "docs")
TYPED = (
    "ckanext-mxcity/ckanext/mxcity",
    "ckanext-sniegharvest/ckanext/sniegharvest",
    "deploy/portalctl",
    "benchmarks",
)

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
    # The browser tests run a portal of their own: a session for themselves, after the others.
    together = _chosen(arguments) or "-m" in arguments
    sessions = [[]] if together else [["-m", "not browser"], ["-m", "browser"]]
    with servers(binaries) as addresses:
        codes = [
            call([*pytest, *session, *arguments], {**environment, **addresses})
            for session in sessions
        ]
    failed = [code for code in codes if code not in (0, NO_TESTS)]
    return failed[0] if failed else min(codes)


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
