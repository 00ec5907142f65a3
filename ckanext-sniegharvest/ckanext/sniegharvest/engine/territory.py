"""Where a record is about, worked out from what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

How = Literal["declared", "source", "unknown"]


@dataclass(frozen=True)
class Territory:
    """Level and INEGI codes of a record, and how they were known."""

    level: str
    codes: tuple[str, ...]
    how: How


def locate(dataset: Mapping[str, Any], defaults: Mapping[str, Any]) -> Territory:
    """Work out the territory: the record's own codes and level first, then the source's.

    Args:
        dataset: a record mapped to our schema; ``area_codes`` has 2 or 5 digits each.
        defaults: the same fields, as the source's settings give them.

    """
    for how, values in (("declared", dataset), ("source", defaults)):
        codes = tuple(str(code) for code in values.get("area_codes") or ())
        level = str(values.get("geographic_level") or "")
        if codes or level:
            return Territory(level or _level(codes), codes, how)  # type: ignore[arg-type]
    return Territory("nacional", (), "unknown")


def _level(codes: tuple[str, ...]) -> str:
    longest = max(len(code) for code in codes)
    return "municipal" if longest > 2 else "estatal"
