"""The plugin for sources of type ``opendatasoft``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class OpenDataSoftHarvester(Harvester):
    """Harvests sources of type ``opendatasoft`` with our engine."""

    source_type = "opendatasoft"
