"""Who somebody is to a ministry, and which of its records they see.

The predicates that the auth functions combine, and the same conditions as SQL for lists.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.model as model
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.datahub import config
from ckanext.mxcity.datahub.clock import today
from ckanext.mxcity.datahub.model import (
    Agreement,
    Asset,
    Decision,
    Diagnosis,
    Milestone,
    Record,
    Request,
    Sharing,
    Stakeholder,
    Succession,
)

#: Permissions of CKAN's roles: an editor has the first, only an administrator the second.
EDIT, DECIDE, READ = "update_dataset", "membership", "read"

Condition = sa.ColumnElement[bool]


def has_permission(context: Context, organization_id: str, permission: str) -> bool:
    """Tell whether the user has one of CKAN's permissions in a ministry, or coordinates all."""
    user = context.get("user")
    if not user:
        return False
    if authz.has_user_permission_for_group_or_org(organization_id, user, permission):
        return True
    return coordinates(context)


def coordinates(context: Context) -> bool:
    """Tell whether the user looks after the DataHub of the whole city."""
    user = context.get("user")
    if not user:
        return False
    name = config.coordinator()
    return authz.is_sysadmin(user) or bool(
        name and authz.has_user_permission_for_group_or_org(name, user, DECIDE)
    )


def own_organizations(context: Context) -> list[str]:
    """Return the ids of the ministries of which the user is a member in any role."""
    user = context.get("user")
    if not user:
        return []
    user_id = authz.get_user_id_for_username(user, allow_none=True)
    return list(model.Session.scalars(memberships(user_id))) if user_id else []


def memberships(user_id: str) -> sa.Select[tuple[str]]:
    """Select the ids of the active organisations of a user."""
    member, group = model.Member, model.Group
    return (
        sa.select(member.group_id)
        .join(group, group.id == member.group_id)
        .where(
            member.table_name == "user",
            member.table_id == user_id,
            member.state == "active",
            group.is_organization.is_(True),
            group.state == "active",
        )
    )


def sees_all(context: Context, organization_id: str) -> bool:
    """Tell whether the user sees every record of a ministry: its own people do."""
    return has_permission(context, organization_id, READ)


def visible(model_class: type[Record], context: Context) -> Condition:
    """Return the condition of the records that somebody from outside the ministry sees.

    Nothing for residents, but what is public by its nature; for members of other ministries also
    what is shared with them.
    """
    mine = own_organizations(context)
    outside = _public(model_class)
    if not mine:
        return outside
    if model_class in (Request, Agreement):
        other = Request.requester_id if model_class is Request else Agreement.grantee_id
        return sa.or_(outside, other.in_(mine))
    if model_class in (Asset, Diagnosis, Sharing):
        link: Any = Asset.id if model_class is Asset else model_class.asset_id
        return sa.or_(outside, link.in_(_shared(mine)))
    return outside


def _public(model_class: type[Record]) -> Condition:
    if model_class is Milestone or model_class is Succession:
        return sa.true()
    if model_class is Decision:
        return sa.and_(Decision.approved.is_(True), Decision.internal.isnot(True))
    if model_class is Stakeholder:
        return Stakeholder.consent.is_(True)
    return sa.false()


def _shared(mine: list[str]) -> sa.CompoundSelect[Any]:
    """Select the assets that are shared between ministries, or by an agreement with one's own."""
    between = sa.select(Sharing.asset_id).where(Sharing.sharing_class == "entre_dependencias")
    agreed = sa.select(Agreement.asset_id).where(
        Agreement.grantee_id.in_(mine),
        *Agreement.in_force(today()),
    )
    return sa.union(between, agreed)


#: Fields that residents get of the kinds of which they see something.
PUBLIC_FIELDS: dict[str, tuple[str, ...]] = {
    "milestone": ("title", "owner_role", "due", "done"),
    "decision": ("date", "decision", "board_url"),
    "stakeholder": ("name", "type", "interest", "dataset_wanted"),
    "succession": ("kind", "old_name", "old_title", "successor_id", "date", "ground"),
}


def shown(record: Record, everything: bool) -> dict[str, Any]:
    """Return a record as plain data; only the public fields unless ``everything``."""
    found = record.dictize()
    public = PUBLIC_FIELDS.get(record.KIND)
    if everything or public is None:
        return found
    return {name: found[name] for name in ("id", "organization_id", *public)}
