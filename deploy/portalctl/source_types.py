"""The types of source and their plugins, from the harvest's registry, which needs no package."""

from __future__ import annotations

import runpy
from typing import Any

from .instance import REPOSITORY

REGISTRY = REPOSITORY / "ckanext-sniegharvest/ckanext/sniegharvest/sources/registry.py"


def _registry() -> dict[str, Any]:
    return runpy.run_path(str(REGISTRY))


def types() -> list[str]:
    """Return the names of the types of source, in the order of the form."""
    return list(_registry()["READERS"])


def plugins() -> str:
    """Return the names of the harvester plugins as ``ckan.plugins`` takes them."""
    return " ".join(_registry()["PLUGINS"].values())
