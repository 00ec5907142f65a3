"""Rectangles on the map: what a form says, as the search understands it. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ckanext.mxcity.city import BoundingBox

SIDES = ("west", "south", "east", "north")
LIMITS = {"west": 180.0, "south": 90.0, "east": 180.0, "north": 90.0}


class BoxError(ValueError):
    """A rectangle cannot be used; ``side`` says which edge, None for the order of two."""

    def __init__(self, side: str | None) -> None:
        super().__init__(side or "order")
        self.side = side


@dataclass(frozen=True)
class Zone:
    """A part of the city to choose from: key and rectangle."""

    key: str
    box: BoundingBox

    @property
    def value(self) -> str:
        """Return the rectangle as the search takes it."""
        return box_text(self.box)


def box_text(box: BoundingBox) -> str:
    """Return ``west,south,east,north``."""
    return ",".join(f"{getattr(box, side):.6g}" for side in SIDES)


def read_box(text: str) -> BoundingBox:
    """Read ``west,south,east,north``.

    Raises:
        BoxError: not four numbers, or not a rectangle.

    """
    parts = text.split(",")
    if len(parts) != len(SIDES):
        raise BoxError(None)
    return box_of(dict(zip(SIDES, parts, strict=True)))


def box_of(fields: Mapping[str, str]) -> BoundingBox:
    """Return the rectangle of four fields.

    Raises:
        BoxError: names the edge that is no number of degrees, or says that the order is wrong.

    """
    edges: dict[str, float] = {}
    for side in SIDES:
        try:
            edges[side] = float(str(fields.get(side, "")).strip().replace(",", "."))
        except ValueError as error:
            raise BoxError(side) from error
        # Written this way round, so that "nan" is refused too.
        if not -LIMITS[side] <= edges[side] <= LIMITS[side]:
            raise BoxError(side)
    if edges["west"] >= edges["east"] or edges["south"] >= edges["north"]:
        raise BoxError(None)
    return BoundingBox(**edges)


def zones(box: BoundingBox) -> Iterator[Zone]:
    """Yield the whole of a city and its four quarters."""
    middle_x, middle_y = (box.west + box.east) / 2, (box.south + box.north) / 2
    yield Zone("city", box)
    yield Zone("north_west", BoundingBox(box.west, middle_y, middle_x, box.north))
    yield Zone("north_east", BoundingBox(middle_x, middle_y, box.east, box.north))
    yield Zone("south_west", BoundingBox(box.west, box.south, middle_x, middle_y))
    yield Zone("south_east", BoundingBox(middle_x, box.south, box.east, middle_y))
