"""The plugin for sources of type ``ckan``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class CKANHarvester(Harvester):
    """Harvests sources of type ``ckan`` with our engine."""

    source_type = "ckan"
