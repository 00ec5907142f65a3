"""Rules are looked at once for each cell, and what they name is what is wrong."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.checks import check_table
from ckanext.mxcity.checks.rules import rules_of
from ckanext.mxcity.ground.areas import areas
from hypothesis import given, settings
from hypothesis import strategies as st


def errors(folder: Path, field: dict[str, Any], values: list[str]) -> dict[str, str | None]:
    """The wrong values of a column, and what is said that would be right."""
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["x", "y"], *([value, "k"] for value in values)])
    report = check_table(path, {"fields": [{"name": "x", **field}, {"name": "y"}]})
    return {error.value: error.example for error in report.errors}


def test_no_rule_lists_the_areas() -> None:
    """A code is looked up, not compared with each of 2,500."""
    (rule,) = rules_of({"fields": [{"name": "x", "mxcity:role": "area"}]})
    assert "'19039'" not in rule.condition


KEYS = ["01", "00", "00000", "19039", "19000", "190390001", "19039010A", "1903900010001"]
KEYS += ["190390001010A", "1903900010001001", "190390001010A012"]


def test_keys_of_every_length_are_right(tmp_path: Path) -> None:
    """States, municipalities, localities, AGEBs and blocks are areas."""
    assert errors(tmp_path, {"mxcity:role": "area"}, KEYS) == {}


def test_keys_of_a_level(tmp_path: Path) -> None:
    """Where a field says which areas, the others are wrong."""
    field = {"mxcity:role": "area", "mxcity:level": "municipality"}
    assert errors(tmp_path, field, ["19039", "19", "190390001"]) == {"19": None, "190390001": None}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(list(areas())), st.text("0123456789AZ", max_size=17))))
def test_areas_as_the_vocabulary_has_them(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    """A key is right where its state and municipality are INEGI's and its length is one."""
    starts = {*areas(), "00", "00000", *(f"{code}000" for code in areas() if len(code) == 2)}
    wrong = {
        value
        for value in values
        if value
        and not (
            len(value) in (2, 5, 9, 13, 16)
            and value[: min(5, len(value))] in starts
            and (value[:8] + value[9:12] + value[13:]).isdigit()
            and (value[8:9].isdigit() or len(value) in (2, 5, 9))
        )
    }
    folder = tmp_path_factory.mktemp("areas")
    assert set(errors(folder, {"mxcity:role": "area"}, values)) == wrong


@pytest.mark.parametrize(
    ("field", "value", "right"),
    [
        ({"type": "number", "example": "($1,200.50)"}, "($1,203.50)", None),
        ({"type": "integer", "example": "varios"}, "varios", None),
        ({"type": "integer", "example": "12"}, "varios", None),
        ({"type": "date"}, "31/12/2024", "2024-12-31"),
        ({"type": "date"}, "03/04/2024", None),
        ({"type": "integer"}, "1,234", "1234"),
        ({"type": "integer", "constraints": {"maximum": 100}}, "1,234", None),
        ({"type": "number"}, "1,234", None),
        ({"type": "number"}, "1,234.5", "1234.5"),
        ({"type": "date", "constraints": {"minimum": "2020-01-01"}}, "31/12/2019", None),
        ({"mxcity:role": "area"}, "10010001", "010010001"),
        ({"mxcity:role": "area"}, "9999", None),
        ({"type": "datetime"}, "infinity", None),
        ({"type": "date"}, "2024/12/31", "2024-12-31"),
        ({"type": "datetime"}, "epoch", None),
        ({"type": "date", "format": "%d/%m/%Y"}, "infinity", None),
    ],
)
def test_what_would_be_right_is_proved(
    tmp_path: Path, field: dict[str, Any], value: str, right: str | None
) -> None:
    """An example is one that the same check takes, or nothing is said."""
    assert errors(tmp_path, field, [value]) == {value: right}


def test_an_example_of_unique_values_is_none(tmp_path: Path) -> None:
    """What may stand once is no example for another row."""
    field = {"type": "integer", "example": "1", "constraints": {"unique": True}}
    assert errors(tmp_path, field, ["1", "x"]) == {"x": None}
