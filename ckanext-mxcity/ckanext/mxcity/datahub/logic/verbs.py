"""Which kinds of record have which actions, and what their actions share."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.datahub.model import MODELS
from ckanext.mxcity.datahub.store import Author

#: Kinds that people create, change and delete.
EDITED = ("asset", "diagnosis", "sharing", "stakeholder", "decision", "milestone")
#: Kinds that people look at.
READ_KINDS = tuple(MODELS)


def organization_of(data_dict: DataDict) -> str:
    """Return the id of the active organisation that ``organization_id`` names, by id or name.

    Raises:
        ValidationError: none is named.
        ObjectNotFound: there is none of that name.

    """
    named = str(data_dict.get("organization_id") or "").strip()
    if not named:
        raise tk.ValidationError({"organization_id": [tk._("Missing value")]})
    found = model.Group.get(named)
    if found is None or not found.is_organization or found.state != "active":
        message = tk._("There is no ministry “{value}” in the portal.")
        raise tk.ObjectNotFound(message.format(value=named))
    return str(found.id)


def author(context: Context) -> Author:
    """Return who the log names for a call."""
    user: Any = model.User.get(context.get("user")) if context.get("user") else None
    return Author(user.id, user.display_name) if user else Author(None, tk._("The system"))


def finish(context: Context) -> None:
    """Commit, unless the caller does."""
    if context.get("defer_commit"):
        model.Session.flush()
    else:
        model.repo.commit()
