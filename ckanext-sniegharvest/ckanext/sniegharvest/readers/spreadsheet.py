"""Reads a catalogue or an inventory that is kept as a spreadsheet, as Mexican agencies file them.

A dataset is one row, or several: those of its files repeat its identifier or its name. Column names
are in ``schemas/mappings/spreadsheet.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.errors import NotWhatItSaysError
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.reading import assemble, mappings
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Draft, Fetch, Item
from ckanext.sniegharvest.readers import dcat_json
from ckanext.sniegharvest.readers.sheets import Sheet, sheets
from ckanext.sniegharvest.readers.source_type import SourceType

#: Rows above the table that may hold a title, a logo, the name of the agency.
HEADER_WITHIN = 40
PARTS = ("dataset", "distribution", "extras")

NO_NAME = N_("Row {row}: the dataset has neither identifier nor name.")
DERIVED = N_("Row {row}: there is no identifier; it was made from the name of the dataset.")
SAME_IDENTIFIER = N_(
    "Row {row}: the identifier {identifier} is used for another dataset in row {first}; "
    "the first one was taken."
)
APART = N_("Row {row}: the rows of this dataset are not together.")
REPEATED_ROW = N_("Row {row}: it is the same as row {first}, it was left out.")
TOO_WIDE = N_(
    "Row {row}: it has more cells than the table has columns; they were left out: {cells}"
)
CONFLICT = N_("Row {row}: {field} is not what the first row of the dataset says: {value}.")
NO_ADDRESS = N_("Row {row}: the file {title} has no address.")


@dataclass
class _Header:
    """Where a table begins, and what its columns are."""

    row: int
    #: (part, key) by column.
    columns: Mapping[int, tuple[str, str]]
    names: list[str]


@dataclass
class _Group:
    """The rows of a dataset."""

    identifier: str
    row: int
    #: Order of its last row among those that are not empty.
    last: int
    dataset: dict[str, str] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    #: What has no place, by column name.
    others: dict[str, str] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)

    def warn(self, slug: str, template: str, **params: Any) -> None:
        """Note something about the rows."""
        self.warnings.append(Message(slug, template, params))


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of every sheet that holds a catalogue. ``fetch`` is not used.

    Raises:
        ReadError: not a spreadsheet, or none of its sheets has the columns of a catalogue.

    """
    assembler = assemble.Assembler(caps)
    tables = 0
    listed = sheets(document)
    for sheet in listed:
        header = _find_header(sheet.rows)
        if header is not None:
            tables += 1
            yield from _read_sheet(assembler, sheet, header)
    if not tables:
        found = "without a column for the name of the dataset"
        raise NotWhatItSaysError(
            record=document.name, expected="a catalogue or an inventory", found=found
        )


@schema_files.kept
def _known() -> Mapping[str, tuple[str, str]]:
    loaded = mappings.mapping_file("spreadsheet")
    return {
        _folded(name): (part, key)
        for part in PARTS
        for key, names in loaded[part].items()
        for name in names
    }


def _folded(name: str) -> str:
    plain = re.sub(r"\([^)]*\)", " ", folded(name).replace("_", " "))
    return " ".join(re.findall(r"[a-z0-9:]+", plain))


def _find_header(rows: list[list[str]]) -> _Header | None:
    """Return the row, or pair of rows where cells were merged, with most columns that are known."""
    best: _Header | None = None
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        candidates = [row]
        if number:
            candidates.append(_merged(rows[number - 1], row))
        for names in candidates:
            header = _header(number, names)
            if header is not None and (best is None or len(header.columns) > len(best.columns)):
                best = header
    return best


def _merged(above: list[str], below: list[str]) -> list[str]:
    """Return a header in two rows: a cell that is empty below has its name above."""
    width = max(len(above), len(below))
    first, second = (row + [""] * (width - len(row)) for row in (above, below))
    return [low or high for high, low in zip(first, second, strict=True)]


def _header(number: int, names: list[str]) -> _Header | None:
    columns: dict[int, tuple[str, str]] = {}
    for place, name in enumerate(names):
        found = _known().get(_folded(name)) if len(name) <= 200 else None
        if found is not None and found not in columns.values():
            columns[place] = found
    parts = set(columns.values())
    named = ("dataset", "title") in parts or ("dataset", "identifier") in parts
    return _Header(number, columns, names) if named and len(columns) > 1 else None


def _read_sheet(assembler: assemble.Assembler, sheet: Sheet, header: _Header) -> Iterator[Item]:
    groups: dict[str, _Group] = {}
    rows = enumerate(sheet.rows[header.row + 1 :], start=header.row + 2)
    for order, (number, row) in enumerate(pair for pair in rows if any(pair[1])):
        problem = _take_row(assembler, groups, header, row, (number, order))
        if problem is not None:
            yield problem
    for group in groups.values():
        yield _item(assembler, group, sheet)


def _take_row(
    assembler: assemble.Assembler,
    groups: dict[str, _Group],
    header: _Header,
    row: list[str],
    place: tuple[int, int],
) -> Item | None:
    """Add a row to its dataset, or say why it has none.

    Args:
        assembler: names problems.
        groups: the datasets so far.
        header: what the columns are.
        row: its cells.
        place: its number in the sheet, and its order among the rows that are not empty.

    """
    number, order = place
    told: dict[str, dict[str, str]] = {part: {} for part in PARTS}
    for column, (part, key) in header.columns.items():
        value = row[column].strip().strip('"').strip() if column < len(row) else ""
        if value:
            told[part][key] = value
    identifier, title = (told["dataset"].get(key, "") for key in ("identifier", "title"))
    key = _folded(identifier or title)
    if not key:
        return assembler.problem("invalid", "no-name", NO_NAME, row=number)
    group = groups.setdefault(key, _Group(identifier, number, order))
    known = group.dataset.get("title", "")
    if identifier and title and known and _folded(known) != _folded(title):
        params = {"row": number, "first": group.row, "identifier": identifier}
        return assembler.problem(
            "duplicate", "duplicate", SAME_IDENTIFIER, **params, named=identifier, title=title
        )
    if order - group.last > 1:
        group.warn("apart", APART, row=number)
    group.last = order
    _add_row(group, told, row, number)
    _add_others(group, header, row, number)
    return None


def _add_row(
    group: _Group, told: Mapping[str, dict[str, str]], row: list[str], number: int
) -> None:
    first = group.seen.setdefault(tuple(row), number)
    if first != number:
        group.warn("repeated-row", REPEATED_ROW, row=number, first=first)
        return
    for part, target in (("dataset", group.dataset), ("extras", group.extras)):
        for key, value in told[part].items():
            kept = target.setdefault(key, value)
            if kept != value and part == "dataset":
                group.warn("conflict", CONFLICT, row=number, field=key, value=value[:100])
    told_file = told["distribution"]
    if told_file:
        if "downloadURL" not in told_file:
            title = told_file.get("title", "")
            group.warn("no-address", NO_ADDRESS, row=number, title=title[:100])
        group.files.append(told_file)


def _add_others(group: _Group, header: _Header, row: list[str], number: int) -> None:
    surplus = [cell for cell in row[len(header.names) :] if cell]
    if surplus:
        group.warn("too-wide", TOO_WIDE, row=number, cells=", ".join(surplus)[:100])
    for place, value in enumerate(row[: len(header.names)]):
        if value and place not in header.columns:
            group.others.setdefault(header.names[place] or f"columna {place + 1}", value)


def _item(assembler: assemble.Assembler, group: _Group, sheet: Sheet) -> Item:
    title = group.dataset.get("title", "")
    identifier = group.identifier or _folded(title).replace(" ", "-")[:100]
    if not group.identifier:
        group.warn("derived-identifier", DERIVED, row=group.row)
    draft = Draft(warnings=[*sheet.warnings, *group.warnings])
    names = {"named": identifier, "title": title}
    try:
        raw = assemble.as_canonical(
            {"dataset": group.dataset, "distribution": group.files, "extras": group.extras,
             "others": group.others}
        )  # fmt: skip
        dcat_json.map_dataset(draft, _entry(group, identifier), {})
        for key, value in group.extras.items():
            assemble.add_extra(draft, key, value)
        draft.unmapped |= set(group.others)
        return assembler.finish(draft, raw, identifier, title)
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        return assembler.problem(
            "invalid", "unreadable", assemble.UNREADABLE, reason=reason, **names
        )


def _entry(group: _Group, identifier: str) -> dict[str, Any]:
    entry: dict[str, Any] = {**group.dataset, "identifier": identifier}
    entry["contactPoint"] = {
        "fn": entry.pop("contact_name", ""), "hasEmail": entry.pop("contact_email", "")
    }  # fmt: skip
    access = entry.get("accessLevel", "")
    if re.match(r"(son )?p[uú]blicos?\b", access.strip(), re.IGNORECASE):
        entry["accessLevel"] = "public"
    if not entry.get("description"):
        found = (told.get("description") for told in group.files)
        entry["description"] = next(filter(None, found), "")
    inner = ("temporal", "spatial", "accrualPeriodicity")
    for key in inner:  # a dataset without its own gets that of its first file that has one
        if not entry.get(key):
            entry[key] = next((told[key] for told in group.files if told.get(key)), "")
    entry["distribution"] = [
        {key: value for key, value in told.items() if key not in inner} for told in group.files
    ]
    return entry


TYPE = SourceType(
    N_("Spreadsheet"),
    N_("A catalogue or inventory in CSV or Excel: give its address."),
    read,
)
