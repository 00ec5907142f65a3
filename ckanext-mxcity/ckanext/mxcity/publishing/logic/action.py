"""Actions: send a file in pieces, have it read, publish it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.checks.descriptor import DescriptorError
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.publishing import (
    answers,
    choices,
    config,
    datasets,
    draft,
    metadata_sheets,
    recovery,
    showing,
    versions,
)
from ckanext.mxcity.publishing.access import fresh
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import Upload
from ckanext.mxcity.publishing.user_messages import (
    choice_sentence,
    unanswered_sentences,
    upload_sentence,
)

Result = dict[str, Any]


def _said(action: Callable[[Context, DataDict], Any]) -> Callable[[Context, DataDict], Any]:
    """Decorate an action so that it raises the errors of CKAN where an upload is refused."""

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
        except answers.UnansweredError as error:
            raise tk.ValidationError({"questions": unanswered_sentences(error)}) from error
        except DescriptorError as error:
            raise tk.ValidationError({"schema": [error.said(current_language())]}) from error

    return wrapped


@_said
def mxcity_upload_create(context: Context, data_dict: DataDict) -> Result:
    """Begin to send a file.

    Args:
        context: of CKAN.
        data_dict: ``name`` of the file and its ``size`` in bytes; ``dataset_id`` if it goes into a
            dataset that exists, where it takes the place of an earlier file of the same name, or
            of the file ``replaces``, by its id, whatever it is called.

    Returns:
        The upload: ``id``, ``name``, ``size``, ``offset`` (bytes received) and ``state``.

    """
    tk.check_access("mxcity_upload_create", context, data_dict)
    store = config.store()
    store.sweep()
    size = whole_number(data_dict.get("size") or 0, digits=15)
    if size is None:
        raise tk.ValidationError({"size": [tk._("A number of bytes is expected.")]})
    aim = draft.Draft()
    if data_dict.get("dataset_id"):
        dataset = _aim(context, aim, str(data_dict["dataset_id"]))
        aim.replaces = str(data_dict.get("replaces") or "")
        if aim.replaces and versions.file_of(dataset, aim.replaces) is None:
            raise choices.ChoiceError("replaces", "not-of-dataset", aim.replaces)
    upload = store.create(_owner(context), str(data_dict.get("name") or ""), size)
    try:
        with draft.changed(upload) as state:
            state.dataset_id, state.into = aim.dataset_id, aim.into
            state.replaces = aim.replaces
    except UploadError:
        upload.delete()
        raise
    return showing.shown(context, upload, state)


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
    upload = _found(context, data_dict).append(offset, stream)
    return showing.shown(context, upload, draft.load(upload))


@_said
@tk.side_effect_free
def mxcity_upload_show(context: Context, data_dict: DataDict) -> Result:
    """Tell how far an upload (``id``) is: bytes received, what was read, what was published."""
    tk.check_access("mxcity_upload_show", context, data_dict)
    upload = _found(context, data_dict)
    return showing.shown(context, upload, draft.load(upload))


@tk.side_effect_free
def mxcity_upload_list(context: Context, data_dict: DataDict) -> list[Result]:
    """List the uploads of the account that asks, without what was read of them.

    ``left_out`` has the number of rows that were set aside, by the number of their table.
    """
    tk.check_access("mxcity_upload_list", context, data_dict)
    states = ((upload, draft.load(upload)) for upload in config.store().list(_owner(context)))
    return [
        {
            **upload.as_dict(),
            "state": state.step,
            "progress": showing.progress(upload, state),
            "left_out": state.left_out,
        }
        for upload, state in states
    ]


@_said
def mxcity_upload_delete(context: Context, data_dict: DataDict) -> None:
    """Remove an upload (``id``); what was published of it stays.

    One that the caller does not have is not found, whoever has it. An upload that a worker is
    publishing is refused. One that is published, but that searches do not look into yet, is
    removed by the worker when they do.
    """
    tk.check_access("mxcity_upload_delete", context, data_dict)
    upload = _found(context, data_dict)
    with upload.locked(wait=False):
        state = draft.load(upload)
        if state.step == "publishing" and not recovery.is_left_alone(upload, state):
            raise UploadError("is-publishing", 409)
        if state.to_index:
            state.discarded = True
            draft.keep(upload, state)
        else:
            datasets.remove_draft(fresh(context), state)
            upload.delete()


@_said
def mxcity_file_read(context: Context, data_dict: DataDict) -> Result:
    """Have an upload read by a worker; ``mxcity_upload_show`` tells when it was.

    Args:
        context: of CKAN.
        data_dict: ``id`` of the upload. To have it read again otherwise: ``recipes``, by the name
            of a table as ``ckanext.mxcity.files.recipes`` has them, in the place of all of before;
            or ``undo``, to go back to those of before. What was written so far is kept with it:
            ``dataset`` and ``tables``, as ``mxcity_publish`` takes them.

    """
    tk.check_access("mxcity_file_read", context, data_dict)
    choices.require_shape(data_dict)
    upload = _found(context, data_dict)
    with draft.changed(upload) as state:
        upload.require_complete()
        if data_dict.get("undo") or data_dict.get("recipes") is not None:
            _require_read(state)
            if data_dict.get("undo"):
                state.undo()
            else:
                state.read_as(choices.recipes(data_dict["recipes"], state.file()))
            _keep_written(state, data_dict)
            recovery.send(upload, state)
        elif state.step in ("received", "failed") or recovery.is_left_alone(upload, state):
            state.move("reading")
            recovery.send(upload, state)
    return showing.shown(context, upload, state)


@_said
def mxcity_reading_confirm(context: Context, data_dict: DataDict) -> Result:
    """Say that the tables of an upload are read right, and which answers were given.

    Args:
        context: of CKAN.
        data_dict: ``id`` of the upload; ``reading``, the number of the reading that was looked at;
            ``recipes`` as of ``mxcity_file_read``, which have to say what was read already.

    """
    tk.check_access("mxcity_reading_confirm", context, data_dict)
    choices.require_shape(data_dict)
    upload = _found(context, data_dict)
    with draft.changed(upload) as state:
        _require_read(state)
        if data_dict.get("reading") != state.readings:
            raise UploadError("read-meanwhile", 409)
        told = choices.recipes(data_dict.get("recipes") or state.recipes, state.file())
        answers.require_read_so(state, told)
        state.recipes = told
        state.reviewed, state.unread, state.earlier = True, None, {}
        _keep_written(state, data_dict)
    return showing.shown(context, upload, state)


@_said
def mxcity_publish(context: Context, data_dict: DataDict) -> Result:
    """Publish the tables of an upload that was read, as a new dataset or in one that exists.

    The dataset is written as a draft at once, so that wrong metadata are told here. A worker
    checks the tables, adds them and makes the dataset public; ``mxcity_upload_show`` tells when
    it has, or which cells are wrong.

    What the file does not tell (the ``questions`` of its tables) is answered before: by
    ``mxcity_reading_confirm``, or here. Without an answer nothing is published.

    Args:
        context: of CKAN.
        data_dict: ``id`` of the upload; ``dataset``, its metadata (with ``id`` to add the files to
            one that exists); ``tables``, ``set_aside`` and ``keep_original`` as in
            ``ckanext.mxcity.publishing.choices``; ``recipes`` that answer questions, as of
            ``mxcity_reading_confirm``, or ``accept_reading`` to take the first option of each.
            All but ``id`` are optional. Where rows are set aside, the original stays private.

    """
    tk.check_access("mxcity_publish", context, data_dict)
    choices.require_shape(data_dict)
    upload, told = _found(context, data_dict), dict(data_dict.get("dataset") or {})
    with draft.changed(upload, wait=False) as state:
        if state.step not in ("ready", "errors", "failed") and not (
            state.step == "publishing" and recovery.is_left_alone(upload, state)
        ):
            raise UploadError("busy" if state.working else f"is-{state.step}", 409)
        if told.get("id") and not state.dataset_id:
            _aim(context, state, str(told["id"]))
        state.choices = choices.decided(
            state.file(), data_dict, showing.known(context, upload, state)
        )
        state.recipes = answers.given(
            state,
            choices.recipes(data_dict.get("recipes") or {}, state.file()),
            accept=tk.asbool(data_dict.get("accept_reading", False)),
        )
        state.described, state.reviewed, state.earlier = told, True, {}
        state.dataset_id = datasets.write(fresh(context), upload, state, told)["id"]
        state.verdicts, state.unchecked = [], []
        state.move("publishing")
        recovery.send(upload, state)
    return showing.shown(context, upload, state)


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
    return metadata_sheets.read(data_dict)


def _aim(context: Context, state: draft.Draft, dataset_id: str) -> Result:
    """Aim an upload at a dataset that exists and that the caller may change; return it."""
    dataset = tk.get_action("package_show")(fresh(context), {"id": dataset_id})
    tk.check_access("package_update", fresh(context), {"id": dataset["id"]})
    state.dataset_id, state.into = dataset["id"], True
    return dict(dataset)


def _require_read(state: draft.Draft) -> None:
    """Raise an error unless a file was read, and nobody is at work with it."""
    if state.working or state.step == "published":
        raise UploadError("busy" if state.working else "is-published", 409)
    state.file()


def _keep_written(state: draft.Draft, data_dict: DataDict) -> None:
    """Keep what a person wrote of the dataset and its tables, right or wrong, for the form."""
    if "dataset" in data_dict:
        state.described = dict(data_dict["dataset"])
    written = {name: data_dict[name] for name in choices.NAMES if name in data_dict}
    state.choices = {**state.choices, **written}


def _owner(context: Context) -> str:
    """Return the id of the account that calls, which owns its uploads."""
    # The permissions let nobody here without an account.
    return str(cast("model.User", context["auth_user_obj"]).id)


def _found(context: Context, data_dict: DataDict) -> Upload:
    """Return the upload of the caller that a request names by its ``id``."""
    return config.store().get(_owner(context), str(tk.get_or_bust(data_dict, "id")))
