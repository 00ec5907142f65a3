"""What a worker does with a file: read it, and publish what the clerk decided."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks import split_table
from ckanext.mxcity.checks.chain import FileCheck, Subject, Verdict, run_checks
from ckanext.mxcity.checks.descriptor import kept
from ckanext.mxcity.files import FileRefused, TableReading, messages, read_file, write_table
from ckanext.mxcity.files.model import Limits
from ckanext.mxcity.interfaces import IFileCheck
from ckanext.mxcity.publishing import (
    aside,
    choices,
    config,
    draft,
    reasons,
    recovery,
    versions,
)
from ckanext.mxcity.publishing.names import own_id
from ckanext.mxcity.publishing.sentences import language
from ckanext.mxcity.publishing.uploads import sha256_of
from ckanext.mxcity.tables import copying


def _(text: str) -> str:
    """Mark a text for translation; a worker has no reader, so the portal's language is taken."""
    return text


ORIGINAL = _("{name} (original file)")
#: Stands for the original among the tables of a draft; no sheet or layer is called so.
ORIGINAL_KEY = "/"


def read_job(owner: str, upload_id: str, job: str) -> None:
    """Read a file that has arrived; what was understood, or why not, is kept with it."""
    recovery.perform(owner, upload_id, job, _read)


def publish_job(owner: str, upload_id: str, job: str) -> None:
    """Check the tables that a clerk chose and, if nothing is in the way, publish them."""
    recovery.perform(owner, upload_id, job, _check_and_publish)


def _read(owner: str, upload_id: str, state: draft.Draft) -> None:
    store = config.store()
    upload, path = store.show(owner, upload_id), store.path(owner, upload_id)
    refused = reading = None
    try:
        reading = read_file(path, upload.name, limits()).as_dict()
    except FileRefused as error:
        refused = error.as_dict()
    with draft.changed(store, owner, upload_id) as state:
        state.reading, state.refused = reading, refused
        state.move("ready" if reading else "refused")


def _check_and_publish(owner: str, upload_id: str, state: draft.Draft) -> None:
    """Go on where an earlier try ended; what it made is found again, and not made twice."""
    store = config.store()
    if state.step == "published":
        _finish(owner, upload_id, state)
        return
    with TemporaryDirectory(prefix="mxcity-") as folder:
        prepared = list(_prepared(owner, upload_id, state, Path(folder)))
        verdicts = [verdict for table in prepared for verdict in table["verdicts"]]
        with draft.changed(store, owner, upload_id) as state:
            state.verdicts = verdicts
            state.left_out = {
                str(table["number"]): table["left_out"] for table in prepared if table["left_out"]
            }
            if verdicts:
                state.move("errors")
                return
        with copying.loaded_by_us():
            _publish(owner, upload_id, state, prepared)


def limits() -> Limits:
    """Return what a file may hold on this portal."""
    return Limits(size=config.store().largest, maps=config.reads_maps())


def checks() -> list[FileCheck]:
    """Return the named checks of all plugins, in their order."""
    return [
        check for plugin in p.PluginImplementations(IFileCheck) for check in plugin.file_checks()
    ]


def _prepared(
    owner: str, upload_id: str, state: draft.Draft, folder: Path
) -> Iterator[dict[str, Any]]:
    """Write each chosen table as it is published, and say what is in the way of it."""
    store = config.store()
    upload, path, reading = store.show(owner, upload_id), store.path(owner, upload_id), state.file()
    dataset = tk.get_action("package_show")(_context(owner), {"id": state.dataset_id})
    for number, choice in enumerate(state.choices["tables"]):
        if not (choice["publish"] or state.choices["keep_original"]):
            continue
        table = reading.table(choice["name"])
        schema = choices.schema_of(table, choice)
        target = folder / f"{number}.csv"
        columns = choices.corrected(table, choice)
        write_table(path, upload.name, table.name, target, limits(), columns)
        verdicts = run_checks(Subject(target, table, schema, dataset), checks())
        blocking = [verdict for verdict in verdicts if verdict.blocking]
        item = {"path": target, "table": table, "choice": choice, "number": number, "left_out": 0}
        if not choice["publish"]:
            # It goes out with the original: wrong rows are its own, what is closed is not.
            blocking = [verdict for verdict in blocking if verdict.unpublishable]
        elif blocking and all(verdict.rows_only for verdict in blocking):
            good, bad = folder / f"{number}-good.csv", aside.rows_path(path, number)
            _, item["left_out"] = split_table(target, schema, good, bad)
            if state.choices["set_aside"]:
                item["path"], blocking = good, []
        yield {**item, "verdicts": [_told(table, target, verdict) for verdict in blocking]}


def _told(table: TableReading, path: Path, verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as it is kept: with the rows that its first errors are in."""
    return {
        "table": table.name,
        **verdict.as_dict("es"),
        "rows": aside.rows_with_errors(table, path, verdict),
    }


def _publish(
    owner: str, upload_id: str, state: draft.Draft, prepared: list[dict[str, Any]]
) -> None:
    """Put the files into the dataset and make it public; a second try goes on after the first."""
    store = config.store()
    upload, path = store.show(owner, upload_id), store.path(owner, upload_id)
    stem = Path(upload.name).stem
    made_from = {"source_file": upload.name, "source_sha256": sha256_of(path)}
    for item in prepared:
        name = item["table"].name
        if item["choice"]["publish"] and name not in state.resources:
            only = len(state.choices["tables"]) == 1
            file = {
                "name": stem if only else f"{stem}: {name}",
                "format": "CSV",
                "file_name": f"{stem}.csv" if only else f"{stem}-{name}.csv",
                "source_table": name,
                "table_schema": kept(item["choice"]["schema"]),
                **made_from,
            }
            file["id"] = own_id(upload_id, name)
            state = _published(owner, upload_id, name, _put_table(owner, state, item, file))
    if state.choices["keep_original"] and ORIGINAL_KEY not in state.resources:
        file = {
            "name": messages.said(ORIGINAL, {"name": stem}, language()),
            "format": state.file().format.upper(),
            "file_name": upload.name,
            "source_table": "",
            "id": own_id(upload_id, ORIGINAL_KEY),
            **made_from,
        }
        made = _put_file(owner, state, path, file)
        state = _published(owner, upload_id, ORIGINAL_KEY, made)
    context = {**_context(owner), "allow_state_change": True}
    tk.get_action("package_patch")(context, {"id": state.dataset_id, "state": "active"})
    with draft.changed(store, owner, upload_id) as done:
        done.to_index = [made for name, made in done.resources.items() if name != ORIGINAL_KEY]
        done.move("published")
    _finish(owner, upload_id, done)


def _finish(owner: str, upload_id: str, state: draft.Draft) -> None:
    """Do what nobody waits for: let the bytes go, and let searches look into the tables."""
    store = config.store()
    store.empty(owner, upload_id)
    for resource_id in list(state.to_index):
        copying.index(resource_id)
        with draft.changed(store, owner, upload_id) as done:
            done.to_index.remove(resource_id)


def _put_file(owner: str, state: draft.Draft, path: Path, file: dict[str, Any]) -> str:
    """Add a file to the dataset, or put it in the place of its earlier version; return its id."""
    dataset = tk.get_action("package_show")(_context(owner), {"id": state.dataset_id})
    before = versions.earlier(dataset, file["source_file"], file["source_table"])
    with path.open("rb") as stream:
        values = {
            **{key: value for key, value in file.items() if key != "file_name"},
            "mimetype": mimetypes.guess_type(file["file_name"])[0],
            "upload": FileStorage(stream, file["file_name"]),
            "url": file["file_name"],
        }
        if before:
            # The name may have been corrected since; the file it was made from has not.
            del values["name"], values["id"]
            made = tk.get_action("resource_patch")(_context(owner), {**values, "id": before["id"]})
        else:
            told = {**values, "package_id": state.dataset_id}
            made = tk.get_action("resource_create")(_context(owner), told)
    return str(made["id"])


def _put_table(owner: str, state: draft.Draft, item: dict[str, Any], file: dict[str, Any]) -> str:
    """Put a table into the dataset as a file, and its rows and dictionary into the DataStore."""
    resource_id = _put_file(owner, state, item["path"], file)
    fields = [
        {
            "id": entry["id"],
            "type": entry["type"],
            "info": {"label": entry["title"], "notes": entry["description"]},
        }
        for entry in choices.dictionary(item["table"], item["choice"])
    ]
    try:
        copying.load(resource_id, item["path"], fields)
    except Exception as error:
        # A file without its rows is not left behind, unless they come with the next try.
        if resource_id == file["id"] and not reasons.of(error).passing:
            model.Session.rollback()
            tk.get_action("resource_delete")(_context(owner), {"id": resource_id})
        raise
    copying.announce(resource_id)
    return resource_id


def _published(owner: str, upload_id: str, table: str, resource_id: str) -> draft.Draft:
    with draft.changed(config.store(), owner, upload_id) as state:
        state.resources[table] = resource_id
    return state


def _context(owner: str) -> Any:
    user = model.User.get(owner)
    return {"user": user.name if user else "", "auth_user_obj": user, "model": model}
