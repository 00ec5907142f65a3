"""Storing the file of a resource on a disk that may be full."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import config as ckan_config
from ckan.lib import files
from ckan.lib.uploader import ResourceUpload

from ckanext.mxcity.publishing.upload_files import NO_ROOM
from ckanext.mxcity.publishing.user_messages import upload_sentence


class StoringMixin:
    """IUploader: stores the files of resources, after the other mixins have looked at them."""

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> ResourceUpload | None:
        """Store as CKAN does, where the files of resources lie in its own folder."""
        super().get_resource_uploader(data_dict)  # type: ignore[misc]  # refuses by raising
        try:
            files.get_storage(ckan_config["ckan.files.default_storages.resource"])
        except files.exc.UnknownStorageError:
            return WholeResourceUpload(data_dict)
        return None


class WholeResourceUpload(ResourceUpload):
    """CKAN's uploader, which leaves the earlier file, or nothing, where storing fails."""

    def upload(self, id: str, max_size: int = 10) -> None:
        """Store the file; ValidationError where the disk has no room for it."""
        try:
            super().upload(id, max_size)
        except OSError as error:
            if self.storage_path:
                with suppress(OSError):
                    Path(f"{self.get_path(id)}~").unlink(missing_ok=True)
            if error.errno not in NO_ROOM:
                raise
            raise tk.ValidationError({"upload": [upload_sentence("no_room")]}) from error
