"""The plugin for sources of type ``csw``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class CSWHarvester(Harvester):
    """Harvests sources of type ``csw`` with our engine."""

    source_type = "csw"
