"""What a table's columns mean, where the Table Schema beside its file tells it.

Portals publish the dictionary of a table as a file of its dataset. Only its titles and descriptions
are taken, and only where it names the same columns: the values are what the table's own file says.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity import room
from ckanext.mxcity.ground.errors import FetchError
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy
from ckanext.mxcity.net.policy import host_of

log = logging.getLogger(__name__)

#: Files of a dataset that are looked at, and how large they may be.
MOST, SIZE = 3, 500_000
_LIMITS = Limits(
    max_bytes=SIZE, spool_bytes=SIZE, connect_timeout=5, read_timeout=10, total_timeout=15,
    max_attempts=1,
)  # fmt: skip
_BOUNDS = room.Bounds(seconds=20, cpu_seconds=10)
_TASK = "ckanext.mxcity.checks.described:read"
#: Words in the name of a file that is a dictionary.
_WORDS = ("diccionario", "esquema", "schema", "dictionary")


def descriptions(dataset: Mapping[str, Any], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return ``label`` and ``notes`` of each column that a schema of the dataset describes.

    Args:
        dataset: as ``package_show`` gives it.
        names: the columns of the table; a schema of other columns is not its.

    """
    schemas, wanted = _schemas(dataset), set(names)
    if not schemas:
        return {}
    own = host_of(str(tk.config["ckan.site_url"]))
    client = GuardedClient(NetworkPolicy(allowed_hosts=frozenset({own})), _LIMITS)
    try:
        for schema in schemas:
            found = {row[0]: row for row in _read(client, schema["url"])}
            if wanted == set(found):
                return {name: _told(*row) for name, row in found.items()}
    finally:
        client.close()
    return {}


def _read(client: GuardedClient, url: str) -> list[list[str]]:
    """Return what a schema says of its fields; nothing if it cannot be had or is none."""
    try:
        body = client.get(url).body
        with TemporaryDirectory(prefix="mxcity-") as folder:
            path = Path(folder) / "schema.json"
            path.write_bytes(body if isinstance(body, bytes) else body.read_bytes())
            found: list[list[str]] = room.run(_TASK, {}, files={"file": path}, bounds=_BOUNDS)
    except (FetchError, room.RoomFailed) as error:
        log.info("The dictionary %s was not read: %s", url, error)
        return []
    return found


def _told(name: str, title: str, description: str) -> dict[str, str]:
    told = {"label": title if title != name else "", "notes": description}
    return {key: text for key, text in told.items() if text}


def _schemas(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the files of a dataset that may be the dictionary of its tables."""
    found = [
        resource
        for resource in dataset["resources"]
        if folded(str(resource.get("format") or "")) == "json"
        and str(resource.get("url") or "").startswith(("http://", "https://"))
        and any(
            word in folded(f"{resource.get('name')} {resource.get('description')}")
            for word in _WORDS
        )
    ]
    return found[:MOST]
