"""Files made from the vocabularies and the schema are up to date."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ckanext.mxcity import reference


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (reference.LICENCES_FILE, reference.licences_json()),
        (reference.FIELDS_FILE, reference.fields_markdown()),
    ],
    ids=["licences", "fields"],
)
def test_file_is_current(path: Any, text: str) -> None:
    """What is in the repository is what the YAML says today."""
    assert path.read_text(encoding="utf-8") == text, "run python -m ckanext.mxcity.reference"


def test_licences_are_open_or_not() -> None:
    """CKAN is told which licences are open."""
    licences = {
        entry["id"]: entry["od_conformance"] for entry in json.loads(reference.licences_json())
    }
    assert licences["CC-BY-4.0"] == "approved"
    assert licences["CC-BY-NC-4.0"] == "rejected"


@pytest.mark.parametrize("name", ["dataset.yaml", "organization.yaml"])
def test_every_field_speaks_to_people(name: str) -> None:
    """Each field has a label in both languages, and help with an example where people write."""
    document = yaml.safe_load((reference.REPOSITORY / "schemas" / name).read_text(encoding="utf-8"))
    fields = [*document.get("dataset_fields", []), *document.get("resource_fields", [])]
    fields += document.get("fields", [])
    fields += [sub for field in fields for sub in field.get("repeating_subfields", [])]
    for field in fields:
        assert {"en", "es_MX"} <= set(field["label"]), field["field_name"]
        written = field.get("form_snippet", "") is not None and field.get("preset") not in (
            "mxcity_provenance",
            "organization_url_upload",
        )
        if written and not field.get("repeating_subfields") and "vocabulary" not in field:
            spoken = str(field.get("help_text", field.get("form_placeholder")))
            assert {"en", "es_MX"} <= set(field.get("help_text", field.get("form_placeholder")))
            assert spoken
