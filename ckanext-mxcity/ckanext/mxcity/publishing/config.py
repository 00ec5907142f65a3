"""The configuration options of publishing."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

from ckanext.mxcity import room
from ckanext.mxcity.publishing.uploads import UploadStore

LIFETIME = "ckanext.mxcity.publishing.lifetime_hours"
MAPS = "ckanext.mxcity.publishing.maps"
FILES = "ckanext.mxcity.publishing.files_at_once"
MOST = "ckanext.mxcity.publishing.open_uploads"


def store() -> UploadStore:
    """Return the store of uploads, with the limits of this portal."""
    largest = int(tk.config.get("ckan.max_resource_size") or 10) * 1024 * 1024
    return UploadStore(
        Path(str(tk.config["ckan.storage_path"])) / "mxcity-publishing",
        largest,
        lifetime=int(tk.config.get(LIFETIME) or 72) * 3600,
        quota=largest * int(tk.config.get(FILES) or 5),
        most=int(tk.config.get(MOST) or 25),
    )


def reads_maps() -> bool:
    """Return whether maps are read on this system."""
    when = tk.config.get(MAPS) or "closed"
    return when == "always" or (when == "closed" and room.standing().closed)
