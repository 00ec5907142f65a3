"""The computed figures of the city and of each ministry; nobody types them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub import config, figures_cache, sql
from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.logic.verbs import organization_of
from ckanext.mxcity.datahub.ratios import Ratio, working_days_before

Counts = dict[str, Any]
#: Figures of a ministry that are not sums: they have no place in the city's totals.
NOT_SUMMED = ("slipped_days", "next_due", "median_days")


@tk.side_effect_free
def datahub_summary_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the computed figures of one ministry's DataHub.

    Anybody may call it: ``ckanapi action datahub_summary_show organization_id=mty-siga``.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id``, the id or name of the ministry.

    Returns:
        ``organization`` (id, name, title), ``counts``, and ``ratios``: ``usable``, ``used``,
        ``catalogued``, ``standardised``, ``on_time``, ``open`` and ``plan``, each with
        ``numerator``, ``denominator``, ``percent`` (null of nothing) and ``text``. ``blocked``
        counts the reasons why public assets are not published.

    """
    tk.check_access("datahub_summary_show", context, data_dict)
    organization_id = organization_of(data_dict)
    group: Any = model.Group.get(organization_id)
    counts = counted(organization_id).get(organization_id, empty_counts())
    organization = {"id": group.id, "name": group.name, "title": group.title}
    return {"organization": organization, **summary(counts)}


@tk.side_effect_free
def datahub_city_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the computed figures of every ministry, and of the city as a whole.

    Anybody may call it: ``ckanapi action datahub_city_show``.

    Returns:
        ``ministries``, each as ``datahub_summary_show`` gives it and with its ``city``, by title;
        ``totals``, the same for all of them together. ``next_due``, ``slipped_days`` and
        ``median_days`` of the totals are those of the whole city.

    """
    tk.check_access("datahub_city_show", context, data_dict)
    found = figures_cache.cached("city", counted)
    rows = model.Session.execute(sql.ministries()).all()
    listed = [
        {
            "organization": {
                "id": row.id,
                "name": row.name,
                "title": row.title,
                "city": row.city,
            },
            **summary(found.get(row.id, empty_counts())),
        }
        for row in rows
    ]
    return {"ministries": listed, "totals": summary(totalled([item["counts"] for item in listed]))}


def counted(organization_id: str | None = None) -> dict[str, Counts]:
    """Return every count by ministry: four statements, whatever the number of assets."""
    day = today()
    before = working_days_before(day, config.answer_days())
    statements = (
        sql.assets(organization_id),
        sql.datasets(day, organization_id),
        sql.plan(day, organization_id),
        sql.requests(before, organization_id),
    )
    found: dict[str, Counts] = {}
    for statement in statements:
        for row in model.Session.execute(statement).mappings():
            if row["organization_id"]:
                counts = found.setdefault(row["organization_id"], empty_counts())
                counts.update({k: v for k, v in row.items() if k != "organization_id"})
    return found


def empty_counts() -> Counts:
    """Return the counts of a ministry that has nothing yet."""
    usable = kinds()["diagnosis"].by_name["usable"].choices
    obstacles = kinds()["diagnosis"].by_name["obstacle"].choices
    classes = kinds()["sharing"].by_name["sharing_class"].choices
    names = (
        "assets", "undiagnosed", "used", "catalogued", "class_none", "open", "blocked",
        "datasets", "standardised", "on_time", "no_due_date",
        "milestones", "done", "late", "slipped_days",
        "requests", "pending", "overdue", "granted",
        *(f"usable_{choice.key}" for choice in usable),
        *(f"class_{choice.key}" for choice in classes),
        *(f"blocked_{choice.key}" for choice in obstacles),
    )  # fmt: skip
    return {**dict.fromkeys(names, 0), "next_due": None, "median_days": None}


def totalled(all_counts: list[Counts]) -> Counts:
    """Add up the counts of ministries; of what is no sum, the latest slip and the next due day."""
    total = empty_counts()
    for name in total:
        if name not in NOT_SUMMED:
            total[name] = sum(counts[name] for counts in all_counts)
    total["slipped_days"] = max((counts["slipped_days"] for counts in all_counts), default=0)
    due = [counts["next_due"] for counts in all_counts if counts["next_due"]]
    total["next_due"] = min(due, default=None)
    return total


def summary(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts with the ratios that they make."""
    ratios = {
        "usable": Ratio(counts["usable_si"], counts["assets"]),
        "used": Ratio(counts["used"], counts["assets"]),
        "catalogued": Ratio(counts["catalogued"], counts["assets"]),
        "standardised": Ratio(counts["standardised"], counts["datasets"]),
        "on_time": Ratio(counts["on_time"], counts["datasets"]),
        "open": Ratio(counts["open"], counts["class_publico"]),
        "plan": Ratio(counts["done"], counts["milestones"]),
    }
    obstacles = kinds()["diagnosis"].by_name["obstacle"].choices
    told = sum(counts[f"blocked_{choice.key}"] for choice in obstacles)
    reasons = {choice.key: counts[f"blocked_{choice.key}"] for choice in obstacles}
    return {
        "counts": {name: _plain(value) for name, value in counts.items()},
        "ratios": {name: ratio.as_dict() for name, ratio in ratios.items()},
        "blocked": {**reasons, "sin_motivo": counts["blocked"] - told},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
