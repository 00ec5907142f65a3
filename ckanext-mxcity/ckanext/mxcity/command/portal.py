"""The client of a portal's API that publishes a folder of files; it imports no CKAN.

A second run leaves alone what the portal has already.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.command.folders import (
    SETTINGS,
    Folder,
    NotThereError,
    PushError,
    folders,
    recipes_of,
    schema_of,
)
from ckanext.mxcity.files import for_next, merged

PIECE = 8 << 20
#: Seconds between two questions whether a worker is done, and how long to ask.
PAUSE, PATIENCE = 1.0, 30 * 60
_TIMEOUT = 120
#: What is told where the original of a file is not published.
WITHHELD = "the original stays private: it has the rows that were set aside"
NOT_FOUND = 404


@dataclass(frozen=True)
class Wanted:
    """What is done where a file is not in order, or does not tell how it is read."""

    #: Publish the rows in order and leave out the others.
    set_aside: bool = False
    #: Take what the portal takes.
    accept_reading: bool = False


_PLAIN = Wanted()


@dataclass
class Outcome:
    """What became of a dataset: ``created``, ``updated``, ``unchanged`` or ``failed``."""

    name: str
    result: str = "unchanged"
    files: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    #: What the portal noticed in the sheet of metadata.
    notes: list[str] = field(default_factory=list)

    def failed(self, what: str) -> None:
        """Keep an error; the rest goes on."""
        self.result = "failed"
        self.errors.append(what)


@dataclass
class Portal:
    """A portal, by its address and the token of an account."""

    url: str
    token: str
    session: requests.Session = field(default_factory=requests.Session)

    def action(self, name: str, data: dict[str, Any], files: Any = None) -> Any:
        """Return the result of an action; PushError with what the portal says."""
        address = f"{self.url.rstrip('/')}/api/3/action/{name}"
        sent: dict[str, Any] = {"data": data, "files": files} if files else {"json": data}
        headers = {"Authorization": self.token}
        try:
            answer = self.session.post(
                address, headers=headers, timeout=_TIMEOUT, allow_redirects=False, **sent
            )
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise PushError(f"{self.url}: {error}") from error
        if answer.status_code == NOT_FOUND:
            raise NotThereError(_said(told.get("error") or {}))
        if not told.get("success"):
            raise PushError(_said(told.get("error") or {}))
        return told["result"]

    def dataset(self, name: str) -> dict[str, Any] | None:
        """Return a dataset, None where there is none."""
        try:
            found: dict[str, Any] = self.action("package_show", {"id": name})
        except NotThereError:
            return None
        return found


def push(
    root: Path,
    portal: Portal,
    wanted: Wanted = _PLAIN,
    say: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Publish every dataset under a folder; one that fails does not keep the others."""
    outcomes = []
    for folder in folders(root):
        outcome = Outcome(folder.name)
        try:
            _push_dataset(folder, portal, wanted, outcome)
        except PushError as error:
            outcome.failed(str(error))
        outcomes.append(outcome)
        if say:
            say(outcome)
    return outcomes


def _push_dataset(folder: Folder, portal: Portal, wanted: Wanted, outcome: Outcome) -> None:
    if folder.sheet:
        folder = _with_sheet(folder, folder.sheet, portal, outcome)
    stored = portal.dataset(folder.name)
    if stored is not None and stored["type"] != folder.metadata.get("type", stored["type"]):
        raise PushError(
            f"{folder.path}: the dataset is of the type {stored['type']} in the portal, and a type "
            "cannot be changed; publish it under another name"
        )
    changed = stored is not None and any(
        not _same(_stored(stored, key, value), value) for key, value in folder.metadata.items()
    )
    if stored is not None and changed:
        portal.action("package_patch", {**folder.metadata, "id": stored["id"]})
        outcome.result = "updated"
    if not folder.files and stored is None:
        raise PushError(f"{folder.path}: no file beside {SETTINGS}")
    for path in folder.files:
        try:
            done = _push_file(path, folder, stored, portal, wanted)
            outcome.files[path.name] = "published" if done else "unchanged"
        except PushError as error:
            outcome.failed(f"{path.name}: {error}")
        else:
            if done and outcome.result == "unchanged":
                outcome.result = "updated" if stored else "created"
            if done and done.get("withheld"):
                outcome.notes.append(f"{path.name}: {WITHHELD}")
        # A file with errors may have made it, too: the next one goes into the same.
        stored = stored or portal.dataset(folder.name)


def _with_sheet(folder: Folder, sheet: Path, portal: Portal, outcome: Outcome) -> Folder:
    """Return the folder with the metadata that the portal reads in its sheet."""
    told = {key: folder.metadata[key] for key in ("type",) if key in folder.metadata}
    try:
        sent = {"upload": (sheet.name, sheet.read_bytes())}
        found = portal.action("mxcity_metadata_read", told, sent)
    except PushError as error:
        raise PushError(f"{sheet.name}: {error}") from error
    outcome.notes += [note["message"] for note in found["notes"]]
    outcome.notes += [f"{sheet.name}: {loss['path']}: {loss['value']}" for loss in found["losses"]]
    return replace(folder, metadata={**found["dataset"], **folder.metadata})


def _push_file(
    path: Path, folder: Folder, stored: dict[str, Any] | None, portal: Portal, wanted: Wanted
) -> dict[str, Any] | None:
    """Publish one file; return the upload, None where the portal has just this already."""
    schema, recipes = schema_of(folder, path), recipes_of(folder, path)
    if _is_there(path, stored, schema, recipes):
        return None
    begun = {"name": path.name, "size": path.stat().st_size}
    if stored:
        begun["dataset_id"] = stored["id"]
    upload = portal.action("mxcity_upload_create", begun)["id"]
    try:
        for offset, piece in _pieces(path):
            told = {"id": upload, "offset": str(offset)}
            portal.action("mxcity_upload_append", told, {"upload": (path.name, piece)})
        read = _read(portal, {"id": upload})
        if recipes is not None and recipes != read["recipes"]:
            read = _read(portal, {"id": upload, "recipes": recipes})
        dataset = {} if stored else folder.metadata
        told = {"id": upload, "dataset": dataset, **asdict(wanted)}
        if schema is not None:
            told["tables"] = [{"name": _only_table(read), "schema": schema}]
        portal.action("mxcity_publish", told)
        done = _wait(portal, upload, "publishing")
        if done["state"] != "published":
            raise PushError(_wrong(done))
    finally:
        with suppress(PushError):  # being published still, it is removed when its time is over
            portal.action("mxcity_upload_delete", {"id": upload})
    return done


def _read(portal: Portal, told: dict[str, Any]) -> dict[str, Any]:
    """Have an upload read; PushError where it cannot be read so."""
    portal.action("mxcity_file_read", told)
    read = _wait(portal, told["id"], "reading")
    if read["state"] != "ready":
        raise PushError(read["refused"] or read["failure"] or read["state"])
    if "recipes" in told and read["unread"]:
        raise PushError(read["unread"])
    return read


def _is_there(
    path: Path,
    stored: dict[str, Any] | None,
    schema: dict[str, Any] | None,
    recipes: dict[str, Any] | None,
) -> bool:
    """Return whether the portal has the very bytes of a file, checked and read as is wanted."""
    digest = _sha256(path)
    made = [
        resource
        for resource in (stored or {}).get("resources", ())
        if (resource.get("source_file"), resource.get("source_sha256")) == (path.name, digest)
    ]
    checked = schema is None or any(schema == kept_by(resource) for resource in made)
    tables = [resource for resource in made if resource.get("source_table")]
    return bool(made) and checked and all(_is_read_by(table, recipes) for table in tables)


def _is_read_by(resource: dict[str, Any], recipes: dict[str, Any] | None) -> bool:
    """Return whether the recipe of a table is part of what its resource keeps."""
    recipe = for_next((recipes or {}).get(resource["source_table"], {}))
    try:
        kept = json.loads(resource.get("source_recipe") or "{}")
        return bool(merged(kept, recipe) == kept)
    except (ValueError, TypeError, AttributeError):  # something else stands there
        return not recipe


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _only_table(read: dict[str, Any]) -> str:
    tables = [table["name"] for table in read["choices"]["tables"]]
    if len(tables) != 1:
        raise PushError(f"a schema is of one table, and the file has: {', '.join(tables)}")
    return str(tables[0])


def _pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    offset = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield offset, piece
            offset += len(piece)


def _wait(portal: Portal, upload: str, step: str) -> dict[str, Any]:
    """Ask until the worker has done its step."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found: dict[str, Any] = portal.action("mxcity_upload_show", {"id": upload})
        if found["state"] != step:
            return found
        time.sleep(PAUSE)
    raise PushError(f"the portal is still {step} after {PATIENCE // 60} minutes")


def _wrong(done: dict[str, Any]) -> str:
    """Return the first cells that are wrong, a line each."""
    lines = [done["failure"] or done["state"]]
    for verdict in done["verdicts"]:
        lines += [finding["message"] for finding in verdict["findings"]]
        for error in (verdict["report"] or {}).get("errors", ())[:20]:
            hint = f"  → {error['example']}" if error["example"] else ""
            lines.append(f"  {error['row']}:{error['column']}: {error['message']}{hint}")
    return "\n".join(lines)


def _stored(dataset: dict[str, Any], key: str, told: Any) -> Any:
    """Return a field as a person writes it: an organisation by name, keywords in one text."""
    if key == "owner_org" and told == (dataset.get("organization") or {}).get("name"):
        return told
    if key == "tag_string":
        names = {tag["name"] for tag in dataset.get("tags", ())}
        wanted = {word.strip() for word in str(told).split(",") if word.strip()}
        return told if names == wanted else ",".join(sorted(names))
    return dataset.get(key)


def _same(stored: Any, told: Any) -> bool:
    """Return whether the portal's value equals the file's.

    The portal keeps a date as text, and it keeps no difference between an empty text, an empty
    list and no value.
    """
    if stored in (None, "", []) and told in (None, "", []):
        return True
    plain = json.loads(json.dumps(told, default=str))
    if isinstance(plain, (dict, list)):
        return bool(stored == plain)
    return str(stored) == str(plain)


def _said(error: dict[str, Any]) -> str:
    if error.get("message"):
        return str(error["message"])
    named = {name: told for name, told in error.items() if not name.startswith("__")}
    return "; ".join(f"{name}: {told}" for name, told in named.items())
