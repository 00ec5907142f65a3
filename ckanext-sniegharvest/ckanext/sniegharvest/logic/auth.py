"""The auth functions of the harvest: each asks the table of roles, or CKAN, for one right.

What CKAN lets somebody do with a dataset or a source (its collaborators, too) stays allowed; the
table of roles adds who has the right in the organisation that owns it.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.mxcity.city.rights import may
from ckanext.sniegharvest.model import Run

#: Rights of the table of roles (``city/roles.yaml``) that the harvest asks for.
ENABLE, MANAGE = "harvest_source_enable", "harvest_source_manage"
VERIFY = "harvested_file_verify"


def _as(action: str, context: Context, id_: Any, refusal: str = "") -> AuthResult:
    """Allow whoever may do another action with the same thing."""
    try:
        tk.check_access(action, context, {"id": id_ or ""})
    except tk.NotAuthorized:
        return {"success": False, **({"msg": refusal} if refusal else {})}
    return {"success": True}


def _may_in_owner(context: Context, right: str, package_id: str | None) -> bool:
    """Tell whether the user has a right in the organisation that owns a dataset or a source."""
    package: Any = model.Package.get(package_id) if package_id else None
    return package is not None and may(context, right, package.owner_org)


def _check(context: Context, source_id: str) -> AuthResult:
    if _may_in_owner(context, MANAGE, source_id):
        return {"success": True}
    refusal = tk._("Only editors of the source may do this.")
    return _as("harvest_source_update", context, source_id, refusal)


def _check_dataset(action: str, context: Context, data_dict: dict[str, Any]) -> AuthResult:
    refusal = tk._("Only editors of the dataset may do this.")
    return _as(action, context, data_dict.get("id"), refusal)


def sniegharvest_source_enable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow whoever has the right: they answer for the permission that is recorded."""
    if may(context, ENABLE):
        return {"success": True}
    return {"success": False, "msg": tk._("Only administrators may switch a source on.")}


def sniegharvest_source_disable(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow editors of the source."""
    return _check(context, data_dict.get("id", ""))


@tk.auth_allow_anonymous_access
def sniegharvest_overlay_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow whoever may see the dataset."""
    return _as("package_show", context, data_dict.get("id"))


def sniegharvest_overlay_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow whoever may edit the dataset."""
    return _check_dataset("package_update", context, data_dict)


@tk.auth_allow_anonymous_access
def sniegharvest_file_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow whoever may see the file."""
    return _as("resource_show", context, data_dict.get("id"))


def sniegharvest_file_verify(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow whoever may edit the file."""
    file: Any = model.Resource.get(data_dict.get("id") or "")
    if file is not None and _may_in_owner(context, VERIFY, file.package_id):
        return {"success": True}
    return _check_dataset("resource_update", context, data_dict)


@tk.auth_allow_anonymous_access
def sniegharvest_run_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody to see the runs of a public source, and those who see it of a private one."""
    return _as("package_show", context, data_dict.get("source_id"))


def sniegharvest_plan_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow editors of the source of the run."""
    return _check_run(context, data_dict)


def sniegharvest_run_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow editors of the source of the run."""
    return _check_run(context, data_dict)


def _check_run(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    run = model.Session.get(Run, str(data_dict.get("id") or ""))
    try:
        return _check(context, run.source_id if run is not None else "")
    except tk.ObjectNotFound:  # whoever may see no run is not told which exist
        return {"success": False, "msg": tk._("Only editors of the source may do this.")}
