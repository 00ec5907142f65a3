"""What the operating system has to bring."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from portalctl import redis, system
from portalctl.errors import PortalError
from portalctl.instance import REPOSITORY, Instance


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A search path without any program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_missing_packages_are_named(bare_path: Path):
    """Each program that is not on the path is named by its Debian package."""
    missing = system.missing_packages(testing=True)
    assert {"redis-server", "default-jdk-headless", "maven", "gcc", "chromium"} <= set(missing)
    assert "chromium" not in system.missing_packages()


def test_another_server_of_the_protocol_is_named_once(
    bare_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One module says which server keeps the queues: its package is wanted, its program runs."""
    monkeypatch.setattr(redis, "PACKAGE", "valkey-server")
    monkeypatch.setattr(redis, "PROGRAM", "valkey-server")
    missing = system.missing_packages()
    assert "valkey-server" in missing
    assert "redis-server" not in missing
    program(bare_path, "valkey-server", "exit 0")
    assert "valkey-server" not in system.missing_packages()
    assert redis.command(Instance.open(tmp_path))[0] == "valkey-server"


def test_without_apt_the_packages_are_listed(bare_path: Path):
    """Where nothing can be installed, all that is missing is said at once."""
    with pytest.raises(PortalError, match=r"redis-server, default-jdk-headless, maven") as failure:
        system.install_packages(testing=False)
    assert "package manager" in failure.value.remedy


def test_without_rights_the_command_is_given(bare_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Who may not install gets the command to give to an administrator."""
    (bare_path / "apt-get").write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    (bare_path / "apt-get").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PortalError) as failure:
        system.install_packages(testing=False)
    assert "apt-get install --no-install-recommends" in failure.value.remedy
    assert "maven" in failure.value.remedy


@pytest.mark.parametrize(
    ("offered", "java"),
    [
        ("openjdk-17-jdk-headless default-jdk-headless", "openjdk-17-jdk-headless"),
        ("openjdk-17-jdk-headless openjdk-21-jdk-headless", "openjdk-21-jdk-headless"),
        ("default-jdk-headless", "default-jdk-headless"),
        ("", "default-jdk-headless"),
    ],
)
def test_packages_are_those_of_the_release(bare_path: Path, offered: str, java: str):
    """A Java that is new enough is asked for by the name that this release has."""
    script = f"""#!/bin/sh
case " {offered} " in *" $2 "*) found=1.2-3 ;; *) found="(none)" ;; esac
printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n' "$2" "$found"
"""
    (bare_path / "apt-cache").write_text(script, encoding="utf-8")
    (bare_path / "apt-cache").chmod(0o755)
    assert system.packages_of_release(["default-jdk-headless", "gcc"]) == [java, "gcc"]


def bootstrap(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``./portal`` where the programs of a folder are all there are."""
    for name in ("dirname", "env"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    # The system's own Python, which it knows by its path, is hidden from it.
    script = (REPOSITORY / "portal").read_text("utf-8").replace("/usr/bin/python3", "no-python")
    (folder / "portal").write_text(script, encoding="utf-8")
    return subprocess.run(
        ["/bin/sh", str(folder / "portal"), "status"],
        env={"PATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def program(folder: Path, name: str, script: str) -> None:
    """Put a program of a few lines into a folder."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_another_programs_work_on_packages_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A machine that installs its own updates just now has its locks free a little later."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(system, "APT_PAUSE_S", 0)
    refusal = 'echo "E: Could not get lock /var/lib/dpkg/lock-frontend" >&2; exit 100'
    tries = tmp_path / "tries"
    program(
        tmp_path, "apt-get", f"echo $* >> {tries}; [ $(wc -l < {tries}) -gt 2 ] || {{ {refusal}; }}"
    )
    system.run_apt([], ["install", "-y", "nginx"], what="the installation")
    assert tries.read_text("utf-8").splitlines() == ["install -y nginx"] * 3
    program(tmp_path, "apt-get", f"echo $* >> {tries}; exit 100")
    with pytest.raises(PortalError, match="exit code 100"):
        system.run_apt([], ["update"], what="apt-get update")
    assert len(tries.read_text("utf-8").splitlines()) == 4
    monkeypatch.setattr(system, "APT_WAIT_S", 0)
    program(tmp_path, "apt-get", f"echo $* >> {tries}; {refusal}")
    with pytest.raises(PortalError, match="Could not get lock"):
        system.run_apt([], ["update"], what="apt-get update")


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({}, "package manager"),
        ({"apt-get": "exit 0", "id": "echo 1000"}, "Ask an administrator"),
        ({"apt-get": "exit 100", "id": "echo 0"}, "could not be installed"),
        (
            {"apt-get": "exit 0", "id": "echo 0", "python3": 'echo "Python 3.8.10"; exit 1'},
            "Python 3.8.10, is older than 3.11",
        ),
    ],
)
def test_a_system_without_python_says_what_to_do(
    tmp_path: Path, programs: dict[str, str], said: str
):
    """Before there is a Python to explain it, the shell does."""
    for name, script in programs.items():
        program(tmp_path, name, script)
    ended = bootstrap(tmp_path)
    assert ended.returncode == 1
    assert said in ended.stderr


@pytest.mark.parametrize(("printed", "version"), [("javac 11.0.2", 11), ("javac 21", 21)])
def test_java_version_is_read(bare_path: Path, printed: str, version: int):
    """The compiler's own word decides whether Java is recent enough."""
    (bare_path / "javac").write_text(f"#!/bin/sh\necho {printed}\n", encoding="utf-8")
    (bare_path / "javac").chmod(0o755)
    assert system.java_version() == version
    assert ("default-jdk-headless" in system.missing_packages()) is (version < 17)


def test_files_of_the_system_are_written_once(tmp_path: Path):
    """A setting that the machine's administrator made is left alone."""
    place = tmp_path / "etc" / "setting"
    system._write_as_root([], str(place), "ours", "644")
    assert place.read_text("utf-8") == "ours"
    system._write_as_root([], str(place), "other", "644")
    assert place.read_text("utf-8") == "ours"


RELEASES = sorted((Path(__file__).parent / "releases").glob("*.txt"))
for_each_release = pytest.mark.parametrize("release", RELEASES, ids=lambda file: file.stem)


def offers(release: Path) -> dict[str, str]:
    """Give the versions that a release has, by name, as they were recorded."""
    lines = release.read_text("utf-8").splitlines()
    recorded = (line.split(maxsplit=1) for line in lines if not line.startswith("#"))
    return {name: version for name, version in recorded if version != "(none)"}


@pytest.fixture
def on_release(release: Path, bare_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a release offers, on a system whose apt answers as that of the release."""
    found = offers(release)
    answers = "".join(f"{name}) found='{version}' ;;\n" for name, version in found.items())
    script = f"""found='(none)'
case "$2" in
{answers}esac
printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n' "$2" "$found\""""
    program(bare_path, "apt-cache", script)
    return found


@for_each_release
def test_a_release_has_every_package(release: Path, on_release: dict[str, str]):
    """Each package that is missing on a bare system has a name that the release knows."""
    wanted = list(system.wanted_packages(testing=True))
    names = system.packages_of_release(wanted)
    assert len(names) == len(wanted)
    assert set(names) <= set(on_release)
    assert [on_release[name] for name in names] == [system.candidate(name) for name in names]


@for_each_release
def test_a_release_is_new_enough(release: Path, on_release: dict[str, str]):
    """The Python and the Java of the release are of a version with which the portal works."""
    python = tuple(int(part) for part in on_release["python3"].split(".")[:2])
    assert python >= system.MINIMUM_PYTHON
    (java,) = system.packages_of_release(["default-jdk-headless"])
    assert int(on_release[java].partition(".")[0]) >= system.MINIMUM_JAVA


@for_each_release
def test_a_system_without_python_gets_that_of_the_release(release: Path):
    """What the starting script installs, before there is a Python, is known to the release."""
    script = (REPOSITORY / "portal").read_text("utf-8")
    names = re.search(r'packages="(.+)"', script)[1].split()
    assert set(names) <= set(offers(release))


@for_each_release
def test_a_release_is_named_where_people_look(release: Path):
    """The README names the releases whose packages are known, and so does the guide."""
    name = release.stem.replace("-", " ").title()
    for page in ("README.md", "docs/guides/es/operacion.md"):
        assert name in (REPOSITORY / page).read_text("utf-8")


def test_an_unknown_package_stops_nothing(bare_path: Path):
    """Where no name of a package is known, its first is kept for apt to complain about."""
    program(bare_path, "apt-cache", "exit 0")
    assert system.candidate("maven") is None
    assert system.packages_of_release(["maven", "chromium"]) == ["maven", "chromium"]
