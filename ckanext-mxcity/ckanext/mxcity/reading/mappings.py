"""From another service's names for things to those of DCAT-US, by a table that people can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.yaml import load_yaml


@dataclass(frozen=True)
class Table:
    """A file of ``schemas/mappings``: which path of a record gives which key of DCAT-US."""

    #: Paths by key; the first path with a value wins.
    dataset: Mapping[str, tuple[str, ...]]
    #: Paths that need no place, themselves and what is under them.
    ignored: tuple[str, ...]
    #: The type of its datasets, "" where nothing is said.
    type: str = ""


@schema_files.kept
def mapping_file(name: str) -> Mapping[str, Any]:
    """Load ``schemas/mappings/<name>.yaml``."""
    loaded: Mapping[str, Any] = load_yaml(schema_files.read(f"mappings/{name}.yaml"))
    return loaded


@schema_files.kept
def table(name: str) -> Table:
    """Return the table of a type of source, e.g. ``socrata``."""
    loaded = mapping_file(name)
    return Table(
        {key: tuple(paths) for key, paths in loaded["dataset"].items()},
        tuple(loaded.get("ignored", ())),
        loaded.get("type", ""),
    )


def dig(raw: Any, path: str) -> Any:
    """Return what a dotted path leads to, None if it leads nowhere."""
    for name in path.split("."):
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(name)
    return raw


def translate(raw: Mapping[str, Any], name: str) -> tuple[dict[str, Any], set[str]]:
    """Return a record as an entry of ``data.json``, and the paths that found no place.

    A dotted key (``contactPoint.fn``) makes an object.
    """
    rules = table(name)
    entry: dict[str, Any] = {}
    for key, paths in rules.dataset.items():
        found = next((value for path in paths if _filled(value := dig(raw, path))), None)
        if found is None:
            continue
        first, _, second = key.partition(".")
        if second:
            entry.setdefault(first, {})[second] = found
        else:
            entry[first] = found
    placed = {path for paths in rules.dataset.values() for path in paths} | set(rules.ignored)
    return entry, {path for path in _leaves(raw) if not _under(path, placed)}


def _filled(value: Any) -> bool:
    return value not in (None, "", [], {})


def _leaves(raw: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    for name, value in raw.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and depth < 2:
            yield from _leaves(value, f"{path}.", depth + 1)
        elif _filled(value):
            yield path


def _under(path: str, placed: set[str]) -> bool:
    parts = path.split(".")
    return any(".".join(parts[:count]) in placed for count in range(1, len(parts) + 1))
