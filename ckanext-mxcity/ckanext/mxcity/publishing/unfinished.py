"""Files of a dataset whose table is not loaded yet, and how they are taken back.

A file is stored before its table is loaded. If the table cannot be loaded, the file does not stay
without it: a new file is removed, and a new version gives way to the file of before. What has to be
taken back is written down before the file is stored, so that it is known whoever dies meanwhile.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import uploader
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks.passed import rows_passed
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.publishing import draft, versions
from ckanext.mxcity.publishing.access import context_of
from ckanext.mxcity.publishing.uploads import REPLACED, Upload

log = logging.getLogger(__name__)


AS_BEFORE = N_("The dataset keeps the file of before, with its table.")
NEW_FILE = N_(
    "The dataset has the new file already, but not its table. Try again, or tell the "
    "administrators."
)
#: What a resource says of its file, and a new version says anew.
_OF_THE_FILE = (
    "format",
    "mimetype",
    "name",
    "source_file",
    "source_recipe",
    "source_sha256",
    "source_table",
    "table_schema",
)


def begin(upload: Upload, file: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Write down that a file is about to be stored, and keep the file of before.

    Args:
        upload: the upload that the file is made from.
        file: what the resource will say of it, ``source_file`` and ``source_table`` among that.
        before: the resource whose file is replaced, None if a resource is made.

    """
    table = file["source_table"]
    with draft.changed(upload) as state:
        if table in state.unfinished:
            return  # by an earlier try: the dataset may have the new file already
        entry: dict[str, Any] = {"source_file": file["source_file"], "source_table": table}
        if before:
            entry["before"] = {
                "id": before["id"],
                "values": {key: before.get(key) or "" for key in _OF_THE_FILE},
                "name": PurePosixPath(urlsplit(before["url"]).path).name,
                "kept": _keep_file(before, upload, len(state.unfinished)),
            }
        state.unfinished[table] = entry


def end(upload: Upload, table: str) -> None:
    """Write down that the table of a file is loaded."""
    with draft.changed(upload) as state:
        state.unfinished.pop(table, None)


def take_back(upload: Upload, state: draft.Draft) -> str:
    """Take back the files whose tables were not loaded; called with the state in hand.

    Returns:
        A sentence that says what the dataset has now; empty where nothing was to be taken back.

    """
    if not state.unfinished:
        return ""
    replaced = any("before" in entry for entry in state.unfinished.values())
    for table, entry in list(state.unfinished.items()):
        try:
            if "before" in entry:
                _put_back(upload, entry["before"])
            else:
                _remove(upload, state.dataset_id, entry)
        except Exception as error:  # whatever it is, the clerk is told what is in the dataset
            log.exception("The file of %s could not be taken back", table, exc_info=error)
            _roll_back()
        else:
            del state.unfinished[table]
    if state.unfinished:
        return said(NEW_FILE, {}, current_language())
    return said(AS_BEFORE, {}, current_language()) if replaced else ""


def _put_back(upload: Upload, before: dict[str, Any]) -> None:
    """Store the file of before again, with what its resource said of it."""
    with (upload.path.parent / before["kept"]).open("rb") as stream, rows_passed():
        file = {"upload": FileStorage(stream, before["name"]), "url": before["name"]}
        told = {**before["values"], **file, "id": before["id"]}
        tk.get_action("resource_patch")(_context(upload), told)


def _remove(upload: Upload, dataset_id: str, entry: dict[str, Any]) -> None:
    """Remove the resource that was made for a file; it may have been made or not."""
    dataset = tk.get_action("package_show")(_context(upload), {"id": dataset_id})
    made = versions.earlier(dataset, entry["source_file"], entry["source_table"])
    if made:
        tk.get_action("resource_delete")(_context(upload), {"id": made["id"]})


def _context(upload: Upload) -> Context:
    return {**context_of(upload.owner), "ignore_auth": True}


def _keep_file(resource: dict[str, Any], upload: Upload, number: int) -> str:
    """Give the stored file of a resource a second name beside an upload; return that name."""
    kept = upload.path.with_suffix(f"{REPLACED}-{number}")
    kept.unlink(missing_ok=True)
    stored = uploader.get_resource_uploader(dict(resource)).get_path(resource["id"])
    try:
        try:
            # The storage puts a new file in the place of the old one: it does not write into it.
            os.link(stored, kept)
        except OSError:  # another file system
            shutil.copyfile(stored, kept)
    except FileNotFoundError:
        log.warning("The file of %s is not in the storage, and cannot be kept", resource["id"])
    return kept.name


def _roll_back() -> None:
    try:
        model.Session.rollback()
    except Exception as lost:  # noqa: BLE001  the connection may be what was lost
        log.info("No transaction to roll back: %s", lost)
