"""Tell plugins what the actions would have told them: hooks, default views, who listens."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib import datapreview
from ckan.lib.uploader import get_max_resource_size
from ckan.logic import fresh_context

from ckanext.sniegharvest.engine.write.bulk.check import Checked

#: Listeners that have a bulk form of their own.
ANSWERED_IN_BULK = "ckanext.activity.subscriptions"


def saved(checked: Checked, package: Any) -> None:
    """Call the hooks of a dataset that is in the database, and not committed yet."""
    data = checked.data
    if checked.change.action == "update":
        for number, upload in checked.uploads:
            upload.upload(data["resources"][number]["id"], get_max_resource_size())
    for item in p.PluginImplementations(p.IPackageController):
        if checked.change.action == "create":
            item.create(package)
            item.after_dataset_create(checked.context, data)
        else:
            item.edit(package)
            item.after_dataset_update(checked.context, data)


def default_views(checked: Checked, plugins: list[Any]) -> bool:
    """Let CKAN make the views of a new dataset, if one of its resources can have one."""
    data = checked.data
    if checked.change.action != "create" or not any(
        plugin.can_view({"resource": resource, "package": data})
        for resource in data.get("resources") or []
        for plugin in plugins
    ):
        return False
    context = fresh_context(
        checked.context,
        ignore_auth=True,
        defer_commit=True,
    )
    return bool(tk.get_action("package_create_default_resource_views")(context, {"package": data}))


def view_plugins() -> list[Any]:
    """Return the plugins that give new resources a view."""
    return list(datapreview.get_default_view_plugins())


def listeners(action: str) -> list[Any]:
    """Who else wants to know that an action succeeded."""
    return [
        receiver
        for receiver in tk.signals.action_succeeded.receivers_for(action)
        if getattr(receiver, "__module__", "") != ANSWERED_IN_BULK
    ]


def is_heard(checked: Checked) -> bool:
    """Return whether somebody else wants to know of a dataset."""
    return bool(listeners(f"package_{checked.change.action}"))


def succeeded(checked: Checked, result: dict[str, Any]) -> None:
    """Tell those who listen to actions, after the dataset is stored."""
    action = f"package_{checked.change.action}"
    for receiver in listeners(action):
        receiver(action, context=checked.context, data_dict=checked.given, result=result)
