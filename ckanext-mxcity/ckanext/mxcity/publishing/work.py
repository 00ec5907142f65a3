"""What a worker does with a file: read it, and publish what the clerk decided."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks import split_table
from ckanext.mxcity.checks.chain import FileCheck, Subject, Verdict, run_checks
from ckanext.mxcity.files import FileRefused, TableReading, messages, read_file, write_table
from ckanext.mxcity.files.model import Limits
from ckanext.mxcity.interfaces import IFileCheck
from ckanext.mxcity.publishing import choices, config, draft
from ckanext.mxcity.publishing.sentences import language
from ckanext.mxcity.publishing.uploads import UploadError
from ckanext.mxcity.tables import copying


def _(text: str) -> str:
    """Mark a text for translation; a worker has no reader, so the portal's language is taken."""
    return text


log = logging.getLogger(__name__)
#: Seconds that a worker may take for one file.
TIMEOUT = 20 * 60
ORIGINAL = _("{name} (original file)")


def read_job(owner: str, upload_id: str) -> None:
    """Read a file that has arrived; what was understood, or why not, is kept with it."""
    store = config.store()
    try:
        upload = store.show(owner, upload_id)
        path = store.path(owner, upload_id)
        refused = reading = None
        try:
            reading = read_file(path, upload.name, limits()).as_dict()
        except FileRefused as error:
            refused = error.as_dict()
        with draft.changed(store, owner, upload_id) as state:
            state.reading, state.refused = reading, refused
            state.move("ready" if reading else "refused")
    except UploadError as error:
        log.info("The upload %s is gone: %s", upload_id, error.code)
    except Exception:
        _failed(owner, upload_id)
        raise


def publish_job(owner: str, upload_id: str) -> None:
    """Check the tables that a clerk chose and, if nothing is in the way, publish them."""
    store = config.store()
    try:
        state = draft.load(store, owner, upload_id)
        with TemporaryDirectory(prefix="mxcity-") as folder:
            prepared = list(_prepared(owner, upload_id, state, Path(folder)))
            verdicts = [verdict for table in prepared for verdict in table["verdicts"]]
            with draft.changed(store, owner, upload_id) as state:
                state.verdicts = verdicts
                if verdicts:
                    state.move("errors")
                    return
            _publish(owner, upload_id, state, prepared)
    except UploadError as error:
        log.info("The upload %s is gone: %s", upload_id, error.code)
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
        model.Session.rollback()
        _failed(owner, upload_id, _sentence(error))
    except Exception:
        model.Session.rollback()
        _failed(owner, upload_id)
        raise


def limits() -> Limits:
    """Return what a file may hold on this portal."""
    return Limits(size=config.store().largest)


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
        if not choice["publish"]:
            continue
        table = reading.table(choice["name"])
        schema = choices.schema_of(table, choice)
        target = folder / f"{number}.csv"
        columns = choices.corrected(table, choice)
        write_table(path, upload.name, table.name, target, limits(), columns)
        verdicts = run_checks(Subject(target, table, schema, dataset), checks())
        blocking = [verdict for verdict in verdicts if verdict.blocking]
        if blocking and state.choices["set_aside"] and all(v.rows_only for v in blocking):
            target, blocking = _good_rows(target, schema, folder / f"{number}-good.csv"), []
        yield {
            "path": target,
            "table": table,
            "choice": choice,
            "verdicts": [_told(table, verdict) for verdict in blocking],
        }


def _good_rows(table: Path, schema: dict[str, Any], good: Path) -> Path:
    split_table(table, schema, good, good.with_suffix(".bad"))
    return good


def _told(table: TableReading, verdict: Verdict) -> dict[str, Any]:
    return {"table": table.name, **verdict.as_dict("es")}


def _publish(
    owner: str, upload_id: str, state: draft.Draft, prepared: list[dict[str, Any]]
) -> None:
    """Add the files to the dataset and make it public; a second try goes on after the first."""
    store = config.store()
    upload = store.show(owner, upload_id)
    stem = Path(upload.name).stem
    for item in prepared:
        name = item["table"].name
        if name not in state.resources:
            title = stem if len(state.choices["tables"]) == 1 else f"{stem}: {name}"
            file_name = f"{stem}-{name}.csv" if name != stem else f"{stem}.csv"
            made = _add_table(owner, state, item, file_name, title)
            state = _published(owner, upload_id, name, made["id"])
    if state.choices["keep_original"] and "" not in state.resources:
        path = store.path(owner, upload_id)
        title = messages.said(ORIGINAL, {"name": stem}, language())
        kind = state.file().format.upper()
        made = _add_file(owner, state, path, upload.name, title, kind)
        state = _published(owner, upload_id, "", made["id"])
    context = {**_context(owner), "allow_state_change": True}
    tk.get_action("package_patch")(context, {"id": state.dataset_id, "state": "active"})
    with draft.changed(store, owner, upload_id) as done:
        done.move("published")
    store.empty(owner, upload_id)
    for name, resource_id in done.resources.items():
        if name:
            copying.index(resource_id)


def _add_file(
    owner: str, state: draft.Draft, path: Path, file_name: str, title: str, kind: str
) -> dict[str, Any]:
    with path.open("rb") as stream:
        return tk.get_action("resource_create")(
            _context(owner),
            {
                "package_id": state.dataset_id,
                "name": title,
                "format": kind,
                "mimetype": mimetypes.guess_type(file_name)[0],
                "upload": FileStorage(stream, file_name),
                "url": file_name,
            },
        )


def _add_table(
    owner: str, state: draft.Draft, item: dict[str, Any], file_name: str, title: str
) -> dict[str, Any]:
    """Add a table as a file, and its rows and dictionary to the DataStore; both or neither."""
    with copying.loaded_by_us():
        made = _add_file(owner, state, item["path"], file_name, title, "CSV")
    fields = [
        {
            "id": entry["id"],
            "type": entry["type"],
            "info": {"label": entry["title"], "notes": entry["description"]},
        }
        for entry in choices.dictionary(item["table"], item["choice"])
    ]
    try:
        copying.load(made["id"], item["path"], fields)
    except Exception:
        model.Session.rollback()
        tk.get_action("resource_delete")(_context(owner), {"id": made["id"]})
        raise
    copying.announce(made["id"])
    return made


def _published(owner: str, upload_id: str, table: str, resource_id: str) -> draft.Draft:
    with draft.changed(config.store(), owner, upload_id) as state:
        state.resources[table] = resource_id
    return state


def _context(owner: str) -> Any:
    user = model.User.get(owner)
    return {"user": user.name if user else "", "auth_user_obj": user, "model": model}


def _failed(owner: str, upload_id: str, sentence: str = "") -> None:
    with _quietly(), draft.changed(config.store(), owner, upload_id) as state:
        state.failure = sentence
        state.move("failed")


@contextmanager
def _quietly() -> Iterator[None]:
    try:
        yield
    except UploadError as error:
        log.info("The upload is gone: %s", error.code)


def _sentence(error: Exception) -> str:
    if isinstance(error, tk.ValidationError):
        return "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
    return str(error)
