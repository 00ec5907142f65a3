"""Who the pages of publishing are for."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import request


def members_only() -> Any:
    """Ask who is not signed in to do so, and come back; 403 for who may not add datasets."""
    if not tk.current_user.is_authenticated:
        if request.method in ("GET", "POST") and not request.headers.get("Tus-Resumable"):
            return tk.redirect_to("user.login", next=request.full_path.rstrip("?"))
        tk.abort(401)
    tk.check_access("mxcity_upload_create", context(), {})
    return None


def context() -> Any:
    """Return a context of who is signed in."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
