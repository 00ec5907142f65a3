"""``ckan sniegharvest harvest``: its report for programs, its exit codes, what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest.cli import sniegharvest

pytestmark = pytest.mark.usefixtures("with_plugins", "organization")

KEYS = {"added", "updated", "unchanged", "archived", "failed", "seconds", "errors"}


def catalogue() -> bytes:
    return json.dumps({"dataset": [{"identifier": "a-1", "title": "Arbolado"}]}).encode()


def run(cli: Any, url: str, org: str, *options: str) -> Any:
    arguments = ["harvest", url, "--type", "dcat_json", "--org", org, "--json", *options]
    return cli.invoke(sniegharvest, arguments)


def test_last_line_is_the_report(site: Any, organization: str, cli: Any) -> None:
    """Programs read the last line, which has every count; the source has the name given."""
    url = site.put("cli.json", catalogue())
    result = run(cli, url, organization, "--allow-loopback", "--title", "Árboles")
    report = json.loads(result.output.strip().splitlines()[-1])
    assert result.exit_code == 0, result.output
    assert report.keys() >= KEYS
    assert (report["added"], report["failed"]) == (1, 0)
    assert model.Session.query(HarvestSource).filter_by(url=url).one().title == "Árboles"


def test_loopback_is_refused(site: Any, organization: str, cli: Any) -> None:
    """This machine is no source unless that is asked for."""
    result = run(cli, site.put("cli.json", catalogue()), organization)
    assert result.exit_code != 0


def test_unreadable_source_fails(site: Any, organization: str, cli: Any) -> None:
    """A source that gives nothing ends with a failure and names itself."""
    url = site.put("bad.json", b"<html></html>")
    result = run(cli, url, organization, "--allow-loopback")
    assert result.exit_code == 1
    assert json.loads(result.output.strip().splitlines()[-1])["errors"][0]["record"] == url


def test_source_of_another_organization(site: Any, organization: str, cli: Any) -> None:
    """Datasets never go to an organisation that was not asked for."""
    url = site.put("cli.json", catalogue())
    run(cli, url, organization, "--allow-loopback")
    other = factories.Organization()["name"]
    result = run(cli, url, other, "--allow-loopback")
    assert result.exit_code == 1
    assert "another organisation" in result.output
