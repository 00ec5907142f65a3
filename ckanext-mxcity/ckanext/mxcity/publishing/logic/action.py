"""Actions: send a file in pieces, have it read, publish it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import lookup_package_plugin
from ckan.types import Context, DataDict

from ckanext.mxcity.checks.descriptor import DescriptorError
from ckanext.mxcity.dataset_types import PLAIN
from ckanext.mxcity.files import messages
from ckanext.mxcity.publishing import (
    attendance,
    choices,
    config,
    draft,
    proposal,
    recovery,
    sheets,
    versions,
)
from ckanext.mxcity.publishing.names import free_name, own_id
from ckanext.mxcity.publishing.sentences import choice_sentence, language, upload_sentence
from ckanext.mxcity.publishing.uploads import Upload, UploadError, UploadStore

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
        except DescriptorError as error:
            raise tk.ValidationError({"schema": [error.said(language())]}) from error

    return wrapped


@_said
def mxcity_upload_create(context: Context, data_dict: DataDict) -> Result:
    """Begin to send a file.

    Args:
        context: of CKAN.
        data_dict: ``name`` of the file and its ``size`` in bytes; ``dataset_id`` if it goes into a
            dataset that exists, where it takes the place of an earlier file of the same name.

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
    aim = draft.Draft()
    if data_dict.get("dataset_id"):
        _aim(context, aim, str(data_dict["dataset_id"]))
    upload = store.create(_owner(context), str(data_dict.get("name") or ""), size)
    try:
        with draft.changed(store, _owner(context), upload.id) as state:
            state.dataset_id, state.into = aim.dataset_id, aim.into
    except UploadError:
        store.delete(_owner(context), upload.id)
        raise
    return _shown(context, upload, state)


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
    return _shown(context, upload, draft.load(store, _owner(context), upload_id))


@_said
@tk.side_effect_free
def mxcity_upload_show(context: Context, data_dict: DataDict) -> Result:
    """Tell how far an upload (``id``) is: bytes received, what was read, what was published."""
    tk.check_access("mxcity_upload_show", context, data_dict)
    store, upload_id = config.store(), _id(data_dict)
    upload = store.show(_owner(context), upload_id)
    return _shown(context, upload, draft.load(store, _owner(context), upload_id))


@tk.side_effect_free
def mxcity_upload_list(context: Context, data_dict: DataDict) -> list[Result]:
    """List the uploads of the account that asks, without what was read of them.

    ``left_out`` has the number of rows that were set aside, by the number of their table.
    """
    tk.check_access("mxcity_upload_list", context, data_dict)
    store, whose = config.store(), _owner(context)
    states = ((upload, draft.load(store, whose, upload.id)) for upload in store.list(whose))
    return [
        {
            **asdict(upload),
            "state": state.step,
            "progress": _progress(context, upload.id, state),
            "left_out": state.left_out,
        }
        for upload, state in states
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
        if state.step in ("received", "failed") or _left_alone(store, whose, upload_id, state):
            state.move("reading")
            recovery.send(store, whose, upload_id, state)
    return _shown(context, upload, state)


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
    upload, told = store.show(whose, upload_id), dict(data_dict.get("dataset") or {})
    with draft.changed(store, whose, upload_id, wait=False) as state:
        if state.step not in ("ready", "errors", "failed") and not (
            state.step == "publishing" and _left_alone(store, whose, upload_id, state)
        ):
            raise UploadError("busy" if state.working else f"is-{state.step}", 409)
        if told.get("id") and not state.dataset_id:
            _aim(context, state, str(told["id"]))
        state.choices = choices.decided(state.file(), data_dict, _known(context, state, upload))
        state.dataset_id = _write_dataset(context, upload, state, told)["id"]
        state.verdicts = []
        state.move("publishing")
        recovery.send(store, whose, upload_id, state)
    return _shown(context, upload, state)


def mxcity_metadata_read(context: Context, data_dict: DataDict) -> Result:
    """Read a sheet of metadata, without saving anything.

    The norm is seen from its content: DDI Codebook, NTM 2010 (ISO 19139) or the JSON of INEGI's
    SIM. The files that it describes come with their columns as a Table Schema.

    Args:
        context: of CKAN.
        data_dict: the sheet as ``upload``, a file of a multipart request, or as ``text``; ``type``
            of the dataset that it is for, if not the one that the norm suggests.

    Returns:
        ``norm`` (ddi, ntm or sim), ``version``, ``dataset`` to correct and to create, ``files``
        (``resource`` and ``schema`` of each), ``losses`` (``path``, ``value`` and ``count`` of
        what found no field) and ``notes`` (``code`` and ``message``).

    """
    tk.check_access("mxcity_metadata_read", context, data_dict)
    return sheets.read(data_dict)


def _aim(context: Context, state: draft.Draft, dataset_id: str) -> None:
    """Let the file go into a dataset that exists and that the caller may change."""
    dataset = tk.get_action("package_show")(_fresh(context), {"id": dataset_id})
    tk.check_access("package_update", _fresh(context), {"id": dataset["id"]})
    state.dataset_id, state.into = dataset["id"], True


def _known(context: Context, state: draft.Draft, upload: Upload) -> versions.Known:
    if not (state.into and state.reading):
        return versions.Known()
    dataset = tk.get_action("package_show")(_fresh(context), {"id": state.dataset_id})
    return versions.known_of(dataset, upload.name, state.file())


def _fresh(context: Context) -> Context:
    """Return a context of the same caller: actions leave things in theirs."""
    return {"user": context["user"], "auth_user_obj": context["auth_user_obj"]}


def _write_dataset(context: Context, upload: Upload, state: draft.Draft, told: Result) -> Result:
    """Write the metadata: of a new draft, of the draft of an earlier try, or what is told anew."""
    own: Context = {**_fresh(context), "allow_state_change": True}
    if state.into:
        # What a dataset says that was there before is not replaced by a proposal.
        return tk.get_action("package_patch")(own, {**told, "id": state.dataset_id})
    values = {**proposal.metadata(state.file()), **told}
    dataset_id = state.dataset_id or own_id(upload.id)
    there = model.Package.get(dataset_id) is not None
    if there and _of_other_type(context, dataset_id, told):
        # CKAN does not change types: the draft of the earlier try, which has no file, makes way.
        tk.get_action("dataset_purge")({**own, "ignore_auth": True}, {"id": dataset_id})
        there = False
    if there:
        return tk.get_action("package_patch")(own, {**values, "id": dataset_id})
    if not values.get("name"):
        values["name"] = free_name(str(values.get("title") or ""))
    own["schema"] = _schema_with_id(values.setdefault("type", PLAIN))
    created = {**values, "id": own_id(upload.id), "state": "draft"}
    return tk.get_action("package_create")(own, created)


def _schema_with_id(kind: str) -> Any:
    """Return CKAN's schema of a new dataset that is told its id; only administrators choose one."""
    schema = lookup_package_plugin(kind).create_package_schema()
    names = ("ignore_missing", "unicode_safe", "package_id_does_not_exist")
    return {**schema, "id": [tk.get_validator(name) for name in names]}


def _of_other_type(context: Context, dataset_id: str, told: Result) -> bool:
    """Whether the draft of an earlier try is of another type than is told now."""
    stored = tk.get_action("package_show")(_fresh(context), {"id": dataset_id})
    if not told.get("type") or told["type"] == stored["type"]:
        return False
    if stored["resources"] or stored["state"] != "draft":
        raise tk.ValidationError({"type": [tk._("The kind of a published dataset cannot change.")]})
    return True


def _owner(context: Context) -> str:
    """Return whose uploads the caller may see: the id of the account."""
    return str(context["auth_user_obj"].id)


def _id(data_dict: DataDict) -> str:
    return str(tk.get_or_bust(data_dict, "id"))


def _left_alone(store: UploadStore, whose: str, upload_id: str, state: draft.Draft) -> bool:
    """Whether a worker was to have an upload, and none has it or will have it."""
    path = store.path(whose, upload_id)
    return state.working and attendance.find(path, state.job).missing


def _shown(context: Context, upload: Upload, state: draft.Draft) -> Result:
    shown = {
        **asdict(upload),
        "state": state.step,
        "working": state.working,
        "progress": _progress(context, upload.id, state),
        "reading": state.reading,
        "choices": state.choices,
        "verdicts": state.verdicts,
        "dataset_id": state.dataset_id,
        "into": state.into,
        "left_out": state.left_out,
        "resources": state.resources,
        "failure": state.failure,
        "refused": "",
    }
    if state.refused:
        shown["refused"] = messages.text(state.refused["code"], state.refused["params"], language())
    if state.reading and not state.choices:
        shown["choices"] = choices.proposed(state.file(), _known(context, state, upload))
    return shown


def _progress(context: Context, upload_id: str, state: draft.Draft) -> Result | None:
    """Tell who has an upload (working, waiting or nobody), its place in the queue and the tries."""
    if not state.working:
        return None
    path = config.store().path(_owner(context), upload_id)
    return {**asdict(attendance.find(path, state.job)), "tries": state.tries}
