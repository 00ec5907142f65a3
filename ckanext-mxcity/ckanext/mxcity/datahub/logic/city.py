"""What spans the city: the data that it owes first, and how it compares with the other cities."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.datahub import figures_cache, sql, sql_city
from ckanext.mxcity.datahub.logic.figures import counted, empty_counts, summary, totalled
from ckanext.mxcity.datahub.ratios import Ratio
from ckanext.mxcity.ground.vocabularies import vocabulary

#: What the city has of an item of the list.
PUBLISHED, HELD, MISSING = "published", "held", "missing"

Rows = list[dict[str, Any]]


@tk.side_effect_free
def datahub_priority_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the datasets that the city owes first, and which of them exist.

    The list is that of the duties of transparency (LGTAIP arts. 65 and 66) that can be published
    as a table; an asset counts for the fractions that its inventory entry names. Anybody may call
    it: ``ckanapi action datahub_priority_list``. Assets that are not public are not counted.

    Returns:
        ``items`` in the order of the law, each with ``key``, ``label``, ``state`` ("published",
        "held": in an inventory but not published, or "missing"), ``owners`` (``name``, ``title``)
        and ``datasets`` (``name``, ``title``); ``ratio``, the items published of all of them.

    """
    tk.check_access("datahub_priority_list", context, data_dict)
    language = current_language()
    ministries = {row.id: row for row in model.Session.execute(sql.ministries())}
    found: dict[str, Rows] = defaultdict(list)
    for row in figures_cache.cached("priorities", lambda: _rows(sql_city.priorities())):
        if row["organization_id"] in ministries:
            found[row["key"]].append(row)
    items = []
    for term in vocabulary("priorities").terms.values():
        rows = found[term.key]
        datasets = [dataset for row in rows for dataset in row["datasets"]]
        owners = sorted((ministries[row["organization_id"]] for row in rows), key=_by_title)
        items.append(
            {
                "key": term.key,
                "label": term.label(language),
                "state": PUBLISHED if datasets else HELD if rows else MISSING,
                "owners": [{"name": owner.name, "title": owner.title} for owner in owners],
                "datasets": datasets,
            }
        )
    published = sum(item["state"] == PUBLISHED for item in items)
    return {"items": items, "ratio": Ratio(published, len(items)).as_dict()}


@tk.side_effect_free
def datahub_city_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Compare the cities whose ministries are in this portal.

    Anybody may call it: ``ckanapi action datahub_city_compare``.

    Returns:
        ``cities`` by name, each with ``city``, ``ministries`` (how many), and the ``counts`` and
        ``ratios`` of its ministries together, as in ``datahub_city_show``; ``topics`` by label,
        each with ``key``, ``label`` and ``by_city``: of each city that has any, ``datasets`` and
        ``newest``, the newest day of their data or null.

    """
    tk.check_access("datahub_city_compare", context, data_dict)
    found = figures_cache.cached("city", counted)
    city_of = {row.id: row.city for row in model.Session.execute(sql.ministries()) if row.city}
    counts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for ministry, city in city_of.items():
        counts[city].append(found.get(ministry, empty_counts()))
    topics: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in figures_cache.cached("topics", lambda: _rows(sql_city.topics())):
        city = city_of.get(row["organization_id"])
        if city:
            cell = topics[row["topic"]].setdefault(city, {"datasets": 0, "newest": None})
            cell["datasets"] += row["datasets"]
            cell["newest"] = max(filter(None, (cell["newest"], row["newest"])), default=None)
    language = current_language()
    terms = vocabulary("topics").terms
    return {
        "cities": [
            {"city": city, "ministries": len(listed), **summary(totalled(listed))}
            for city, listed in sorted(counts.items())
        ],
        "topics": sorted(
            (
                {"key": key, "label": terms[key].label(language), "by_city": by_city}
                for key, by_city in topics.items()
                if key in terms
            ),
            key=lambda topic: str(topic["label"]),
        ),
    }


def _rows(statement: sa.Select[Any]) -> Rows:
    return [dict(row) for row in model.Session.execute(statement).mappings()]


def _by_title(row: Any) -> str:
    return str(row.title)
