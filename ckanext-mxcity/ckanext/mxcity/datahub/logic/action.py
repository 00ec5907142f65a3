"""The actions of the DataHub.

Each kind of record has the same verbs, made here once; what is different (answering, revoking,
figures, tables) has a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Action, Context, DataDict

from ckanext.mxcity.datahub import rights, store
from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.logic import (
    city,
    figures,
    ministry,
    records,
    sharing,
    tables,
    units,
)
from ckanext.mxcity.datahub.logic.describe import described, verbs_of
from ckanext.mxcity.datahub.logic.verbs import author, finish, organization_of
from ckanext.mxcity.datahub.model import MODELS, Change
from ckanext.mxcity.dataset.arguments import whole_argument

#: The most records that one call returns.
MAX_ROWS = 1000


def get_actions() -> dict[str, Action]:
    """Return every action of the DataHub by name."""
    actions: dict[str, Action] = {}
    readers = {"show": _show, "list": _list}
    writers = {
        "create": _create,
        "update": _update,
        "patch": _patch,
        "delete": _delete,
        "decide": _decide,
    }
    for kind in kinds().values():
        for verb in verbs_of(kind):
            reads = verb in readers
            action: Any = (readers if reads else writers)[verb](kind.name)
            action.__name__ = f"datahub_{kind.name}_{verb}"
            action.__doc__ = described(kind.name, verb)
            actions[action.__name__] = tk.side_effect_free(action) if reads else action
    own: tuple[Callable[..., Any], ...] = (
        datahub_change_list,
        sharing.datahub_request_create,
        sharing.datahub_request_answer,
        sharing.datahub_agreement_revoke,
        figures.datahub_summary_show,
        figures.datahub_city_show,
        ministry.datahub_ministry_show,
        city.datahub_priority_list,
        city.datahub_city_compare,
        tables.datahub_table_import,
        tables.datahub_table_export,
        units.datahub_unit_change,
        units.datahub_successor_show,
        units.organization_autocomplete,
        units.organization_list,
    )
    return {**actions, **{action.__name__: action for action in own}}


def _show(kind: str) -> Callable[..., Any]:
    def show(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_show", context, data_dict)
        record = records.stored(kind, data_dict)
        return rights.shown(record, _sees_all(context, record.organization_id))

    return show


def _list(kind: str) -> Callable[..., Any]:
    def listed(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
        tk.check_access(f"datahub_{kind}_list", context, data_dict)
        organization_id = organization_of(data_dict)
        everything = _sees_all(context, organization_id)
        table: Any = MODELS[kind]
        query = sa.select(table).where(table.organization_id == organization_id)
        if not everything:
            query = query.where(rights.visible(table, context))
        query = query.order_by(table.created, table.id)
        query = query.offset(whole_argument(data_dict, "offset", 0)).limit(
            whole_argument(data_dict, "limit", MAX_ROWS, MAX_ROWS)
        )
        return [rights.shown(record, everything) for record in model.Session.scalars(query)]

    return listed


def _create(kind: str) -> Callable[..., Any]:
    def create(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_create", context, data_dict)
        record = records.create(context, kind, organization_of(data_dict), data_dict)
        finish(context)
        return record.dictize()

    return create


def _update(kind: str) -> Callable[..., Any]:
    def update(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_update", context, data_dict)
        record = records.stored(kind, data_dict, lock=True)
        records.update(context, kind, record, data_dict)
        finish(context)
        return record.dictize()

    return update


def _patch(kind: str) -> Callable[..., Any]:
    def patch(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_patch", context, data_dict)
        record = records.stored(kind, data_dict, lock=True)
        records.update(context, kind, record, {**record.values(), **data_dict})
        finish(context)
        return record.dictize()

    return patch


def _decide(kind: str) -> Callable[..., Any]:
    def decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_decide", context, data_dict)
        record = records.stored(kind, data_dict, lock=True)
        taken = (*records.kind_of(kind).decided, "legal_ground", "version")
        told = {name: data_dict[name] for name in taken if name in data_dict}
        records.update(context, kind, record, {**record.values(), **told})
        finish(context)
        return record.dictize()

    return decide


def _delete(kind: str) -> Callable[..., Any]:
    def delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
        tk.check_access(f"datahub_{kind}_delete", context, data_dict)
        record = records.stored(kind, data_dict, lock=True)
        if kind == "asset":
            sharing.refuse_while_shared(record.id)
        store.remove(record, author(context))
        finish(context)
        return {"id": record.id}

    return delete


@tk.side_effect_free
def datahub_change_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the log of a ministry's DataHub, the newest change first.

    Members of the ministry may call it:
    ``ckanapi action datahub_change_list organization_id=mty-siga``.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id``; ``record_id`` for one record only; ``limit`` (100, never
            more than 1000) and ``offset``.

    Returns:
        A list of ``kind``, ``record_id``, ``user_name``, ``at`` (ISO 8601, UTC), ``what`` (create,
        update or delete), ``version``, and the fields that differ in ``before`` and ``after``.

    """
    tk.check_access("datahub_change_list", context, data_dict)
    query = (
        sa.select(Change)
        .where(Change.organization_id == organization_of(data_dict))
        .order_by(Change.id.desc())
        .offset(whole_argument(data_dict, "offset", 0))
        .limit(whole_argument(data_dict, "limit", 100, MAX_ROWS))
    )
    if data_dict.get("record_id"):
        query = query.where(Change.record_id == str(data_dict["record_id"]))
    return [change.dictize() for change in model.Session.scalars(query)]


def _sees_all(context: Context, organization_id: str) -> bool:
    return bool(context.get("ignore_auth")) or rights.sees_all(context, organization_id)
