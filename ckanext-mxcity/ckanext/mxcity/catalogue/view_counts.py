"""How often datasets and files are seen, asked for once a page instead of once a file.

CKAN's own tracking asks the database for every dataset and for every file of an answer. The answers
are the same here; there are two questions, however long the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.common import CKANConfig
from flask import Flask

Counts = dict[str, dict[str, int]]


def install() -> None:
    """Let the tracking plugin, where it is on, answer with our questions."""
    if not p.plugin_loaded("tracking"):
        return
    plugin: Any = type(p.get_plugin("tracking"))
    plugin.after_dataset_search = _after_search
    plugin.after_dataset_show = _after_show
    plugin.make_middleware = _nothing_more


def add_one(address: str, kind: str, visitor: str) -> None:
    """Note that ``visitor`` saw a page (``kind`` "page") or downloaded a file ("resource")."""
    from ckanext.tracking.model import TrackingRaw

    TrackingRaw.create(user_key=visitor, url=address, tracking_type=kind)


def add_counts(
    packages: Iterable[dict[str, Any]], known: tuple[Counts, Counts] | None = None
) -> None:
    """Give each dataset and each of its files its ``tracking_summary``; two queries in all.

    Args:
        packages: as they are shown.
        known: what the two queries would say, by dataset and by address, if somebody asked before.

    """
    counted = [package for package in packages if "id" in package]
    files = [file for package in counted for file in package.get("resources", []) if "url" in file]
    of_packages, of_files = known or (
        _counts("package_id", {package["id"] for package in counted}),
        _counts("url", {file["url"] for file in files}),
    )
    for package in counted:
        package["tracking_summary"] = _one(of_packages, package["id"])
    for file in files:
        file["tracking_summary"] = _one(of_files, file["url"])


def _counts(column: str, values: set[str]) -> Counts:
    """Return the newest totals by a column of the summary table."""
    from ckanext.tracking.model import TrackingSummary

    if not values:
        return {}
    key = getattr(TrackingSummary, column)
    rows = model.Session.execute(
        sa.select(key, TrackingSummary.running_total, TrackingSummary.recent_views)
        .where(key.in_(values))
        .distinct(key)
        .order_by(key, TrackingSummary.tracking_date.desc())
        .execution_options(autoflush=False)
    )
    return {value: {"total": total, "recent": recent} for value, total, recent in rows}


def _one(counts: Counts, value: str) -> dict[str, int]:
    return dict(counts.get(value, {"total": 0, "recent": 0}))


def _after_search(
    _plugin: Any, search_results: dict[str, Any], _search_params: Mapping[str, Any]
) -> dict[str, Any]:
    add_counts(search_results["results"])
    return search_results


def _after_show(
    _plugin: Any, context: Mapping[str, Any], pkg_dict: dict[str, Any]
) -> dict[str, Any]:
    add_counts([pkg_dict], context.get("mxcity_view_counts"))
    return pkg_dict


def _nothing_more(_plugin: Any, app: Flask, _config: CKANConfig) -> Flask:
    """CKAN counts after every answer, 405 included; here a page of its own does: views/counts."""
    return app
