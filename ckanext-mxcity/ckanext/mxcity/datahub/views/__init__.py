"""The DataHub's pages; each name listed is a blueprint."""

from __future__ import annotations

from ckanext.mxcity.datahub.views import exchange, forms, pages, tables
from ckanext.mxcity.datahub.views.blueprint import datahub

__all__ = ["datahub", "exchange", "forms", "pages", "tables"]
