"""Actions: send a file in pieces, have it read, publish it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.munge import munge_title_to_name
from ckan.model import PACKAGE_NAME_MAX_LENGTH
from ckan.types import Context, DataDict

from ckanext.mxcity.files import messages
from ckanext.mxcity.publishing import choices, config, draft, proposal, work
from ckanext.mxcity.publishing.sentences import choice_sentence, language, upload_sentence
from ckanext.mxcity.publishing.uploads import Upload, UploadError

Result = dict[str, Any]


def _said(action: Callable[[Context, DataDict], Any]) -> Callable[[Context, DataDict], Any]:
    """Turn the store's refusals into CKAN's errors."""

    @wraps(action)
    def wrapped(context: Context, data_dict: DataDict) -> Any:
        try:
            return action(context, data_dict)
        except UploadError as error:
            if error.status == 404:
                raise tk.ObjectNotFound(upload_sentence(error.code)) from error
            raise tk.ValidationError({"upload": [upload_sentence(error.code)]}) from error
        except choices.ChoiceError as error:
            raise tk.ValidationError({error.field: [choice_sentence(error)]}) from error

    return wrapped


@_said
def mxcity_upload_create(context: Context, data_dict: DataDict) -> Result:
    """Begin to send a file.

    Args:
        context: of CKAN.
        data_dict: ``name`` of the file and its ``size`` in bytes.

    Returns:
        The upload: ``id``, ``name``, ``size``, ``offset`` (bytes received) and ``state``.

    """
    tk.check_access("mxcity_upload_create", context, data_dict)
    store = config.store()
    store.sweep()
    try:
        size = int(data_dict.get("size") or 0)
    except (TypeError, ValueError):
        raise tk.ValidationError({"size": [tk._("A number of bytes is expected.")]}) from None
    upload = store.create(_owner(context), str(data_dict.get("name") or ""), size)
    return _shown(upload, draft.load(store, _owner(context), upload.id))


@_said
def mxcity_upload_append(context: Context, data_dict: DataDict) -> Result:
    """Add bytes to an upload.

    Args:
        context: of CKAN.
        data_dict: ``id`` of the upload, ``offset`` at which the bytes begin, and the bytes as
            ``upload``: a file of a multipart request.

    """
    tk.check_access("mxcity_upload_append", context, data_dict)
    piece = data_dict.get("upload")
    stream = getattr(piece, "stream", None) or (
        io.BytesIO(piece) if isinstance(piece, bytes) else None
    )
    if stream is None:
        raise tk.ValidationError({"upload": [tk._("Send the bytes as a file.")]})
    try:
        offset = int(data_dict.get("offset") or 0)
    except (TypeError, ValueError):
        raise tk.ValidationError({"offset": [tk._("A number of bytes is expected.")]}) from None
    store, upload_id = config.store(), _id(data_dict)
    upload = store.append(_owner(context), upload_id, offset, stream)
    return _shown(upload, draft.load(store, _owner(context), upload_id))


@_said
@tk.side_effect_free
def mxcity_upload_show(context: Context, data_dict: DataDict) -> Result:
    """Tell how far an upload (``id``) is: bytes received, what was read, what was published."""
    tk.check_access("mxcity_upload_show", context, data_dict)
    store, upload_id = config.store(), _id(data_dict)
    upload = store.show(_owner(context), upload_id)
    return _shown(upload, draft.load(store, _owner(context), upload_id))


@tk.side_effect_free
def mxcity_upload_list(context: Context, data_dict: DataDict) -> list[Result]:
    """List the uploads of the account that asks, without what was read of them."""
    tk.check_access("mxcity_upload_list", context, data_dict)
    store, whose = config.store(), _owner(context)
    return [
        {**asdict(upload), "state": draft.load(store, whose, upload.id).step}
        for upload in store.list(whose)
    ]


@_said
def mxcity_upload_delete(context: Context, data_dict: DataDict) -> None:
    """Remove an upload (``id``); what was published of it stays."""
    tk.check_access("mxcity_upload_delete", context, data_dict)
    config.store().delete(_owner(context), _id(data_dict))


@_said
def mxcity_file_read(context: Context, data_dict: DataDict) -> Result:
    """Have an upload (``id``) read by a worker; ``mxcity_upload_show`` tells when it was."""
    tk.check_access("mxcity_file_read", context, data_dict)
    store, whose, upload_id = config.store(), _owner(context), _id(data_dict)
    upload = store.show(whose, upload_id)
    if not upload.complete:
        raise UploadError("incomplete", 409)
    with draft.changed(store, whose, upload_id) as state:
        wanted = not state.working and state.step in ("received", "reading", "failed")
        if wanted:
            state.move("reading")
    if wanted:
        _enqueue(work.read_job, whose, upload_id)
    return _shown(upload, state)


@_said
def mxcity_publish(context: Context, data_dict: DataDict) -> Result:
    """Publish the tables of an upload that was read, as a new dataset or in one that exists.

    The dataset is written as a draft at once, so that wrong metadata are told here. A worker
    checks the tables, adds them and makes the dataset public; ``mxcity_upload_show`` tells when
    it has, or which cells are wrong.

    Args:
        context: of CKAN.
        data_dict: ``id`` of the upload; ``dataset``, its metadata (with ``id`` to add the files to
            one that exists); ``tables``, ``set_aside`` and ``keep_original`` as in
            ``ckanext.mxcity.publishing.choices``, all optional.

    """
    tk.check_access("mxcity_publish", context, data_dict)
    store, whose, upload_id = config.store(), _owner(context), _id(data_dict)
    state = draft.load(store, whose, upload_id)
    if state.step not in ("ready", "errors", "failed") and (
        state.step != "publishing" or state.working
    ):
        raise UploadError("busy" if state.working else f"is-{state.step}", 409)
    decided = choices.decided(state.file(), data_dict)
    dataset = _write_dataset(context, state, dict(data_dict.get("dataset") or {}))
    with draft.changed(store, whose, upload_id) as state:
        state.choices, state.dataset_id = decided, dataset["id"]
        state.verdicts, state.failure = [], ""
        state.move("publishing")
    _enqueue(work.publish_job, whose, upload_id)
    return _shown(store.show(whose, upload_id), state)


def _write_dataset(context: Context, state: draft.Draft, told: dict[str, Any]) -> Result:
    """Write the metadata: a new draft, the draft of an earlier try, or a dataset that exists."""
    own: Context = {
        "user": context["user"],
        "auth_user_obj": context["auth_user_obj"],
        "allow_state_change": True,
    }
    existing = state.dataset_id or str(told.get("id") or "")
    values = {**proposal.metadata(state.file()), **told}
    if existing:
        # What a dataset of somebody's says is not replaced by a proposal.
        kept = values if state.dataset_id else told
        return tk.get_action("package_patch")(own, {**kept, "id": existing})
    if not values.get("name"):
        values["name"] = _free_name(str(values.get("title") or ""))
    return tk.get_action("package_create")(own, {**values, "state": "draft"})


def _free_name(title: str) -> str:
    """Return an address in the portal for a title; a number tells it from those taken."""
    start = munge_title_to_name(title)[: PACKAGE_NAME_MAX_LENGTH - 5].strip("-_") or "conjunto"
    query = sa.select(model.Package.name).where(model.Package.name.startswith(start))
    taken = set(model.Session.scalars(query))
    numbered = (f"{start}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([start], numbered) if name not in taken)


def _owner(context: Context) -> str:
    """Return whose uploads the caller may see: the id of the account."""
    return str(context["auth_user_obj"].id)


def _id(data_dict: DataDict) -> str:
    return str(tk.get_or_bust(data_dict, "id"))


def _enqueue(job: Callable[[str, str], None], whose: str, upload_id: str) -> None:
    tk.enqueue_job(
        job, [whose, upload_id], title="Publish a file", rq_kwargs={"timeout": work.TIMEOUT}
    )


def _shown(upload: Upload, state: draft.Draft) -> Result:
    shown = {
        **asdict(upload),
        "state": state.step,
        "working": state.working,
        "reading": state.reading,
        "choices": state.choices,
        "verdicts": state.verdicts,
        "dataset_id": state.dataset_id,
        "resources": state.resources,
        "failure": state.failure,
        "refused": "",
    }
    if state.refused:
        shown["refused"] = messages.text(state.refused["code"], state.refused["params"], language())
    if state.reading and not state.choices:
        shown["choices"] = choices.proposed(state.file())
    return shown
