"""What a file does not tell, and whether somebody answered it: no door publishes it before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from ckanext.mxcity.files import FileReading, TableReading, merged
from ckanext.mxcity.files.model import Question
from ckanext.mxcity.publishing import corrections, draft
from ckanext.mxcity.publishing.again import Recipes
from ckanext.mxcity.publishing.upload_files import UploadError


class UnansweredError(Exception):
    """Questions of tables that are to be published, which nobody answered."""

    def __init__(self, questions: list[tuple[TableReading, Question]]) -> None:
        super().__init__(", ".join(question.code for _, question in questions))
        self.questions = questions


def given(state: draft.Draft, told: Recipes, *, accept: bool) -> Recipes:
    """Return the recipes of an upload with the answers of whoever publishes it.

    Args:
        state: the upload, its decisions among it.
        told: recipes that answer questions.
        accept: whether the first option of each other question is taken.

    Raises:
        UnansweredError: a table that is to be published has a question that nobody answered.
        UploadError: a recipe says something else than what was read.

    """
    reading, found = state.file(), dict(state.recipes)
    for name, recipe in told.items():
        found[name] = merged(found.get(name, {}), recipe)
    require_read_so(state, found)
    if state.reviewed:
        return found
    if accept:
        return as_taken(reading, found)
    chosen = {table["name"] for table in state.choices["tables"] if table["publish"]}
    if left := list(unanswered(reading, told, chosen)):
        raise UnansweredError(left)
    return found


def require_read_so(state: draft.Draft, recipes: Recipes) -> None:
    """Raise an UploadError unless recipes say how a file was read, and nothing else."""
    if not corrections.is_same(recipes, state.recipes, state.file()):
        raise UploadError("not-read-so", 409)


def unanswered(
    reading: FileReading, told: Recipes, tables: Collection[str]
) -> Iterator[tuple[TableReading, Question]]:
    """Yield the questions of a reading that no recipe answers.

    Args:
        reading: the file as it was read: what recipes answered before is not asked in it.
        told: recipes that were told since.
        tables: the names of the tables that matter.

    """
    for table in reading.tables:
        recipe = told.get(table.name, {})
        for question in table.questions if table.name in tables else ():
            if not any(holds(recipe, option.recipe) for option in question.options):
                yield table, question


def as_taken(reading: FileReading, recipes: Recipes) -> Recipes:
    """Return recipes with the first answer to every question that they leave open."""
    found = dict(recipes)
    for table, question in unanswered(reading, recipes, {table.name for table in reading.tables}):
        found[table.name] = merged(found.get(table.name, {}), question.options[0].recipe)
    return found


def holds(recipe: dict[str, object], part: dict[str, object]) -> bool:
    """Return whether a recipe says all that a part of one says."""
    return merged(recipe, part) == recipe


def as_json(recipe: dict[str, object]) -> str:
    """Return a recipe as a program writes it."""
    return json.dumps(recipe, ensure_ascii=False)
