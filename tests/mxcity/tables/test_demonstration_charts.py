"""The charts that the demonstration's tables open with, each read by a person: none adds up a rate.

``default_charts.txt`` has them in order: the table, how it is drawn, what goes along, how rows are
brought together and of which column (and of which moment alone). Who changes a chart reads the line
again: concentrations, percentages, prices, indices and days are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.city import load_city
from ckanext.mxcity.demo.generators import GENERATORS
from ckanext.mxcity.demo.model import Place, Table
from ckanext.mxcity.demo.spec import dataset_specs, facts_of
from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.spec import is_named_as_period, is_period
from ckanext.mxcity.tables.copying import TYPES
from ckanext.mxcity.tables.downloads.columns import Column

FOLDER = Path(__file__).parent
CITIES = FOLDER.parents[2] / "config" / "cities"
ROWS = 1_000
#: Kinds of figures that a sum of has a meaning, by the words of who reads the list.
NEVER_SUMMED = (
    "pct",
    "porcentaje",
    "tasa",
    "promedio",
    "indice",
    "pm10",
    "precio",
    "dias_",
    "edad",
)


def columns_of(table: Table) -> list[Column]:
    """The columns as the DataStore has them, with what their texts say of themselves."""
    found = []
    for column in table.columns:
        info = {"notes": column.description}
        kind = TYPES.get(column.type, "text")
        made = Column.of({"id": column.name, "type": kind, "info": info})
        first = next((str(value) for value in table.column(column.name) if value is not None), "")
        if kind == "text" and is_named_as_period(made) and is_period(first):
            made = Column(made.name, kind, made.title, made.notes, made.measure, periods=True)
        found.append(made)
    return found


def sizes_in(table: Table) -> Any:
    """Counts the groups of columns of a table."""

    def sizes(some: Sequence[Column]) -> dict[str, int]:
        return {c.name: min(100, len({*table.column(c.name)} - {None})) for c in some}

    return sizes


def charts(city: str) -> list[str]:
    """A line for each table of a city's demonstration."""
    profile = load_city(CITIES / f"{city}.yaml")
    facts, lines = facts_of(profile), []
    for spec in dataset_specs(profile):
        for told in spec.tables:
            options = dict(told.options)
            if isinstance(options.get("rows"), int):
                options["rows"] = min(options["rows"], ROWS)
            table = GENERATORS[told.make](Place(profile, facts, told.id), options)
            indicator = spec.kind == "indicator"
            chart = chart_of(columns_of(table), {}, sizes_in(table), indicator)
            said = "none"
            if chart:
                said = f"{chart.kind} along {chart.x}: {chart.measure} {chart.y}".strip()
                said += f" of the last {chart.last}" if chart.last else ""
            lines.append(f"{spec.id}/{told.id}: {said}")
    return lines


@pytest.mark.parametrize("city", ["monterrey", "leon"])
def test_each_table_opens_with_the_chart_that_was_read(city: str) -> None:
    """Every table of the demonstration has the chart of the list, or none where it says so."""
    expected = (FOLDER / f"default_charts_{city}.txt").read_text(encoding="utf-8").splitlines()
    assert charts(city) == expected


@pytest.mark.parametrize("city", ["monterrey", "leon"])
def test_no_rate_of_the_list_is_added_up(city: str) -> None:
    """The names of the summed columns say nothing of a rate, whatever kind they are taken for."""
    for line in (FOLDER / f"default_charts_{city}.txt").read_text(encoding="utf-8").splitlines():
        _, _, measured = line.partition(": sum ")
        assert not any(word in measured for word in NEVER_SUMMED), line
