"""Forms: one for every kind of record, made from its fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.city.rights import may
from ckanext.mxcity.datahub import rights
from ckanext.mxcity.datahub.fields import Field, Kind, kinds
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.logic.incoming import asset_keys
from ckanext.mxcity.datahub.logic.validators import blank, converter
from ckanext.mxcity.datahub.logic.verbs import EDITED
from ckanext.mxcity.datahub.model import Asset, Record, plain
from ckanext.mxcity.datahub.views.blueprint import context, datahub, ministry

#: Kinds that have forms here; requests and agreements have pages of their own.
KINDS = (*EDITED, "succession")


@datahub.route("/<name>/nuevo/<kind>", methods=["GET", "POST"])
def new(name: str, kind: str) -> ResponseReturnValue:
    """Ask for a new record, and add it."""
    group, definition = ministry(name), _definition(kind)
    asset_id = request.values.get("asset_id", "")
    start = {"organization_id": group.id, **({"asset_id": asset_id} if asset_id else {})}
    tk.check_access(f"datahub_{kind}_create", context(), start)
    values = _form_values(definition, group.id)
    if request.method == "POST":
        try:
            made = tk.get_action(f"datahub_{kind}_create")(context(), {**start, **values})
        except tk.ValidationError as error:
            model.Session.rollback()
            return _form(group, definition, values, error.error_dict), 422
        tk.h.flash_success(tk._("Saved."))
        return _back(group, kind, made)
    return _form(group, definition, {**values, **start}, {})


@datahub.route("/<name>/editar/<kind>/<record_id>", methods=["GET", "POST"])
def edit(name: str, kind: str, record_id: str) -> ResponseReturnValue:
    """Ask for a record's new values, and write them; a conflict shows both versions."""
    group, definition = ministry(name), _definition(kind)
    tk.check_access(f"datahub_{kind}_update", context(), {"id": record_id})
    record = _own_record(group, kind, record_id)
    if request.method == "POST":
        values = _form_values(definition, group.id)
        told = {**values, "id": record.id, "version": request.form.get("version", "")}
        try:
            made = tk.get_action(f"datahub_{kind}_patch")(context(), told)
        except tk.ValidationError as error:
            model.Session.rollback()
            errors = error.error_dict
            stored = _own_record(group, kind, record_id)
            clash = "version" in errors
            other = _others(definition, stored, values) if clash else {}
            again = {**values, "version": stored.version if clash else told["version"]}
            return _form(group, definition, again, errors, stored, other), 422
        tk.h.flash_success(tk._("Saved."))
        return _back(group, kind, made)
    return _form(group, definition, record.dictize(), {}, record)


@datahub.route("/<name>/borrar/<kind>/<record_id>", methods=["GET", "POST"])
def delete(name: str, kind: str, record_id: str) -> ResponseReturnValue:
    """Ask whether a record is to be deleted, and delete it."""
    group, definition = ministry(name), _definition(kind)
    tk.check_access(f"datahub_{kind}_delete", context(), {"id": record_id})
    record = _own_record(group, kind, record_id)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            tk.get_action(f"datahub_{kind}_delete")(context(), {"id": record_id})
        except tk.ValidationError as error:
            model.Session.rollback()
            errors = error.error_dict
        else:
            tk.h.flash_success(tk._("Deleted. The log keeps what it said."))
            return tk.redirect_to("datahub.read", name=group.name)
    shown = record.dictize()
    return tk.render(
        "mxcity_datahub/delete.html",
        {"group": group, "kind": definition, "record": shown, "errors": errors},
    ), (422 if errors else 200)


def _others(kind: Kind, stored: Record, values: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values that differ from the values in the form."""
    found = {}
    for name, other in stored.values().items():
        if name in values and name in kind.by_name:
            written = values[name]
            try:
                mine = None if blank(written) else converter(kind.by_name[name])(written)
            except tk.Invalid:
                mine = written
            if plain(mine) != other:
                found[name] = other
    return found


def _definition(kind: str) -> Kind:
    if kind not in KINDS:
        tk.abort(404)
    return kinds()[kind]


def _own_record(group: model.Group, kind: str, record_id: str) -> Record:
    record = records.stored(kind, {"id": record_id})
    if record.organization_id != group.id:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    return record


def shown_fields(kind: Kind, organization_id: str) -> list[Field]:
    """Return the fields that the reader may write."""
    decides = may(context(), rights.DECIDE, organization_id)
    return [field for field in kind.fields if decides or not field.decide]


def _form_values(kind: Kind, organization_id: str) -> dict[str, Any]:
    """Return the values of the form by field; before the form is sent, those of the address."""
    source = request.values
    names = [field.name for field in shown_fields(kind, organization_id)]
    if request.method == "POST":
        names += ["asset_id"] if kind.of_asset else []
        return {name: source.get(name, "") for name in names}
    return {name: source[name] for name in names if name in source}


def _form(
    group: model.Group,
    kind: Kind,
    values: dict[str, Any],
    errors: dict[str, Any],
    record: Record | None = None,
    other: dict[str, Any] | None = None,
) -> str:
    """Return the page of a form.

    Args:
        group: the ministry.
        kind: what is asked for.
        values: what stands in the fields.
        errors: by field.
        record: the stored record, None for a new one.
        other: of a conflict, the values that somebody else wrote.

    """
    if values.get("assets") and isinstance(values["assets"], list):
        keys = asset_keys(group.id)
        named = [keys.get(str(key), str(key)) for key in values["assets"]]
        values = {**values, "assets": ", ".join(named)}
    return tk.render(
        "mxcity_datahub/form.html",
        {
            "group": group,
            "kind": kind,
            "fields": shown_fields(kind, group.id),
            "values": values,
            "errors": errors,
            "record": record.dictize() if record else None,
            "other": other or {},
            "assets": _asset_choices(group.id) if kind.of_asset else [],
            "organizations": organization_choices() if _asks_organization(kind) else [],
        },
    )


def _asks_organization(kind: Kind) -> bool:
    return any(field.type == "organization" for field in kind.fields)


def _asset_choices(organization_id: str) -> list[tuple[str, str]]:
    table: Any = Asset
    query = sa.select(table.id, table.inv_id, table.title).where(
        table.organization_id == organization_id
    )
    found = model.Session.execute(query.order_by(table.inv_id).limit(2000))
    return [(row.id, f"{row.inv_id}: {row.title}") for row in found]


def organization_choices(ids: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Return the active organisations to choose from, all or some, by title."""
    group: Any = model.Group
    query = sa.select(group.id, group.title).where(
        group.is_organization.is_(True), group.state == "active"
    )
    if ids is not None:
        query = query.where(group.id.in_(ids))
    return [
        (str(row.id), str(row.title)) for row in model.Session.execute(query.order_by(group.title))
    ]


def _back(group: model.Group, kind: str, made: dict[str, Any]) -> ResponseReturnValue:
    """Go to the asset that was written, or to the ministry."""
    asset_id = made["id"] if kind == "asset" else made.get("asset_id")
    if asset_id:
        return tk.redirect_to("datahub.asset", name=group.name, record_id=asset_id)
    return tk.redirect_to("datahub.read", name=group.name)
