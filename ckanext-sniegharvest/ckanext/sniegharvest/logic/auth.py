"""Who may do what with sources and runs."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.sniegharvest.model import Run


def _as(action: str, context: Context, id_: Any, refusal: str = "") -> AuthResult:
    """Allow whoever may do another action with the same thing."""
    try:
        tk.check_access(action, context, {"id": id_ or ""})
    except tk.NotAuthorized:
        return {"success": False, **({"msg": refusal} if refusal else {})}
    return {"success": True}


def _check(context: Context, source_id: str) -> AuthResult:
    refusal = tk._("Only editors of the source may do this.")
    return _as("harvest_source_update", context, source_id, refusal)


def _check_dataset(action: str, context: Context, data_dict: dict[str, Any]) -> AuthResult:
    refusal = tk._("Only editors of the dataset may do this.")
    return _as(action, context, data_dict.get("id"), refusal)


def sniegharvest_source_enable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Sysadmins: they answer for the permission that is recorded."""
    return {"success": False, "msg": tk._("Only administrators may switch a source on.")}


def sniegharvest_source_disable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Editors of the source."""
    return _check(context, data_dict.get("id", ""))


@tk.auth_allow_anonymous_access
def sniegharvest_overlay_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see the dataset."""
    return _as("package_show", context, data_dict.get("id"))


def sniegharvest_overlay_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the dataset."""
    return _check_dataset("package_update", context, data_dict)


@tk.auth_allow_anonymous_access
def sniegharvest_file_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see the file."""
    return _as("resource_show", context, data_dict.get("id"))


def sniegharvest_file_verify(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the file."""
    return _check_dataset("resource_update", context, data_dict)


@tk.auth_allow_anonymous_access
def sniegharvest_run_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everyone: what a public source gave is public, and a private one is checked."""
    return _as("package_show", context, data_dict.get("source_id"))


def sniegharvest_plan_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Editors of the run's source."""
    return _check_run(context, data_dict)


def sniegharvest_run_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Editors of the run's source."""
    return _check_run(context, data_dict)


def _check_run(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    run = model.Session.get(Run, str(data_dict.get("id") or ""))
    try:
        return _check(context, run.source_id if run is not None else "")
    except tk.ObjectNotFound:  # whoever may see no run is not told which exist
        return {"success": False, "msg": tk._("Only editors of the source may do this.")}
