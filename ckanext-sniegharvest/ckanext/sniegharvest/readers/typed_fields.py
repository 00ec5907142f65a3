"""The fields that a dataset has by its type: what a program reads, and what has no place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.dataset.types import PLAIN, TYPES, added_fields
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.durations import minutes
from ckanext.mxcity.ground.reference_systems import epsg
from ckanext.mxcity.reading import values
from ckanext.mxcity.reading.records import Draft


def keep_own(draft: Draft) -> None:
    """Take out what only other types have, and say in the loss report that it found no place."""
    kind = draft.dataset.get("type") or PLAIN
    strange = {name for name in draft.dataset if name in _names() and name not in _names(kind)}
    for name in strange:
        if draft.dataset.pop(name) not in ("", [], None):
            draft.unmapped.add(name)


def map_rdf(draft: Draft, raw: Mapping[str, Any]) -> None:
    """Fill what DCAT says with a node or in a form of its own."""
    out = draft.dataset
    out["lineage"] = next(filter(None, map(_label, raw.get("dct:provenance", []))), "")
    steps = [values.text(entry) for entry in raw.get("mx:processSteps", [])]
    out["process_steps"] = [line for text in steps for line in text.split("\n") if line]
    intervals = [minutes(values.text(entry)) for entry in raw.get("dcat:temporalResolution", [])]
    out["update_interval"] = next(filter(None, intervals), None)
    standards = [_names_of(entry) for entry in raw.get("dct:conformsTo", [])]
    systems = [code for names in standards for code in map(epsg, names) if code]
    out["reference_system"] = next(iter(systems), "")
    titles = sorted({names[-1] for names in standards if names and not any(map(epsg, names))})
    field = "indicator_standards" if out.get("type") == "indicator" else "classifications"
    out[field] = titles


@schema_files.kept
def _names(kind: str = "") -> frozenset[str]:
    """Return the fields that a type adds; of all types without one."""
    kinds = (kind,) if kind else TYPES
    return frozenset(field["field_name"] for name in kinds for field in added_fields(name))


def _names_of(entry: Any) -> list[str]:
    """Return the address and the title of a standard."""
    if not isinstance(entry, Mapping) or "@value" in entry:
        return [found for found in [values.text(entry)] if found]
    address = values.text(entry.get("@id"))
    title = values.text(entry.get("dct:title")) or values.text(entry.get("rdfs:label"))
    return [found for found in (address if "://" in address else "", title) if found]


def _label(entry: Any) -> str:
    if not isinstance(entry, Mapping) or "@value" in entry:
        return values.text(entry)
    return values.text(entry.get("rdfs:label")) or values.text(entry.get("dct:description"))
