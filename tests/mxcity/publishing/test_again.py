"""A recipe that counts rows is asked about where the rows are not those that it took before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.files import read_file, read_recipe
from ckanext.mxcity.publishing import again

ROWS = "".join(f"Colonia {letter};{n};{n + 5}\n" for n, letter in enumerate("ABCDEFGH"))
HEAD = "colonia;reportes;atendidos\n"
BEFORE = f"{HEAD}{ROWS}Total;99;99\nPromedio;77;77\n"


def questions(
    tmp_path: Path, before: str, now: str, recipe: dict[str, Any]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is asked of a new version of a file that was read by a recipe; its options."""

    def read(text: str, recipes: again.Recipes) -> Any:
        file = tmp_path / "obras.csv"
        file.write_text(text)
        return read_file(file, file.name, recipes={n: read_recipe(r) for n, r in recipes.items()})

    (table,) = read(before, {"obras": recipe}).tables
    kept = {"obras": again.read_kept(again.kept(recipe, table))}
    recipes = {"obras": kept["obras"]["recipe"]}
    found = again.with_questions(
        read(now, recipes), recipes, kept, lambda others: read(now, others)
    )
    return [
        (question.code, [option.recipe for option in question.options])
        for question in found.tables[0].questions
        if question.code in again.SENTENCES
    ]


FOOT = {"foot": 2}
FOOTS = {
    "the same rows with other figures": (f"{HEAD}{ROWS}Total;1;2\nPromedio;55;55\n", []),
    "two rows more below": (
        f"{HEAD}{ROWS}Total;99;99\nPromedio;77;77\nFuente: Servicios\nNota: preliminar\n",
        [{"foot": 2}, {"foot": 4}],
    ),
    "no foot any more": (f"{HEAD}{ROWS}", [{"foot": 2}, {"foot": 0}]),
    "one row less": (f"{HEAD}{ROWS}Total;99;99\n", [{"foot": 2}, {"foot": 0}]),
}


@pytest.mark.parametrize("name", FOOTS)
def test_a_foot_that_is_another(name: str, tmp_path: Path) -> None:
    """Rows that do not begin as those of before did are asked about; others are not."""
    now, options = FOOTS[name]
    found = questions(tmp_path, BEFORE, now, FOOT)
    assert found == ([("question-foot-again", options)] if options else [])


TITLE = "Dirección de Obras\n"
HEADERS = {
    "the same place": (f"{TITLE}{HEAD}{ROWS}", []),
    "a column more": (f"{TITLE}colonia;reportes;atendidos;año\n{ROWS}", []),
    "one title more": (f"{TITLE}Corte de mayo\n{HEAD}{ROWS}", [[2, 2], [3, 3]]),
    "no title any more": (f"{HEAD}{ROWS}", [[2, 2], [1, 1]]),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_elsewhere(name: str, tmp_path: Path) -> None:
    """Where the row of the header has other names than before, and another row may be it."""
    now, options = HEADERS[name]
    found = questions(tmp_path, f"{TITLE}{HEAD}{ROWS}", now, {"header": [2, 2]})
    wanted = [("question-header-again", [{"header": rows} for rows in options])]
    assert found == (wanted if options else [])


def test_what_is_kept_without_its_rows_is_asked_about(tmp_path: Path) -> None:
    """Of a file that was published before this was kept, nobody knows what the foot took."""
    kept = again.read_kept(json.dumps(FOOT))
    assert kept == {"recipe": FOOT, "took": None}
    for odd in ({"took": 5}, {"took": {"columns": 1}}, {"took": {"foot": ["x"], "columns": []}}):
        assert again.read_kept(json.dumps({**FOOT, **odd}))["recipe"] == FOOT
