"""Mexican states and municipalities by INEGI code. No CKAN import.

A code is text: two digits for a state ("19"), five for a municipality ("19039"), the first two
of which are its state's. The leading zero of the states 01 to 09 belongs to the code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from ckanext.mxcity.ground.text import folded

STATE_DIGITS = 2
MUNICIPALITY_DIGITS = 5


@dataclass(frozen=True)
class Area:
    """A state or a municipality."""

    code: str
    name: str
    state_code: str | None
    #: Inhabitants in the 2020 census; None where our source has no figure.
    population: int | None

    @property
    def is_state(self) -> bool:
        """True for one of the 32 states."""
        return self.state_code is None


@lru_cache(maxsize=1)
def areas() -> Mapping[str, Area]:
    """Return every area by code, in the order of the codes."""
    source = resources.files("ckanext.mxcity.schemas") / "vocabularies" / "areas.csv"
    with source.open(encoding="utf-8") as lines:
        found = {
            row["code"]: Area(
                code=row["code"],
                name=row["name"],
                state_code=row["state_code"] or None,
                population=int(row["population_2020"]) if row["population_2020"] else None,
            )
            for row in csv.DictReader(lines)
        }
    return MappingProxyType(found)


def find_area(code: str) -> Area | None:
    """Return the area of a code, None if there is none."""
    return areas().get(code)


def area_name(code: str) -> str:
    """Return "Monterrey, Nuevo León" for "19039", "Nuevo León" for "19", the code if unknown."""
    area = find_area(code)
    if area is None:
        return code
    state = find_area(area.state_code) if area.state_code else None
    return f"{area.name}, {state.name}" if state else area.name


def with_ancestors(code: str) -> Iterator[str]:
    """Yield a code and the codes of the areas that hold it, widest first."""
    if len(code) > STATE_DIGITS:
        yield code[:STATE_DIGITS]
    if len(code) > MUNICIPALITY_DIGITS:
        yield code[:MUNICIPALITY_DIGITS]
    yield code


def restored_zero(code: str) -> str | None:
    """Return the code that a spreadsheet made this one from by dropping its leading zero."""
    if (
        code.isascii()
        and code.isdigit()
        and len(code) in (STATE_DIGITS - 1, MUNICIPALITY_DIGITS - 1)
    ):
        padded = f"0{code}"
        return padded if padded in areas() else None
    return None


def search_areas(text: str, limit: int = 10) -> list[Area]:
    """Return the areas whose name or code begins with the text, then those that contain it.

    Case and accents make no difference; larger areas (states) come first, then by population.
    """
    wanted = folded(text)
    if not wanted:
        return []
    ranked = []
    for code, area in areas().items():
        name = folded(area.name)
        starts = name.startswith(wanted) or code.startswith(wanted)
        if starts or f" {wanted}" in f" {name}":
            ranked.append((not starts, not area.is_state, -(area.population or 0), code))
    return [areas()[code] for *_, code in sorted(ranked)[:limit]]
