"""Columns made at random: what is published is what was meant, or a note names the doubt."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = settings(max_examples=40, deadline=None)
MARKS = ["*", "N/D", "No especificado", "-", "n.s.", "ND", "s/d", "…"]
SHORT = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
LONG = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"]
LONG += ["octubre", "noviembre", "diciembre"]


def published(
    factory: pytest.TempPathFactory, values: list[str], delimiter: str, header: str = "valor"
) -> tuple[Column, list[str]]:
    """A column of these values, and how it is published."""
    folder = factory.mktemp("column")
    path, out = folder / "a.csv", folder / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([["nombre", header], *(["k", value] for value in values)])
    column = read_file(path, "a.csv").table().columns[1]
    write_table(path, "a.csv", None, out, columns=None)
    return column, cells(out)


def cells(path: Path) -> list[str]:
    """The second column of a CSV, without its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row[1] for row in list(csv.reader(file))[1:]]


def grouped(number: Decimal, group: str, mark: str) -> str:
    """A number with its thousands and decimals marked."""
    return f"{number:,}".translate(str.maketrans({",": group, ".": mark}))


WAYS = {
    "plain": ("", "."),
    "thousands-comma": (",", "."),
    "decimal-comma": ("", ","),
    "thousands-point": (".", ","),
    "thousands-space": (" ", "."),
    "thousands-hard-space": ("\u00a0", ","),
}
UNITS = ["{}", "${}", "$ {}", "{} %", "€ {}", "{} M.N.", "MXN {}", "{} pesos", "USD {}", "()"]


def with_unit(text: str, unit: str) -> str:
    """A number with its unit; "()" is the accountants' way for what is owed."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if unit == "()":
        return f"$({digits})" if sign else f"${digits}"
    return f"{sign}{unit.format(digits)}"


@EXAMPLES
@given(
    numbers=st.lists(
        st.decimals(-9_999_999, 9_999_999, allow_nan=False, places=3), min_size=1, max_size=8
    ),
    places=st.integers(0, 3),
    way=st.sampled_from(list(WAYS)),
    unit=st.sampled_from(UNITS),
    delimiter=st.sampled_from([",", ";", "\t"]),
    marks=st.lists(st.sampled_from(MARKS), max_size=4),
)
def test_numbers(  # noqa: PLR0913  # what a column is made of
    tmp_path_factory: pytest.TempPathFactory,
    numbers: list[Decimal],
    places: int,
    way: str,
    unit: str,
    delimiter: str,
    marks: list[str],
) -> None:
    """A number is the one that was written; text is as it was; else both readings are shown."""
    meant = [round(number, places) for number in numbers]
    written = [with_unit(grouped(number, *WAYS[way]), unit) for number in meant]
    column, found = published(tmp_path_factory, [*written, *marks], delimiter)
    noted = {note.code for note in column.notes}
    if column.type == "string":
        assert found == [value.strip() for value in [*written, *marks]]
        return
    assert all(value == "" for value in found[len(meant) :])
    assert not marks or "marks-as-missing" in noted
    if "numbers-ambiguous" in noted or "other-values" in noted:
        return
    if way == "thousands-point" and delimiter != ";" and places == 0 and "." in "".join(written):
        # Three decimals, by what is written: so programs and people in Mexico write them.
        return
    assert [Decimal(value) for value in found[: len(meant)]] == meant


DAYS = {
    "iso": lambda day: day.isoformat(),
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "short day": lambda day: f"{day.day}/{day.month}/{day.year}",
    "month first": lambda day: f"{day:%m/%d/%Y}",
    "dashes": lambda day: f"{day:%d-%m-%Y}",
    "points": lambda day: f"{day:%d.%m.%Y}",
    "short year": lambda day: f"{day:%d/%m/%y}",
    "months first and short years": lambda day: f"{day:%m/%d/%y}",
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "short month": lambda day: f"{day.day:02}-{SHORT[day.month - 1]}-{day.year}",
    "spreadsheet": lambda day: f"{day.day:02}-{SHORT[day.month - 1]}-{day:%y}",
    "words": lambda day: f"{day.day} de {LONG[day.month - 1]} de {day.year}",
}


@EXAMPLES
@given(
    days=st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=8),
    way=st.sampled_from(list(DAYS)),
    marks=st.lists(st.sampled_from(["N/D", "No especificado", "-"]), max_size=3),
)
def test_days(
    tmp_path_factory: pytest.TempPathFactory, days: list[date], way: str, marks: list[str]
) -> None:
    """A day is the one that was written, or the order of day and month is doubted."""
    written = [DAYS[way](day) for day in days]
    column, found = published(tmp_path_factory, [*written, *marks], ",")
    noted = {note.code for note in column.notes}
    assert column.type == "date"
    assert not marks or "marks-as-missing" in noted
    if "ambiguous-dates" not in noted:
        assert found == [*(day.isoformat() for day in days), *([""] * len(marks))]


def moment(made: datetime, way: str, fraction: int, zone: str) -> str:
    """A moment as a program writes it."""
    clock = f"{made:%H:%M:%S}" + (f".{made:%f}"[: fraction + 1] if fraction else "")
    return f"{DAYS[way](made.date())}{'T' if way == 'iso' else ' '}{clock}{zone}"


@EXAMPLES
@given(
    moments=st.lists(
        st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)),  # noqa: DTZ001
        min_size=1,
        max_size=6,
    ),
    way=st.sampled_from(["iso", "day first", "slashes"]),
    fraction=st.sampled_from([0, 3, 6]),
    zones=st.lists(st.sampled_from(["", "Z", "-06:00", "+0530", "-05"]), min_size=6, max_size=6),
    one_zone=st.booleans(),
)
def test_moments(
    tmp_path_factory: pytest.TempPathFactory,
    moments: list[datetime],
    way: str,
    fraction: int,
    zones: list[str],
    one_zone: bool,
) -> None:
    """A moment keeps its fraction and its zone; with and without a zone is no one type."""
    zones = zones[:1] * 6 if one_zone else zones
    pairs = list(zip(moments, zones, strict=False))
    written = [moment(made, way, fraction, zone) for made, zone in pairs]
    column, found = published(tmp_path_factory, written, ",")
    noted = {note.code for note in column.notes}
    if len({bool(zone) for _, zone in pairs}) > 1:
        assert (column.type, "zones-mixed" in noted, found) == ("string", True, written)
    elif "ambiguous-dates" not in noted:
        assert column.type == "datetime"
        cut = 10 ** (6 - fraction)
        for (made, zone), text in zip(pairs, found, strict=True):
            meant = made.replace(microsecond=made.microsecond // cut * cut)
            offset = {"": None, "Z": 0, "-06:00": -360, "+0530": 330, "-05": -300}[zone]
            if offset is not None:
                meant = meant.replace(tzinfo=timezone(timedelta(minutes=offset)))
            assert datetime.fromisoformat(text) == meant


@EXAMPLES
@given(
    numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=30),
    code=st.from_regex(r"0[0-9]{1,5}", fullmatch=True),
    place=st.integers(0, 30),
)
def test_codes(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], code: str, place: int
) -> None:
    """One code with a zero, in any row, keeps the zeros of all."""
    values = list(map(str, numbers))
    values.insert(place, code)
    column, found = published(tmp_path_factory, values, ",")
    assert (column.type, found) == ("string", values)


@EXAMPLES
@given(
    st.lists(
        st.sampled_from(
            [
                "Hombre",
                "Mujer",
                "Sí",
                "No",
                "No especificado",
                "No aplica",
                "NA",
                "SD",
                "C",
                "*",
                "-",
            ]
        ),
        min_size=2,
        max_size=20,
    )
)
def test_categories(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    """INEGI's words among words stay what they are."""
    column, found = published(tmp_path_factory, values, ",")
    if set(values) <= {"Sí", "No"}:
        assert column.type == "boolean"
    else:
        assert (column.type, found) == ("string", values)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text("0123456789.,-+$%() ", min_size=1, max_size=9),
            st.sampled_from(["infinity", "nan", "now", "1e5", "0x1F", "2025-02-30", "12/31/24"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_written(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    """The digits of a cell are never others: text is as it was, a number has the same digits."""
    column, found = published(tmp_path_factory, values, ";")
    for value, text in zip(values, found, strict=False):
        plain = value.strip()
        if column.type == "string":
            assert text == plain
        elif column.type in ("integer", "number") and text:
            digits = "".join(filter(str.isdigit, text))
            assert digits == "".join(filter(str.isdigit, plain))
