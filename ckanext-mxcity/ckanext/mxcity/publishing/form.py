"""The review form: from what the page sends to what ``mxcity_publish`` takes."""

from __future__ import annotations

from typing import Any

from ckan.lib.navl.dictization_functions import unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from werkzeug.datastructures import FileStorage, MultiDict

from ckanext.mxcity.checks.descriptor import LONGEST, DescriptorError, read_descriptor
from ckanext.mxcity.dataset_types import PLAIN, TYPES, added_fields

#: Columns that the page offers to correct; a wider table is corrected in its data dictionary.
EDITED = 100
#: What the page says instead of a name for a schema that came as a file.
OWN = "own"
#: Fields of a dataset that the page shows at once, and those behind a fold.
FIRST = (
    "title",
    "notes",
    "owner_org",
    "snieg_subsystem",
    "snieg_subsystem_reason",
    "topics",
    "frequency",
)
FOLDED = (
    "information_type",
    "geographic_level",
    "area_codes",
    "temporal_coverage",
    "license_id",
    "tag_string",
    "contact",
    "modified",
    "spatial",
)


def dataset_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the metadata that the page sent, in the shape of CKAN's own dataset form."""
    kind = kind_of(form)
    names = _shown(kind)
    own = MultiDict((k, value) for k, value in form.items(multi=True) if k.split("-")[0] in names)
    sent: dict[str, Any] = clean_dict(unflatten(tuplize_dict(parse_params(own))))
    found = {key: value for key, value in sent.items() if "-" not in key}
    return {**found, **_repeating(sent), "type": kind}


def kind_of(form: MultiDict[str, str]) -> str:
    """Return the type of dataset that was chosen; of the others' fields nothing is taken."""
    kind = form.get("type", PLAIN)
    return kind if kind in TYPES else PLAIN


def own_fields(kind: str, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of a type's fields that only it has."""
    names = {field["field_name"] for field in added_fields(kind)}
    return [field for field in fields if field["field_name"] in names]


def _repeating(sent: dict[str, Any]) -> dict[str, Any]:
    """Return the fields ``name-0-part`` as lists, without the rows that say nothing."""
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for key, value in sent.items():
        name, _, rest = key.partition("-")
        number, _, part = rest.partition("-")
        if number.isdigit() and part:
            rows.setdefault(name, {}).setdefault(int(number), {})[part] = value
    return {
        name: [row for _, row in sorted(numbered.items()) if any(row.values())]
        for name, numbered in rows.items()
    }


def not_shown(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a dataset that the page does not show, to be carried along."""
    shown = _shown(dataset.get("type") or PLAIN) | {"type"}
    return {name: value for name, value in dataset.items() if name not in shown}


def _shown(kind: str) -> set[str]:
    """Return the fields that the page has for a type."""
    # CKAN's own snippet of the organisation asks for the visibility too.
    return {*FIRST, *FOLDED, "private", *(field["field_name"] for field in added_fields(kind))}


def choices_of(
    form: MultiDict[str, str], files: MultiDict[str, FileStorage], shown: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, DescriptorError]]:
    """Return the decisions that the page sent, and by field what of them cannot be followed.

    ``shown`` are the decisions that the page offered; they stay where others cannot be followed.
    """
    tables, wrong = [], {}
    for number, table in enumerate(shown["tables"]):
        prefix = f"t-{number}"
        columns = []
        for place, column in enumerate(table["columns"][:EDITED]):
            told = {
                key: form[f"{prefix}-{place}-{key}"]
                for key in ("title", "type", "description", "role")
                if f"{prefix}-{place}-{key}" in form
            }
            columns.append({"name": column["name"], **told})
        only = len(shown["tables"]) == 1
        try:
            schema = _schema_of(form, files, prefix)
        except DescriptorError as error:
            schema, wrong[f"{prefix}-own"] = table["schema"], error
        tables.append(
            {
                "name": table["name"],
                "publish": only or f"{prefix}-publish" in form,
                "schema": schema,
                "columns": columns,
            }
        )
    decided = {
        "tables": tables,
        "set_aside": "set_aside" in form,
        "keep_original": "keep_original" in form,
    }
    return decided, wrong


def _schema_of(
    form: MultiDict[str, str], files: MultiDict[str, FileStorage], prefix: str
) -> str | dict[str, Any]:
    """Return what a table is checked against: a file that is sent, one sent before, or a name."""
    sent = files.get(f"{prefix}-own")
    if sent is not None and sent.filename:
        return read_descriptor(sent.stream.read(LONGEST + 1))
    name = form.get(f"{prefix}-schema", "")
    return read_descriptor(form.get(f"{prefix}-known", "")) if name == OWN else name
