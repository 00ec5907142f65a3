"""What is said of uploads and decisions that cannot be followed."""

from __future__ import annotations

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
