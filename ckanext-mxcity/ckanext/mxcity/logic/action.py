"""The actions of the mxcity plugin, each from the room that it is about."""

from __future__ import annotations

from ckanext.mxcity.catalogue.renaming import (
    group_create,
    group_update,
    organization_create,
    organization_update,
    tag_delete,
    vocabulary_update,
)
from ckanext.mxcity.city.actions import mxcity_area_autocomplete, mxcity_city_show, mxcity_role_list
from ckanext.mxcity.dataset.actions import (
    mxcity_conformance_show,
    mxcity_organization_conformance_show,
)
from ckanext.mxcity.exchange.actions import dcat_catalog_search, dcat_catalog_show

__all__ = [
    "dcat_catalog_search",
    "dcat_catalog_show",
    "group_create",
    "group_update",
    "mxcity_area_autocomplete",
    "mxcity_city_show",
    "mxcity_conformance_show",
    "mxcity_organization_conformance_show",
    "mxcity_role_list",
    "organization_create",
    "organization_update",
    "tag_delete",
    "vocabulary_update",
]
