"""The options of the mxcity plugin; nobody else reads them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city import City, load_city

CITY_PROFILE = "ckanext.mxcity.city_profile"
OWN_SOURCES = "ckanext.mxcity.own_sources"


def city_profile() -> Path | None:
    """Return the path of the city's profile, None when the option is not set."""
    value = str(tk.config.get(CITY_PROFILE) or "").strip()
    return Path(value) if value else None


def own_sources() -> list[str]:
    """Return the names of the harvest sources whose datasets are the city's own."""
    return str(tk.config.get(OWN_SOURCES) or "").split()


def city() -> City | None:
    """Return the city of this portal, None when no profile is configured.

    Raises:
        CityProfileError: the profile cannot be used.

    """
    path = city_profile()
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0) if path else None


@lru_cache(maxsize=4)
def _load(path: Path, _changed_at: int) -> City:
    """Read a profile once; ``_changed_at`` makes a changed file be read again."""
    return load_city(path)
