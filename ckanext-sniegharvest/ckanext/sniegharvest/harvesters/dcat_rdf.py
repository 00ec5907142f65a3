"""The plugin for sources of type ``dcat_rdf``."""

from __future__ import annotations

from ckanext.sniegharvest.harvesters.base import Harvester


class DCATRDFHarvester(Harvester):
    """Harvests sources of type ``dcat_rdf`` with our engine."""

    source_type = "dcat_rdf"
