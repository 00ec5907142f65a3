"""What kind of thing a cell's text is, to tell a header from the records below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ckanext.mxcity.files.values import MISSING
from ckanext.mxcity.ground.text import folded

NUMBER, DATE, TIME, ANSWER, ADDRESS, CODE, WORD = (
    "number", "date", "time", "answer", "address", "code", "word",
)  # fmt: skip
_MISSING = frozenset(MISSING)
_NUMBER = re.compile(r"[+-]?\(?((us|mx)?[$]|€)? ?[+-]?\d[\d.,\s]*(e[+-]\d+)?\)? ?%?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    r"|\d{1,2}[-/ ](de )?[a-záéíóú]{3,10}\.?[-/ ](de )?\d{2,4}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]\.? ?m\.?)?", re.IGNORECASE)
_ANSWER = re.compile(r"s[ií]|no|true|false|verdadero|falso", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")
#: What columns are called, and no record is; and names as programs write them.
_NAMES = frozenset(
    (
        *("nombre", "nombres", "apellido", "apellidos", "clave", "claves", "folio", "id", "cve"),
        *("tipo", "descripcion", "domicilio", "direccion", "calle", "colonia", "municipio"),
        *("telefono", "correo", "fecha", "hora", "horario", "observaciones", "categoria"),
        *("estatus", "responsable", "sexo", "genero", "edad", "puesto", "cargo", "dependencia"),
        *("giro", "concepto", "latitud", "longitud", "localidad", "entidad", "anio", "ano"),
    )
)
_IDENTIFIER = re.compile(r"[a-z]{2,}(_[a-z]+)+")
#: Characters of what can be a number, a day or a code.
_LONGEST = 200
#: Share of the cells of a column that have to be of a kind for the column to be.
_MOST = 0.6


def kind_of_text(text: str) -> str:
    """Return the kind of a cell's text; "" for a cell without a value."""
    if len(text) > _LONGEST:
        return WORD
    if text.strip().lower() in _MISSING:
        return ""
    if not any(sign.isdigit() for sign in text):
        if _ANSWER.fullmatch(text):
            return ANSWER
        return ADDRESS if _ADDRESS.fullmatch(text) else WORD
    for kind, pattern in ((NUMBER, _NUMBER), (TIME, _TIME), (DATE, _DATE), (ADDRESS, _ADDRESS)):
        if pattern.fullmatch(text):
            # 31.12.2024 has the signs of a number and is a day.
            return DATE if kind == NUMBER and _DATE.fullmatch(text) else kind
    return CODE


def is_year(text: str) -> bool:
    """Say whether a text is a year of these two centuries."""
    return bool(_YEAR.fullmatch(text))


def outline(text: str) -> str:
    """Return a text with its letters and digits run together: "MX-0042" is "A-9"."""
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "A", text))


def evidence(row: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Count the cells of a row that are unlike those below them, as a name is, and those alike.

    Words above words tell nothing, unless most words of the row come again below.
    """
    names = alike = words = again = 0
    in_order = _in_order(row) and not any(map(_in_order, below))
    for place, cell in enumerate(row):
        kind = kind_of_text(cell)
        column = [other[place] for other in below if place < len(other)]
        kinds = Counter(filter(None, map(kind_of_text, column)))
        if not kind or not kinds:
            continue
        most, count = kinds.most_common(1)[0]
        if count < _MOST * kinds.total() or most == WORD:
            words += 1
            again += kind == WORD and cell in column
        elif (kind in (WORD, CODE) and kind != most) or (in_order and kind == most == NUMBER):
            names += 1
        elif kind == most:
            alike += _is_alike(cell, most, [text for text in column if text])
    if again > 1 and 2 * again >= words:
        alike += again
    return names, alike


def are_names(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether most cells of a row are words that only ever name a column.

    None of its cells comes again in its column, and none of those words below.
    """
    filled = [cell for cell in row if cell]
    again = any(cell and cell in column for cell, column in _columns(row, below))
    named = sum(
        _names(cell) and not any(map(_names, column)) for cell, column in _columns(row, below)
    )
    distinct = len({folded(cell) for cell in filled}) == len(filled)
    return bool(below) and len(filled) > 1 and distinct and not again and 2 * named > len(filled)


def _columns(row: Sequence[str], below: Sequence[Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    for place, cell in enumerate(row):
        yield cell, [other[place] for other in below if place < len(other)]


def _names(cell: str) -> bool:
    return folded(cell) in _NAMES or bool(_IDENTIFIER.fullmatch(cell))


def _is_alike(cell: str, kind: str, column: list[str]) -> bool:
    """Say whether a cell is of the same making as a column of its kind."""
    if kind == CODE:
        outlines = Counter(map(outline, column))
        return 2 * outlines[outline(cell)] >= len(column)
    if kind == NUMBER and is_year(cell):
        # Years name columns of figures; above years they are a figure themselves.
        return 2 * sum(map(is_year, column)) >= len(column)
    return True


def _in_order(row: Sequence[str]) -> bool:
    """Say whether the numbers of a row are years in their order, or count on by one as ages do."""
    numbers = [int(cell) for cell in row if cell.isdecimal() and len(cell) < 10]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(numbers) > 1 and all(is_year(cell) for cell in row if cell.isdecimal()):
        return all(step > 0 for step in steps) or all(step < 0 for step in steps)
    return len(numbers) > 2 and steps == {1}
