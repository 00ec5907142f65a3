"""Values of a column that are not of its type: marks of no value, and what is wrong."""

from __future__ import annotations

import duckdb

from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.guessed import Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.settling import file_row
from ckanext.mxcity.files.source import RawTable

#: Marks that a note names.
_NAMED = 8


def tell_apart(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    column: str,
    name: str,
    found: Guess,
    others: int,
) -> tuple[int, list[Note]]:
    """Return how many marks of no value a column has, and the notes of them and of what is wrong.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        column: the name that DuckDB has.
        name: the clean name.
        found: what the column is.
        others: how many values are not of its type.

    """
    known = canonical.marks_of(found.type, found.format)
    notes: list[Note] = []
    missing = 0
    if known and (others or found.type == "string"):
        rows = connection.execute(
            f"SELECT v, count(*) AS n FROM (SELECT trim({column}) AS v FROM raw) "  # noqa: S608
            f"WHERE v <> '' AND {canonical.is_mark('v', known)} GROUP BY v ORDER BY n DESC, v"
        ).fetchall()
        missing = sum(count for _, count in rows)
        listed = ", ".join(f"{mark} ({count})" for mark, count in rows[:_NAMED])
        more = ", …" if len(rows) > _NAMED else ""
        if missing:
            params = {"count": missing, "marks": f"{listed}{more}"}
            notes.append(Note("marks-as-missing", params, name))
    if others > missing:
        valid = canonical.typed_value("v", found.type, found.format)
        row = connection.execute(
            f"SELECT place, v FROM (SELECT rowid AS place, trim({column}) AS v FROM raw) "  # noqa: S608
            f"WHERE v <> '' AND ({valid}) IS NULL AND NOT {canonical.is_missing('v', found.type)} "
            "LIMIT 1"
        ).fetchone()
        place, value = row or (0, "")
        params = {
            "count": others - missing,
            "row": file_row(raw, int(place)),
            "value": value[:60],
            "type": found.type,
        }
        notes.append(Note("other-values", params, name))
    return missing, notes
