"""Who may do what in the DataHub: the table of rights, and nothing else decides.

The functions of the kinds of record are made from one rule each, so that page, API and command
line obey the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import AuthFunction, AuthResult, Context, DataDict

from ckanext.mxcity.datahub import rights
from ckanext.mxcity.datahub.logic.verbs import EDITED, READ_KINDS, organization_of
from ckanext.mxcity.datahub.model import MODELS, Asset, Record
from ckanext.mxcity.datahub.store import find

Rule = Callable[[Context, DataDict], bool]
#: Figures without a name in them: everybody's.
PUBLIC = (
    "datahub_summary_show",
    "datahub_city_show",
    "datahub_priority_list",
    "datahub_city_compare",
)


def get_auth_functions() -> dict[str, AuthFunction]:
    """Return the auth function of every action of the DataHub by name."""
    rules: dict[str, Rule] = {}
    for kind in READ_KINDS:
        rules[f"datahub_{kind}_show"] = _may_see(kind)
        rules[f"datahub_{kind}_list"] = _may_list(kind)
    for kind in EDITED:
        permission = rights.EDIT
        rules[f"datahub_{kind}_create"] = _in_named(permission)
        for verb in ("update", "patch", "delete"):
            rules[f"datahub_{kind}_{verb}"] = _in_records(kind, permission)
        if MODELS[kind].definition().decided:
            rules[f"datahub_{kind}_decide"] = _in_records_or_named(kind, rights.DECIDE)
    rules["datahub_request_create"] = _asks
    rules["datahub_request_answer"] = _in_records("request", rights.DECIDE)
    rules["datahub_agreement_revoke"] = _in_records("agreement", rights.DECIDE)
    for verb in ("create", "update", "patch", "delete"):
        rules[f"datahub_succession_{verb}"] = lambda context, data: rights.coordinates(context)
    rules["datahub_unit_change"] = lambda context, data: rights.coordinates(context)
    rules["datahub_change_list"] = _in_named(rights.READ)
    rules["datahub_table_export"] = _in_named(rights.READ)
    rules["datahub_table_import"] = _in_named(rights.EDIT)
    for name in PUBLIC:
        rules[name] = lambda context, data: True
    return {name: _function(name, rule) for name, rule in rules.items()}


def _function(name: str, rule: Rule) -> AuthFunction:
    @tk.auth_allow_anonymous_access
    def check(context: Context, data_dict: DataDict) -> AuthResult:
        if rule(context, data_dict):
            return {"success": True}
        return {"success": False, "msg": tk._("Your account may not do this in this ministry.")}

    check.__name__ = name
    check.__doc__ = f"Decide who may call ``{name}``; see the table of rights in the guide."
    return check


def _record(kind: str, data_dict: DataDict) -> Record:
    found = find(kind, str(data_dict.get("id") or ""))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    return found


def _in_named(permission: str) -> Rule:
    """In the ministry that the call names."""
    return lambda context, data: rights.has_permission(context, organization_of(data), permission)


def _in_records(kind: str, permission: str) -> Rule:
    """In the ministry that the record belongs to."""

    def rule(context: Context, data_dict: DataDict) -> bool:
        record = _record(kind, data_dict)
        return rights.has_permission(context, record.organization_id, permission)

    return rule


def _in_records_or_named(kind: str, permission: str) -> Rule:
    """In the record's ministry; in the one named while the record is being created."""
    stored, named = _in_records(kind, permission), _in_named(permission)
    return lambda context, data: (stored if data.get("id") else named)(context, data)


def _may_see(kind: str) -> Rule:
    def rule(context: Context, data_dict: DataDict) -> bool:
        record = _record(kind, data_dict)
        if rights.sees_all(context, record.organization_id):
            return True
        table: Any = MODELS[kind]
        query = sa.select(table.id).where(
            table.id == record.id, rights.visible(MODELS[kind], context)
        )
        return model.Session.scalar(query) is not None

    return rule


def _may_list(kind: str) -> Rule:
    """Anybody lists what has a public side; of the rest only members of some ministry."""
    if kind in rights.PUBLIC_FIELDS:
        return lambda context, data: True
    return lambda context, data: (
        rights.coordinates(context) or bool(rights.own_organizations(context))
    )


def _asks(context: Context, data_dict: DataDict) -> bool:
    """Ask for data: an editor of the ministry that asks, for an asset of another."""
    asking = organization_of({"organization_id": data_dict.get("requester_id")})
    asset: Any = find("asset", str(data_dict.get("asset_id") or ""))
    if asset is not None and isinstance(asset, Asset) and asset.organization_id == asking:
        return False
    return rights.has_permission(context, asking, rights.EDIT)
