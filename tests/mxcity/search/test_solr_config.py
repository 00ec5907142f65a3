"""The configuration that is written for Solr."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from ckanext.mxcity.catalogue.solr import solr_config
from defusedxml import ElementTree

from .conftest import ask_solr, made_core, solr_server


def schema(path: Path):
    """A schema: its name, its types, fields and copies."""
    root = ElementTree.parse(path).getroot()
    named = {
        part: {(e.tag, e.get("name"), e.get("type") or e.get("class")) for e in root.find(part)}
        for part in ("types", "fields")
    }
    copies = {(e.get("source"), e.get("dest")) for e in root.iter("copyField")}
    return root.get("name"), named["types"], named["fields"], copies


def test_everything_of_ckan_is_still_there(tmp_path):
    """Our schema has CKAN's name, and each of its types, fields and copies."""
    solr_config.write(tmp_path)
    ours = schema(tmp_path / "schema.xml")
    ckans = schema(Path(str(files("ckan") / "config/solr/schema.xml")))
    assert ours[0] == ckans[0] == "ckan-2.12"
    assert all(ckans[part] < ours[part] for part in (1, 2, 3))
    assert ("field", "spatial_geom", "location_rpt") in ours[2]


def test_a_name_that_is_taken_is_said(tmp_path):
    """Should a new CKAN bring a field of our name, writing stops instead of overriding it."""
    solr_config.write(tmp_path)
    extended = solr_config._parse(tmp_path / "schema.xml")
    extension = solr_config._parse(solr_config._CONF / "schema_extension.xml")
    with pytest.raises(ValueError, match="already has 'text_mx'"):
        solr_config.extend_schema(extended, extension)


def test_the_command_writes_a_folder_and_starts_no_ckan(tmp_path):
    """The folder is made; a place where none can be made is named, with status 1."""
    run = [sys.executable, "-m", "ckanext.mxcity.catalogue.solr.solr_config"]
    done = subprocess.run([*run, str(tmp_path / "a" / "b")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / "b" / "solrconfig.xml").is_file()
    (tmp_path / "file").write_text("")
    failed = subprocess.run([*run, str(tmp_path / "file")], capture_output=True, text=True)
    assert failed.returncode == 1
    assert str(tmp_path / "file") in failed.stderr


@pytest.mark.parametrize("write", [solr_config.write, solr_config.write_stock])
def test_solr_loads_it_without_a_warning(write):
    """A core made from the folder loads, answers, and leaves nothing in Solr's log."""
    log = f"{solr_server()}/admin/info/logging"
    since = ask_solr(log, since=0).json()["info"]["last"]
    with made_core(write) as core:
        found = ask_solr(f"{core}/select", q="*:*").json()
        assert found["response"]["numFound"] == 0
        name = core.rsplit("/", 1)[1]
        said = ask_solr(log, since=since).json()["history"]["docs"]
        texts = [
            item["message"]
            for item in said
            if name in str(item.get("core", ""))
            or "solrconfig" in item["message"]
            or "SolrConfig" in item["logger"]
        ]
    assert texts == []
