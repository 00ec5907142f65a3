"""The auth functions of the DataHub: each asks the table of roles for one right.

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

from ckanext.mxcity.city.rights import may
from ckanext.mxcity.datahub import rights
from ckanext.mxcity.datahub.logic.verbs import EDITED, READ_KINDS, organization_of
from ckanext.mxcity.datahub.model import MODELS, Asset, Record
from ckanext.mxcity.datahub.store import find

Rule = Callable[[Context, DataDict], bool]
#: What everybody may ask for; each gives its caller no more than that person sees.
PUBLIC = (
    "datahub_summary_show",
    "datahub_city_show",
    "datahub_ministry_show",
    "datahub_successor_show",
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
        rules[f"datahub_{kind}_create"] = _in_named(rights.EDIT)
        for verb in ("update", "patch", "delete"):
            rules[f"datahub_{kind}_{verb}"] = _in_records(kind, rights.EDIT)
        if MODELS[kind].definition().decided:
            rules[f"datahub_{kind}_decide"] = _in_records_or_named(kind, rights.DECIDE)
    rules["datahub_request_create"] = _asks
    rules["datahub_request_answer"] = _in_records("request", rights.DECIDE)
    rules["datahub_agreement_revoke"] = _in_records("agreement", rights.DECIDE)
    for verb in ("create", "update", "patch", "delete"):
        rules[f"datahub_succession_{verb}"] = _anywhere(rights.UNITS)
    rules["datahub_unit_change"] = _anywhere(rights.UNITS)
    rules["datahub_change_list"] = _in_named(rights.READ)
    rules["datahub_table_export"] = _in_named(rights.READ)
    rules["datahub_table_import"] = _in_named(rights.EDIT)
    for name in PUBLIC:
        rules[name] = _anywhere(rights.FIGURES)
    return {name: _function(name, rule) for name, rule in rules.items()}


def _function(name: str, rule: Rule) -> AuthFunction:
    @tk.auth_allow_anonymous_access
    def check(context: Context, data_dict: DataDict) -> AuthResult:
        if rule(context, data_dict):
            return {"success": True}
        return {"success": False, "msg": tk._("Your account may not do this in this ministry.")}

    check.__name__ = name
    check.__doc__ = f"Decide who may call ``{name}``; see the table of roles."
    return check


def _record(kind: str, data_dict: DataDict) -> Record:
    found = find(kind, str(data_dict.get("id") or ""))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    return found


def _anywhere(right: str) -> Rule:
    """Ask for a right that is of no ministry in particular."""
    return lambda context, data: may(context, right)


def _in_named(right: str) -> Rule:
    """Ask for a right in the ministry that the call names."""
    return lambda context, data: may(context, right, organization_of(data))


def _in_records(kind: str, right: str) -> Rule:
    """Ask for a right in the ministry that the record belongs to."""

    def rule(context: Context, data_dict: DataDict) -> bool:
        record = _record(kind, data_dict)
        return may(context, right, record.organization_id)

    return rule


def _in_records_or_named(kind: str, right: str) -> Rule:
    """Ask in the ministry of the record, or in the one named while a record is created."""
    stored, named = _in_records(kind, right), _in_named(right)
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
    """Let anybody list what has a public side; the rest is for whoever sees what is shared.

    Who sees every record of the ministry lists them too.
    """
    if kind in rights.PUBLIC_FIELDS:
        return _anywhere(rights.FIGURES)
    return lambda context, data: (
        may(context, rights.SHARED)
        or may(context, rights.READ, str(data.get("organization_id") or ""))
    )


def _asks(context: Context, data_dict: DataDict) -> bool:
    """Ask for the right to request data in the ministry that asks, for an asset of another."""
    asking = organization_of({"organization_id": data_dict.get("requester_id")})
    asset: Any = find("asset", str(data_dict.get("asset_id") or ""))
    if asset is not None and isinstance(asset, Asset) and asset.organization_id == asking:
        return False
    return may(context, rights.REQUEST, asking)
