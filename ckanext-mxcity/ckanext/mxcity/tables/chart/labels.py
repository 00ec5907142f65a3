"""How the groups of a chart are called on paper: their labels, and which have room on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ckanext.mxcity.tables.cells import cell
from ckanext.mxcity.tables.chart.spec import NUMBERS, Groups
from ckanext.mxcity.tables.downloads.columns import Column

#: Characters of a label on an axis; the whole of it is in the table of figures.
LONGEST = 18
#: Width of a character in the units of a drawing, at the size that it has on a phone.
CHARACTER = 12.5
#: Room between two labels.
GAP = 20.0


@dataclass(frozen=True)
class Label:
    """A label under an axis: of which group, what it says, and where it holds on."""

    number: int
    text: str
    #: "start", "middle" or "end", as SVG's ``text-anchor``.
    anchor: str


def written(groups: Groups, column: Column, words: tuple[str, str]) -> Groups:
    """Return groups whose labels are written as in the preview of the table: 30/06/2026.

    Args:
        groups: with labels as the database gives them.
        column: what they are groups of.
        words: for yes and for no.

    """
    return replace(
        groups, rows=tuple((_written(label, column, words), value) for label, value in groups.rows)
    )


def _written(label: str, column: Column, words: tuple[str, str]) -> str:
    if column.type in NUMBERS:
        return label.removesuffix(".0")  # a year in a column of floats
    shown = cell(label, column, words)
    return f"{shown.text}…" if shown.rest else shown.text


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text of so many characters, the last of which says that there are more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def spread(texts: Sequence[str], places: Sequence[float]) -> list[Label]:
    """Return as many labels along an axis as fit beside each other, first and last among them.

    Args:
        texts: of each group.
        places: of each group, from left to right, in the units of the drawing.

    """
    short = [shortened(text) for text in texts]
    for count in range(min(len(texts), 12), 1, -1):
        last = len(texts) - 1
        numbers = [round(number * last / (count - 1)) for number in range(count)]
        labels = [Label(number, short[number], _anchor(number, last)) for number in numbers]
        ends = [extent(label, places) for label in labels]
        if all(ends[i][1] + GAP <= ends[i + 1][0] for i in range(count - 1)):
            return labels
    return [Label(0, short[0], "start")] if short else []


def extent(label: Label, places: Sequence[float]) -> tuple[float, float]:
    """Return from where to where a label reaches."""
    width, place = len(label.text) * CHARACTER, places[label.number]
    left = {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return place - left, place - left + width


def _anchor(number: int, last: int) -> str:
    if number == 0:
        return "start"
    return "end" if number == last else "middle"
