"""The plugin for sources of type ``arcgis_hub``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class ArcGISHubHarvester(Harvester):
    """Harvests sources of type ``arcgis_hub`` with our engine."""

    source_type = "arcgis_hub"
