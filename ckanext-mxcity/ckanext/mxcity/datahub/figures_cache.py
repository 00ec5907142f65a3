"""Cache the city's figures until a row that they count changes.

Cached figures carry a stamp of every row that was counted, and are used only while the rows still
have that stamp. To ask for the stamp costs a tenth of the counting.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub.model import (
    Asset,
    Decision,
    Diagnosis,
    Milestone,
    Record,
    Request,
    Sharing,
)
from ckanext.mxcity.dataset.types import TYPES

log = logging.getLogger(__name__)

COUNTED: tuple[type[Record], ...] = (Asset, Decision, Diagnosis, Milestone, Request, Sharing)
_KEPT_SECONDS = 24 * 3600


def stamp() -> str:
    """Return a text that changes with every record and dataset that the figures count.

    Every write of a record makes its version and its day of change anew, so that how many there
    are, their versions and the latest change tell any of them. CKAN changes the owner and the
    privacy of many datasets at once without a new date: these are hashed.
    """
    parts: list[sa.Select[Any]] = []
    for record in COUNTED:
        table: Any = record
        parts.append(
            sa.select(
                _said(sa.func.count(), sa.func.sum(table.version), sa.func.max(table.modified))
            )
        )
    package: Any = model.Package
    of = sa.func.hashtextextended(sa.func.concat(package.id, package.owner_org), 0)
    datasets = sa.select(
        _said(
            sa.func.count(),
            sa.func.max(package.metadata_modified),
            sa.func.sum(of),
            sa.func.sum(of).filter(package.private),
        )
    ).where(package.state == "active", package.type.in_(TYPES))
    row = model.Session.execute(sa.select(*(part.scalar_subquery() for part in (*parts, datasets))))
    return ":".join(str(value) for value in row.one())


def _said(*values: Any) -> Any:
    return sa.func.concat_ws("/", *values)


def cached(name: str, count: Callable[[], Any]) -> Any:
    """Return figures of today from the cache, counted anew if a row has changed.

    Args:
        name: what is counted.
        count: counts it; what it returns goes through JSON, days as ISO 8601.

    """
    key = f"mxcity:datahub:{name}:{tk.config['ckan.site_id']}"
    wanted = f"{today()}:{stamp()}"
    try:
        kept = json.loads(connect_to_redis().get(key) or b"{}")
    except (RedisError, ValueError) as error:
        log.warning("The figures of the city are counted anew: %s", error)
        kept = {}
    if kept.get("stamp") == wanted:
        return kept["counts"]
    value = json.dumps({"stamp": wanted, "counts": count()}, default=dt.date.isoformat)
    try:
        connect_to_redis().set(key, value, ex=_KEPT_SECONDS)
    except RedisError as error:
        log.warning("The figures of the city are not kept: %s", error)
    return json.loads(value)["counts"]
