"""The DataHub's pages; each module adds its own to the blueprint."""

from __future__ import annotations

from ckanext.mxcity.datahub.views import exchange as _exchange
from ckanext.mxcity.datahub.views import former as _former
from ckanext.mxcity.datahub.views import forms as _forms
from ckanext.mxcity.datahub.views import pages as _pages
from ckanext.mxcity.datahub.views import tables as _tables
from ckanext.mxcity.datahub.views import units as _units
from ckanext.mxcity.datahub.views.blueprint import datahub

#: Modules that are imported for the pages that they add.
MODULES = (_exchange, _former, _forms, _pages, _tables, _units)

__all__ = ["datahub"]
