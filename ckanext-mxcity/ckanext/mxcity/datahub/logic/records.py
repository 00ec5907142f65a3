"""Read, create, update and check records of any kind, for the actions and for bulk import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.mxcity.city.clock import written_date, written_moment
from ckanext.mxcity.datahub import store
from ckanext.mxcity.datahub.fields import Kind
from ckanext.mxcity.datahub.logic.schema import validate, wanted_version
from ckanext.mxcity.datahub.logic.verbs import author
from ckanext.mxcity.datahub.model import MODELS, Asset, Change, Record

KEY_PREFIX = "INV-"


def kind_of(name: str) -> Kind:
    """Return the definition of a kind."""
    return MODELS[name].definition()


def stored(kind: str, data_dict: DataDict, lock: bool = False) -> Record:
    """Return the record that ``id`` names.

    Raises:
        ObjectNotFound: there is none.

    """
    found = store.find(kind, str(data_dict.get("id") or ""), lock)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    return found


def create(context: Context, kind: str, organization_id: str, data: Mapping[str, Any]) -> Record:
    """Check and add a record.

    Raises:
        ValidationError: by field.
        NotAuthorized: it decides something that its author may not decide.

    """
    values = validate(kind_of(kind), data, context)
    _check(kind, organization_id, values)
    if any(values.get(name) is not None for name in kind_of(kind).decided):
        tk.check_access(f"datahub_{kind}_decide", context, {"organization_id": organization_id})
    made: Record = _write(
        kind, lambda: store.create(kind, organization_id, values, author(context))
    )
    return made


def update(context: Context, kind: str, record: Record, data: Mapping[str, Any]) -> Record:
    """Check and write a record anew, from its fields or some of them over the stored ones.

    Raises:
        ValidationError: by field; ``version`` when somebody else was first.
        NotAuthorized: it decides something that its author may not decide.

    """
    values = validate(kind_of(kind), data, context)
    _check(kind, record.organization_id, values, record)
    if any(values.get(name) != getattr(record, name) for name in kind_of(kind).decided):
        tk.check_access(f"datahub_{kind}_decide", context, {"id": record.id})
    version = wanted_version(data)
    try:
        _write(kind, lambda: store.change(record, values, author(context), version))
    except store.ConflictError as conflict:
        raise tk.ValidationError(
            {"version": [_conflict(kind_of(kind), conflict.changes)]}
        ) from conflict
    return record


def next_keys(organization_id: str) -> Iterable[str]:
    """Yield inventory keys that a ministry has not used, ``INV-0001`` onwards."""
    digits = sa.func.substring(Asset.inv_id, rf"^{KEY_PREFIX}(\d{{1,9}})$")
    query = sa.select(sa.func.max(sa.cast(digits, sa.Integer))).where(
        Asset.organization_id == organization_id
    )
    number = model.Session.scalar(query) or 0
    while True:
        number += 1
        yield f"{KEY_PREFIX}{number:04d}"


def _write(kind: str, write: Any) -> Any:
    try:
        with model.Session.begin_nested():
            return write()
    except IntegrityError as error:
        field = "asset_id" if kind_of(kind).one_per_asset else "inv_id"
        message = tk._("There is another record with this value.")
        raise tk.ValidationError({field: [message]}) from error


def _check(
    kind: str, organization_id: str, values: dict[str, Any], record: Record | None = None
) -> None:
    """Fill in a missing key, and make sure that what a record points to is the ministry's own."""
    if kind == "asset":
        _check_key(organization_id, values, record)
    elif kind == "decision":
        values["assets"] = _asset_ids(organization_id, values["assets"])
    if kind_of(kind).of_asset:
        asset = model.Session.get(Asset, values["asset_id"])
        if asset is None or asset.organization_id != organization_id:
            message = tk._("The ministry has no asset “{value}”.")
            raise tk.ValidationError({"asset_id": [message.format(value=values["asset_id"])]})


def _check_key(organization_id: str, values: dict[str, Any], record: Record | None) -> None:
    if not values["inv_id"]:
        old = getattr(record, "inv_id", None)
        values["inv_id"] = old or next(iter(next_keys(organization_id)))
    query = sa.select(Asset.title).where(
        Asset.organization_id == organization_id,
        Asset.inv_id == values["inv_id"],
        Asset.id != (record.id if record else ""),
    )
    other = model.Session.scalar(query)
    if other is not None:
        message = tk._("The key “{value}” is already that of “{title}”.")
        text = message.format(value=values["inv_id"], title=other)
        raise tk.ValidationError({"inv_id": [text]})


def _asset_ids(organization_id: str, names: list[str]) -> list[str]:
    """Return the ids of assets that are named by inventory key or id, in the same order."""
    named = sa.or_(Asset.inv_id.in_(names), Asset.id.in_(names))
    query = sa.select(Asset.id, Asset.inv_id).where(Asset.organization_id == organization_id, named)
    known: dict[str, str] = {}
    for asset_id, key in model.Session.execute(query):
        known.update({asset_id: asset_id, key: asset_id})
    missing = [name for name in names if name not in known]
    if missing:
        message = tk._("The ministry has no asset “{value}”.")
        raise tk.ValidationError({"assets": [message.format(value=name) for name in missing]})
    return list(dict.fromkeys(known[name] for name in names))


def _conflict(kind: Kind, changes: list[Change]) -> str:
    """Say who changed what since the record was read."""
    told = [
        tk._("{who} on {when} changed {what}").format(
            who=change.user_name,
            when=written_moment(change.at),
            what="; ".join(_difference(kind, change, name) for name in change.after),
        )
        for change in changes
    ]
    message = tk._(
        "Somebody else changed this record after you opened it, and nothing of yours was written: "
        "{changes}. Open it again, compare, and save what is still right."
    )
    return message.format(changes=". ".join(told))


def _difference(kind: Kind, change: Change, name: str) -> str:
    label = kind.by_name[name].label() if name in kind.by_name else name
    before = readable(kind, name, change.before.get(name))
    return f"{label} («{before}» → «{readable(kind, name, change.after.get(name))}»)"


def readable(kind: Kind, name: str, value: Any) -> str:
    """Return the text of a stored value: its label, dd/mm/yyyy, Sí or No."""
    field = kind.by_name.get(name)
    if value is None or field is None:
        return str(value or "—")
    if field.type == "choice":
        choice = field.find_choice(str(value))
        return choice.label() if choice else str(value)
    if field.type == "date":
        return written_date(value)
    if field.type == "boolean":
        return tk._("Yes") if value else tk._("No")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
