"""The plugin for sources of type ``spreadsheet``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class SpreadsheetHarvester(Harvester):
    """Harvests sources of type ``spreadsheet`` with our engine."""

    source_type = "spreadsheet"
