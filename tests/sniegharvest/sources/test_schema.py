"""Records of every real catalogue, mapped and checked against our schema; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.lib.plugins as lib_plugins
import ckan.model as model
import ckan.plugins.toolkit as tk
import yaml
from ckan.lib.munge import munge_title_to_name
from ckanext.mxcity.ground.errors import HarvestError
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.engine.identity import identifiers
from ckanext.sniegharvest.engine.write.mapping import SourceFacts, to_package
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

from tests.sniegharvest.readers.test_inputs import EXPECTED

#: Of a publication of hundreds of alike records, every so many; all of the others.
EVERY = 25
LARGE = 100


def records(folder: Path) -> Iterator[tuple[str, Record]]:
    """Each different record of the catalogues, with its file."""
    seen: set[str] = set()
    for name, kind, count, _problems, _error in EXPECTED:
        path = folder / name
        document = Document(path)
        if path.suffix == ".yaml":
            kept = yaml.safe_load(path.read_text(encoding="utf-8"))
            document = Document(json.dumps({"result": kept}, default=str).encode())
        try:
            for item in SOURCE_TYPES[kind].read(document):
                if not isinstance(item, Record) or item.content_hash in seen:
                    continue
                seen.add(item.content_hash)
                if count < LARGE or item.position % EVERY == 0:
                    yield name, item
        except HarvestError:
            continue  # named in the test of the readers


def test_real_records_fit_our_schema(app: Any, shared_inputs: Path) -> None:
    """What a reader lets through is accepted by CKAN's validators with our schema."""
    organization = model.Group.get("mty-fuentes").id
    facts = SourceFacts("s", "Prueba", "https://e.org", organization, {}, {}, "2024-01-01T00:00:00")
    plugin = lib_plugins.lookup_package_plugin("dataset")
    schema = plugin.create_package_schema()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    refused, checked = {}, 0
    for name, record in records(shared_inputs):
        id_ = identifiers.package_id(name, record.identifier)
        title = identifiers.free_name(munge_title_to_name(record.title), id_, ())
        package = to_package(record, facts, id_, title)
        context = {"model": model, "session": model.Session, "user": user, "ignore_auth": True}
        _data, errors = lib_plugins.plugin_validate(
            plugin, context, package, schema, "package_create"
        )
        checked += 1
        if errors:
            refused[f"{name} {record.identifier}"] = errors
    assert refused == {}
    assert checked > 350
