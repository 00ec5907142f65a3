"""The pages of the mxcity plugin; each name listed is a blueprint."""

from __future__ import annotations

from ckanext.mxcity.catalogue.api_docs.views import blueprint as mxcity_api
from ckanext.mxcity.catalogue.views.counts import blueprint as mxcity_counts
from ckanext.mxcity.catalogue.views.face import blueprint as mxcity_face
from ckanext.mxcity.catalogue.views.roles import blueprint as mxcity_roles
from ckanext.mxcity.catalogue.views.sitemap import blueprint as mxcity_sitemap
from ckanext.mxcity.dataset.views.fields import blueprint as mxcity_fields
from ckanext.mxcity.dataset.views.types import blueprint as mxcity_dataset_types
from ckanext.mxcity.exchange.exports.blueprint import blueprint as mxcity_exports

__all__ = [
    "mxcity_api",
    "mxcity_counts",
    "mxcity_dataset_types",
    "mxcity_exports",
    "mxcity_face",
    "mxcity_fields",
    "mxcity_roles",
    "mxcity_sitemap",
]
