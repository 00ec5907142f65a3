"""The pages of the mxcity plugin; each name listed is a blueprint."""

from __future__ import annotations

from ckanext.mxcity.api_docs.views import blueprint as mxcity_api
from ckanext.mxcity.dataset_types.views import blueprint as mxcity_dataset_types
from ckanext.mxcity.exports.blueprint import blueprint as mxcity_exports
from ckanext.mxcity.views.counts import blueprint as mxcity_counts
from ckanext.mxcity.views.face import blueprint as mxcity_face
from ckanext.mxcity.views.fields import blueprint as mxcity_fields

__all__ = [
    "mxcity_api",
    "mxcity_counts",
    "mxcity_dataset_types",
    "mxcity_exports",
    "mxcity_face",
    "mxcity_fields",
]
