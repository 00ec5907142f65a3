"""The command line, and what it says when something fails."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from portalctl import cli, commands, console
from portalctl.errors import PortalError

COMMANDS = ["up", "down", "status", "logs", "test", "ckan", "harvest", "bench", "reset"]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]):
    """--help of each command says what it does and takes --instance."""
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert "--instance DIR" in printed
    assert f"portal {name}" in printed


def test_arguments_for_other_programs_pass_untouched():
    """What follows `ckan` is CKAN's, options that look like ours included."""
    options, rest = cli._parse(["ckan", "--instance", "x", "user", "--help", "--instance", "y"])
    assert options.instance == Path("x")
    assert rest == ["user", "--help", "--instance", "y"]
    assert cli._parse(["test", "-k", "name"])[1] == ["-k", "name"]
    assert cli._parse(["bench", "--instance=x", "search", "--json"])[1] == ["search", "--json"]


def test_harvest_hands_over_its_arguments():
    """The harvest command is CKAN's own, with the same words."""
    line = ["harvest", "http://x", "--type", "ckan", "--org", "o", "--title", "Datos de x"]
    line += ["--json", "--allow-loopback"]
    assert cli._harvest_arguments(cli._parse(line)[0]) == ["sniegharvest", *line]


@pytest.mark.parametrize("text", ["0", "65536", "web", "-1"])
def test_port_is_a_number_of_a_port(text: str):
    """A port outside 1 to 65535 is refused with the range."""
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 65535"):
        cli._port(text)


@pytest.mark.parametrize("name", ["down", "reset", "ckan"])
def test_no_portal_yet(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A command on an instance that is not there says how to make it, and makes nothing."""
    assert cli.main([name, "--instance", str(tmp_path / "none")]) == 1
    printed = capsys.readouterr().err
    assert "there is no portal in" in printed
    assert "./portal up" in printed
    assert not (tmp_path / "none").exists()


def test_step_shows_its_time(capsys: pytest.CaptureFixture[str]):
    """A step shows its time, and a failed one a cross."""
    with console.step("Good"):
        pass
    with pytest.raises(PortalError), console.step("Bad"):
        raise PortalError("reason")
    printed = capsys.readouterr().err
    assert "✓ Good (0.0 s)" in printed
    assert "✗ Bad" in printed


def test_failed_program_shows_the_end_of_its_output():
    """The last lines of a failed program are shown, not the first."""
    script = "for i in $(seq 1 100); do echo line $i; done; exit 3"
    with pytest.raises(PortalError) as failure:
        commands.run(["sh", "-c", script], what="the trial", remedy="try again")
    assert "the trial failed (exit code 3)" in failure.value.reason
    assert "line 100" in failure.value.reason
    assert "line 50\n" not in failure.value.reason
    assert failure.value.remedy == "try again"


def test_program_that_is_missing():
    """A program that is not installed is named."""
    with pytest.raises(PortalError, match="no-such-program was not found"):
        commands.run(["no-such-program"], what="the trial")


def test_options_for_other_servers_do_not_reach_an_instance(monkeypatch: pytest.MonkeyPatch):
    """Variables that configure CKAN elsewhere, as in these tests, are kept from an instance."""
    monkeypatch.setenv("CKAN_SQLALCHEMY_URL", "postgresql://elsewhere/ckan")
    monkeypatch.setenv("CKAN___SOLR_URL", "http://elsewhere")
    line = ["sh", "-c", 'echo "$CKAN_SQLALCHEMY_URL$CKAN___SOLR_URL$CKAN_INI"']
    assert commands.run(line, what="x", environment={"CKAN_INI": "ours"}) == "ours\n"


def test_full_disk_of_a_program_is_recognised():
    """A program that fails for lack of space gets the remedy for that."""
    with pytest.raises(PortalError) as failure:
        commands.run(
            ["dd", "if=/dev/zero", "of=/dev/full", "bs=1", "count=1"],
            what="the trial",
            remedy="other",
        )
    assert "The disk is full" in failure.value.remedy
