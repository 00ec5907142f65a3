"""Who may do what with sources and runs."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.sniegharvest.model import Run


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
def sniegharvest_overlay_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see the dataset."""
    try:
        tk.check_access("package_show", context, {"id": data_dict.get("id", "")})
    except tk.NotAuthorized:
        return {"success": False}
    return {"success": True}


def sniegharvest_overlay_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the dataset."""
    try:
        tk.check_access("package_update", context, {"id": data_dict.get("id", "")})
    except tk.NotAuthorized:
        return {"success": False, "msg": tk._("Only editors of the dataset may do this.")}
    return {"success": True}


@tk.auth_allow_anonymous_access
def sniegharvest_file_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see the file."""
    try:
        tk.check_access("resource_show", context, {"id": data_dict.get("id", "")})
    except tk.NotAuthorized:
        return {"success": False}
    return {"success": True}


def sniegharvest_file_verify(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the file."""
    try:
        tk.check_access("resource_update", context, {"id": data_dict.get("id", "")})
    except tk.NotAuthorized:
        return {"success": False, "msg": tk._("Only editors of the dataset may do this.")}
    return {"success": True}


@tk.auth_allow_anonymous_access
def sniegharvest_run_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everyone: what a public source gave is public, and a private one is checked."""
    try:
        tk.check_access("package_show", context, {"id": data_dict.get("source_id", "")})
    except tk.NotAuthorized:
        return {"success": False}
    return {"success": True}


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
