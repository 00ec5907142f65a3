"""Who may use the pages of publishing, and for whom its workers act."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import request

from ckanext.mxcity.publishing.user_messages import upload_sentence


def members_only() -> Any:
    """Send a visitor to the sign-in page; refuse an account that may not add datasets.

    Raises:
        NotAuthorized: the account may add datasets to no organization.

    """
    if not tk.current_user.is_authenticated:
        if request.method in ("GET", "POST") and not request.headers.get("Tus-Resumable"):
            return tk.redirect_to("user.login", next=request.full_path.rstrip("?"))
        tk.abort(401)
    tk.check_access("mxcity_upload_create", context(), {})
    return None


def context() -> Any:
    """Return a CKAN context of the account that is signed in."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}


def context_of(owner: str) -> Context:
    """Return a CKAN context of the account that an upload belongs to, by the account's id."""
    user = model.User.get(owner)
    return {"user": user.name if user else "", "auth_user_obj": user}


def fresh(context: Context) -> Context:
    """Return a context of the same caller: actions leave things in theirs."""
    return {"user": context["user"], "auth_user_obj": context["auth_user_obj"]}


def upload_of(upload_id: str) -> dict[str, Any]:
    """Return what is known of an upload of the account that is signed in; or answer its page."""
    try:
        found: dict[str, Any] = tk.get_action("mxcity_upload_show")(context(), {"id": upload_id})
    except tk.ValidationError:
        tk.abort(410, upload_sentence("expired"))
    except tk.ObjectNotFound:
        tk.abort(404, upload_sentence("not_found"))
    return found
