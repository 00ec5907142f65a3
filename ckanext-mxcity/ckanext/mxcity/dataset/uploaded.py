"""The bytes of files that were uploaded to the portal, wherever CKAN keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckan.lib import files, uploader

from ckanext.mxcity.ground.digests import pieces_of


def uploaded(resource: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the bytes of a file that was uploaded here, wherever CKAN keeps them."""
    upload = uploader.get_resource_uploader(dict(resource))
    place = upload.get_path(resource["id"])
    storage = getattr(upload, "storage", None)
    if storage is not None:
        yield from storage.stream(files.FileData(place))
        return
    with open(place, "rb") as file:
        yield from pieces_of(file)
