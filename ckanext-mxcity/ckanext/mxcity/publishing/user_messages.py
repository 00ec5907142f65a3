"""Sentences for people: what is the matter with an upload or a decision, and what to do."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.files import (
    DEEPEST_HEADER,
    LAST_HEADER,
    LONGEST_FOOT,
    TableReading,
    messages,
)
from ckanext.mxcity.files.model import Question
from ckanext.mxcity.ground.messages import said
from ckanext.mxcity.publishing import again, answers, config
from ckanext.mxcity.publishing.choices import ChoiceError


def upload_sentence(code: str) -> str:
    """Return the sentence of an ``UploadError`` code: what is the matter, and what to do."""
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
        "nothing-to-undo": tk._("No change is left to undo."),
        "not-read-so": tk._(
            "The file was not read by these recipes. Have it read by them, and look at it, first."
        ),
        "read-meanwhile": tk._(
            "The file was read again meanwhile, in another window perhaps. Look at it again."
        ),
        "is-received": tk._("The file was not read yet. Have it read first."),
        "is-publishing": tk._(
            "The file is being published, and cannot be removed meanwhile. Wait until it is "
            "published."
        ),
    }
    text = sentences.get(code) or tk._("The file cannot be published now. Try again in a moment.")
    return str(text.format(limit=largest))


def progress_sentence(progress: dict[str, Any], step: str) -> str:
    """Return a sentence on the work with a file: its place in the queue, or what is done now."""
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


def correction_sentence(field: str, value: str) -> str:
    """Return the sentence of a field of the reading that cannot be followed."""
    if field.endswith("-rows"):
        text = tk._("Rows to leave out: “{value}” is not understood. Write them as 5, 9-12.")
    elif field.endswith("-foot"):
        text = tk._("Rows at the end: “{value}” is not a number from 0 to {most}.")
    else:
        text = tk._(
            "Header: “{value}” is not understood. It is one to {rows} rows, among the first "
            "{lowest}."
        )
    limits = {"most": LONGEST_FOOT, "rows": DEEPEST_HEADER, "lowest": LAST_HEADER}
    return str(text.format(value=value, **limits))


def note_sentence(code: str, params: dict[str, Any]) -> str:
    """Return the sentence of a note, a question or an option, in the language of the page."""
    if code in again.SENTENCES:
        return said(again.SENTENCES[code], params, current_language())
    return messages.text(code, params, current_language())


def unanswered_sentences(error: answers.UnansweredError) -> list[str]:
    """Return a sentence for each question that nobody answered, with the answers to choose from."""
    return [_unanswered(table, question) for table, question in error.questions]


def _unanswered(table: TableReading, question: Question) -> str:
    options = "; ".join(
        f"{note_sentence(option.code, option.params)}: {answers.as_json(option.recipe)}"
        for option in question.options
    )
    text = tk._(
        "The file does not tell how “{table}” is to be read. {question} Answer it with one of "
        "these recipes, or accept what the portal took, which is the first: {options}"
    )
    asked = note_sentence(question.code, question.params)
    return str(text.format(table=table.name, question=asked, options=options))


def choice_sentence(error: ChoiceError) -> str:
    """Return the sentence of a decision that cannot be followed."""
    sentences = {
        "unknown-table": tk._("The file has no table “{value}”."),
        "all-left-out": tk._(
            "All rows or columns of “{value}” are left out. Keep one, or leave the table out."
        ),
        "no-table": tk._("Choose at least one table to publish."),
        "carries-more": tk._(
            "The original holds more than the tables that are published. Publish its tables only, "
            "or take the rest out and send it again."
        ),
        "unknown-schema": tk._("The portal knows no table schema “{value}”."),
        "unknown-column": tk._("The table has no column “{value}”."),
        "no-object": tk._("An object was expected, not “{value}”."),
        "no-objects": tk._("A list of objects was expected, not “{value}”."),
        "unknown-recipe": tk._("The table cannot be read with “{value}”."),
        "unknown-type": tk._("“{value}” is no type of column."),
        "type-not-read": tk._(
            "“{value}” was not read as that type. Have the file read again with a recipe that says "
            "it, and look at what comes of it."
        ),
        "not-of-dataset": tk._(
            "The dataset has no file “{value}” to take the place of. Choose one that it has."
        ),
        "unknown-role": tk._("“{value}” is no kind of key column."),
    }
    return str(sentences[error.code].format(value=error.value))
