"""Activities of the datasets of a batch, as ckanext-activity writes them after each action."""

from __future__ import annotations

import json
from typing import Any, cast

import ckan.lib.plugins as lib_plugins
import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.dictization import table_dictize
from ckan.types import Context

from ckanext.mxcity.catalogue.bulk.hooks import VIEW_COUNTS, Readers
from ckanext.mxcity.catalogue.bulk.index import Document
from ckanext.sniegharvest.engine.write.bulk.check import Checked


def enabled() -> bool:
    """Return whether activities are kept."""
    return p.plugin_loaded("activity") and bool(tk.config.get("ckan.activity_streams_enabled"))


def note(
    checked: Checked,
    package: model.Package,
    document: Document,
    user: Any,
    views: Any,
    readers: Readers,
) -> None:
    """Put the activity of a dataset into the session.

    Args:
        checked: what was done.
        package: the stored object.
        document: of the index; the activity shows the dataset as it is there.
        user: who did it.
        views: totals of views, if they are known.
        readers: the plugins that are told of it.

    """
    shown = json.loads(document["validated_data_dict"])
    readers.read(package, shown)
    known = {VIEW_COUNTS: views} if views else {}
    context = {"ignore_auth": True, "package": package, "user": user.name, **known}
    readers.shown(cast("Context", context), shown)
    new = checked.change.action == "create"
    kind = "new" if new else "deleted" if package.state == "deleted" else "changed"
    _add(kind, package, shown, user)


def note_deleted(package: model.Package, shown: dict[str, Any], user: Any) -> None:
    """Put the activity of a dataset that is deleted into the session; ``shown`` as it was last."""
    _add("deleted", package, shown, user)


def _add(kind: str, package: model.Package, shown: dict[str, Any], user: Any) -> None:
    from ckanext.activity.model import Activity

    model.Session.add(
        Activity(
            user.id,
            package.id,
            f"{kind} package",
            {"package": shown, "actor": user.name},
            lib_plugins.get_permission_labels().get_dataset_labels(package),
        )
    )


def note_views(checked: Checked, user: Any) -> None:
    """Put the activities of a new dataset's views into the session.

    ckanext-activity writes none of a view that is not in the database yet.
    """
    from ckanext.activity.model import Activity

    model.Session.flush()
    resources = [resource["id"] for resource in checked.data["resources"]]
    views = model.Session.scalars(
        sa.select(model.ResourceView).where(model.ResourceView.resource_id.in_(resources))
    )
    for view in views:
        shown = table_dictize(view, {}, package_id=checked.data["id"])
        model.Session.add(Activity(user.id, checked.data["id"], "new resource view", shown))
