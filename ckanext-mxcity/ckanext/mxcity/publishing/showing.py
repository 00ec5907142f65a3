"""What the owner of an upload is told of it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.publishing import attendance, choices, draft, versions
from ckanext.mxcity.publishing.access import fresh
from ckanext.mxcity.publishing.uploads import Upload
from ckanext.mxcity.publishing.user_messages import note_sentence


def known(context: Context, upload: Upload, state: draft.Draft) -> versions.Known:
    """Return what the earlier versions of the tables of an upload say, as its owner sees them."""
    if not (state.into and state.reading):
        return versions.Known()
    dataset = tk.get_action("package_show")(fresh(context), {"id": state.dataset_id})
    return versions.known_of(versions.Place(dataset, upload.name, state.places), state.file())


def shown(context: Context, upload: Upload, state: draft.Draft) -> dict[str, Any]:
    """Return what the owner of an upload is told of it."""
    told = {
        **upload.as_dict(),
        "state": state.step,
        "working": state.working,
        "progress": progress(upload, state),
        "reading": state.reading,
        "readings": state.readings,
        "reviewed": state.reviewed,
        "recipes": state.recipes,
        "can_undo": bool(state.before),
        "inherited": state.inherited,
        "choices": state.choices,
        "described": state.described,
        "verdicts": state.verdicts,
        "unchecked": state.unchecked,
        "dataset_id": state.dataset_id,
        "into": state.into,
        "replaces": state.replaces,
        "places": state.places,
        "withheld": state.withheld,
        "left_out": state.left_out,
        "resources": state.resources,
        "failure": state.failure,
        **{name: _why(getattr(state, name)) for name in ("refused", "unread")},
    }
    if state.reading:
        told["choices"] = choices.carried(
            state.file(), state.choices, known(context, upload, state)
        )
    return told


def _why(refused: dict[str, Any] | None) -> str:
    return note_sentence(refused["code"], refused["params"]) if refused else ""


def progress(upload: Upload, state: draft.Draft) -> dict[str, Any] | None:
    """Return who has an upload, its place in the queue and the number of tries."""
    if not state.working:
        return None
    found = attendance.find(upload.path, state.job)
    if found.missing and time.time() - state.since < attendance.BEGINS:
        # Between the queue and its first step a job is nowhere.
        found = attendance.Attendance("working")
    return {**asdict(found), "tries": state.tries}
