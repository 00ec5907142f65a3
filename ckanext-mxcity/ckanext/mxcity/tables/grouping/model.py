"""The groups of a table, as a list and crossed. No CKAN import."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

#: Columns across that a page shows by itself, and if it is asked to; of more the list is shown.
MOST_ACROSS, MOST_ACROSS_ASKED = 15, 50

Key = str | None


@dataclass(frozen=True)
class Group:
    """Rows that have the same: ``keys`` as text, None where there is no value.

    ``value`` is as PostgreSQL writes it, None where nothing was measured; ``missing`` are those of
    its ``rows`` that have no figure. ``place`` is that of its last key among those of all groups,
    in the order of their kind: 2 before 10.
    """

    keys: tuple[str | None, ...]
    value: str | None
    rows: int
    missing: int
    place: int = 0

    @property
    def number(self) -> int | float | None:
        """The value as a number."""
        if self.value is None:
            return None
        try:
            exact = Decimal(self.value)
        except InvalidOperation:
            return None
        if not exact.is_finite():
            return None
        if exact == exact.to_integral_value() and abs(exact) < 1 << 53:
            return int(exact)
        return float(exact) if math.isfinite(float(exact)) else None


@dataclass(frozen=True)
class Groups:
    """The groups of a table, ``total`` of them in all, and of which rows they are.

    ``without`` counts the rows without a value, by column of the groups; ``missing`` those without
    a figure. ``moment`` is that whose rows alone were brought together, if only those were.
    """

    groups: tuple[Group, ...] = ()
    total: int = 0
    rows: int = 0
    without: tuple[int, ...] = ()
    missing: int = 0
    moment: str = ""


@dataclass(frozen=True)
class Crossed:
    """Groups by two keys: ``cells`` has the groups that there are, others have no row."""

    across: tuple[Key, ...]
    down: tuple[Key, ...]
    cells: dict[tuple[Key, ...], Group]

    def row(self, key: Key) -> list[Group | None]:
        """Return the groups of a row, None where there is no row of the table."""
        return [self.cells.get((key, other)) for other in self.across]


def crossed(found: Groups) -> Crossed | None:
    """Return groups of two keys as a crossed table; None of others, or if some are left out."""
    if not found.groups or len(found.groups[0].keys) != 2 or found.total > len(found.groups):
        return None
    down = dict.fromkeys(group.keys[0] for group in found.groups)
    across = {group.keys[1]: group.place for group in found.groups}
    ordered = sorted(across, key=lambda key: across[key])
    return Crossed(tuple(ordered), tuple(down), {group.keys: group for group in found.groups})
