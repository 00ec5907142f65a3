"""Rectangles around the data of datasets, which plugins know, asked for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import ckan.plugins as p

from ckanext.mxcity.interfaces import Extent, IDatasetExtents

_known: ContextVar[Mapping[str, Extent | None] | None] = ContextVar("mxcity_extents", default=None)


@contextmanager
def asked_for(package_ids: Collection[str]) -> Iterator[None]:
    """Ask for the extents of many datasets now; in the block, ``extent_of`` answers from them."""
    token = _known.set(_ask(package_ids))
    try:
        yield
    finally:
        _known.reset(token)


def extent_of(package_id: str) -> Extent | None:
    """Return the rectangle around the data of a dataset, None if no plugin knows it."""
    known = _known.get() or {}
    found = known if package_id in known else _ask([package_id])
    return found[package_id]


def _ask(package_ids: Collection[str]) -> dict[str, Extent | None]:
    found: dict[str, Extent | None] = dict.fromkeys(package_ids)
    for plugin in p.PluginImplementations(IDatasetExtents):
        found |= plugin.dataset_extents(package_ids)
    return found
