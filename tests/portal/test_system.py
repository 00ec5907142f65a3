"""What the operating system has to bring."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from portalctl import system
from portalctl.errors import PortalError


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
