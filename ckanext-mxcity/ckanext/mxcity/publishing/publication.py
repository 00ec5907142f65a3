"""Putting the tables of an upload into a dataset: their files, their rows, and the original."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks.descriptor import kept
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.interfaces import ITableStore, TableStore
from ckanext.mxcity.publishing import again, choices, draft, unfinished, versions
from ckanext.mxcity.publishing.access import context_of
from ckanext.mxcity.publishing.uploads import Upload

ORIGINAL = N_("{name} (original file)")
#: Stands for the original among the tables of a draft; no sheet or layer is called so.
ORIGINAL_KEY = "/"


def table_store() -> TableStore | None:
    """Return where the rows of published tables go; None on a portal that keeps no tables."""
    stores = (store for plugin in p.PluginImplementations(ITableStore)
              for store in plugin.table_stores())  # fmt: skip
    return next(stores, None)


def publish(upload: Upload, state: draft.Draft, prepared: list[dict[str, Any]]) -> None:
    """Put the files into the dataset and make the dataset public.

    A second try goes on after the first: a file that the first has published is left alone.

    Args:
        upload: the upload.
        state: its state.
        prepared: the tables that were checked, as ``work`` writes them.

    """
    stem = Path(upload.name).stem
    made_from = {"source_file": upload.name, "source_sha256": upload.sha256()}
    for item in prepared:
        name = item["table"].name
        if name not in state.resources:
            only = len(state.choices["tables"]) == 1
            file = {
                "name": stem if only else f"{stem}: {name}",
                "format": "CSV",
                "file_name": f"{stem}.csv" if only else f"{stem}-{name}.csv",
                "source_table": name,
                "table_schema": kept(item["choice"]["schema"]),
                "source_recipe": again.kept(state.recipes.get(name, {}), item["table"]),
                **made_from,
            }
            state = _published(upload, name, _put_table(upload, state, item, file))
    if state.choices["keep_original"] and ORIGINAL_KEY not in state.resources:
        file = {
            "name": said(ORIGINAL, {"name": stem}, current_language()),
            "format": state.file().format.upper(),
            "file_name": upload.name,
            "source_table": "",
            "source_recipe": "",
            **made_from,
        }
        before = _earlier(upload, state, file)
        made = _put_file(upload, state, upload.path, file, before)
        state = _published(upload, ORIGINAL_KEY, made)
    _drop_original(upload, state)
    context: Context = {**context_of(upload.owner), "allow_state_change": True}
    tk.get_action("package_patch")(context, {"id": state.dataset_id, "state": "active"})
    with draft.changed(upload) as done:
        if table_store():
            done.to_index = [made for name, made in done.resources.items() if name != ORIGINAL_KEY]
        done.move("published")
    finish(upload, done)


def finish(upload: Upload, state: draft.Draft) -> None:
    """Remove the bytes of a published upload, and let searches look into its tables."""
    upload.empty()
    store = table_store()
    for resource_id in list(state.to_index):
        if store:
            store.index(resource_id)
        with draft.changed(upload) as state:
            state.to_index.remove(resource_id)
    if state.discarded:
        with upload.locked():
            upload.delete()


def _drop_original(upload: Upload, state: draft.Draft) -> None:
    """Remove the original of the version of before where this one's is not published.

    It is not that of the tables any more, and may hold what was left out of them.
    """
    if state.choices["keep_original"] or not state.into:
        return
    original = _place(upload, state).original
    if original:
        tk.get_action("resource_delete")(context_of(upload.owner), {"id": original["id"]})


def _put_table(
    upload: Upload, state: draft.Draft, item: dict[str, Any], file: dict[str, Any]
) -> str:
    """Put a table into the dataset: its file, then its rows and dictionary; return its id."""
    before, store = _earlier(upload, state, file), table_store()
    if store is None:
        return _put_file(upload, state, item["path"], file, before)
    unfinished.begin(upload, file, before)
    resource_id = _put_file(upload, state, item["path"], file, before)
    fields = [
        {
            "id": entry["id"],
            "type": entry["type"],
            "info": {"label": entry["title"], "notes": entry["description"]},
        }
        for entry in choices.dictionary(item["table"], item["choice"])
    ]
    store.load(resource_id, item["path"], fields)
    unfinished.end(upload, file["source_table"])
    store.announce(resource_id)
    return resource_id


def _earlier(upload: Upload, state: draft.Draft, file: dict[str, Any]) -> dict[str, Any] | None:
    """Return the resource of the dataset that a file takes the place of."""
    return _place(upload, state).earlier(file["source_table"])


def _place(upload: Upload, state: draft.Draft) -> versions.Place:
    dataset = tk.get_action("package_show")(context_of(upload.owner), {"id": state.dataset_id})
    return versions.Place(dataset, upload.name, state.places)


def _put_file(
    upload: Upload,
    state: draft.Draft,
    path: Path,
    file: dict[str, Any],
    before: dict[str, Any] | None,
) -> str:
    """Add a file to the dataset, or put it in the place of its earlier version; return its id."""
    with path.open("rb") as stream:
        values = {
            **{key: value for key, value in file.items() if key != "file_name"},
            "mimetype": mimetypes.guess_type(file["file_name"])[0],
            "upload": FileStorage(stream, file["file_name"]),
            "url": file["file_name"],
        }
        context = context_of(upload.owner)
        if before:
            if not _named_after_file(before) or before["source_file"] == file["source_file"]:
                # The name may have been corrected since; the file it was made from has not.
                del values["name"]
            made = tk.get_action("resource_patch")(context, {**values, "id": before["id"]})
        else:
            told = {**values, "package_id": state.dataset_id}
            made = tk.get_action("resource_create")(context, told)
    return str(made["id"])


def _named_after_file(resource: dict[str, Any]) -> bool:
    """Return whether a resource is still called as the file that it was made from."""
    stem, table = Path(resource.get("source_file") or "").stem, resource.get("source_table") or ""
    original = said(ORIGINAL, {"name": stem}, current_language())
    names = {stem, f"{stem}: {table}"} if table else {original}
    return bool(stem) and resource.get("name") in names


def _published(upload: Upload, table: str, resource_id: str) -> draft.Draft:
    with draft.changed(upload) as state:
        state.resources[table] = resource_id
    return state
