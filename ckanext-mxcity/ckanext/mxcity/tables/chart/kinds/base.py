"""What each kind of chart says of itself. No CKAN import."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.tables.chart.spec import Groups
from ckanext.mxcity.tables.downloads.columns import Column


@dataclass(frozen=True)
class Picture:
    """A drawing that stands alone: its size, in its own units, and what its ``marks`` draw."""

    width: float
    height: float
    drawn: Any


class ChartKind(ABC):
    """A kind of chart; its module has one as ``KIND``, and ``registry.py`` lists it."""

    #: The value of ``kind`` in the address and in the preview's settings.
    name: str
    #: The message id of what readers choose.
    title: str
    #: The template of the drawing; it has ``kind``, ``drawn`` and what ``view.py`` gives.
    template: str
    #: The template of the marks of ``picture``, in SVG, without the element around them.
    marks: str
    #: The most groups that are drawn.
    most: int
    #: Of more groups the last along the column are drawn, in its order; else the highest, sorted.
    last: bool = False
    #: The drawing is a table of the figures itself: no other table is shown beneath.
    is_table: bool = False

    def fits(self, column: Column) -> bool:
        """Tell whether groups of a column can be drawn so."""
        return True

    def is_usual(self, column: Column) -> bool:
        """Tell whether groups of a column are drawn so where the reader asks for no kind."""
        return False

    @abstractmethod
    def draw(self, groups: Groups) -> Any:
        """Return what the template draws, with every place worked out."""

    @abstractmethod
    def picture(self, groups: Groups) -> Picture:
        """Return what the template of marks draws, for a file that is seen without its page."""
