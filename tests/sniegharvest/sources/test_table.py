"""The table of types of source is the same everywhere, and its guide is true."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ckanext.mxcity.dataset.types import TYPES, schema
from ckanext.mxcity.reading import mappings, rules
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.registry import PLUGINS
from ckanext.sniegharvest.sources.types import SOURCE_TYPES
from portalctl import cli, source_types

REPOSITORY = Path(__file__).resolve().parents[3]
GUIDE = (REPOSITORY / "docs/guides/es/fuentes.md").read_text(encoding="utf-8")


def test_every_type_has_a_plugin_that_is_switched_on(ckan_config: Any) -> None:
    """Each type has one harvester, which the configurations of portals and of tests load."""
    found = entry_points(group="ckan.plugins")
    ours = {entry.name: entry.load() for entry in found if entry.name.startswith("snieg_")}
    assert {name: plugin.source_type for name, plugin in ours.items()} == {
        name: kind for kind, name in PLUGINS.items()
    }
    assert list(PLUGINS) == list(SOURCE_TYPES)
    assert not set(ours) - set(ckan_config["ckan.plugins"])
    assert source_types.plugins().split() == list(PLUGINS.values())
    template = (REPOSITORY / "config/ckan.ini.template").read_text(encoding="utf-8")
    (line,) = re.findall(r"(?m)^ckan\.plugins = (.*)$", template)
    assert "$harvester_plugins" in line.split()


def test_every_type_can_be_named() -> None:
    """The profile of a city, the command line and the guide know the same types."""
    named = {entry.name for entry in entry_points(group="mxcity.source_types")}
    assert named == set(SOURCE_TYPES)
    command = cli._parse(["harvest", "https://e.org", "--type", "csw", "--org", "x"])[0]
    assert command.type == "csw"
    assert source_types.types() == list(SOURCE_TYPES)
    assert [kind for kind in SOURCE_TYPES if f"(`{kind}`)" not in GUIDE] == []


def test_the_settings_in_the_guide_are_accepted() -> None:
    """Whoever copies an example has settings that work."""
    blocks = [
        source_config.parse(text) for text in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    ]
    assert len(blocks) >= len(SOURCE_TYPES) - 1
    assert blocks[0].areas == ["19039"]
    assert ["1002000001", "6200027788"] in [settings.indicators for settings in blocks]


def test_every_type_has_an_example() -> None:
    """The section of each type has a command that can be copied, of that type."""
    sections = re.split(r"(?m)^## ", GUIDE)
    for kind in SOURCE_TYPES:
        (section,) = [text for text in sections if f"(`{kind}`)" in text.splitlines()[0]]
        (command,) = re.findall(r"^\$ (\./portal harvest .*)$", section, re.MULTILINE)
        assert f"--type {kind} " in command
        assert "Se pierde" in section


def test_the_spreadsheet_in_the_guide_is_read_without_a_warning() -> None:
    """The example is a sound catalogue of two datasets."""
    (block,) = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
    items = list(SOURCE_TYPES["spreadsheet"].read(Document(block.encode())))
    assert [item.identifier for item in items] == ["luminarias", "mercados"]
    assert all(isinstance(item, Record) and not item.warnings for item in items)


def test_mapping_files_name_keys_that_are_read() -> None:
    """A key that nobody reads would lose what it maps."""
    for name in ("arcgis_hub", "socrata", "opendatasoft", "inegi_indicators"):
        keys = {key.partition(".")[0] for key in mappings.table(name).dataset}
        assert keys <= rules.rules("dcat_json").known, name


def test_every_type_of_source_has_its_mapping() -> None:
    """Each has a file, whose fields are those of our schema, and which the reference shows."""
    ours = {field["field_name"] for kind in TYPES for field in schema(kind)["dataset_fields"]}
    ours |= {"type", "tags", "publisher", "resources", "extras"}
    shown = (REPOSITORY / "docs" / "reference" / "mappings.md").read_text(encoding="utf-8")
    for name in SOURCE_TYPES:
        loaded = mappings.mapping_file(name)
        assert f"## `{name}`" in shown
        if name in ("ckan", "dcat_json", "dcat_rdf", "csw"):
            assert set(loaded["dataset"]) <= ours, name
            assert rules.rules(name).dataset
