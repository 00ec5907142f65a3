"""Hooks of the index that ask the database for every dataset, answered for a whole batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa

from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.sniegharvest.engine.bulk.schemas import bound

#: What ``after_dataset_show`` finds in its context: totals of views by dataset and by address.
VIEW_COUNTS = "mxcity_view_counts"

Counts = dict[str, dict[str, int]]
NONE = {"total": 0, "recent": 0}


class Indexers:
    """The plugins that work on documents of the index, two of them with prefetched answers.

    ckanext-harvest looks for the harvest object of each dataset, ckanext-tracking for its views.
    They run their own code; only what they would have asked for is known.
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
        return item


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
        return self._quick(self._item, found)

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
