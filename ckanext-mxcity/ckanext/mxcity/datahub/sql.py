"""Statements that count the figures: one a section, whatever the number of assets.

Every statement counts by ministry; with an id it counts that ministry only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.city.clock import day_of
from ckanext.mxcity.datahub import freshness
from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.model import (
    Asset,
    Decision,
    Diagnosis,
    Milestone,
    Request,
    Sharing,
)
from ckanext.mxcity.dataset.types import TYPES

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
#: What an asset has in the catalogue.
UNLINKED, PRIVATE, PUBLISHED = 0, 1, 2
#: Levels of government of a city's own ministries; sources of data are of the others.
OWN_LEVELS = ("", "municipal")


def extra_text(name: str) -> Any:
    """Return a field of a dataset that CKAN keeps among its extras, as text."""
    return Package.extras[name].astext


def linked_datasets() -> sa.Subquery:
    """Return ``asset_id``, ``organization_id``, ``dataset_id``, ``private`` of published assets.

    A dataset is that of an asset when the asset names it, or when its identifier is the asset's
    inventory key in the same ministry; of several the newest.
    """
    named, keyed = sa.orm.aliased(Package), _by_identifier()
    live = sa.and_(
        named.id == Asset.dataset_id,
        named.owner_org == Asset.organization_id,
        named.state == "active",
    )
    own = sa.and_(keyed.c.owner_org == Asset.organization_id, keyed.c.identifier == Asset.inv_id)
    table: Any = Asset
    by_name = sa.select(
        table.id.label("asset_id"),
        table.organization_id,
        named.id.label("dataset_id"),
        named.private.label("private"),
    ).join(named, live)
    by_key = (
        sa.select(table.id, table.organization_id, keyed.c.id, keyed.c.private)
        .join(keyed, own)
        .outerjoin(named, live)
        .where(named.id.is_(None))
    )
    # Two joins that find few rows are quicker than one that keeps every asset.
    return sa.union_all(by_name, by_key).subquery("linked")


def _by_identifier() -> sa.Subquery:
    identifier = extra_text("identifier")
    return (
        sa.select(Package.id, Package.owner_org, Package.private, identifier.label("identifier"))
        .where(Package.state == "active", Package.type.in_(TYPES), identifier.isnot(None))
        .distinct(Package.owner_org, identifier)
        .order_by(Package.owner_org, identifier, Package.metadata_created.desc())
        .subquery("keyed")
    )


def _count(condition: Any) -> Any:
    return sa.func.count().filter(condition)


def assets(organization_id: str | None = None) -> sa.Select[Any]:
    """Count assets by what is known of them, of their class and of their dataset."""
    alike = _alike(organization_id)
    column = alike.c
    public = column.sharing_class == PUBLIC
    published = column.link == PUBLISHED
    blocked = sa.and_(public, sa.not_(published))

    def total(name: str, *conditions: Any) -> Any:
        counted = sa.func.sum(column.assets)
        found = counted.filter(sa.and_(*conditions)) if conditions else counted
        return sa.cast(sa.func.coalesce(found, 0), sa.BigInteger).label(name)

    diagnosis, sharing = kinds()["diagnosis"].by_name, kinds()["sharing"].by_name
    usable = [choice.key for choice in diagnosis["usable"].choices]
    obstacles = [choice.key for choice in diagnosis["obstacle"].choices]
    classes = [choice.key for choice in sharing["sharing_class"].choices]
    return sa.select(
        column.organization_id,
        total("assets"),
        *(total(f"usable_{key}", column.usable == key) for key in usable),
        total("undiagnosed", column.usable.is_(None)),
        total("used", column.used),
        total("catalogued", column.link != UNLINKED),
        *(total(f"class_{key}", column.sharing_class == key) for key in classes),
        total("class_none", column.sharing_class.is_(None)),
        total("open", public, published),
        total("blocked", blocked),
        *(total(f"blocked_{key}", blocked, column.obstacle == key) for key in obstacles),
    ).group_by(column.organization_id)


def _alike(organization_id: str | None) -> sa.Subquery:
    """Count the assets of each ministry, grouped by all that the figures distinguish."""
    linked = linked_datasets()
    used = sa.select(sa.func.unnest(Decision.assets).label("id")).distinct().subquery("used")
    link = sa.case(
        (linked.c.dataset_id.is_(None), UNLINKED), (linked.c.private, PRIVATE), else_=PUBLISHED
    )
    parts = (
        Asset.organization_id,
        Diagnosis.usable,
        Diagnosis.obstacle,
        Sharing.sharing_class,
        used.c.id.isnot(None).label("used"),
        link.label("link"),
    )
    query = (
        sa.select(*parts, sa.func.count().label("assets"))
        .select_from(Asset)
        .outerjoin(Diagnosis, Diagnosis.asset_id == Asset.id)
        .outerjoin(Sharing, Sharing.asset_id == Asset.id)
        .outerjoin(used, used.c.id == Asset.id)
        .outerjoin(linked, linked.c.asset_id == Asset.id)
    )
    if organization_id:
        query = query.where(Asset.organization_id == organization_id)
    # By place: the same expression with bound values is another one to PostgreSQL.
    return query.group_by(*(sa.text(str(place)) for place in range(1, 7))).subquery("alike")


def _datasets_from(query: sa.Select[Any], organization_id: str | None) -> sa.Select[Any]:
    linked = linked_datasets()
    query = (
        query.select_from(Package)
        .outerjoin(linked, linked.c.dataset_id == Package.id)
        .outerjoin(Diagnosis, Diagnosis.asset_id == linked.c.asset_id)
        .where(
            Package.state == "active",
            Package.type.in_(TYPES),
            Package.private.is_(False),
            Package.owner_org.isnot(None),
        )
    )
    return query.where(Package.owner_org == organization_id) if organization_id else query


def _has(name: str) -> Any:
    return sa.func.coalesce(extra_text(name), "").notin_(("", "[]"))


def datasets(today: dt.date, organization_id: str | None = None) -> sa.Select[Any]:
    """Count the published datasets, those that are standardised and those that are on time."""
    complete = sa.and_(*(_has(name) for name in STANDARD_FIELDS))
    each = _datasets_from(
        sa.select(
            Package.id,
            Package.owner_org.label("organization_id"),
            complete.label("complete"),
            freshness.due_date().label("due"),
        ),
        organization_id,
    ).subquery("each")
    one = sa.func.count(sa.distinct(each.c.id))
    return sa.select(
        each.c.organization_id,
        one.label("datasets"),
        one.filter(each.c.complete).label("standardised"),
        one.filter(freshness.on_time(each.c.due, today)).label("on_time"),
        one.filter(each.c.due.is_(None)).label("no_due_date"),
    ).group_by(each.c.organization_id)


def dataset_rows(today: dt.date, organization_id: str, limit: int) -> sa.Select[Any]:
    """Select the published datasets of a ministry, by title.

    Columns: ``id``, ``name``, ``title``, ``data_date`` and ``days`` since it, ``due``,
    ``frequency``, ``elements`` (how many of ``STANDARD_FIELDS`` it has), and ``files``, a list of
    the ``id``, ``url``, ``url_type`` and ``format`` of its resources.
    """
    elements: Any = sum(sa.cast(_has(name), sa.Integer) for name in STANDARD_FIELDS)
    # Counted for the page's rows only: a limit under a join is not pushed down by PostgreSQL.
    page = (
        _datasets_from(
            sa.select(
                Package.id,
                Package.name,
                Package.title,
                sa.func.max(freshness.data_date()).label("data_date"),
                sa.func.max(freshness.age(today)).label("days"),
                sa.func.max(freshness.due_date()).label("due"),
                extra_text("frequency").label("frequency"),
                elements.label("elements"),
            ),
            organization_id,
        )
        .group_by(Package.id)
        .order_by(Package.title, Package.id)
        .limit(limit)
        .subquery("page")
    )
    resource: Any = model.Resource
    parts = ("id", "url", "url_type", "format")
    pairs = [value for name in parts for value in (sa.text(f"'{name}'"), getattr(resource, name))]
    files = (
        sa.select(sa.func.jsonb_agg(sa.func.jsonb_build_object(*pairs)))
        .where(resource.package_id == page.c.id, resource.state == "active")
        .scalar_subquery()
    )
    empty = sa.text("'[]'::jsonb")
    return sa.select(page, sa.func.coalesce(files, empty).label("files")).order_by(
        page.c.title, page.c.id
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
    days = Request.answered - day_of(Request.created)
    median = sa.func.percentile_cont(0.5).within_group(sa.cast(days, sa.Float))
    query = sa.select(
        Request.organization_id,
        sa.func.count().label("requests"),
        _count(pending).label("pending"),
        _count(sa.and_(pending, day_of(Request.created) < overdue_before)).label("overdue"),
        _count(Request.state == "concedida").label("granted"),
        median.label("median_days"),
    )
    if organization_id:
        query = query.where(Request.organization_id == organization_id)
    column: Any = Request.organization_id
    return query.group_by(sa.func.grouping_sets(sa.tuple_(column), sa.text("()")))


def city_of(group: Any) -> Any:
    """Return the city of an organisation, an empty text where it says none."""
    return sa.func.coalesce(group.extras["city"].astext, "").label("city")


def ministries() -> sa.Select[Any]:
    """Select the organisations that are ministries of the city, by title.

    Those of the municipal level or without one; sources of the state and the country stay out.
    """
    group: Any = model.Group
    level = sa.func.coalesce(group.extras["government_level"].astext, "")
    return (
        sa.select(group.id, group.name, group.title, city_of(group))
        .where(group.is_organization.is_(True), group.state == "active", level.in_(OWN_LEVELS))
        .order_by(group.title, group.id)
    )
