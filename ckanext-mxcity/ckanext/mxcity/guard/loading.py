"""Hardened against resources that point inside: the DataStore loads from public addresses only.

The loader's downloads go through the guarded sockets of ``ckanext.mxcity.net``. The portal's
own address is allowed, since what it links to itself is loaded from there; files that were uploaded
are read where they are kept (``tokenless``). What is kept as the checksum of a file that was
fetched is its SHA-256; who wants to compare it with what its source declares hears of it by a
signal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import ckan.plugins as p

from ckanext.mxcity.ground.digests import measured, pieces_of
from ckanext.mxcity.guard import tokenless
from ckanext.mxcity.guard.outgoing import own_site_policy
from ckanext.mxcity.interfaces import file_downloaded
from ckanext.mxcity.net.process_guard import guarded


def install() -> None:
    """Guard the download step of xloader, once, where xloader is loaded."""
    if not p.plugin_loaded("xloader"):
        return
    from ckanext.xloader import jobs

    tokenless.install()
    if not hasattr(jobs._download_resource_data, "__wrapped__"):
        download = _with_sha256(tokenless.from_store(jobs._download_resource_data))
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
            checksum, _ = measured(pieces_of(file))
            file_downloaded.send(resource["id"], resource=resource, file=file)
        return file, checksum

    return with_sha256
