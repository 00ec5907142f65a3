"""Whether somebody has a right: the table of roles, asked with CKAN's own memberships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.city.roles import (
    ANY,
    EVERYBODY,
    ORGANIZATION,
    SYSADMIN,
    Holder,
    RolesError,
    RoleTable,
    as_data,
    role_table,
)

ROLES_FILE = "ckanext.mxcity.roles_file"


def table() -> RoleTable:
    """Return the table of this portal, with the roles that its configuration adds.

    Raises:
        RolesError: the file of further roles cannot be used.

    """
    return check(tk.config)


def check(config: Mapping[str, Any]) -> RoleTable:
    """Return the table of a configuration; the portal asks as it starts, to fail there.

    Raises:
        RolesError: the file of further roles cannot be used.

    """
    named = str(config.get(ROLES_FILE) or "").strip()
    found = role_table(Path(named) if named else None)
    # Asked at each question of a right: the permissions are put together once.
    known = {name for names in authz.ROLE_PERMISSIONS.values() for name in names}
    for role in found.roles.values():
        permission = role.held_by.permission
        if permission and permission not in known:
            raise RolesError(
                f"{named}: roles.{role.name}: CKAN has no permission “{permission}”: there are "
                f"{', '.join(sorted(known))}."
            )
    return found


def may(context: Context, right: str, organization_id: str | None = None) -> bool:
    """Tell whether the user has a right.

    Args:
        context: CKAN's context; without ``user`` somebody who is not signed in.
        right: the name of the right in the table.
        organization_id: the organisation whose data are asked for, for rights of the scope
            ``organization``: without it nobody has them but roles that count everywhere.

    Raises:
        KeyError: the table has no such right.

    """
    found = table()
    scope, user = found.rights[right].scope, str(context.get("user") or "")
    asked: set[str] = set()
    for role in found.holders(right):
        holder = role.held_by
        if holder.kind == EVERYBODY:
            return True
        if not user:
            continue
        if not holder.everywhere:
            # Of CKAN's roles one may have every permission of another: that asks nothing new.
            capacities = set(authz.get_roles_with_permission(holder.permission))
            if capacities <= asked:
                continue
            asked |= capacities
        if _holds(user, holder, scope, organization_id):
            return True
    return False


def _holds(user: str, holder: Holder, scope: str, organization_id: str | None) -> bool:
    if holder.kind == SYSADMIN:
        return bool(authz.is_sysadmin(user))
    if holder.option or holder.organization:
        named = str(tk.config.get(holder.option) or "").strip() or holder.organization
        return _has_permission(named, user, holder.permission)
    if scope == ORGANIZATION:
        return _has_permission(organization_id or "", user, holder.permission)
    if scope == ANY:
        return bool(authz.has_user_permission_for_some_org(user, holder.permission))
    return False


def _has_permission(organization: str, user: str, permission: str) -> bool:
    return bool(
        organization and authz.has_user_permission_for_group_or_org(organization, user, permission)
    )


def shown(language: str) -> dict[str, list[dict[str, Any]]]:
    """Return the table of this portal as plain data; see ``as_data``."""
    return as_data(table(), language)
