"""Who may call the actions of tables."""

from __future__ import annotations

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["mxcity_table_join", "mxcity_table_join_suggest"]


@tk.auth_allow_anonymous_access
def mxcity_table_join_suggest(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read the table."""
    return _may_read(context, data_dict["id"])


@tk.auth_allow_anonymous_access
def mxcity_table_join(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may read both tables."""
    left = _may_read(context, data_dict["left"])
    return _may_read(context, data_dict["right"]) if left["success"] else left


def _may_read(context: Context, table: str) -> AuthResult:
    return authz.is_authorized("datastore_search", context, {"resource_id": table})
