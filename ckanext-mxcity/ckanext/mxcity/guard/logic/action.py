"""Hardened actions: each chains CKAN's own and says less, or refuses more."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Action, Context, DataDict

from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.guard import config as options

_DAY = 86400


@tk.chained_action
def member_list(original: Action, context: Context, data_dict: DataDict) -> list[Any]:
    """Return the members of a group: public datasets, and what else the user may see.

    Anonymous visitors get no users; private datasets and drafts are for members of the
    organisation and system administrators.
    """
    members: list[Any] = original(context, data_dict)
    user = context.get("user") or ""
    if context.get("ignore_auth") or authz.is_sysadmin(user):
        return members
    group = model.Group.get(data_dict["id"])
    if group and user and authz.has_user_permission_for_group_or_org(group.id, user, "read"):
        return members
    datasets = [member[0] for member in members if member[1] == "package"]
    public = _public_datasets(datasets)
    return [
        member
        for member in members
        if (member[0] in public if member[1] == "package" else user or member[1] != "user")
    ]


def _public_datasets(ids: list[str]) -> set[str]:
    """Return those of ``ids`` that anybody may see, with one query."""
    if not ids:
        return set()
    rows = model.Session.query(model.Package.id).filter(
        model.Package.id.in_(ids),
        model.Package.private.is_(False),
        model.Package.state == model.State.ACTIVE,
    )
    return {row[0] for row in rows}


@tk.chained_action
def api_token_create(original: Action, context: Context, data_dict: DataDict) -> DataDict:
    """Create an API token that ends within ``ckanext.mxcity.guard.token_days``.

    Without ``expires_in`` and ``unit`` (seconds in a unit) it lives that long.

    Raises:
        ValidationError: a longer life is asked for.

    """
    if p.plugin_loaded("expire_api_token"):
        data_dict = _ending(data_dict)
    token: DataDict = original(context, data_dict)
    return token


def _ending(data_dict: DataDict) -> DataDict:
    """Return what was asked of a token, with an end."""
    longest = options.token_seconds()
    data_dict = dict(data_dict)
    if not data_dict.get("expires_in"):
        data_dict.update(expires_in=longest // _DAY, unit=_DAY)
    try:
        life = int(data_dict["expires_in"]) * int(data_dict.get("unit") or 1)
    except (TypeError, ValueError):
        life = 0
    if life > longest:
        message = tk._("An API token lives {days} days at most.").format(days=longest // _DAY)
        raise tk.ValidationError({"expires_in": [message]})
    return data_dict


@tk.chained_action
@tk.side_effect_free
def harvest_log_list(original: Action, context: Context, data_dict: DataDict) -> list[DataDict]:
    """Return the log of the harvesters, to system administrators only."""
    if not (context.get("ignore_auth") or authz.is_sysadmin(context.get("user") or "")):
        raise tk.NotAuthorized(tk._("Only system administrators may read the harvest log"))
    result: list[DataDict] = original(
        {**context, "session": model.Session, "ignore_auth": True}, data_dict
    )
    return result


@tk.chained_action
@tk.side_effect_free
def harvest_job_list(original: Action, context: Context, data_dict: DataDict) -> list[DataDict]:
    """Return the jobs of harvesting.

    Raises:
        ValidationError: ``limit`` or ``offset`` is not a number.

    """
    for name in ("limit", "offset"):
        if whole_number(data_dict.get(name) or 0) is None:
            raise tk.ValidationError({name: [tk._("Must be a natural number")]})
    result: list[DataDict] = original(context, data_dict)
    return result
