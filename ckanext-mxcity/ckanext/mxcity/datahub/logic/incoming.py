"""What a table would do to a ministry's records: worked out first, written afterwards or not.

Rows that are in error change nothing; the others are created, changed, or already as they are.
The number of questions to the database does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.datahub import store
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.logic.schema import validate
from ckanext.mxcity.datahub.logic.validators import NOTHING, knowing_datasets
from ckanext.mxcity.datahub.logic.verbs import author
from ckanext.mxcity.datahub.model import MODELS, Asset, Record, plain
from ckanext.mxcity.datahub.tables.columns import TABLES
from ckanext.mxcity.datahub.tables.reader import Row, Table
from ckanext.mxcity.ground.messages import error_texts
from ckanext.mxcity.ground.text import folded_words

#: What stands for the asset of a part until the asset has been added.
COMING = "coming"
UNKNOWN_FREQUENCY = "UNKNOWN"


@dataclass
class Part:
    """One record of a row: what is stored, what it will be."""

    kind: str
    stored: Record | None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return the fields that will differ, with before and after."""
        before = self.stored.values() if self.stored else dict.fromkeys(self.values)
        after = {name: plain(value) for name, value in self.values.items()}
        return {
            n: (before[n], after[n]) for n in after if before[n] != after[n] and n != "asset_id"
        }


@dataclass
class Line:
    """What becomes of one row."""

    row: int
    title: str = ""
    parts: list[Part] = field(default_factory=list)
    #: By heading of the column, empty for the row as a whole.
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """Return ``error``, ``create``, ``update`` or ``unchanged``."""
        if self.errors:
            return "error"
        if any(part.stored is None for part in self.parts[:1]):
            return "create"
        return "update" if any(part.changes for part in self.parts) else "unchanged"


class Incoming:
    """A table that was read, against what one ministry has."""

    def __init__(self, context: Context, table: Table, organization_id: str) -> None:
        self.context = context
        self.table = table
        self.organization_id = organization_id
        self.kinds = TABLES[table.name]
        self.main = self.kinds[0]
        #: A table of an agency, which has no inventory keys of ours.
        self.foreign = table.name == "inventory" and not table.has("inv_id")
        self._deciding: dict[str, bool] = {}
        self._load()
        with knowing_datasets(self._named_datasets()):
            self.lines = list(self._lines())

    def _load(self) -> None:
        """Read what the ministry has: one statement a kind."""
        stored = {kind: self._stored(kind) for kind in {"asset", *self.kinds}}
        self.assets: dict[str, Any] = {asset.inv_id: asset for asset in stored["asset"]}
        #: The id of each asset, by id and by key.
        self.asset_ids: dict[str, str] = {asset.id: asset.id for asset in stored["asset"]}
        self.asset_ids.update({key: asset.id for key, asset in self.assets.items()})
        self.by_title = {folded_words(asset.title): asset for asset in stored["asset"]}
        self.parts: dict[str, dict[str, Any]] = {
            kind: {getattr(r, "asset_id", r.id): r for r in stored[kind]} for kind in self.kinds[1:]
        }
        self.by_id: dict[str, Any] = {record.id: record for record in stored[self.main]}

    def _named_datasets(self) -> Iterator[str]:
        """Yield what the cells and the stored records say of datasets."""
        for column in self.table.columns:
            if column and column.field and column.field.type == "dataset":
                yield from (str(row.cells.get(column) or "") for row in self.table.rows)
        yield from (asset.dataset_id for asset in self.assets.values() if asset.dataset_id)

    def _stored(self, kind: str) -> list[Record]:
        table: Any = MODELS[kind]
        query = sa.select(table).where(table.organization_id == self.organization_id)
        return list(model.Session.scalars(query.with_for_update()))

    def _lines(self) -> Iterator[Line]:
        seen: dict[str, int] = {}
        last: tuple[str, Line] | None = None
        for row in self.table.rows:
            told = self._told(row)
            line = Line(row.number, str(told[self.main].get("title") or ""))
            key = self._key(told[self.main])
            if self.foreign and last and key and key == last[0]:
                self._join(last[1], told["asset"])
                continue
            if key and key in seen:
                line.errors[""] = [self._repeated(told[self.main], seen[key])]
            else:
                self._fill(line, told)
            seen.setdefault(key, row.number)
            last = (key, line)
            yield line

    def _told(self, row: Row) -> dict[str, dict[str, Any]]:
        """Return the cells of a row by kind and field."""
        told: dict[str, dict[str, Any]] = {kind: {} for kind in self.kinds}
        for column, value in row.cells.items():
            empty = self.foreign and isinstance(value, str) and folded_words(value) in NOTHING
            told[column.kind][column.name] = None if empty else value
        return told

    def _key(self, values: dict[str, Any]) -> str:
        name = "title" if self.foreign else ("inv_id" if self.main == "asset" else "id")
        value = str(values.get(name) or "")
        return folded_words(value) if self.foreign else value

    def _repeated(self, values: dict[str, Any], row: int) -> str:
        if self.foreign:
            message = tk._("“{value}” is already in row {row}: put the rows of a dataset together.")
            return message.format(value=values.get("title"), row=row)
        message = tk._("The key “{value}” is already in row {row}.")
        return message.format(value=values.get("inv_id") or values.get("id"), row=row)

    def _join(self, line: Line, values: dict[str, Any]) -> None:
        """Add the resource of a further row of the same dataset to the asset before it."""
        name = str(values.get("resource_name") or "")
        if line.parts and name:
            asset = line.parts[0].values
            known = (asset.get("resource_name") or "").split("\n")
            if name not in known:
                asset["resource_name"] = "\n".join(filter(None, [*known, name]))

    def _find(self, line: Line, values: dict[str, Any]) -> Record | None:
        """Return the stored record that a row speaks of."""
        key = self._key(values)
        if self.main == "asset":
            found = self.by_title.get(key) if self.foreign else self.assets.get(key)
            return found if key else None
        found = self.by_id.get(key)
        if key and found is None:
            message = tk._("There is no record “{value}” in this ministry.")
            line.errors["Id"] = [message.format(value=key)]
        return found

    def _fill(self, line: Line, told: dict[str, dict[str, Any]]) -> None:
        """Check the parts of a row, and put them or their errors in its line."""
        main = self._find(line, told[self.main])
        asset_id = main.id if main and self.main == "asset" else COMING
        for kind in self.kinds:
            own = kind == self.main
            record = main if own else self.parts[kind].get(asset_id)
            cells = {name: value for name, value in told[kind].items() if name != "id"}
            if not own and record is None and all(value is None for value in cells.values()):
                continue
            self._fill_part(line, Part(kind, record), cells, asset_id)

    def _fill_part(self, line: Line, part: Part, cells: dict[str, Any], asset_id: str) -> None:
        definition = records.kind_of(part.kind)
        values = {**(part.stored.values() if part.stored else {}), **cells}
        if part.kind == "asset":
            values["inv_id"] = values.get("inv_id") or getattr(part.stored, "inv_id", None)
            if part.stored is None and not self.table.has("update_frequency"):
                values["update_frequency"] = UNKNOWN_FREQUENCY
        elif self.main == "asset":
            values["asset_id"] = asset_id
        elif definition.of_asset:
            values["asset_id"] = self._asset_id(line, values.get("asset_id"))
        try:
            part.values = validate(definition, values, self.context)
            if part.kind == "decision":
                part.values["assets"] = self._asset_ids(part.values["assets"])
        except tk.ValidationError as error:
            for name, messages in error.error_dict.items():
                field = definition.by_name.get(name)
                line.errors[field.label() if field else name] = error_texts(messages)
            return
        if set(definition.decided) & set(part.changes) and not self._may_decide(part.kind):
            for name in set(definition.decided) & set(part.changes):
                heading = definition.by_name[name].label()
                line.errors[heading] = [tk._("Only the ministry's administrator decides this.")]
        line.parts.append(part)

    def _asset_id(self, line: Line, key: Any) -> str:
        """Return the id of the asset that a row names by key; its own stored id passes."""
        named = str(key or "")
        if named in self.assets:
            return str(self.assets[named].id)
        if named in self.asset_ids:
            return named
        message = tk._("The ministry has no asset “{value}”.").format(value=named)
        line.errors["Clave de inventario"] = [message]
        return COMING

    def _asset_ids(self, names: list[str]) -> list[str]:
        ids = self.asset_ids
        missing = [name for name in names if name not in ids]
        if missing:
            message = tk._("The ministry has no asset “{value}”.")
            raise tk.ValidationError({"assets": [message.format(value=name) for name in missing]})
        return list(dict.fromkeys(ids[name] for name in names))

    def _may_decide(self, kind: str) -> bool:
        if kind not in self._deciding:
            self._deciding[kind] = self._asked_to_decide(kind)
        return self._deciding[kind]

    def _asked_to_decide(self, kind: str) -> bool:
        named = {"organization_id": self.organization_id}
        try:
            tk.check_access(f"datahub_{kind}_decide", self.context, named)
        except tk.NotAuthorized:
            return False
        return True

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows would be created, changed, left, refused."""
        counts = dict.fromkeys(("create", "update", "unchanged", "error"), 0)
        for line in self.lines:
            counts[line.what] += 1
        return counts

    def write(self) -> None:
        """Write the rows that are not in error; the caller commits."""
        who = author(self.context)
        keys = iter(records.next_keys(self.organization_id))
        taken = {line.parts[0].values.get("inv_id") for line in self.lines if line.parts}
        good = [line for line in self.lines if line.what in ("create", "update")]
        for line in good:
            part = line.parts[0]
            if self.main == "asset" and not part.values["inv_id"]:
                part.values["inv_id"] = next(key for key in keys if key not in taken)
            part.stored = self._write(part, who)
        model.Session.flush()
        for line in good:
            for part in line.parts[1:]:
                main: Any = line.parts[0].stored
                part.values["asset_id"] = main.id
                self._write(part, who)
        model.Session.flush()

    def _write(self, part: Part, who: store.Author) -> Record:
        if part.stored is None:
            return store.create(part.kind, self.organization_id, part.values, who)
        store.change(part.stored, part.values, who)
        return part.stored


def asset_keys(organization_id: str) -> dict[str, str]:
    """Return the inventory key of each asset of a ministry by id."""
    query = sa.select(Asset.id, Asset.inv_id).where(Asset.organization_id == organization_id)
    return {row.id: row.inv_id for row in model.Session.execute(query)}
