"""What is made out of a column."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.mxcity.files.model import Note

#: Share of the values that have to be of a type for the others to be called wrong.
ENOUGH = 0.9
#: The format of a column of which all values have to say how they are written.
UNDECIDED = "?"


@dataclass(frozen=True)
class Guess:
    """A column's type, how its values are written, its role, and what was noticed."""

    type: str = "string"
    format: str = ""
    role: str | None = None
    notes: tuple[Note, ...] = ()
