"""A made-up map of a city: neighbourhoods that tile its middle, and places in them.

The names are common to many Mexican cities and the outlines are drawn by the computer: nothing
of it is the city's cartography.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ckanext.mxcity.city import BoundingBox
from ckanext.mxcity.demo.seeds import seeded
from ckanext.mxcity.ground.yaml import load_yaml

COLUMNS, ROWS = 8, 7
#: Part of the city's rectangle that is built up, measured from its centre.
BUILT_UP = 0.62
#: Sectors, by quarter of the map: south-west, south-east, north-west, north-east.
SECTORS = ("Surponiente", "Suroriente", "Norponiente", "Nororiente")


@dataclass(frozen=True)
class Neighbourhood:
    """A made-up *colonia*."""

    code: str
    name: str
    sector: str
    #: Longitude and latitude of the four corners, counter-clockwise.
    corners: tuple[tuple[float, float], ...]
    #: How many people live in it, compared with the others.
    weight: float

    def point(self, rng: random.Random) -> tuple[float, float]:
        """Return a longitude and latitude inside."""
        # The outline is nearly a rectangle, so mixing its corners stays inside it.
        across, along = rng.random(), rng.random()
        south = _between(self.corners[0], self.corners[1], across)
        north = _between(self.corners[3], self.corners[2], across)
        longitude, latitude = _between(south, north, along)
        return round(longitude, 6), round(latitude, 6)

    @property
    def centre(self) -> tuple[float, float]:
        """Return the longitude and latitude of the middle."""
        return (
            round(sum(corner[0] for corner in self.corners) / 4, 6),
            round(sum(corner[1] for corner in self.corners) / 4, 6),
        )

    @property
    def ring(self) -> list[list[float]]:
        """Return the outline as a closed GeoJSON ring."""
        return [list(corner) for corner in (*self.corners, self.corners[0])]


@lru_cache(maxsize=4)
def neighbourhoods(slug: str, bbox: BoundingBox) -> tuple[Neighbourhood, ...]:
    """Return the made-up neighbourhoods of a city, the same ones every time."""
    rng = seeded(slug, "neighbourhoods")
    corner = _corners(bbox, rng)
    names = _names()
    rng.shuffle(names)
    found = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            number = row * COLUMNS + column
            sector = SECTORS[2 * (row >= ROWS // 2) + (column >= COLUMNS // 2)]
            corners = (
                corner[row, column],
                corner[row, column + 1],
                corner[row + 1, column + 1],
                corner[row + 1, column],
            )
            found.append(
                Neighbourhood(
                    code=f"COL-{number + 1:03d}",
                    name=names[number],
                    sector=sector,
                    corners=corners,
                    weight=round(rng.uniform(0.4, 2.0), 3),
                )
            )
    return tuple(found)


def _names() -> list[str]:
    source = resources.files("ckanext.mxcity.demo") / "catalog" / "neighbourhoods.yaml"
    return list(load_yaml(source.read_text(encoding="utf-8")))


def _corners(bbox: BoundingBox, rng: random.Random) -> dict[tuple[int, int], tuple[float, float]]:
    """Return a grid of shifted points: neighbours share them, so the tiles leave no gap."""
    width, height = bbox.east - bbox.west, bbox.north - bbox.south
    west = bbox.west + width * (1 - BUILT_UP) / 2
    south = bbox.south + height * (1 - BUILT_UP) / 2
    step_x, step_y = width * BUILT_UP / COLUMNS, height * BUILT_UP / ROWS
    return {
        (row, column): (
            round(west + step_x * (column + rng.uniform(-0.25, 0.25)), 6),
            round(south + step_y * (row + rng.uniform(-0.25, 0.25)), 6),
        )
        for row in range(ROWS + 1)
        for column in range(COLUMNS + 1)
    }


def _between(
    start: tuple[float, float], end: tuple[float, float], part: float
) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
