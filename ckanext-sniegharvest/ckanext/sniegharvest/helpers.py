"""What the templates of the harvest pages need."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest import source_config
from ckanext.sniegharvest.source_config import SourceConfigError


def sniegharvest_runs(source_id: str, limit: int = 5) -> list[dict[str, Any]]:
    """The last runs of a source, the newest first; none where one may not see it."""
    try:
        return tk.get_action("sniegharvest_run_list")({}, {"source_id": source_id, "limit": limit})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return []


def sniegharvest_reason(problem: dict[str, Any]) -> str:
    """The reason of a problem in the reader's language."""
    try:
        return tk._(problem["template"]).format(**problem["params"])
    except (KeyError, IndexError, ValueError):
        return str(problem.get("reason", ""))


def sniegharvest_is_off(source_id: str) -> str:
    """Why a source does not run: "", "off" or "permission"; its settings stay hidden."""
    source = model.Session.get(HarvestSource, source_id)
    try:
        settings = source_config.parse(source.config if source else None)
    except SourceConfigError:
        return ""
    if settings.requires_permission and not settings.permission:
        return "permission"
    return "" if settings.enabled else "off"


def sniegharvest_decision(decision: str) -> str:
    """What a plan says of a record, in the reader's language."""
    return {
        "create": tk._("New"),
        "update": tk._("Changed"),
        "unchanged": tk._("Unchanged"),
        "vanish": tk._("Not listed any more"),
        "duplicate": tk._("Repeated"),
        "invalid": tk._("Invalid"),
        "held": tk._("Abnormal"),
    }.get(decision, decision)
