"""Which rights the DataHub asks for, and which records of a ministry somebody sees.

The table of roles says who has a right; here are the same conditions as SQL for lists.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.model as model
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.city.rights import may
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

#: Rights of the table of roles (``city/roles.yaml``) that the DataHub asks for.
READ, SHARED, EDIT = "datahub_records_read", "datahub_shared_read", "datahub_records_edit"
REQUEST, DECIDE = "datahub_data_request", "datahub_decide"
UNITS, FIGURES = "datahub_units_change", "datahub_figures_read"

Condition = sa.ColumnElement[bool]


def own_organizations(context: Context) -> list[str]:
    """Return the ids of the ministries of which the user is a member in any role."""
    user = context.get("user")
    if not user:
        return []
    user_id = authz.get_user_id_for_username(user, allow_none=True)
    return list(model.Session.scalars(memberships(user_id))) if user_id else []


def memberships(user_id: str) -> sa.Select[tuple[str | None]]:
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
    return may(context, READ, organization_id)


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
