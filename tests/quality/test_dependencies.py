"""``pyproject.toml`` is the one list of dependencies; both locks are what it asks for."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from portalctl import system

REPOSITORY = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")
#: The Pythons of Debian 12, Ubuntu 24.04 and Debian 13.
PYTHONS = ("3.11.2", "3.12.3", "3.13.5")

for_each_lock = pytest.mark.parametrize("lock", LOCKS)
for_each_python = pytest.mark.parametrize("python", PYTHONS)


def text_of(lock: str) -> str:
    """Give the text of a lock file."""
    return (REPOSITORY / "config" / lock).read_text("utf-8")


def asked_for(lock: str) -> list[Requirement]:
    """Give the requirements in ``pyproject.toml`` from which a lock is compiled."""
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["portal"]]
    if lock == "requirements-dev.lock":
        lines += PYPROJECT["dependency-groups"]["dev"]
    return [Requirement(line) for line in lines]


@cache
def environment(python: str) -> dict[str, str]:
    """Give the values that markers are compared with, for another Python on this system."""
    short = python.rpartition(".")[0]
    return {**default_environment(), "python_version": short, "python_full_version": python}


@cache
def locked(lock: str, python: str) -> dict[str, str]:
    """Give the version of each package that a lock installs with a Python."""
    found: dict[str, str] = {}
    for line in text_of(lock).splitlines():
        if not line.startswith((" ", "#")):
            requirement = Requirement(line.rstrip("\\ "))
            if not requirement.marker or requirement.marker.evaluate(environment(python)):
                assert requirement.name not in found, f"{requirement.name} is locked twice"
                found[requirement.name] = str(requirement.specifier).removeprefix("==")
    return found


@cache
def asked_by(name: str, version: str) -> list[Requirement]:
    """Give all that a locked package asks for, where this very version is installed here."""
    try:
        package = distribution(name)
    except PackageNotFoundError:  # a package for another Python only
        return []
    return [Requirement(line) for line in package.requires or () if package.version == version]


def wanted_by(requirement: Requirement, version: str, python: str) -> Iterator[Requirement]:
    """Yield what a locked package asks for with a Python and with the extras of a requirement."""
    for wanted in asked_by(requirement.name, version):
        where = [{**environment(python), "extra": extra} for extra in requirement.extras or [""]]
        if wanted.marker is None or any(map(wanted.marker.evaluate, where)):
            yield wanted


def unmet(lock: str, python: str) -> list[str]:
    """List what is asked for, directly or by a locked package, and not in the lock."""
    versions = locked(lock, python)
    overrides = {
        override.name: override
        for override in map(Requirement, PYPROJECT["tool"]["uv"]["override-dependencies"])
    }
    ahead = [("mxcity", requirement) for requirement in asked_for(lock)]
    seen: set[str] = set()
    problems = []
    while ahead:
        by, asked = ahead.pop()
        name = canonicalize_name(asked.name)
        requirement = overrides.get(name, asked)
        if str(asked) in seen:
            continue
        seen.add(str(asked))
        if name not in versions:
            problems.append(f"{by} asks for {asked}: it is missing")
            continue
        if not requirement.specifier.contains(versions[name], prereleases=True):
            problems.append(f"{by} asks for {requirement}: the lock has {versions[name]}")
        ahead += [(name, wanted) for wanted in wanted_by(asked, versions[name], python)]
    return problems


@for_each_lock
@for_each_python
def test_a_lock_has_all_that_is_asked_for(lock: str, python: str):
    """Every dependency, of ours and of theirs, is locked at a version that is accepted."""
    assert unmet(lock, python) == []


@for_each_lock
@for_each_python
def test_a_lock_tells_each_package_that_a_change_asks_for(
    lock: str, python: str, monkeypatch: pytest.MonkeyPatch
):
    """A package that is added, or a newer version, is missed in the lock until it is compiled."""
    more = ["msgspec>=999", "not-locked-anywhere"]
    monkeypatch.setitem(PROJECT, "dependencies", [*PROJECT["dependencies"], *more])
    missed = sorted(line.partition(":")[0] for line in unmet(lock, python))
    assert missed == [f"mxcity asks for {line}" for line in more]


@for_each_python
def test_development_has_the_versions_of_a_city(python: str):
    """What is tested is what a city installs."""
    runtime, development = (locked(lock, python) for lock in LOCKS)
    assert runtime.items() <= development.items()


@for_each_lock
def test_a_lock_has_hashes(lock: str):
    """Two machines get the same bytes."""
    entries = re.split(r"^(?=\w)", text_of(lock), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@for_each_lock
def test_a_lock_is_compiled_as_contributing_says(lock: str):
    """The command at the top of a lock is one of the two in CONTRIBUTING.md."""
    said = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8").replace("\\\n", " ")
    command = text_of(lock).splitlines()[1].removeprefix("#").strip()
    commands = [line.partition("$ ")[2] for line in said.splitlines() if "pip compile" in line]
    assert shlex.split(command) in map(shlex.split, commands)
    assert command.endswith(f"-o config/{lock}")


def test_the_oldest_python_is_the_same_everywhere():
    """The metadata, the starting script, the type check and the locks name one Python."""
    minor = ".".join(map(str, system.MINIMUM_PYTHON))
    assert PROJECT["requires-python"] == f">={minor}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == minor
    script = (REPOSITORY / "portal").read_text("utf-8")
    assert f"sys.version_info < {system.MINIMUM_PYTHON}" in script
    assert set(re.findall(r"Python (3\.\d+) or later|older than (3\.\d+)", script)) == {
        (minor, ""),
        ("", minor),
    }
    for lock in LOCKS:
        assert f"--python-version {minor} " in text_of(lock).splitlines()[1]


@for_each_python
def test_the_pythons_of_the_releases_are_accepted(python: str):
    """Nobody on a release that the README names is told that the Python is too old."""
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)


def test_the_named_pythons_are_accepted():
    """The metadata name no Python on which the project cannot be installed."""
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert named
    assert all(SpecifierSet(PROJECT["requires-python"]).contains(version) for version in named)
