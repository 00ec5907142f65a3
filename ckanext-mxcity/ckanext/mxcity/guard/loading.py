"""Hardened against resources that point inside: the DataStore loads from public addresses only.

The loader's downloads go through the guarded sockets of ``ckanext.sniegharvest``. The portal's
own address is allowed, since uploaded files are loaded from there. What is kept as the checksum of
a file that was fetched is its SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.sniegharvest.http.policy import NetworkPolicy
from ckanext.sniegharvest.http.process_guard import guarded

_PIECE = 1 << 20
_PORTS = {"http": 80, "https": 443}
_OWN_ADDRESSES = ("ckan.site_url", "ckanext.xloader.site_url")


def install() -> None:
    """Guard the download step of xloader, once, where xloader is loaded."""
    if not p.plugin_loaded("xloader"):
        return
    from ckanext.xloader import jobs

    if not hasattr(jobs._download_resource_data, "__wrapped__"):
        download = _with_sha256(jobs._download_resource_data)
        jobs._download_resource_data = guarded(download, own_site_policy)


def _with_sha256(download: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(download)
    def with_sha256(resource: dict[str, Any], data: dict[str, Any], *args: Any) -> tuple[Any, str]:
        """Download a file; returns it, and its SHA-256 unless only its beginning was taken.

        A checksum that the source declares does not say that the file is loaded: one that is not a
        table yet is loaded whatever its checksum.
        """
        file, checksum = download(resource, data, *args)
        if not resource.get("datastore_active"):
            data["ignore_hash"] = True
        if data.get("datastore_contains_all_records_of_source_file"):
            file.seek(0)
            digest = hashlib.sha256()
            while piece := file.read(_PIECE):
                digest.update(piece)
            file.seek(0)
            checksum = digest.hexdigest()
        return file, checksum

    return with_sha256


def own_site_policy() -> NetworkPolicy:
    """Return the policy that allows public addresses, and the portal's own with its port."""
    hosts = set()
    for option in _OWN_ADDRESSES:
        parts = urlsplit(str(tk.config.get(option) or ""))
        if parts.hostname:
            hosts.add(f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 80)}")
    return NetworkPolicy(allowed_hosts=frozenset(hosts))
