"""Hardened against fields of another shape than the one that templates and exports rely on.

What the schema has no field for is a text, a number, or yes or no. A field of a form that holds
texts by language (``name_translated``) arrives as JSON, since forms send nothing but texts.
"""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import DataDict

from ckanext.mxcity.dataset.types import TYPES, schema

Errors = dict[str, Any]

#: What CKAN and its plugins show with a file, and take back without keeping it.
SHOWN_ONLY = frozenset({"tracking_summary", "file_check", "upload", "clear_upload"})
TRANSLATED = "_translated"
_NAME = re.compile(r"[\w.:@ -]{1,100}")


def mend_resource(resource: DataDict) -> Errors:
    """Give the fields of a file their shape; return what could not be given one, by field."""
    errors: Errors = {}
    for name, value in list(resource.items()):
        if name in SHOWN_ONLY:
            continue
        if name.endswith(TRANSLATED):
            errors |= _translated(resource, name)
        elif not _NAME.fullmatch(name) or name.startswith("__"):
            errors[re.sub(r"[^\w.-]", "?", name)[:100] or "?"] = [tk._("No field has this name.")]
        elif isinstance(value, list | dict) and name not in _fields_of_several():
            errors[name] = [tk._("Must be a text, not a list or an object.")]
    return errors


def mend_dataset(dataset: DataDict) -> Errors:
    """Give the texts by language of a dataset their shape; return what could not be given one."""
    errors: Errors = {}
    for name in [name for name in dataset if isinstance(name, str) and name.endswith(TRANSLATED)]:
        errors |= _translated(dataset, name)
    for name, allowed in (("extras", dict), ("tags", dict), ("groups", dict)):
        entries = dataset.get(name)
        if entries and not (
            isinstance(entries, list) and all(isinstance(entry, allowed) for entry in entries)
        ):
            text = tk._("Must be a list of objects.")
            errors[name] = [{"name": [text]}] if name == "tags" else [text]
    return errors


def without_broken(resource: DataDict) -> DataDict:
    """Take from a file that is shown the texts by language that are none."""
    for name in [name for name in resource if name.endswith(TRANSLATED)]:
        if not _is_by_language(resource[name]):
            del resource[name]
    return resource


def _translated(owner: DataDict, name: str) -> Errors:
    value = owner[name]
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if value is None and owner[name] in (None, ""):
        del owner[name]
        return {}
    if not _is_by_language(value):
        return {
            name: [
                tk._('Must be an object with a text for each language, e.g. {"es": "Reportes"}.')
            ]
        }
    owner[name] = value
    return {}


def _is_by_language(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(key, str) and isinstance(text, str) for key, text in value.items()
    )


def _fields_of_several() -> set[str]:
    """Fields of files that our schemas know: their own validators give them their shape."""
    return {field["field_name"] for kind in TYPES for field in schema(kind)["resource_fields"]}
