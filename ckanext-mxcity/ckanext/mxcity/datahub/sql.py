"""The questions behind the figures: one statement a section, whatever the number of assets.

Every statement counts by ministry; with an id it counts that ministry only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.model import (
    Asset,
    Decision,
    Diagnosis,
    Milestone,
    Request,
    Sharing,
)
from ckanext.mxcity.vocabularies import vocabulary

#: What a dataset needs to be standardised: the elements by which it is found, joined and trusted.
STANDARD_FIELDS = (
    "snieg_subsystem",
    "information_type",
    "geographic_level",
    "area_codes",
    "frequency",
    "modified",
)

Package: Any = model.Package
PUBLIC = "publico"
#: Levels of government of a city's own ministries; sources of data are of the others.
OWN_LEVELS = ("", "municipal", "autonomo")


def extra_text(name: str) -> Any:
    """Return a field of a dataset that CKAN keeps among its extras, as text."""
    return Package.extras[name].astext


def linked_datasets() -> sa.Subquery:
    """Return ``asset_id``, ``organization_id``, ``dataset_id``, ``private`` of published assets.

    A dataset is that of an asset when the asset names it, or when its identifier is the asset's
    inventory key in the same ministry; of several the newest.
    """
    named, keyed = sa.orm.aliased(Package), _by_identifier()
    own = sa.and_(keyed.c.owner_org == Asset.organization_id, keyed.c.identifier == Asset.inv_id)
    live = sa.and_(
        named.id == Asset.dataset_id,
        named.owner_org == Asset.organization_id,
        named.state == "active",
    )
    return (
        sa.select(
            Asset.id.label("asset_id"),
            Asset.organization_id,
            sa.func.coalesce(named.id, keyed.c.id).label("dataset_id"),
            sa.func.coalesce(named.private, keyed.c.private).label("private"),
        )
        .outerjoin(named, live)
        .outerjoin(keyed, own)
        .where(sa.or_(named.id.isnot(None), keyed.c.id.isnot(None)))
        .subquery("linked")
    )


def _by_identifier() -> sa.Subquery:
    identifier = extra_text("identifier")
    return (
        sa.select(Package.id, Package.owner_org, Package.private, identifier.label("identifier"))
        .where(Package.state == "active", Package.type == "dataset", identifier.isnot(None))
        .distinct(Package.owner_org, identifier)
        .order_by(Package.owner_org, identifier, Package.metadata_created.desc())
        .subquery("keyed")
    )


def _count(condition: Any) -> Any:
    return sa.func.count().filter(condition)


def assets(organization_id: str | None = None) -> sa.Select[Any]:
    """Count assets by what is known of them, of their class and of their dataset."""
    linked = linked_datasets()
    used = sa.select(sa.func.unnest(Decision.assets).label("id")).distinct().subquery("used")
    public = Sharing.sharing_class == PUBLIC
    published = sa.and_(linked.c.dataset_id.isnot(None), linked.c.private.is_(False))
    blocked = sa.and_(public, sa.not_(sa.func.coalesce(published, False)))
    obstacles = kinds()["diagnosis"].by_name["obstacle"].choices
    query = (
        sa.select(
            Asset.organization_id,
            sa.func.count().label("assets"),
            *(
                _count(Diagnosis.usable == choice.key).label(f"usable_{choice.key}")
                for choice in kinds()["diagnosis"].by_name["usable"].choices
            ),
            _count(Diagnosis.asset_id.is_(None)).label("undiagnosed"),
            _count(used.c.id.isnot(None)).label("used"),
            _count(linked.c.dataset_id.isnot(None)).label("catalogued"),
            *(
                _count(Sharing.sharing_class == choice.key).label(f"class_{choice.key}")
                for choice in kinds()["sharing"].by_name["sharing_class"].choices
            ),
            _count(Sharing.sharing_class.is_(None)).label("class_none"),
            _count(sa.and_(public, published)).label("open"),
            _count(blocked).label("blocked"),
            *(
                _count(sa.and_(blocked, Diagnosis.obstacle == choice.key)).label(
                    f"blocked_{choice.key}"
                )
                for choice in obstacles
            ),
        )
        .select_from(Asset)
        .outerjoin(Diagnosis, Diagnosis.asset_id == Asset.id)
        .outerjoin(Sharing, Sharing.asset_id == Asset.id)
        .outerjoin(used, used.c.id == Asset.id)
        .outerjoin(linked, linked.c.asset_id == Asset.id)
        .group_by(Asset.organization_id)
    )
    return query.where(Asset.organization_id == organization_id) if organization_id else query


def data_date() -> Any:
    """Return the day of a dataset's data; of a month its first day, NULL when it is not known."""
    text = extra_text("modified")
    whole = text.op("~")(r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?(?!\d)")
    first = sa.func.to_date(sa.func.left(text, 7), "YYYY-MM")
    day = sa.cast(sa.func.coalesce(sa.func.nullif(sa.func.substr(text, 9, 2), ""), "1"), sa.Integer)
    return sa.case((whole, first + day - 1))


def due_date() -> Any:
    """Return the day until which a dataset is on time: what was promised, else its periodicity."""
    days = {
        key: term.extra["days"]
        for key, term in vocabulary("periodicity").terms.items()
        if term.extra.get("days")
    }
    period = sa.case(days, value=extra_text("frequency"))
    return sa.func.coalesce(Diagnosis.next_update, data_date() + period)


def _datasets_from(query: sa.Select[Any], organization_id: str | None) -> sa.Select[Any]:
    linked = linked_datasets()
    query = (
        query.select_from(Package)
        .outerjoin(linked, linked.c.dataset_id == Package.id)
        .outerjoin(Diagnosis, Diagnosis.asset_id == linked.c.asset_id)
        .where(
            Package.state == "active",
            Package.type == "dataset",
            Package.private.is_(False),
            Package.owner_org.isnot(None),
        )
    )
    return query.where(Package.owner_org == organization_id) if organization_id else query


def datasets(today: dt.date, organization_id: str | None = None) -> sa.Select[Any]:
    """Count the published datasets, those that are standardised and those that are on time."""
    complete = sa.and_(
        *(sa.func.coalesce(extra_text(name), "").notin_(("", "[]")) for name in STANDARD_FIELDS)
    )
    one = sa.func.count(sa.distinct(Package.id))
    query = sa.select(
        Package.owner_org.label("organization_id"),
        one.label("datasets"),
        one.filter(complete).label("standardised"),
        one.filter(due_date() >= today).label("on_time"),
        one.filter(due_date().is_(None)).label("no_due_date"),
    )
    return _datasets_from(query, organization_id).group_by(Package.owner_org)


def dataset_rows(today: dt.date, organization_id: str, limit: int) -> sa.Select[Any]:
    """Select the published datasets of a ministry: title, dates, days since its data."""
    age = sa.cast(today, sa.Date) - data_date()
    query = sa.select(
        Package.name,
        Package.title,
        Package.license_id,
        sa.func.max(data_date()).label("data_date"),
        sa.func.max(age).label("days"),
        sa.func.max(due_date()).label("due"),
        extra_text("frequency").label("frequency"),
    )
    return (
        _datasets_from(query, organization_id)
        .group_by(Package.id)
        .order_by(Package.title, Package.id)
        .limit(limit)
    )


def plan(today: dt.date, organization_id: str | None = None) -> sa.Select[Any]:
    """Count milestones: done, late, the days by which open ones are late, the next that is due."""
    late = sa.and_(Milestone.done.is_(None), Milestone.due < today)
    slipped = sa.cast(today, sa.Date) - Milestone.due
    ahead = sa.and_(Milestone.done.is_(None), Milestone.due >= today)
    query = sa.select(
        Milestone.organization_id,
        sa.func.count().label("milestones"),
        _count(Milestone.done.isnot(None)).label("done"),
        _count(late).label("late"),
        sa.func.coalesce(sa.func.max(slipped).filter(late), 0).label("slipped_days"),
        sa.func.min(Milestone.due).filter(ahead).label("next_due"),
    ).group_by(Milestone.organization_id)
    return query.where(Milestone.organization_id == organization_id) if organization_id else query


def requests(overdue_before: dt.date, organization_id: str | None = None) -> sa.Select[Any]:
    """Count requests of other ministries; the row without a ministry is that of all of them."""
    pending = Request.state == "pendiente"
    days = Request.answered - sa.cast(Request.created, sa.Date)
    median = sa.func.percentile_cont(0.5).within_group(sa.cast(days, sa.Float))
    query = sa.select(
        Request.organization_id,
        sa.func.count().label("requests"),
        _count(pending).label("pending"),
        _count(sa.and_(pending, sa.cast(Request.created, sa.Date) < overdue_before)).label(
            "overdue"
        ),
        _count(Request.state == "concedida").label("granted"),
        median.label("median_days"),
    )
    if organization_id:
        query = query.where(Request.organization_id == organization_id)
    column: Any = Request.organization_id
    return query.group_by(sa.func.grouping_sets(sa.tuple_(column), sa.text("()")))


def ministries() -> sa.Select[Any]:
    """Select the organisations that are ministries of the city, by title.

    Those of the municipal level or without one; sources of the state and the country stay out.
    """
    group: Any = model.Group
    level = sa.func.coalesce(group.extras["government_level"].astext, "")
    return (
        sa.select(group.id, group.name, group.title)
        .where(group.is_organization.is_(True), group.state == "active", level.in_(OWN_LEVELS))
        .order_by(group.title, group.id)
    )
