"""Hardened permissions: each chains that of CKAN or an extension, and only ever allows less."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthFunction, AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
@tk.chained_auth_function
def package_collaborator_list(
    original: AuthFunction, context: Context, data_dict: DataDict | None
) -> AuthResult:
    """Refuse visitors without an account, instead of failing on them."""
    if not context.get("user"):
        return {"success": False, "msg": tk._("Log in to see the collaborators of a dataset")}
    return original(context, data_dict or {})


@tk.auth_allow_anonymous_access
@tk.chained_auth_function
def harvest_object_show(
    original: AuthFunction, context: Context, data_dict: DataDict | None
) -> AuthResult:
    """Show a harvested document to whoever may see its dataset."""
    from ckanext.harvest.model import HarvestObject

    data_dict = data_dict or {}
    dataset = data_dict.get("dataset_id")
    if not dataset:
        found = HarvestObject.get(data_dict.get("id"))
        dataset = found.package_id if found else None
    refused: AuthResult = {
        "success": False,
        "msg": tk._("Not authorized to see this harvested document"),
    }
    try:
        if dataset:
            tk.check_access("package_show", context, {"id": dataset})
        else:
            tk.check_access("harvest_source_list", context, {})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return refused
    return original(context, data_dict)
