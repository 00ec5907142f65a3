"""What the templates of the harvest pages need."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk


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


def sniegharvest_is_off(source: dict[str, Any]) -> str:
    """Why a source does not run: "", "off" or "permission"."""
    try:
        settings = json.loads(source.get("config") or "{}")
    except ValueError:
        return ""
    if settings.get("requires_permission") and not settings.get("permission"):
        return "permission"
    return "" if settings.get("enabled", True) else "off"
