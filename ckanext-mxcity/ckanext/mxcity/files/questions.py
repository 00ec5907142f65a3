"""What a file does not tell: a question each, with both readings on its own rows.

The first option is the reading that was taken; a recipe with any of them answers the question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb

from ckanext.mxcity.files import canonical, zones
from ckanext.mxcity.files.column_readings import ASKED, readings
from ckanext.mxcity.files.delimiters import NAMES
from ckanext.mxcity.files.headers import clean_names
from ckanext.mxcity.files.model import Column, Note, Option, Question
from ckanext.mxcity.files.settling import file_row
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.files.sql import literal

#: Rows that an option shows, and the cells of one.
_ROWS, _CELLS = 3, 6
#: Characters of a cell.
_LONG = 60


def encoding_question(note: Note) -> Question:
    """Return the question that a guessed encoding asks."""
    words: Mapping[str, str] = note.params["words"]
    taken = note.params["encoding"]
    options = tuple(
        Option({"encoding": name}, "option-encoding", {"encoding": name}, ((word,),))
        for name, word in sorted(words.items(), key=lambda pair: pair[0] != taken)
    )
    return Question("question-encoding", options)


def delimiter_question(
    cut: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]],
) -> Question:
    """Return the question of what divides the columns, by what each delimiter makes of the rows.

    Those are the titles, and the rows below.
    """
    return Question(
        "question-delimiter",
        tuple(
            Option(
                {"delimiter": mark},
                "option-delimiter",
                {"delimiter": NAMES[mark]},
                (_header(titles), *map(_shown, rows[: _ROWS - 1])),
            )
            for mark, (titles, rows) in cut.items()
        ),
    )


def of_table(raw: RawTable, sample: Sequence[Sequence[str | None]]) -> list[Question]:
    """Return what is asked of a table as a whole, as its notes tell.

    Args:
        raw: the table.
        sample: its first rows.

    """
    found = list(raw.questions)
    for note in raw.notes:
        if note.code == "header-guessed" and raw.header:
            found.append(_header_question(raw, sample))
        elif note.code == "total-kept":
            found.append(_total_question(note))
        elif note.code in ("header-repeated", "header-again") and "asked" in note.params:
            found.append(_repeated_question(note))
    return found


def _header_question(raw: RawTable, sample: Sequence[Sequence[str | None]]) -> Question:
    assert raw.header is not None  # noqa: S101  # asked of tables that have one
    first, last = raw.header
    titles, rows = _shown(raw.titles), [_shown(row) for row in sample[:_ROWS]]
    unnamed, _ = clean_names([""] * len(raw.titles))
    # What several rows are joined to is no record.
    record = (titles, *rows[:1]) if first == last else ()
    options = [
        Option({"header": [first, last]}, "option-header", {},
               (_header(raw.titles), *rows[: _ROWS - 1])),
        Option({"header": [0, last - 1]}, "option-record", {}, (_shown(unnamed), *record)),
    ]  # fmt: skip
    fewer = len(rows) > 1 and sum(map(bool, titles)) < sum(map(bool, rows[0]))
    if fewer or (len(rows) > 1 and titles[0].startswith("#")):
        # What names fewer columns than there are may be a title, or a comment.
        below = {"header": [last + 1, last + 1]}
        named = _header([cell or "" for cell in sample[0]])
        options.append(Option(below, "option-title", {}, (named, *rows[1:])))
    return Question("question-header", tuple(options), {"row": last})


def _repeated_question(note: Note) -> Question:
    left_out = note.code == "header-repeated"
    options = (
        Option({"repeated": False}, "option-repeated-header"),
        Option({"repeated": True}, "option-repeated-data"),
    )
    params = {"count": note.params["count"], "row": note.params["row"]}
    return Question("question-repeated", options if left_out else options[::-1], params)


def _header(titles: Sequence[str]) -> tuple[str, ...]:
    """Return a header as it is shown: a column without a title has its name."""
    names, _ = clean_names(titles)
    return _shown([title.strip() or name for title, name in zip(titles, names, strict=True)])


def _total_question(note: Note) -> Question:
    params = {"row": note.params["row"], "text": note.params["text"]}
    rows = note.params["rows"]
    foot = note.params["foot"]
    return Question(
        "question-total",
        (
            Option({"foot": foot - rows}, "option-row-of-data"),
            Option({"foot": foot}, "option-row-of-totals"),
        ),
        params,
    )


def of_columns(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: Sequence[Column]
) -> Iterator[Question]:
    """Yield what is asked of columns: each reading is shown on the same rows.

    A row of an option has its number, the cell as it is written, and as the option reads it.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        columns: what its columns were understood as.

    """
    zone = zones.of_others(columns)
    for place, column in zip(raw.columns, columns, strict=True):
        # What a sheet shows of a column is with the table.
        of_sheet = [note for note in raw.notes if note.place == column.name]
        for note in (*column.notes, *of_sheet, *zones.doubt(column, zone)):
            if found := readings(column, note):
                others = [reading.column for reading in found]
                rows = _rows(connection, raw, place, others, note)
                options = tuple(
                    Option(
                        _recipe(reading.column),
                        reading.code,
                        dict(reading.params),
                        tuple((*row[:2], row[2 + n]) for row in rows),
                    )
                    for n, reading in enumerate(found)
                )
                yield Question(ASKED[note.code], options, {"column": column.title}, column.name)


def _recipe(column: Column) -> dict[str, object]:
    return {"columns": {column.name: {"type": column.type, "format": column.format}}}


def _rows(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    place: str,
    readings: Sequence[Column],
    note: Note,
) -> list[tuple[str, ...]]:
    """Return rows that readings differ in: where, as it is written, and as each reads it.

    Those of the values that the note names are among them.
    """
    named = [str(note.params[key]) for key in ("value", "other") if key in note.params]
    listed = ", ".join(map(literal, named)) or "''"
    firsts = f"SELECT min(rowid) FROM raw WHERE trim({place}) IN ({listed}) GROUP BY trim({place})"  # noqa: S608
    one, *others = (canonical.expression(place, reading) for reading in readings)
    differ = " OR ".join(f"{one} IS DISTINCT FROM {other}" for other in others)
    found = connection.execute(
        f"SELECT rowid, trim({place}), {', '.join((one, *others))} FROM raw "  # noqa: S608
        f"WHERE {differ} ORDER BY rowid IN ({firsts}) DESC, rowid LIMIT {_ROWS}"
    ).fetchall()
    return [(str(file_row(raw, row)), *_shown(cells)) for row, *cells in sorted(found)]


def _shown(row: Sequence[str | None]) -> tuple[str, ...]:
    more = ("…",) if len(row) > _CELLS else ()
    return (*(str(cell or "").strip()[:_LONG] for cell in row[:_CELLS]), *more)


def asked(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    columns: Sequence[Column],
    sample: Sequence[Sequence[str | None]],
    told: Collection[str] = (),
) -> tuple[Question, ...]:
    """Return all that is asked of a table; see ``of_table`` and ``of_columns``.

    Nothing is asked of columns that are left out, or ``told`` by a person.
    """
    asked_of = {column.name for column in columns if not column.left_out}.difference(told)
    of_these = (q for q in of_columns(connection, raw, columns) if q.place in asked_of)
    return (*of_table(raw, sample), *of_these)
