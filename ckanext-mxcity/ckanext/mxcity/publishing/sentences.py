"""What is said of uploads and decisions that cannot be followed."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.i18n import get_lang
from flask import has_request_context

from ckanext.mxcity.publishing import config
from ckanext.mxcity.publishing.choices import ChoiceError


def language() -> str:
    """Return the reader's language; the portal's, where nobody reads."""
    return (
        get_lang() if has_request_context() else str(tk.config.get("ckan.locale_default") or "es")
    )


def upload_sentence(code: str) -> str:
    """Return what is the matter with an upload, and what to do."""
    largest = config.store().largest // (1024 * 1024)
    sentences = {
        "empty": tk._("The file is empty. Choose the file that has the data."),
        "too_large": tk._(
            "The file is too large: at most {limit} MB are taken. Divide it by year or by area."
        ),
        "quota": tk._(
            "Too many files wait to be published. Publish or discard one of them, then send this."
        ),
        "no_room": tk._(
            "The portal's disk is full: nothing was stored, and what was there is as it was. Tell "
            "the administrators, and try again when they have made room."
        ),
        "not_found": tk._("There is no such file. Send it again."),
        "expired": tk._("The file waited too long and was removed. Send it again."),
        "wrong_offset": tk._("These bytes do not follow those received. Ask how many arrived."),
        "more_than_announced": tk._("The file is longer than was announced. Send it again."),
        "busy": tk._("Another request is at work with this file. Try again in a moment."),
        "incomplete": tk._("The file has not arrived whole. Send the rest first."),
        "not_read": tk._("The file was not read yet. Have it read first."),
        "is-refused": tk._("The file could not be read. Send another."),
        "is-published": tk._("The file is published already. Send the new one."),
        "is-received": tk._("The file was not read yet. Have it read first."),
    }
    text = sentences.get(code) or tk._("The file cannot be published now. Try again in a moment.")
    return str(text.format(limit=largest))


def progress_sentence(progress: dict[str, Any], step: str) -> str:
    """Return what becomes of a file that a worker has, or is to have."""
    if progress["kind"] == "nobody":
        return str(
            tk._(
                "The work was interrupted. The portal takes it up again by itself in a few "
                "seconds; nothing was lost."
            )
        )
    if progress["kind"] == "waiting":
        place = progress["place"]
        if place is None or place == 1:
            return str(tk._("The file waits in the queue; it is the next one."))
        return str(tk._("The file waits in the queue, in place {place}.").format(place=place))
    doing = (
        tk._("The portal is reading the file…")
        if step == "reading"
        else tk._("The portal is checking and publishing the file…")
    )
    if progress["tries"] > 1:
        again = tk._("The work was interrupted and goes on again; nothing was lost.")
        return f"{again} {doing}"
    return str(doing)


def choice_sentence(error: ChoiceError) -> str:
    """Return what cannot be followed in a decision, and what there is instead."""
    sentences = {
        "unknown-table": tk._("The file has no table “{value}”."),
        "no-table": tk._("Choose at least one table to publish."),
        "carries-more": tk._(
            "The original has macros or hidden sheets, which are not published. Publish its "
            "tables only, or take those out and send it again."
        ),
        "unknown-schema": tk._("The portal knows no table schema “{value}”."),
        "unknown-column": tk._("The table has no column “{value}”."),
        "unknown-type": tk._("“{value}” is no type of column."),
        "unknown-role": tk._("“{value}” is no kind of key column."),
    }
    return str(sentences[error.code].format(value=error.value))
