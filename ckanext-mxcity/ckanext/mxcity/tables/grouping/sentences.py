"""What is said to readers of a grouped table: names of ways, and why something is not given."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.plugins.toolkit as tk

from ckanext.mxcity.tables.dictionary import kinds_of_figures
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.grouping.asked import MOST_ALONG, RefusedError, grouped_by, ways


def names_of_ways() -> dict[str, str]:
    """Return the ways of bringing rows together, each with its name."""
    return {
        "count": tk._("Number of rows"),
        "sum": tk._("Sum"),
        "avg": tk._("Average"),
        "median": tk._("Median"),
        "min": tk._("Lowest"),
        "max": tk._("Highest"),
    }


def refusal(error: RefusedError, columns: Sequence[Column]) -> str:
    """Say why a question is not answered, and what can be asked instead."""
    column = error.column
    if column is None:
        texts = {
            "too many columns": tk._("A table is grouped by {most} columns at most."),
            "no way": tk._("“{name}” is no way of bringing rows together."),
            "no figures named": tk._("Say which column of figures is meant, or count the rows."),
            "no column": tk._("“{name}” is not a column. The columns are: {names}."),
        }
        names = ", ".join(one.name for one in grouped_by(columns))
        return texts[error.code].format(name=error.name[:200], names=names, most=MOST_ALONG)
    offered = _offered(column, without=error.name)
    if error.code == "no figures":
        return tk._("“{column}” has no figures: its rows can be counted.").format(
            column=column.title
        )
    if error.code == "several moments":
        return tk._(
            "“{column}” is what there is at a moment, and this would add up several moments. "
            "Group by the column of the moment as well, or ask for one of these: {offered}."
        ).format(column=column.title, offered=offered)
    kinds = kinds_of_figures(str(tk.h.lang()))
    kind = kinds.get(column.measure) or tk._("figures of an unknown kind")
    return tk._(
        "“{column}” ({kind}) is not added up: the result would mean nothing. "
        "It can be asked for as: {offered}."
    ).format(column=column.title, kind=kind.lower(), offered=offered)


def _offered(column: Column, without: str) -> str:
    names = names_of_ways()
    return ", ".join(names[way].lower() for way in ways(column) if way != without)
