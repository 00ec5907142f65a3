"""The plugin for sources of type ``dcat_json``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class DCATJSONHarvester(Harvester):
    """Harvests sources of type ``dcat_json`` with our engine."""

    source_type = "dcat_json"
