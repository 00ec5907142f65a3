"""Pages of the harvest: runs, what the city changed, files, and the values of indicators."""

from __future__ import annotations

from ckanext.sniegharvest.views.indicators import blueprint as indicators
from ckanext.sniegharvest.views.runs import blueprint, file, overlay

__all__ = ["blueprint", "file", "indicators", "overlay"]
