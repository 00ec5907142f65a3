"""Ministries that change: renamed, merged into another, closed."""

from __future__ import annotations

import logging
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Action, Context, DataDict

from ckanext.mxcity.catalogue import indexed_names
from ckanext.mxcity.datahub import merge, store, successions
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.logic.schema import validate
from ckanext.mxcity.datahub.logic.validators import blank
from ckanext.mxcity.datahub.logic.verbs import author, finish, organization_of

RENAMED, MERGED, CLOSED = "renombrada", "fusionada", "cerrada"

log = logging.getLogger(__name__)


def datahub_unit_change(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rename, merge or close a ministry; its addresses lead to what it has become.

    A renamed ministry keeps its id. Of one that is merged or closed, all datasets, DataHub records
    and people go to the successor in one transaction; datasets keep id and address. People are
    editors there at most. Who looks after the DataHub of the city may call it: ``ckanapi action
    datahub_unit_change organization_id=mty-vial kind=fusionada successor_id=mty-infra
    date=2025-05-01``.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id`` (id or name of the ministry that changes); ``kind``:
            ``renombrada``, ``fusionada`` or ``cerrada``; ``date``; ``ground``, the decree; of a
            new name ``new_title`` and, if the address changes too, ``new_name``; of a merger
            ``successor_id``, which a closed ministry needs only if it holds something.

    Returns:
        The record of the change, with what was moved under ``moved``: ``datasets``, ``assets`` and
        ``people``.

    Raises:
        ValidationError: by field; nothing was changed.

    """
    tk.check_access("datahub_unit_change", context, data_dict)
    old: Any = _locked(organization_of(data_dict))
    values = _checked(context, old, data_dict)
    moved = merge.owned(old.id)
    who = author(context)
    made = store.create("succession", old.id, values, who)
    model.Session.flush()
    if values["kind"] == RENAMED:
        _rename(context, old, data_dict)
        moved = dict.fromkeys(moved, 0)
    else:
        _end(old, values["successor_id"], who)
    told = made.dictize()
    finish(context)
    successions.forget()
    indexed_names.catch_up([values["successor_id"]] if values["successor_id"] else [])
    return {**told, "moved": moved}


@tk.side_effect_free
def datahub_successor_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return today's address of a ministry that was renamed, merged or closed.

    Anybody may call it: ``ckanapi action datahub_successor_show name=mty-obras-publicas``.

    Args:
        context: CKAN's context.
        data_dict: ``name``, an address that the ministry had before.

    Returns:
        ``name``, the address that it has today.

    Raises:
        ObjectNotFound: no ministry had this address, or one has it today.

    """
    tk.check_access("datahub_successor_show", context, data_dict)
    found = successions.address_today(str(tk.get_or_bust(data_dict, "name")))
    if found is None:
        raise tk.ObjectNotFound(tk._("No ministry had this address before."))
    return {"name": found}


def _locked(organization_id: str) -> Any:
    group: Any = model.Group
    query = sa.select(group).where(group.id == organization_id).with_for_update()
    return model.Session.scalar(query)


def _checked(context: Context, old: Any, data_dict: DataDict) -> dict[str, Any]:
    """Return the values of the record of the change.

    Raises:
        ValidationError: by field.

    """
    kind = str(data_dict.get("kind") or "")
    told = {
        "kind": kind,
        "old_name": old.name,
        "old_title": old.title or old.name,
        "successor_id": old.id if kind == RENAMED else data_dict.get("successor_id"),
        "date": data_dict.get("date"),
        "ground": data_dict.get("ground"),
    }
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    try:
        values = validate(records.kind_of("succession"), told, context)
    except tk.ValidationError as error:
        errors.update(error.error_dict)
    if kind == RENAMED and blank(data_dict.get("new_title")):
        errors["new_title"] = [tk._("Missing value")]
    if kind in (MERGED, CLOSED) and "successor_id" not in errors:
        errors.update(_wrong_successor(old, kind, values.get("successor_id")))
    if errors:
        raise tk.ValidationError(errors)
    return values


def _wrong_successor(old: Any, kind: str, successor_id: str | None) -> dict[str, list[str]]:
    if successor_id == old.id:
        message = tk._("A ministry cannot be its own successor: choose another one.")
        return {"successor_id": [message]}
    if successor_id:
        return {}
    if kind == MERGED:
        return {"successor_id": [tk._("Missing value")]}
    found = merge.owned(old.id)
    if found["datasets"] or found["assets"]:
        message = tk._(
            "The ministry still holds {datasets} datasets and {assets} data assets: choose the "
            "ministry that keeps them."
        )
        return {"successor_id": [message.format(**found)]}
    return {}


def _rename(context: Context, old: Any, data_dict: DataDict) -> None:
    """Give a ministry its new name and address, by CKAN's own rules for them."""
    title = str(data_dict["new_title"]).strip()
    name = str(data_dict.get("new_name") or "").strip() or old.name
    user = context.get("user") or tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    own: Context = {"user": user, "ignore_auth": True, "defer_commit": True}
    try:
        tk.get_action("organization_patch")(own, {"id": old.id, "name": name, "title": title})
    except tk.ValidationError as error:
        ours = {"name": "new_name", "title": "new_title"}
        raise tk.ValidationError(
            {ours.get(key, key): text for key, text in error.error_dict.items()}
        ) from error


def _end(old: Any, successor_id: str | None, who: store.Author) -> None:
    """Move what a ministry holds to its successor, and close it."""
    if successor_id:
        merge.move(old, _locked(successor_id), who)
    old.state = "deleted"
    for plugin in p.PluginImplementations(p.IOrganizationController):
        plugin.delete(old)


@tk.chained_action
@tk.side_effect_free
def organization_autocomplete(
    original_action: Action, context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Find organisations by the names that they had before, too."""
    found: list[dict[str, Any]] = original_action(context, data_dict)
    return [*found, *_also(found, str(data_dict.get("q") or ""))]


@tk.chained_action
@tk.side_effect_free
def organization_list(original_action: Action, context: Context, data_dict: DataDict) -> list[Any]:
    """List organisations; words that are in nobody's name today are looked up among former ones."""
    found: list[Any] = original_action(context, data_dict)
    words = str(data_dict.get("q") or "").strip()
    if found or not words or data_dict.get("organizations"):
        return found
    names = [row["name"] for row in _also([], words)]
    if not names:
        return found
    told = {**data_dict, "organizations": names}
    told.pop("q")
    return list(original_action(context, told))


def _also(found: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    """Return the active organisations that have words in a former name, but those found."""
    ids = set(successions.successions().called(words)) if words.strip() else set()
    ids -= {row["id"] for row in found}
    if not ids:
        return []
    group: Any = model.Group
    query = sa.select(group.id, group.name, group.title).where(
        group.id.in_(ids), group.state == "active", group.is_organization.is_(True)
    )
    return [dict(row) for row in model.Session.execute(query.order_by(group.title)).mappings()]
