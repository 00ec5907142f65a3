"""The questions that span the city: what it owes first, and what each city of the site publishes.

Both count by ministry, in one statement, whatever the number of assets and datasets.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.mxcity.datahub import freshness
from ckanext.mxcity.datahub.model import Asset
from ckanext.mxcity.datahub.sql import PUBLIC, extra_text, linked_datasets
from ckanext.mxcity.dataset.types import TYPES

Package: Any = model.Package
#: An article and a fraction in what a clerk writes: "65-XVIII", "Art. 66, fracción VI".
FRACTION = r"\m(65|66)\M\D{0,20}?\m([IVXL]+)\M"


def priorities() -> sa.Select[Any]:
    """Select, by fraction of the law and ministry, how many public assets and which datasets.

    Columns: ``key`` ("65-XVIII"), ``organization_id``, ``assets``, and ``datasets``, a list of the
    ``name`` and ``title`` of those that anybody may read.
    """
    table: Any = Asset
    linked = linked_datasets()
    text = sa.func.upper(table.lgtaip_fraction)
    column = sa.column("parts", ARRAY(sa.Text))
    found = sa.func.regexp_matches(text, FRACTION, "g").table_valued(column).render_derived("found")
    parts = found.c.parts
    public = Package.private.is_(False)
    return (
        sa.select(
            sa.func.concat_ws("-", parts[1], parts[2]).label("key"),
            table.organization_id,
            sa.func.count(sa.distinct(table.id)).label("assets"),
            sa.func.coalesce(
                sa.func.jsonb_agg(
                    sa.distinct(
                        sa.func.jsonb_build_object("name", Package.name, "title", Package.title)
                    )
                ).filter(public),
                sa.text("'[]'::jsonb"),
            ).label("datasets"),
        )
        .select_from(table)
        .join(found, sa.true())
        .outerjoin(linked, linked.c.asset_id == table.id)
        .outerjoin(Package, Package.id == linked.c.dataset_id)
        .where(table.classification == PUBLIC)
        .group_by(sa.text("1"), table.organization_id)
        .order_by(sa.text("1"), table.organization_id)
    )


def topics() -> sa.Select[Any]:
    """Select, by topic and ministry, how many published datasets and the newest day of their data.

    Columns: ``topic`` (a key of the vocabulary), ``organization_id``, ``datasets``, ``newest``.
    """
    text = extra_text("topics")
    # By place: PostgreSQL may not cast a text that is not JSON before it has looked.
    as_list = sa.case((text.op("~")(r"^\["), text), else_="[]")
    listed = sa.cast(as_list, sa.dialects.postgresql.JSONB)
    column = sa.column("topic", sa.Text)
    said = sa.func.jsonb_array_elements_text(listed).table_valued(column).render_derived("said")
    topic = said.c.topic
    return (
        sa.select(
            topic.label("topic"),
            Package.owner_org.label("organization_id"),
            sa.func.count(sa.distinct(Package.id)).label("datasets"),
            sa.func.max(freshness.data_date()).label("newest"),
        )
        .select_from(Package)
        .join(said, sa.true())
        .where(
            Package.state == "active",
            Package.type.in_(TYPES),
            Package.private.is_(False),
            Package.owner_org.isnot(None),
        )
        .group_by(topic, Package.owner_org)
        .order_by(topic, Package.owner_org)
    )
