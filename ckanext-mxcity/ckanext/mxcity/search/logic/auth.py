"""Who may call the actions of the search."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["mxcity_search_suggest"]


@tk.auth_allow_anonymous_access
def mxcity_search_suggest(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone may: only what is public is suggested."""
    return {"success": True}
