"""Every question has readings that a recipe can take, and shows of each what is published."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from ckanext.mxcity.files import Option, Question
from ckanext.mxcity.files.messages import MESSAGES, text
from hypothesis import event, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from tests.mxcity.files.asked import WORDS, Plain, Read, Row, read, with_option, written
from tests.mxcity.files.map_files import names_table, shapefile, zipped

#: What a cell of an option has at most.
LONG, WIDE = 60, 6


def shown(row: Row) -> Row:
    """A row as an option shows it."""
    return [cell.strip()[:LONG] for cell in row[:WIDE]]


def answered(folder: Path, name: str, content: bytes, recipe: Plain | None = None) -> Read:
    """Read a file, give every answer to each of its questions, and look at what comes of it."""
    first = read(folder, name, content, recipe)
    for question in first.table.questions:
        assert len({str(option.recipe) for option in question.options}) == len(question.options)
        for number, option in enumerate(question.options):
            told = with_option(recipe or {}, question, number)
            found = read(folder, name, content, told)
            assert question.code not in {
                other.code for other in found.table.questions if other.place == question.place
            }
            if number == 0:
                assert (found.header, found.rows) == (first.header, first.rows)
            shows_what_is_published(question, option, found)
        for code in (question.code, *(option.code for option in question.options)):
            assert code in MESSAGES
            assert text(code, {**question.params, **question.options[0].params})
    return first


def shows_what_is_published(question: Question, option: Option, found: Read) -> None:
    """The rows of an option are those of the reading that it stands for."""
    rows = [[cell for cell in row if cell != "…"] for row in option.rows]
    table = found.table
    if question.place:
        place = found.header.index(question.place)
        assert rows
        for row, before, after in rows:
            line = found.rows[table.canonical_row(int(row)) - 2]
            assert line[place][:LONG] == after
            assert before
        (column,) = (column for column in table.columns if column.name == question.place)
        published = [line[place] for line in found.rows]
        if column.type in ("integer", "number"):
            assert all(("." in cell) <= (column.type == "number") for cell in published)
            assert [float(cell) for cell in published]
    elif question.code == "question-encoding":
        assert any(rows[0][0] in cell for line in [found.header, *found.rows] for cell in line) or (
            any(rows[0][0] in column.title for column in table.columns)
        )
    elif question.code == "question-repeated":
        said = "header-repeated" if option.code == "option-repeated-header" else "header-again"
        assert found.said[said]["count"] == question.params["count"]
    elif question.code == "question-total":
        row = int(question.params["row"])
        left_out = "foot-left-out" in found.said and row >= found.said["foot-left-out"]["row"]
        assert left_out == (option.code == "option-row-of-totals")
    else:
        titles = [column.title for column in table.columns]
        body = [[cell or "" for cell in row] for row in table.sample]
        expected = [shown(row) for row in (titles, *body)]
        if table.header and table.header[0] == 0:
            expected[0] = shown(found.header)
        assert rows == expected[: len(rows)]


CELLS = {
    "words": WORDS,
    "thousands or decimals": st.integers(1_000, 99_999).map(lambda n: f"{n:,}"),
    "points": st.integers(1_000, 99_999).map(lambda n: f"{n:,}".replace(",", ".")),
    "day or month": st.tuples(st.integers(1, 12), st.integers(1, 12)).map(
        "{0[0]}/{0[1]}/2024".format
    ),
    "days of short years": st.tuples(st.integers(1, 12), st.integers(1, 12)).map(
        "{0[0]:02}/{0[1]:02}/24".format
    ),
    "moments": st.tuples(st.integers(1, 12), st.integers(1, 12)).map(
        "{0[0]:02}-{0[1]:02}-2024 10:30".format
    ),
    "percentages or shares": st.integers(1, 99).flatmap(
        lambda n: st.sampled_from([f"{n}%", f"0.{n:02}", f"{n}"])
    ),
    "days among moments": st.tuples(st.integers(10, 28), st.sampled_from(["", " 13:20"])).map(
        "{0[0]}/02/2024{0[1]}".format
    ),
    "zones of some": st.tuples(st.integers(10, 28), st.sampled_from(["", "Z", "-06:00"])).map(
        "2024-02-{0[0]}T08:30:00{0[1]}".format
    ),
    "years to come": st.tuples(st.integers(10, 28), st.integers(60, 75)).map(
        "{0[0]}/02/{0[1]}".format
    ),
    "codes or numbers": st.integers(100, 999).map(str),
    "figures or codes": st.decimals(1, 99, places=1).map(str),
}


#: What is in a column at least, for there to be a doubt.
FIRSTS = {
    "percentages or shares": ["12%", "0.125", "15"],
    "days among moments": ["13/02/2024", "14/02/2024 09:10"],
    "zones of some": ["2024-02-10T08:30:00", "2024-02-11T08:30:00-06:00"],
    "years to come": ["13/02/61", "13/02/99"],
}


@st.composite
def doubtful(draw: st.DrawFn) -> list[Row]:
    """A table of columns that can be read in two ways."""
    kinds = [draw(st.sampled_from(list(CELLS))) for _ in range(draw(st.integers(1, 2)))]
    rows = [[draw(CELLS[kind]) for kind in kinds] for _ in range(draw(st.integers(12, 24)))]
    for place, kind in enumerate(kinds):
        if kind in FIRSTS:
            for row, cell in zip(rows, FIRSTS[kind], strict=False):
                row[place] = cell
        if kind.endswith("codes") or kind.startswith("codes"):
            rows[draw(st.integers(0, 11))][place] = f"0{draw(st.integers(10, 99))}"
    return [[f"col{n}" for n in range(len(kinds))], *rows]


@settings(max_examples=25, deadline=None)
@given(rows=doubtful(), kind=st.sampled_from(["csv", "xlsx", "ods", "semicolons"]))
def test_each_answer_about_a_column_is_published_as_it_is_shown(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], kind: str
) -> None:
    """Both readings of numbers, days and codes, on the rows that they differ in."""
    folder = tmp_path_factory.mktemp("question")
    if kind == "semicolons":
        content = "\n".join(";".join(row) for row in rows).encode()
        found = answered(folder, "a.csv", content)
    else:
        found = answered(folder, f"a.{kind}", written(kind, rows))
    for question in found.table.questions:
        event(question.code)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, WORDS, WORDS).map(list), min_size=2, max_size=8),
    title=st.lists(WORDS, max_size=2),
    kind=st.sampled_from(["csv", "xlsx"]),
)
def test_each_answer_about_a_header_is_published_as_it_is_shown(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], title: Row, kind: str
) -> None:
    """The row names the columns, is a record, or stands above the table."""
    folder = tmp_path_factory.mktemp("question")
    above = [[*title, *[""] * (3 - len(title))]] if title else []
    found = answered(folder, f"a.{kind}", written(kind, [*above, *rows]))
    for question in found.table.questions:
        event(f"{question.code}: {len(question.options)} options")


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=8),
    marks=st.permutations([",", ";", "|", "\t"]),
    above=st.integers(0, 1),
)
def test_each_answer_about_a_delimiter_is_published_as_it_is_shown(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, int, int]],
    marks: list[str],
    above: int,
) -> None:
    """Two signs that divide all rows evenly are both shown on the rows of the table."""
    one, other, *_ = marks
    lines = [f"Informe{one}de{other}algo"] * above
    lines += [f"nombre{one}uno{other}dos", *(f"{a}{one}{b}{other}{c}" for a, b, c in rows)]
    folder = tmp_path_factory.mktemp("question")
    found = answered(folder, "a.csv", "\n".join(lines).encode())
    assert "question-delimiter" in {question.code for question in found.table.questions}


@pytest.mark.parametrize("word", ["Škoda", "Ÿ", "Œuvre", "x\xa0y €5"])
def test_each_answer_about_letters_is_published_as_it_is_shown(tmp_path: Path, word: str) -> None:
    """A word of the file, in every encoding that it may be in."""
    found = answered(tmp_path, "a.csv", f"a,n\n{word},1\nb,2\n".encode("cp1252"))
    (question,) = (q for q in found.table.questions if q.code == "question-encoding")
    assert len(question.options) == 3


def test_each_answer_about_letters_of_a_map_is_published_as_it_is_shown(tmp_path: Path) -> None:
    """A Shapefile that says nothing of its letters; its table is called as the layer."""
    members = shapefile(names_table(["Peñón".encode("cp1252"), b"Centro"]), 2, "a")
    content = zipped(members)
    found = answered(tmp_path, "a.zip", content)
    assert [question.code for question in found.table.questions] == ["question-encoding"]
    assert found.rows[0][0] == "Peñón"
    said = zipped(shapefile(names_table(["Peñón".encode()]), 1, "a"))
    told = read(tmp_path, "a.zip", said, {"encoding": "cp850"})
    assert (told.rows[0][0], "recipe-encoding" in told.said) == ("Peñón", True)


@settings(max_examples=25, deadline=None)
@given(
    days=st.lists(st.dates(date(1960, 1, 1), date(2060, 1, 1)), min_size=1, max_size=6),
    since_1904=st.booleans(),
)
def test_each_answer_about_days_that_are_counted_is_published_as_it_is_shown(
    tmp_path_factory: pytest.TempPathFactory, days: list[date], since_1904: bool
) -> None:
    """Whole numbers under the name of a date are those, or the days that the sheet counts."""
    folder = tmp_path_factory.mktemp("days")
    book, file = openpyxl.Workbook(), io.BytesIO()
    begin = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    book.epoch = begin
    book.active.append(["lote", "fecha"])
    for number, day in enumerate(days):
        book.active.append([f"L-{number}", int(to_excel(day, begin))])
    book.save(file)
    found = answered(folder, "a.xlsx", file.getvalue())
    (question,) = found.table.questions
    assert question.code == "question-serials"
    as_days = read(folder, "a.xlsx", file.getvalue(), with_option({}, question, 1))
    assert [row[1] for row in as_days.rows] == [day.isoformat() for day in days]
    assert as_days.table.period == (min(days).isoformat(), max(days).isoformat())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("foot", [[], [["", "", ""], ["Fuente: SSP", "", ""]]])
def test_each_answer_about_a_total_is_published(tmp_path: Path, kind: str, foot: list[Row]) -> None:
    """The row is published, or left out with what stands below it."""
    rows = [["zona", "m", "n"], ["x", "p", "1"], ["y", "q", "2"], ["Total", "", "9"], *foot]
    found = answered(tmp_path, f"a.{kind}", written(kind, rows))
    assert [question.code for question in found.table.questions] == ["question-total"]


ASKED = {
    "a day alone": (["2026-01-05", "2026-01-05 13:20"], "momento", "question-midnight",
                    ["2026-01-05T00:00:00", "2026-01-05"]),
    "no zone": (["2026-01-05T10:00", "2026-01-05T10:00Z"], "momento", "question-zone",
                ["2026-01-05T10:00", "2026-01-05T10:00:00Z"]),
    "no zone, two others": (["2026-01-05T10:00", "2026-01-05T10:00Z", "2026-01-05T10:00-06"], "momento", "question-zone",
                            ["2026-01-05T10:00", "2026-01-05T10:00:00-06:00", "2026-01-05T10:00:00Z"]),
    "called of Greenwich": (["2026-01-05T10:00", "2026-01-06T10:00"], "momento_utc", "question-zone",
                            ["2026-01-05T10:00:00", "2026-01-05T10:00:00Z"]),
    "born in this century or the last": (["05/12/05", "31/12/99"], "fecha_nacimiento", "question-century",
                                         ["2005-12-05", "1905-12-05"]),
    "shares of one": (["0.125", "12%"], "avance", "question-percents", ["0.125", "0.125", "12.5"]),
    "shares with a comma": (["0,5", "12 %"], "avance", "question-percents", ["0,5", "0.5", "50"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_the_values_do_not_tell_is_asked(tmp_path: Path, name: str) -> None:
    """The first value is published as each of the answers says."""
    cells, title, code, wanted = ASKED[name]
    content = written("csv", [["lote", title], *([f"L-{n}", cell] for n, cell in enumerate(cells))])
    found = answered(tmp_path, "a.csv", content)
    (question,) = found.table.questions
    assert question.code == code
    taken = [read(tmp_path, "a.csv", content, with_option({}, question, n)).rows[0][1]
             for n in range(len(question.options))]  # fmt: skip
    assert taken == wanted
    assert all(row[1] == cells[0] for row in [option.rows[0] for option in question.options])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("shown", [True, False])
def test_each_answer_about_a_repeated_header_is_published(
    tmp_path: Path, kind: str, shown: bool
) -> None:
    """Rows that say it again are left out, or are data; both can be undone."""
    line, cells = (["zona", "n"], ["1", "2"]) if shown else (["uno", "dos"], ["x", "y"])
    rows = [line, ["Norte", cells[0]], line, ["Sur", cells[1]], line]
    found = answered(tmp_path, f"a.{kind}", written(kind, rows))
    (question,) = (q for q in found.table.questions if q.code == "question-repeated")
    assert question.params == {"count": 2, "row": 3}
    assert len(found.rows) == (2 if shown else 4)
    other = read(tmp_path, f"a.{kind}", written(kind, rows), with_option({}, question, 1))
    assert len(other.rows) == (4 if shown else 2)
    assert [other.table.file_row(n) for n in (2, 3)] == ([2, 3] if shown else [2, 4])
