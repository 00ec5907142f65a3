"""The options of the mxcity plugin; nobody else reads them."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

CITY_PROFILE = "ckanext.mxcity.city_profile"


def city_profile() -> Path | None:
    """Return the path of the city's profile, None when the option is not set."""
    value = str(tk.config.get(CITY_PROFILE) or "").strip()
    return Path(value) if value else None
