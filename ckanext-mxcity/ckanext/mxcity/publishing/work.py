"""What a worker does with a file: read it, check it, and have it published."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks import closed, split_table
from ckanext.mxcity.checks.chain import Subject, Verdict, run_checks
from ckanext.mxcity.checks.passed import rows_passed
from ckanext.mxcity.checks.stock import STOCK
from ckanext.mxcity.files import (
    FileReading,
    FileRefused,
    Recipe,
    TableReading,
    read_file,
    read_recipe,
    write_table,
)
from ckanext.mxcity.files.model import Limits
from ckanext.mxcity.interfaces import file_checks
from ckanext.mxcity.publishing import (
    again,
    choices,
    config,
    datasets,
    draft,
    previews,
    proposal,
    publication,
    recovery,
    rejected_rows,
    versions,
)
from ckanext.mxcity.publishing.access import context_of
from ckanext.mxcity.publishing.uploads import Upload

log = logging.getLogger(__name__)
#: Bytes of a file, times its tables, that are checked as soon as they are read: more would let the
#: person who sent it wait for something that is done once more when it is published.
CHECKED_EARLY = 50_000_000
#: Why a reading is refused that has more to say than the room lets out.
_TOO_MUCH = "room-answer"


def read_job(owner: str, upload_id: str, job: str) -> None:
    """Read a file that has arrived; what was understood, or why not, is kept with it."""
    recovery.perform(owner, upload_id, job, ("reading",), _read)


def publish_job(owner: str, upload_id: str, job: str) -> None:
    """Check the tables that a clerk chose and, if nothing is in the way, publish them."""
    recovery.perform(owner, upload_id, job, ("publishing", "published"), _check_and_publish)


@dataclass
class _Found:
    """What came of reading a file."""

    reading: FileReading | None
    refused: FileRefused | None
    recipes: again.Recipes
    #: Why it is not read by the recipes that were asked for.
    unread: FileRefused | None = None
    #: What is kept of the earlier version.
    before: again.Kept = field(default_factory=dict)
    #: The files that its tables take the place of, where a person chose them.
    places: dict[str, str] = field(default_factory=dict)


def _read(upload: Upload, state: draft.Draft) -> None:
    """Read the file by its recipes, check it, and keep what was found."""
    first = not (state.readings or state.recipes)
    found = _read_first(upload, state) if first else _read_as_told(upload, state)
    seen = _Seen()
    if found.reading:
        found.reading = again.with_questions(
            found.reading, found.recipes, found.before, lambda others: _tried(upload, others)[0]
        )
        seen = _looked_at(upload, state, found)
    with draft.changed(upload) as state:
        state.refused = found.refused.as_dict() if found.refused else None
        state.unread = found.unread.as_dict() if found.unread else None
        if found.reading:
            if first and found.recipes:
                state.before = [{}]
            state.inherited = first and bool(found.recipes or found.unread)
            state.described = proposal.renewed(state.described, state.reading, found.reading)
            state.reading, state.recipes = found.reading.as_dict(), found.recipes
            state.earlier, state.places = found.before, found.places
            state.verdicts, state.left_out = seen.verdicts, seen.left_out
            state.unchecked = seen.unchecked
            state.readings += 1
        elif found.unread:
            state.recipes = state.before.pop()
        state.move("refused" if found.refused else "ready")


def _read_first(upload: Upload, state: draft.Draft) -> _Found:
    """Read a file that was not read yet, by the recipes of its earlier version if it has one."""
    dataset = _dataset(upload, state) if state.into else {}
    places: dict[str, str] = {}
    names: list[str] = []
    if state.replaces:
        plain, refused = _tried(upload, {})
        if plain is None:
            return _Found(None, refused, {})
        places = versions.chosen_places(dataset, state.replaces, plain)
        names = [table.name for table in plain.tables]
    place = versions.Place(dataset, upload.name, places)
    before, wrong = versions.recipes_of(place, names)
    recipes = {name: kept["recipe"] for name, kept in before.items()}
    unread = FileRefused("recipe-lost") if wrong else None
    reading, refused = _tried(upload, recipes)
    if refused and recipes:
        # As its last version was it cannot be read.
        recipes, before, unread = {}, {}, refused
        reading, refused = _tried(upload, recipes)
    if reading:
        # What type its columns have in the dataset is known only when their names are.
        typed = versions.with_types(place, reading, recipes)
        if typed != recipes:
            recipes, (reading, refused) = typed, _tried(upload, typed)
    return _Found(reading, refused, recipes, unread, before, places)


def _read_as_told(upload: Upload, state: draft.Draft) -> _Found:
    """Read a file by the recipes that it has; where that cannot be done the last reading stays."""
    reading, refused = _tried(upload, state.recipes)
    found = _Found(reading, refused, state.recipes, None, state.earlier, state.places)
    if refused and state.reading:
        found.unread, found.refused = refused, None
    return found


def _tried(upload: Upload, recipes: again.Recipes) -> tuple[FileReading | None, FileRefused | None]:
    """Return what a file holds, or why it cannot be read by some recipes."""
    try:
        return _with_rows(upload, recipes, previews.KEPT), None
    except FileRefused as error:
        if error.code != _TOO_MUCH:
            return None, error
    try:
        return _with_rows(upload, recipes, limits().sample), None
    except FileRefused as error:
        return None, error


def _with_rows(upload: Upload, recipes: again.Recipes, rows: int) -> FileReading:
    """Read a file, with as many rows of each table as a page may show."""
    return read_file(upload.path, upload.name, replace(limits(), sample=rows), _recipes(recipes))


@dataclass
class _Seen:
    """What the checks found in a file before anybody asked to publish it."""

    verdicts: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    #: Tables that are looked at only when they are published.
    unchecked: list[str] = field(default_factory=list)


def _looked_at(upload: Upload, state: draft.Draft, found: _Found) -> _Seen:
    """Return what the checks find in a file before anybody asks to publish it.

    A table of which nothing can be wrong is not looked at, and neither is one that takes long: it
    is when it is published. The first rows are kept as they would be published.
    """
    assert found.reading is not None  # noqa: S101  # called for what was read
    dataset = _dataset(upload, state) if state.into else {}
    place = versions.Place(dataset, upload.name, found.places)
    decisions = choices.carried(
        found.reading, state.choices, versions.known_of(place, found.reading)
    )
    seen = _Seen()
    takes_long = upload.size * len(found.reading.tables) > CHECKED_EARLY
    for choice in decisions["tables"]:
        table = found.reading.table(choice["name"])
        doubtful = _may_be_wrong(table, choice, found.recipes.get(table.name, {}))
        if doubtful and takes_long:
            seen.unchecked.append(table.name)
        choice["publish"] = choice["publish"] and doubtful and not takes_long
    trial = replace(
        state,
        reading=found.reading.as_dict(),
        recipes=found.recipes,
        choices={**decisions, "set_aside": False},
    )
    prepared: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="mxcity-") as folder:
        try:
            prepared += _prepared(upload, trial, dataset, Path(folder))
        except FileRefused as error:
            log.info("The upload %s is checked when it is published: %s", upload.id, error.code)
            done = {item["table"].name for item in prepared}
            seen.unchecked += [
                choice["name"]
                for choice in decisions["tables"]
                if choice["publish"] and choice["name"] not in done
            ]
        written = {item["table"].name: item["path"] for item in prepared}
        found.reading = previews.keep(upload, found.reading, written)
    seen.verdicts = [verdict for item in prepared for verdict in item["verdicts"]]
    seen.left_out = _numbers_left_out(prepared)
    return seen


def _may_be_wrong(table: TableReading, choice: dict[str, Any], told: dict[str, Any]) -> bool:
    """Return whether a check may find something in a table that its reading did not prove."""
    if not (table.row_count and table.taken):
        return False
    typed = any(column.get("type") for column in told.get("columns", {}).values())
    keyed = any(column.role == "area" for column in table.taken)
    more = any(check not in STOCK for check in file_checks())
    names = [column.name for column in table.taken]
    return bool(choice["schema"] or typed or keyed or more or closed.schema_of(names))


def _numbers_left_out(prepared: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many rows have errors, by the number of their table."""
    return {str(item["number"]): item["left_out"] for item in prepared if item["left_out"]}


def _recipes(recipes: again.Recipes) -> dict[str, Recipe]:
    return {name: read_recipe(recipe) for name, recipe in recipes.items()}


def _dataset(upload: Upload, state: draft.Draft) -> dict[str, Any]:
    """Return the dataset that a file goes into; empty where none is known."""
    if not state.dataset_id:
        return {}
    found: dict[str, Any] = tk.get_action("package_show")(
        context_of(upload.owner), {"id": state.dataset_id}
    )
    return found


def _check_and_publish(upload: Upload, state: draft.Draft) -> None:
    """Check the tables and publish them, or go on where an earlier try ended."""
    if state.step == "published":
        publication.finish(upload, state)
        return
    with TemporaryDirectory(prefix="mxcity-") as folder:
        prepared = list(_prepared(upload, state, _dataset(upload, state), Path(folder)))
        verdicts = [verdict for table in prepared for verdict in table["verdicts"]]
        with draft.changed(upload) as state:
            state.verdicts = verdicts
            state.left_out = _numbers_left_out(prepared)
            if verdicts:
                # The form keeps the words; a try that failed leaves no dataset behind.
                if not state.resources:
                    datasets.remove_draft(context_of(upload.owner), state)
                state.move("errors")
                return
            if state.left_out and state.choices["keep_original"]:
                # The rows that are set aside are in the original too.
                state.choices["keep_original"], state.withheld = False, True
        with rows_passed():
            publication.publish(upload, state, prepared)


def limits() -> Limits:
    """Return what a file may hold on this portal."""
    return Limits(size=config.store().largest, maps=config.reads_maps())


def _prepared(
    upload: Upload, state: draft.Draft, dataset: dict[str, Any], folder: Path
) -> Iterator[dict[str, Any]]:
    """Write each chosen table as it is published, and check it."""
    reading, recipes = state.file(), _recipes(state.recipes)
    for number, choice in enumerate(state.choices["tables"]):
        if not choice["publish"]:
            continue
        table = reading.table(choice["name"])
        schema = choices.schema_of(table, choice)
        target = folder / f"{number}.csv"
        columns = choices.corrected(table, choice)
        write_table(
            upload.path, upload.name, table.name, target, limits(), columns, recipes, table.proof
        )
        subject = Subject(target, table, schema, dataset, upload.path, upload.name)
        verdicts = run_checks(subject, file_checks())
        blocking = [verdict for verdict in verdicts if verdict.blocking]
        item = {"path": target, "table": table, "choice": choice, "number": number, "left_out": 0}
        if blocking and all(verdict.rows_only for verdict in blocking):
            good, bad = folder / f"{number}-good.csv", rejected_rows.rows_path(upload.path, number)
            _, item["left_out"] = split_table(target, schema, good, bad)
            # Where no row is in order there is no table to publish.
            if state.choices["set_aside"] and item["left_out"] < table.row_count:
                item["path"], blocking = good, []
        yield {**item, "verdicts": [_told(table, target, verdict) for verdict in blocking]}


def _told(table: TableReading, path: Path, verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as it is kept: with the rows that its first errors are in."""
    return {
        "table": table.name,
        **verdict.as_dict("es"),
        "rows": rejected_rows.rows_with_errors(table, path, verdict),
    }
