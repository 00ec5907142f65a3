"""The table of types of source is the same everywhere, and its guide is true."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

from ckanext.mxcity.dataset_types import TYPES, schema
from ckanext.sniegharvest import source_config
from ckanext.sniegharvest.engine.sources import SOURCE_TYPES
from ckanext.sniegharvest.readers import Document, Record, rules, translate

REPOSITORY = Path(__file__).resolve().parents[3]
GUIDE = (REPOSITORY / "docs/guides/es/fuentes.md").read_text(encoding="utf-8")


def test_every_type_has_a_plugin_that_is_switched_on() -> None:
    """Each type has one harvester, which the portal's configuration loads."""
    found = entry_points(group="ckan.plugins")
    ours = {entry.name: entry.load() for entry in found if entry.name.startswith("snieg_")}
    assert sorted(plugin.source_type for plugin in ours.values()) == sorted(SOURCE_TYPES)
    for name in ("config/ckan.ini.template", "config/test.ini"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert [plugin for plugin in ours if f" {plugin} " not in text] == []


def test_every_type_can_be_named() -> None:
    """The profile of a city, the command line and the guide know the same types."""
    schema = json.loads((REPOSITORY / "config/cities/schema.json").read_text(encoding="utf-8"))
    kinds = schema["$defs"]["source"]["properties"]["type"]["enum"]
    assert list(kinds) == list(SOURCE_TYPES)
    command = (REPOSITORY / "deploy/portalctl/cli.py").read_text(encoding="utf-8")
    listed = re.search(r"HARVEST_TYPES = \((.*?)\)", command, re.S)
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == list(SOURCE_TYPES)
    assert [kind for kind in SOURCE_TYPES if f"(`{kind}`)" not in GUIDE] == []


def test_the_settings_in_the_guide_are_accepted() -> None:
    """Whoever copies an example has settings that work."""
    blocks = [source_config.parse(text) for text in re.findall(r"```json\n(.*?)```", GUIDE, re.S)]
    assert len(blocks) >= len(SOURCE_TYPES) - 1
    assert blocks[0].areas == ["19039"]
    assert ["1002000001", "6200027788"] in [settings.indicators for settings in blocks]


def test_every_type_has_an_example() -> None:
    """The section of each type has a command that can be copied, of that type."""
    sections = re.split(r"(?m)^## ", GUIDE)
    for kind in SOURCE_TYPES:
        (section,) = [text for text in sections if f"(`{kind}`)" in text.splitlines()[0]]
        (command,) = re.findall(r"^\$ (\./portal harvest .*)$", section, re.M)
        assert f"--type {kind} " in command
        assert "Se pierde" in section


def test_the_spreadsheet_in_the_guide_is_read_without_a_warning() -> None:
    """The example is a sound catalogue of two datasets."""
    (block,) = re.findall(r"```csv\n(.*?)```", GUIDE, re.S)
    items = list(SOURCE_TYPES["spreadsheet"].read(Document(block.encode())))
    assert [item.identifier for item in items] == ["luminarias", "mercados"]
    assert all(isinstance(item, Record) and not item.warnings for item in items)


def test_mapping_files_name_keys_that_are_read() -> None:
    """A key that nobody reads would lose what it maps."""
    for name in ("arcgis_hub", "socrata", "opendatasoft", "inegi_indicators"):
        keys = {key.partition(".")[0] for key in translate.table(name).dataset}
        assert keys <= rules.rules("dcat_json").known, name


def test_every_type_of_source_has_its_mapping() -> None:
    """Each has a file, whose fields are those of our schema, and which the reference shows."""
    ours = {field["field_name"] for kind in TYPES for field in schema(kind)["dataset_fields"]}
    ours |= {"type", "tags", "publisher", "resources", "extras"}
    shown = (REPOSITORY / "docs" / "reference" / "mappings.md").read_text(encoding="utf-8")
    for name in SOURCE_TYPES:
        loaded = translate.mapping_file(name)
        assert f"## `{name}`" in shown
        if name in ("ckan", "dcat_json", "dcat_rdf", "csw"):
            assert set(loaded["dataset"]) <= ours, name
            assert rules.rules(name).dataset
