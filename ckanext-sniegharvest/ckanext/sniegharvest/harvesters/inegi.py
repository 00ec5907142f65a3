"""The plugin for sources of type ``inegi_indicators``."""

from __future__ import annotations

import ckan.plugins as p
from flask import Blueprint

from ckanext.sniegharvest.harvesters.base import Harvester
from ckanext.sniegharvest.indicators import blueprint


class INEGIHarvester(Harvester):
    """Harvests sources of type ``inegi_indicators``, and gives their values as CSV."""

    p.implements(p.IBlueprint)

    source_type = "inegi_indicators"

    def get_blueprint(self) -> list[Blueprint]:
        """The pages of the values."""
        return [blueprint]
