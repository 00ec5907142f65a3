"""Who may call the actions about SNIEG's metadata norm."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def mxcity_conformance_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Let whoever may see a dataset see which elements of the norm it has."""
    tk.check_access("package_show", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def mxcity_organization_conformance_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Let anybody see which elements of the norm the public datasets of an organisation have."""
    return {"success": True}
