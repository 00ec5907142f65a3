"""Turns what the review form sends into the parameters of ``mxcity_publish``."""

from __future__ import annotations

from typing import Any

from ckan.lib.navl.dictization_functions import unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from werkzeug.datastructures import FileStorage, MultiDict

from ckanext.mxcity.checks.descriptor import LONGEST, DescriptorError, read_descriptor
from ckanext.mxcity.dataset.fields import of_publish_form
from ckanext.mxcity.dataset.types import PLAIN, TYPES, added_fields
from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.publishing.choices import WRITTEN

#: Columns that the page offers to correct; a wider table is corrected in its data dictionary.
EDITED = 100
#: Tells a form that has the description, whose boxes are answers though they are not ticked.
DESCRIBED = "described"
#: What the page says instead of a name for a schema that came as a file.
OWN = "own"


def dataset_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the metadata of the dataset that the form sent, as ``package_create`` takes them."""
    kind = kind_of(form)
    names = _shown(kind)
    own = MultiDict((k, value) for k, value in form.items(multi=True) if k.split("-")[0] in names)
    sent: dict[str, Any] = clean_dict(unflatten(tuplize_dict(parse_params(own))))
    found = {key: value for key, value in sent.items() if "-" not in key}
    return {**found, **_repeating(sent), "type": kind}


def kind_of(form: MultiDict[str, str]) -> str:
    """Return the type of dataset that was chosen on the form."""
    kind = form.get("type", PLAIN)
    return kind if kind in TYPES else PLAIN


def own_fields(kind: str, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the fields that only one type of dataset has."""
    names = {field["field_name"] for field in added_fields(kind)}
    return [field for field in fields if field["field_name"] in names]


def _repeating(sent: dict[str, Any]) -> dict[str, Any]:
    """Return the repeating fields (``name-0-part``) as lists, without empty rows."""
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for key, value in sent.items():
        name, _, rest = key.partition("-")
        written, _, part = rest.partition("-")
        number = whole_number(written)
        if number is not None and part:
            rows.setdefault(name, {}).setdefault(number, {})[part] = value
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
    plain = (*of_publish_form("first"), *of_publish_form("folded"))
    return {*plain, "private", *(field["field_name"] for field in added_fields(kind))}


def choices_of(
    form: MultiDict[str, str], files: MultiDict[str, FileStorage], shown: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, DescriptorError]]:
    """Return the decisions that the form sent, and the errors in them by the name of the field.

    Args:
        form: the fields of the form.
        files: its files.
        shown: the decisions that the page offered; one stays where the form's has an error.

    """
    tables, wrong = [], {}
    for number, table in enumerate(shown["tables"]):
        prefix = f"t-{number}"
        columns = []
        for place, column in enumerate(table["columns"][:EDITED]):
            told = {key: form.get(f"{prefix}-{place}-{key}", column[key]) for key in WRITTEN}
            columns.append({"name": column["name"], **told})
        only = len(shown["tables"]) == 1
        try:
            schema = _schema_of(form, files, prefix, table["schema"])
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
    decided: dict[str, Any] = {"tables": tables}
    if DESCRIBED in form:
        decided |= {name: name in form for name in ("set_aside", "keep_original")}
    return decided, wrong


def _schema_of(
    form: MultiDict[str, str],
    files: MultiDict[str, FileStorage],
    prefix: str,
    before: str | dict[str, Any],
) -> str | dict[str, Any]:
    """Return the schema to check a table against: a new file, a file sent before, or a name.

    A form that does not ask for it leaves the one of ``before``.
    """
    sent = files.get(f"{prefix}-own")
    if sent is not None and sent.filename:
        return read_descriptor(sent.stream.read(LONGEST + 1))
    if f"{prefix}-schema" not in form:
        return before
    name = form[f"{prefix}-schema"]
    return read_descriptor(form.get(f"{prefix}-known", "")) if name == OWN else name
