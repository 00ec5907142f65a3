"""The plugin for sources of type ``socrata``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class SocrataHarvester(Harvester):
    """Harvests sources of type ``socrata`` with our engine."""

    source_type = "socrata"
