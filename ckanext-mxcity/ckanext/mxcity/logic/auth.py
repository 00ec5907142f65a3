"""The auth functions of the mxcity plugin, each from the room that it is about."""

from __future__ import annotations

from ckanext.mxcity.city.auth import mxcity_area_autocomplete, mxcity_city_show, mxcity_role_list
from ckanext.mxcity.dataset.auth import (
    mxcity_conformance_show,
    mxcity_organization_conformance_show,
)

__all__ = [
    "mxcity_area_autocomplete",
    "mxcity_city_show",
    "mxcity_conformance_show",
    "mxcity_organization_conformance_show",
    "mxcity_role_list",
]
