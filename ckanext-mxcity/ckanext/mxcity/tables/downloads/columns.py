"""The columns of a table of the DataStore, through CKAN's own search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.ground import measures
from ckanext.mxcity.ground.headings import spoken


@dataclass(frozen=True)
class Column:
    """A column as the DataStore has it: name, PostgreSQL type, and what people are told of it."""

    name: str
    type: str
    title: str
    notes: str = ""
    #: What kind of figure it holds: see ``ground.measures``.
    measure: str = measures.UNKNOWN
    #: Whether its texts are moments that follow each other: "2026-01", "2026-T1".
    periods: bool = False

    @property
    def heading(self) -> str:
        """What people call it: the title of the dictionary, else its name in words."""
        return self.title if self.title != self.name else spoken(self.name)

    @classmethod
    def of(cls, field: dict[str, Any]) -> Column:
        """Give a column of ``datastore_info`` or ``datastore_search``."""
        name, info = field["id"], field.get("info") or {}
        title = str(info.get("label") or name)
        notes = str(info.get("notes") or "")
        return cls(name, field["type"], title, notes, measures.kind_in(info, name))


def columns_of(resource_id: str, ignore_auth: bool = False) -> list[Column]:
    """Return the columns of a table that the user may read, CKAN's row number left out.

    Raises:
        NotAuthorized, ObjectNotFound: as of ``datastore_search``; no table is found where the
            portal has no DataStore.

    """
    if not p.plugin_loaded("datastore"):
        raise tk.ObjectNotFound(tk._("There is no table of that address."))
    context: Context = {"ignore_auth": True} if ignore_auth else {}
    found = tk.get_action("datastore_search")(
        context, {"resource_id": resource_id, "limit": 0, "include_total": False}
    )
    return [Column.of(field) for field in found["fields"] if not field["id"].startswith("_")]
