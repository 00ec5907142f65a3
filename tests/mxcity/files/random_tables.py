"""Tables made up at random, and what a reader has to make of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

SPANISH = ("Peñón", "Ñandú", "San Jerónimo", "Güemes", "Álamo", "Centro", "Del Valle", "¿Cuál?")
SIGNS = (
    "",
    ", sur",
    "; norte",
    " | 2a etapa",
    ' "La Loma"',
    "\nsegunda línea",
    " (1)",
    "'s",
    " #1",
)
HEADERS = (
    *("colonia", "Reportes", "monto", "Costo total", "año", "fecha", "trámite", "avance", "obra"),
    *("Núm. de actas", "dirección", "altas", "bajas", "turno", "motivo", "saldo"),
)
#: Kinds of columns. A number is always among them, so that a header shows itself.
KINDS = ("word", "whole", "decimal", "day", "code", "answer", "moment", "tag")


@dataclass(frozen=True)
class Table:
    """A table as it is meant: names, kinds and values of its columns; None is no value."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str | int | Decimal | date | None, ...], ...]

    def published(self) -> list[list[str]]:
        """Its rows as they are published."""
        return [[canonical(value, kind) for value, kind in zip(row, self.kinds, strict=True)]
                for row in self.rows]  # fmt: skip


def canonical(value: object, kind: str) -> str:
    """A value as it is published."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if kind == "answer":
        return "true" if value == "Sí" else "false"
    return str(value)


def values(kind: str, plain: bool) -> st.SearchStrategy[object]:
    """The values of a kind; ``plain`` words have no line breaks nor other signs inside."""
    words = st.sampled_from(SPANISH)
    if not plain:
        words = st.tuples(words, st.sampled_from(SIGNS)).map("".join)
    return {
        "word": words,
        "whole": st.integers(-(10**9), 10**9),
        "decimal": st.integers(-(10**9), 10**9).map(lambda n: Decimal(n).scaleb(-2)),
        "day": st.dates(date(1950, 1, 1), date(2049, 12, 31)),
        "code": st.integers(0, 9_999).map(lambda n: f"{n:05}"),
        "answer": st.sampled_from(["Sí", "No"]),
        # Not at midnight, which a workbook shows as a day.
        "moment": st.datetimes(datetime(1950, 1, 1), datetime(2049, 12, 31)).map(
            lambda moment: moment.replace(hour=moment.hour or 1, microsecond=0)
        ),
        "tag": st.integers(0, 9_999).map(lambda n: f"#{n}"),
    }[kind]


@st.composite
def tables(draw: st.DrawFn, plain: bool = False) -> Table:
    """A table of 4 to 25 rows, whose first column is of words or tags, and blanks in others."""
    kinds = ("word", draw(st.sampled_from(["whole", "decimal", "day"])),
             *draw(st.lists(st.sampled_from(KINDS), max_size=4)))  # fmt: skip
    names = draw(st.permutations(HEADERS))[: len(kinds)]
    first = draw(st.sampled_from(["word", "word", "tag"]))
    kinds = (first, *kinds[1:])
    cells = [values(first, plain), values(kinds[1], plain)]
    cells += [st.one_of(st.none(), values(kind, plain)) for kind in kinds[2:]]
    rows = draw(st.lists(st.tuples(*cells), min_size=4, max_size=25))
    return Table(tuple(names), kinds, tuple(rows))
