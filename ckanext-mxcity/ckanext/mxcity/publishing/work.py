"""What a worker does with a file: read it, check it, and have it published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks import split_table
from ckanext.mxcity.checks.chain import Subject, Verdict, run_checks
from ckanext.mxcity.checks.passed import rows_passed
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
    choices,
    config,
    datasets,
    draft,
    proposal,
    publication,
    recovery,
    rejected_rows,
    versions,
)
from ckanext.mxcity.publishing.access import context_of
from ckanext.mxcity.publishing.uploads import Upload


def read_job(owner: str, upload_id: str, job: str) -> None:
    """Read a file that has arrived; what was understood, or why not, is kept with it."""
    recovery.perform(owner, upload_id, job, ("reading",), _read)


def publish_job(owner: str, upload_id: str, job: str) -> None:
    """Check the tables that a clerk chose and, if nothing is in the way, publish them."""
    recovery.perform(owner, upload_id, job, ("publishing", "published"), _check_and_publish)


def _read(upload: Upload, state: draft.Draft) -> None:
    """Read the file by its recipes; where it cannot be read by them, the last reading stays."""
    dataset = _dataset(upload, state) if state.into else {}
    recipes, unread, first = state.recipes, None, not (state.readings or state.recipes)
    if first:
        recipes, wrong = versions.recipes_of(dataset, upload.name)
        unread = FileRefused("recipe-lost") if wrong else None
    reading, refused = _tried(upload, recipes)
    if refused and state.reading:
        unread, refused = refused, None
    elif refused and recipes != state.recipes:
        # As its last version was it cannot be read.
        recipes, unread = {}, refused
        reading, refused = _tried(upload, recipes)
    if reading and first:
        # What type its columns have in the dataset is known only when their names are.
        typed = versions.with_types(dataset, upload.name, reading, recipes)
        if typed != recipes:
            recipes, (reading, refused) = typed, _tried(upload, typed)
    with draft.changed(upload) as state:
        state.refused = refused.as_dict() if refused else None
        state.unread = unread.as_dict() if unread else None
        if reading:
            if first and recipes:
                state.before = [{}]
            state.inherited = first and bool(recipes or unread)
            state.described = proposal.renewed(state.described, state.reading, reading)
            state.reading, state.recipes = reading.as_dict(), recipes
            state.readings += 1
        elif unread:
            state.recipes = state.before.pop()
        state.move("refused" if refused else "ready")


def _tried(
    upload: Upload, recipes: versions.Recipes
) -> tuple[FileReading | None, FileRefused | None]:
    """Return what a file holds, or why it cannot be read by some recipes."""
    try:
        return read_file(upload.path, upload.name, limits(), _recipes(recipes)), None
    except FileRefused as error:
        return None, error


def _recipes(recipes: versions.Recipes) -> dict[str, Recipe]:
    return {name: read_recipe(recipe) for name, recipe in recipes.items()}


def _dataset(upload: Upload, state: draft.Draft) -> dict[str, Any]:
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
        prepared = list(_prepared(upload, state, Path(folder)))
        verdicts = [verdict for table in prepared for verdict in table["verdicts"]]
        with draft.changed(upload) as state:
            state.verdicts = verdicts
            state.left_out = {
                str(table["number"]): table["left_out"] for table in prepared if table["left_out"]
            }
            if verdicts:
                # The form keeps the words; a try that failed leaves no dataset behind.
                if not state.resources:
                    datasets.remove_draft(context_of(upload.owner), state)
                state.move("errors")
                return
        with rows_passed():
            publication.publish(upload, state, prepared)


def limits() -> Limits:
    """Return what a file may hold on this portal."""
    return Limits(size=config.store().largest, maps=config.reads_maps())


def _prepared(upload: Upload, state: draft.Draft, folder: Path) -> Iterator[dict[str, Any]]:
    """Write each chosen table as it is published, and check it."""
    reading = state.file()
    dataset, recipes = _dataset(upload, state), _recipes(state.recipes)
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
