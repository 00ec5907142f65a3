"""Hardened against questions about who has an account: visitors ask about nobody by name."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.action import get
from ckan.types import Action, ChainedAction, Context, DataDict

#: What CKAN answers otherwise about a name that somebody has than about one that nobody has.
ABOUT_PEOPLE = (
    "user_follower_count", "followee_count", "user_followee_count", "dataset_followee_count",
    "group_followee_count", "organization_followee_count", "am_following_user",
)  # fmt: skip


def chained() -> dict[str, ChainedAction]:
    """Return the chained actions, by name."""
    known = [name for name in ABOUT_PEOPLE if hasattr(get, name)]
    return {
        "organization_list_for_user": organization_list_for_user,
        **{name: _for_people(name) for name in known},
    }


@tk.chained_action
@tk.side_effect_free
def organization_list_for_user(original: Action, context: Context, data_dict: DataDict) -> Any:
    """List the organisations of a user; visitors get their own, which are none."""
    if _is_visitor(context):
        data_dict = {name: value for name, value in data_dict.items() if name != "id"}
    return original(context, data_dict)


def _for_people(name: str) -> ChainedAction:
    def ask(original: Action, context: Context, data_dict: DataDict) -> Any:
        """Answer as CKAN does, but for visitors."""
        if _is_visitor(context):
            raise tk.NotAuthorized(tk._("Log in to do this"))
        return original(context, data_dict)

    ask.__name__ = name
    return tk.chained_action(tk.side_effect_free(ask))


def _is_visitor(context: Context) -> bool:
    return not context.get("ignore_auth") and not context.get("user")
