"""What the operating system has to bring."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from portalctl import system
from portalctl.errors import PortalError
from portalctl.instance import REPOSITORY


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


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({}, "package manager"),
        ({"apt-get": "exit 0", "id": "echo 1000"}, "Ask an administrator"),
        ({"apt-get": "exit 100", "id": "echo 0"}, "could not be installed"),
        (
            {"apt-get": "exit 0", "id": "echo 0", "python3": 'echo "Python 3.8.10"; exit 1'},
            "Python 3.8.10, is older than 3.10",
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
