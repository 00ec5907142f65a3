"""Who may do what with sources and runs."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


def _check(context: Context, source_id: str) -> AuthResult:
    try:
        tk.check_access("harvest_source_update", context, {"id": source_id})
    except tk.NotAuthorized:
        return {"success": False, "msg": tk._("Only editors of the source may do this.")}
    return {"success": True}


def sniegharvest_source_enable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Sysadmins: they answer for the permission that is recorded."""
    return {"success": False, "msg": tk._("Only administrators may switch a source on.")}


def sniegharvest_source_disable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Editors of the source."""
    return _check(context, data_dict.get("id", ""))


@tk.auth_allow_anonymous_access
def sniegharvest_run_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everyone: what a public source gave is public, and a private one is checked."""
    try:
        tk.check_access("package_show", context, {"id": data_dict.get("source_id", "")})
    except tk.NotAuthorized:
        return {"success": False}
    return {"success": True}
