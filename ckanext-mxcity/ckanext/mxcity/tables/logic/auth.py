"""Who may call the actions of tables."""

from __future__ import annotations

import ckan.authz as authz
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.mxcity.tables.quotes import keep

__all__ = [
    "mxcity_chart_quote",
    "mxcity_chart_quote_delete",
    "mxcity_chart_quote_show",
    "mxcity_table_join",
    "mxcity_table_join_suggest",
    "mxcity_table_refresh",
]


@tk.auth_allow_anonymous_access
def mxcity_table_join_suggest(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read the table."""
    return _may_read(context, data_dict["id"])


@tk.auth_allow_anonymous_access
def mxcity_table_join(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read both tables."""
    left = _may_read(context, data_dict["left"])
    return _may_read(context, data_dict["right"]) if left["success"] else left


def mxcity_table_refresh(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may change the file."""
    return authz.is_authorized("resource_update", context, {"id": data_dict["id"]})


def _may_read(context: Context, table: str) -> AuthResult:
    if not p.plugin_loaded("datastore"):
        return {"success": False, "msg": tk._("There is no table of that address.")}
    return authz.is_authorized("datastore_search", context, {"resource_id": table})


@tk.auth_allow_anonymous_access
def mxcity_chart_quote(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read the table."""
    return _may_read(context, data_dict["resource_id"])


@tk.auth_allow_anonymous_access
def mxcity_chart_quote_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read the file, whether or not it still has a table."""
    return authz.is_authorized("resource_show", context, {"id": _quoted(data_dict["id"])})


def mxcity_chart_quote_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may change the file."""
    return authz.is_authorized("resource_update", context, {"id": _quoted(data_dict["id"])})


def _quoted(code: str) -> str:
    """Return the resource of a quoted chart."""
    found = keep.find(code)
    if found is None:
        raise tk.ObjectNotFound(tk._("No chart was quoted with that address."))
    return found.resource_id
