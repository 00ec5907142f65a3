"""Sheets of metadata in the portal: which of their fields it has, and which a form takes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.types import PLAIN
from ckanext.mxcity.exchange.norms import (
    MetadataReading,
    SheetRefusedError,
    read_metadata,
)
from ckanext.mxcity.exchange.norms.model import Loss, shown
from ckanext.mxcity.exchange.norms.reading import LIMIT
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.ground.messages import said

#: The field of a form that ``more_of`` reads.
MORE = "sheet_more"
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def read(data_dict: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sheet says, in the fields that the portal has for its type.

    Raises:
        ValidationError: no sheet was sent, or it cannot be read; it says why.

    """
    sent = data_dict.get("upload")
    stream = getattr(sent, "stream", None) if getattr(sent, "filename", "") else None
    text = data_dict.get("text")
    if stream is None and not isinstance(text, str):
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    content = stream.read(LIMIT + 1) if stream is not None else str(text).encode()
    try:
        found = read_metadata(content, str(getattr(sent, "filename", "")))
    except SheetRefusedError as error:
        told = said(error.template, error.params, current_language())
        raise tk.ValidationError({"upload": [told]}) from error
    return fitted(found, str(data_dict.get("type") or found.dataset["type"]))


def fitted(reading: MetadataReading, wanted: str) -> dict[str, Any]:
    """Return a reading as plain data for a type: what the type has no field for is lost."""
    schema = tk.h.scheming_get_dataset_schema(wanted)
    kind = wanted if schema else PLAIN
    schema = schema or tk.h.scheming_get_dataset_schema(PLAIN)
    names = {field["field_name"] for field in schema["dataset_fields"]}
    told = reading.as_dict(current_language())
    lost = [
        Loss(name, shown(", ".join(map(str, value)) if isinstance(value, list) else str(value)))
        for name, value in reading.dataset.items()
        if name not in names and name != "type"
    ]
    kept = {name: value for name, value in reading.dataset.items() if name in names}
    losses = [{"path": loss.path, "value": loss.value, "count": loss.count} for loss in lost]
    return {**told, "dataset": {"type": kind, **kept}, "losses": [*losses, *told["losses"]]}


def filled(
    there: Mapping[str, Any],
    proposed: Mapping[str, Any],
    replace: bool,
    guessed: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of a sheet that a dataset takes, and the names of those that it does not.

    Args:
        there: the dataset, or what stands in the form.
        proposed: the dataset of the sheet.
        replace: whether it takes the place of what is there, too.
        guessed: what the portal itself proposed: it counts as empty where nobody changed it.

    """
    guesses = guessed or {}
    taken: dict[str, Any] = {}
    kept: list[str] = []
    for name, value in proposed.items():
        present = _present(there, name)
        if name == "type" or _same(present, value):
            continue
        if replace or present in _NOTHING or _same(present, guesses.get(name)):
            taken[name] = value
        else:
            kept.append(name)
    return taken, kept


def describe_columns(
    upload: Mapping[str, Any], files: Iterable[Mapping[str, Any]], replace: bool
) -> None:
    """Give the columns of an upload the labels that a sheet has for columns of their names.

    Args:
        upload: as ``mxcity_upload_show`` tells it; its ``choices`` are changed.
        files: as ``mxcity_metadata_read`` tells them.
        replace: whether labels take the place of what somebody wrote, too.

    """
    told = {
        clean_names([field["name"]])[0][0]: field
        for file in files
        for field in file["schema"].get("fields", ())
        if field.get("name")
    }
    for table, chosen in zip(upload["reading"]["tables"], upload["choices"]["tables"], strict=True):
        headers = {column["name"]: column["title"] for column in table["columns"]}
        for column in chosen["columns"]:
            field = told.get(column["name"], {})
            as_it_was = column.get("title") in ("", None, headers[column["name"]])
            if field.get("title") and (replace or as_it_was):
                column["title"] = field["title"]
            if field.get("description") and (replace or not column.get("description")):
                column["description"] = field["description"]


def more_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a sheet that a page carries along without showing them."""
    try:
        found = json.loads(form.get(MORE) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def labels(kind: str, names: Collection[str]) -> list[str]:
    """Return what fields are called on the form of a type."""
    schema = tk.h.scheming_get_dataset_schema(kind) or {}
    told = {field["field_name"]: field["label"] for field in schema.get("dataset_fields", ())}
    return [tk.h.scheming_language_text(told[name]) if name in told else name for name in names]


def _present(dataset: Mapping[str, Any], name: str) -> Any:
    if name == "tag_string" and not dataset.get(name):
        return ",".join(tag["name"] for tag in dataset.get("tags", ()))
    return dataset.get(name)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same: a form sends a list of one as a text."""
    plain = [
        value[0] if isinstance(value, list) and len(value) == 1 else value for value in (one, other)
    ]
    return str(plain[0] or "") == str(plain[1] or "")
