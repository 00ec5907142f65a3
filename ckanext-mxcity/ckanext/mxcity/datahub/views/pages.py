"""Pages that are read: the city, a ministry, an asset, the log."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.datahub import rights
from ckanext.mxcity.datahub.fields import kinds
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.sections.records import parts_of
from ckanext.mxcity.datahub.views.blueprint import context, datahub, ministry

#: Columns of the city's table by which one may sort: a count, or the percentage of a ratio.
SORTED_RATIOS = ("usable", "catalogued", "open", "on_time", "plan")
SORTED_COUNTS = ("assets", "datasets", "late", "pending")


@datahub.route("", strict_slashes=False)
def city() -> str:
    """Show every ministry with its figures, the totals, and a picture of the whole."""
    found = tk.get_action("datahub_city_show")(context(), {})
    order = request.args.get("orden", "")
    down = request.args.get("sentido", "") == "desc"
    rows = _sorted(found["ministries"], order, down)
    return tk.render(
        "mxcity_datahub/city.html",
        {"ministries": rows, "totals": found["totals"], "order": order, "down": down},
    )


@datahub.route("/prioridades")
def priorities() -> str:
    """Show the data that the city owes first, who has them and what is missing."""
    found = tk.get_action("datahub_priority_list")(context(), {})
    return tk.render("mxcity_datahub/priorities.html", found)


@datahub.route("/ciudades")
def cities() -> str:
    """Show the cities of the portal side by side."""
    found = tk.get_action("datahub_city_compare")(context(), {})
    return tk.render("mxcity_datahub/cities.html", found)


def _sorted(rows: list[dict[str, Any]], order: str, down: bool) -> list[dict[str, Any]]:
    """Return the rows in the order asked for; those without a figure are always last."""

    def value(row: dict[str, Any]) -> float | None:
        if order in SORTED_RATIOS:
            result: float | None = row["ratios"][order]["percent"]
            return result
        return float(row["counts"][order]) if order in SORTED_COUNTS else None

    if order not in (*SORTED_RATIOS, *SORTED_COUNTS):
        return list(reversed(rows)) if down else rows
    known = [row for row in rows if value(row) is not None]
    known.sort(key=lambda row: value(row) or 0.0, reverse=down)
    return [*known, *(row for row in rows if value(row) is None)]


@datahub.route("/<name>")
def read(name: str) -> ResponseReturnValue:
    """Show one ministry, section by section."""
    group: Any = ministry(name)  # CKAN adds the extras to the class later
    page = max(1, request.args.get("page", 1, type=int))
    asked = {"organization_id": group.id, "page": page}
    found = tk.get_action("datahub_ministry_show")(context(), asked)
    return tk.render(
        "mxcity_datahub/ministry.html",
        {**found, "group": group, "extras": dict(group.extras), "own": found["everything"]},
    )


@datahub.route("/<name>/asset/<record_id>")
def asset(name: str, record_id: str) -> str:
    """Show an asset with all that belongs to it, and its log to the ministry's own people."""
    group = ministry(name)
    found = tk.get_action("datahub_asset_show")(context(), {"id": record_id})
    if found["organization_id"] != group.id:
        raise tk.ObjectNotFound(tk._("There is no such record in the DataHub."))
    parts = parts_of(records.stored("asset", {"id": record_id}))
    own = rights.sees_all(context(), group.id)
    if not own:
        parts["request"] = []
    log = (
        tk.get_action("datahub_change_list")(
            context(), {"organization_id": group.id, "record_id": record_id}
        )
        if own
        else []
    )
    return tk.render(
        "mxcity_datahub/asset.html",
        {
            "group": group,
            "own": own,
            "asset": found,
            "kinds": kinds(),
            "parts": {k: [part.dictize() for part in listed] for k, listed in parts.items()},
            "log": log,
        },
    )


@datahub.route("/<name>/bitacora")
def log(name: str) -> str:
    """Show the log of a ministry to its own people."""
    group = ministry(name)
    found = tk.get_action("datahub_change_list")(context(), {"organization_id": group.id})
    return tk.render("mxcity_datahub/log.html", {"group": group, "log": found})
