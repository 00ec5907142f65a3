"""The options of the mxcity_demo plugin; nobody else reads them."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

DEMO_FOLDER = "ckanext.mxcity.demo_folder"


def demo_folder() -> Path | None:
    """Return the folder of the demonstration catalogue, None when it is off."""
    value = str(tk.config.get(DEMO_FOLDER) or "").strip()
    return Path(value).resolve() if value else None
