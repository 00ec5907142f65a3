"""Hooks of the index that ask the database for every dataset, answered for a whole batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.types import Context

from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.mxcity.catalogue.bulk.quick import bound

#: What ``after_dataset_show`` finds in its context: totals of views by dataset and by address.
VIEW_COUNTS = "mxcity_view_counts"

Counts = dict[str, dict[str, int]]
NONE = {"total": 0, "recent": 0}


class Readers:
    """The plugins that are told of each dataset that is shown, found once for a batch."""

    def __init__(self) -> None:
        controllers = list(p.PluginImplementations(p.IPackageController))
        self._read = [item.read for item in controllers]
        self._resource_shown = [
            item.before_resource_show for item in p.PluginImplementations(p.IResourceController)
        ]
        self._shown = [_with_schemas(item, "after_dataset_show") for item in controllers]

    def read(self, package: model.Package, shown: dict[str, Any]) -> None:
        """Tell them that a dataset is being shown, as ``package_show`` does."""
        for read in self._read:
            read(package)
        for resource_shown in self._resource_shown:
            for resource in shown["resources"]:
                resource_shown(resource)

    def shown(self, context: Context, shown: dict[str, Any]) -> None:
        """Let them work on what is shown, as the last step of ``package_show``."""
        for after in self._shown:
            after(context, shown)


def _with_schemas(item: Any, hook: str) -> Callable[..., Any]:
    """Return a hook of a plugin; ckanext-dcat's would ask for the same schema for each dataset."""
    function = getattr(type(item), hook)
    if function.__module__ != "ckanext.dcat.plugins":
        found: Callable[..., Any] = getattr(item, hook)
        return found
    asked = cache(function.__globals__["_get_dataset_schema"])
    return partial(bound(function, _get_dataset_schema=asked), item)


class Indexers:
    """The plugins that work on documents of the index, three of them with prefetched answers.

    ckanext-harvest looks for the harvest object of each dataset, ckanext-tracking for its views,
    ckanext-dcat for its schema. They run their own code; only what they would have asked for is
    known.
    """

    def __init__(self, objects: Mapping[str, Any], views: Counts | None) -> None:
        """Take the current harvest object of each dataset that has one, and the views."""
        self._objects = objects
        self._views = views
        self._plugins: list[Any] | None = None

    def __call__(self, interface: Any) -> Iterator[Any]:
        """Stand for ``PluginImplementations``."""
        if self._plugins is None:
            self._plugins = [self._quick(item) for item in p.PluginImplementations(interface)]
        return iter(self._plugins)

    def _quick(self, item: Any) -> Any:
        function = type(item).before_dataset_index
        if function.__module__ == "ckanext.tracking.plugin" and self._views is not None:
            views = self._views
            known = SimpleNamespace(get_for_package=lambda id_: dict(views.get(id_, NONE)))
            quick = bound(function, TrackingSummary=known)
            return SimpleNamespace(before_dataset_index=lambda found: quick(item, found))
        if function.__module__ == "ckanext.harvest.plugin":
            return _Harvest(item, function, self._objects)
        return SimpleNamespace(before_dataset_index=_with_schemas(item, "before_dataset_index"))


#: Stands for ckanext-harvest's table where conditions are put that nobody reads.
_COLUMNS = SimpleNamespace(
    package_id=None, current=None, import_finished=SimpleNamespace(desc=lambda: None)
)


class _Harvest:
    """ckanext-harvest's hook, with the query of its harvest object answered."""

    def __init__(self, item: Any, function: Any, objects: Mapping[str, Any]) -> None:
        self._item = item
        self._objects = objects
        self._asked_for = ""
        stand_in = SimpleNamespace(Session=SimpleNamespace(query=lambda kind: self))
        self._quick = bound(function, model=stand_in, HarvestObject=_COLUMNS)

    def before_dataset_index(self, found: dict[str, Any]) -> dict[str, Any]:
        """Run the hook."""
        self._asked_for = found["id"]
        result: dict[str, Any] = self._quick(self._item, found)
        return result

    def filter(self, condition: Any) -> _Harvest:
        """Continue the query."""
        return self

    def order_by(self, column: Any) -> _Harvest:
        """Continue the query."""
        return self

    def first(self) -> Any:
        """Give the current harvest object of the dataset that is asked for."""
        return self._objects.get(self._asked_for)


def written(objects: Mapping[str, str], source_id: str) -> dict[str, Any]:
    """Return the harvest objects of one source that a batch has just made current."""
    stored = model.Session.get(HarvestSource, source_id)
    source = SimpleNamespace(id=source_id, title=stored.title if stored else "")
    return {
        package: SimpleNamespace(id=object_id, source=source)
        for package, object_id in objects.items()
    }


def current(package_ids: Sequence[str]) -> dict[str, Any]:
    """Return the current harvest object of each dataset that has one; the newest of several."""
    if not p.plugin_loaded("harvest"):
        return {}
    rows = model.Session.execute(
        sa.select(HarvestObject.package_id, HarvestObject.id, HarvestSource.id, HarvestSource.title)
        .join(HarvestSource, HarvestSource.id == HarvestObject.harvest_source_id)
        .where(HarvestObject.package_id.in_(package_ids), HarvestObject.current.is_(True))
        .order_by(HarvestObject.import_finished)
    )
    return {
        package: SimpleNamespace(id=object_id, source=SimpleNamespace(id=source, title=title))
        for package, object_id, source, title in rows
    }


def view_counts(ids: Sequence[str], addresses: set[str]) -> tuple[Counts, Counts] | None:
    """Totals of views by dataset and by address of a file; None if nobody counts them."""
    if not p.plugin_loaded("tracking"):
        return None
    from ckanext.tracking.model import TrackingSummary

    return _totals(TrackingSummary, "package_id", set(ids)), _totals(
        TrackingSummary, "url", addresses
    )


def _totals(kind: Any, column: str, values: set[str]) -> Counts:
    if not values:
        return {}
    key = getattr(kind, column)
    rows = model.Session.execute(
        sa.select(key, kind.running_total, kind.recent_views)
        .where(key.in_(values))
        .distinct(key)
        .order_by(key, kind.tracking_date.desc())
    )
    return {value: {"total": total, "recent": recent} for value, total, recent in rows}
