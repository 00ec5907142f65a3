"""Whether the actions that a batch stands in for are CKAN's own."""

from __future__ import annotations

import functools
import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.action import create, delete, get, update

log = logging.getLogger(__name__)

#: What CKAN calls when it creates, updates or deletes a dataset, where a plugin could have its say.
ACTIONS: dict[str, Any] = {
    "package_create": create.package_create,
    "package_update": update.package_update,
    "package_delete": delete.package_delete,
    "package_show": get.package_show,
    "package_owner_org_update": update.package_owner_org_update,
}
#: Links of a chain that leave alone what the action does, and what it gives, when a batch asks.
HARMLESS = {
    "ckanext.sniegharvest.logic.action.package_show",  # hides the settings of a source
    # Check sources, and work where a person changes a dataset.
    "ckanext.sniegharvest.logic.action.package_create",
    "ckanext.sniegharvest.logic.action.package_update",
    # Look at what people write.
    "ckanext.mxcity.guard.logic.written.package_create",
    "ckanext.mxcity.guard.logic.written.package_update",
}
_TOLD: set[str] = set()


def overridden() -> list[str]:
    """Return the actions that some plugin has changed: then they have to be called one by one."""
    found = [name for name, own in ACTIONS.items() if _function(name) is not own]
    if found and not _TOLD.issuperset(found):
        _TOLD.update(found)
        log.warning(
            "Datasets are written one by one, because a plugin changes %s", ", ".join(found)
        )
    return found


def _function(name: str) -> Any:
    """Return the function of an action, without CKAN's wrapper and harmless links of a chain."""
    function = getattr(tk.get_action(name), "__wrapped__", None)
    while isinstance(function, functools.partial) and _path(function.func) in HARMLESS:
        function = function.args[0]
    return function


def _path(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"
