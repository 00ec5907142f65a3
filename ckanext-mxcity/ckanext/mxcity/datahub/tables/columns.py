"""Which columns a table has, and which column a heading means. No CKAN import."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ckanext.mxcity.datahub.fields import Field, kinds
from ckanext.mxcity.ground.text import folded_words
from ckanext.mxcity.ground.yaml import load_yaml

#: The parts of an inventory: an asset with its diagnosis and its sharing class in one row.
INVENTORY = ("asset", "diagnosis", "sharing")
#: Tables by name and the kinds of record that a row of each holds.
TABLES: dict[str, tuple[str, ...]] = {
    "inventory": INVENTORY,
    "plan": ("milestone",),
    "stakeholders": ("stakeholder",),
    "decisions": ("decision",),
}
#: A heading of at least so many signs may be the beginning of a longer one.
LONG_HEADING = 25


@dataclass(frozen=True)
class Column:
    """One column: a field of one of the kinds, or a key (``id``, ``asset_key``)."""

    kind: str
    name: str
    heading: str
    field: Field | None = dataclasses.field(default=None, compare=False)


@lru_cache(maxsize=16)
def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table, in the order in which they are written."""
    parts = TABLES[table]
    found: list[Column] = []
    if table != "inventory":
        found.append(Column(parts[0], "id", "Id"))
        if kinds()[parts[0]].of_asset:
            found.append(Column(parts[0], "asset_id", "Clave de inventario"))
    for part in parts:
        found.extend(
            Column(part, field.name, field.label(), field) for field in kinds()[part].fields
        )
    return tuple(found)


@lru_cache(maxsize=16)
def _meanings(table: str) -> dict[str, Column]:
    meanings: dict[str, Column] = {}
    by_name = {column.name: column for column in reversed(columns(table))}
    for column in columns(table):
        labels = column.field.labels.values() if column.field else ()
        for text in (column.heading, column.name, f"{column.kind}.{column.name}", *labels):
            meanings.setdefault(folded_words(text), column)
    if table == "inventory":
        source = resources.files(__package__ or "") / "headers.yaml"
        aliases = load_yaml(source.read_text(encoding="utf-8"))
        for name, texts in aliases.items():
            for text in texts:
                meanings.setdefault(folded_words(text), by_name[name])
    return meanings


def column_of(table: str, heading: str) -> Column | None:
    """Return the column that a heading means, None if it means none."""
    text, meanings = folded_words(heading), _meanings(table)
    if text in meanings:
        return meanings[text]
    for known, column in meanings.items():
        if len(known) >= LONG_HEADING and text.startswith(known):
            return column
    return None


def understood(table: str, headings: Sequence[str]) -> list[Column | None]:
    """Return the column of each heading; a column that stands there twice counts once."""
    seen: set[Column] = set()
    found: list[Column | None] = []
    for heading in headings:
        column = column_of(table, heading) if heading.strip() else None
        if column in seen:
            column = None
        if column:
            seen.add(column)
        found.append(column)
    return found
