"""Words that plugins add to the search documents of datasets, asked for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import ckan.plugins as p

from ckanext.mxcity.interfaces import IDatasetWords

_known: ContextVar[Mapping[str, Sequence[str]] | None] = ContextVar("mxcity_words", default=None)


@contextmanager
def asked_for(package_ids: Collection[str]) -> Iterator[None]:
    """Ask for the words of many datasets now; in the block, ``words_of`` answers from them."""
    token = _known.set(_ask(package_ids))
    try:
        yield
    finally:
        _known.reset(token)


def words_of(package_id: str) -> list[str]:
    """Return the words that plugins add to a dataset."""
    known = _known.get() or {}
    found = known if package_id in known else _ask([package_id])
    return list(found[package_id])


def _ask(package_ids: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {package_id: [] for package_id in package_ids}
    for plugin in p.PluginImplementations(IDatasetWords):
        for package_id, words in plugin.dataset_words(package_ids).items():
            found[package_id] += words
    return found
