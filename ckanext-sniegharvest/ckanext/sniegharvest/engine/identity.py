"""Who is who: identifiers that a record keeps for ever, and names that people can read."""

from __future__ import annotations

import uuid
from collections.abc import Container

NAMESPACE = uuid.UUID("7f0a2c1e-4f0e-5d5a-9d2b-19039011020a")
NAME_LENGTH = 85  # CKAN takes 100; a suffix may follow
#: Parts of CKAN's own addresses, which no dataset may have as its name.
RESERVED = frozenset({"new", "edit", "search"})


def package_id(source_id: str, guid: str) -> str:
    """The id of the dataset that a source's record becomes: the same in every run."""
    return str(uuid.uuid5(NAMESPACE, f"{source_id}\n{guid}"))


def resource_ids(package: str, urls: list[str]) -> list[str]:
    """Ids of the resources of a dataset, by address; a repeated address counts up."""
    seen: dict[str, int] = {}
    found = []
    for url in urls:
        seen[url] = seen.get(url, 0) + 1
        found.append(str(uuid.uuid5(uuid.UUID(package), f"{url}\n{seen[url]}")))
    return found


def free_name(wanted: str, package: str, taken: Container[str]) -> str:
    """A name nobody has: the wanted one, else with a piece of the dataset's id.

    Args:
        wanted: already in the form of a name (lower case, hyphens).
        package: the id, from which the suffix comes, so that every run gives the same.
        taken: names of all datasets that are not ours to rename.

    """
    name = wanted[:NAME_LENGTH].strip("-_") or "conjunto"
    if len(name) < 2 or name in RESERVED or name in taken:
        name = f"{name}-{package[:8]}"
    return name
