"""The columns of a table of the DataStore, through CKAN's own search."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context


@dataclass(frozen=True)
class Column:
    """A column as the DataStore has it: name, PostgreSQL type, and what people are told of it."""

    name: str
    type: str
    title: str
    notes: str = ""


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
    return [
        Column(
            field["id"],
            field["type"],
            str((field.get("info") or {}).get("label") or field["id"]),
            str((field.get("info") or {}).get("notes") or ""),
        )
        for field in found["fields"]
        if not field["id"].startswith("_")
    ]
