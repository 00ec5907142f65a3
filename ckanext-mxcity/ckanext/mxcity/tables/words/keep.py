"""Keep what tables say in words, and give it to whoever indexes datasets."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.tables.words.find import Words
from ckanext.mxcity.tables.words.model import ColumnWords

#: Characters that one dataset adds to the index, however many tables it has.
MOST_CHARACTERS = 60_000

_Resource: Any = model.Resource


def remember(resource_id: str, found: Iterable[Words]) -> bool:
    """Keep the words of a table in place of those it had; tell whether they differ. Commits."""
    rows = {words.column: words for words in found}
    stored = {
        row.column_name: Words(row.column_name, row.title, row.notes, list(row.texts))
        for row in model.Session.scalars(
            sa.select(ColumnWords).where(ColumnWords.resource_id == resource_id)
        )
    }
    if stored == rows:
        model.Session.commit()
        return False
    model.Session.execute(sa.delete(ColumnWords).where(ColumnWords.resource_id == resource_id))
    if rows:
        new = [
            {
                "resource_id": resource_id,
                "column_name": words.column,
                "title": words.title,
                "notes": words.notes,
                "texts": words.texts,
            }
            for words in rows.values()
        ]
        model.Session.execute(sa.insert(ColumnWords), new)
    model.Session.commit()
    return True


def of_datasets(package_ids: Collection[str]) -> dict[str, list[str]]:
    """Return what the tables of datasets say, each text once; one query for all.

    Titles and descriptions of columns come first, then the texts of the columns with the fewest:
    these tell the most of what a table is about. What is too much is left out.
    """
    query = (
        sa.select(_Resource.package_id, ColumnWords.title, ColumnWords.notes, ColumnWords.texts)
        .join(_Resource, _Resource.id == ColumnWords.resource_id)
        .where(_Resource.package_id.in_(package_ids), _Resource.state == model.State.ACTIVE)
        .order_by(
            sa.func.cardinality(ColumnWords.texts),
            ColumnWords.resource_id,
            ColumnWords.column_name,
        )
    )
    rows: dict[str, list[Any]] = {}
    for row in model.Session.execute(query):
        rows.setdefault(row.package_id, []).append(row)
    return {package_id: _together(columns) for package_id, columns in rows.items()}


def _together(columns: list[Any]) -> list[str]:
    """Return the texts of a dataset's columns, each once, as many as there is room for."""
    told = [text for column in columns for text in (column.title, column.notes) if text]
    told += [text for column in columns for text in column.texts]
    found: dict[str, str] = {}
    room = MOST_CHARACTERS
    for text in told:
        if text.casefold() in found:
            continue
        room -= len(text)
        if room < 0:
            break
        found[text.casefold()] = text
    return list(found.values())
