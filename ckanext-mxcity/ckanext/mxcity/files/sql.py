"""Names and texts as SQL writes them."""

from __future__ import annotations


def identifier(name: str) -> str:
    """Return a column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def trimmed(text: str) -> str:
    """Return the SQL of a cell without the spaces around it: as ``trim``, and quicker for most.

    A cell of ASCII that begins with a sign or a letter, and ends with anything but a space, has
    none.
    """
    whole = f"{text} >= '!' AND NOT ends_with({text}, ' ') AND strlen({text}) = length({text})"
    return f"CASE WHEN {whole} THEN {text} ELSE trim({text}) END"


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
