"""The harvester plugins, one a type of source, all made from the registry.

Their gather stage does the whole run; the other stages of ckanext-harvest have nothing left to do.
"""

from __future__ import annotations

import logging
import types
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.harvest.interfaces import IHarvester
from ckanext.mxcity.ground.messages import filled
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.registry import PLUGINS
from ckanext.sniegharvest.sources.source_config import SourceConfigError
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

log = logging.getLogger(__name__)

#: The stock plugins that answer to the same type names; one of a pair would be hidden.
STOCK = {
    "ckan": "ckan_harvester",
    "dcat_json": "dcat_json_harvester",
    "dcat_rdf": "dcat_rdf_harvester",
    "csw": "csw_harvester",
}


class Harvester(p.SingletonPlugin):
    """Implements ckanext-harvest's interface with our engine, for one type of source."""

    p.implements(IHarvester)
    p.implements(p.IConfigurable)

    source_type = ""

    def configure(self, config: Any) -> None:
        """Refuse to start beside the stock plugin of the same type."""
        stock = STOCK.get(self.source_type)
        if stock and p.plugin_loaded(stock):
            raise RuntimeError(
                f"{self.name} replaces {stock}: take one of them out of ckan.plugins"
            )

    def info(self) -> dict[str, str]:
        """Name, title and description of the source type, for the form of a source."""
        kind = SOURCE_TYPES[self.source_type]
        return {
            "name": self.source_type,
            "title": tk._(kind.title),
            "description": tk._(kind.description),
            "form_config_interface": "Text",
        }

    def validate_config(self, config: str) -> str:
        """Check the settings of a source; ValueError says what is wrong with them."""
        try:
            source_config.parse(config)
        except SourceConfigError as error:
            message = error.message
            raise ValueError(filled(message.template, message.params, tk._)) from error
        return config

    def gather_stage(self, harvest_job: Any) -> list[str]:
        """Carry the whole run out; there is nothing left for the fetch queue."""
        try:
            Run(harvest_job.id, harvest_job.source, progress=log.info).execute()
        except Exception:
            log.exception("The run of job %s could not be recorded", harvest_job.id)
            model.Session.rollback()
        return []

    def fetch_stage(self, harvest_object: Any) -> bool:
        """Answer that there is nothing to fetch: an old message may still ask."""
        return True

    def import_stage(self, harvest_object: Any) -> bool:
        """Answer that there is nothing to import: an old message may still ask."""
        return True


def _plugin(kind: str, name: str) -> type[Harvester]:
    """Make the class of a plugin; entry points name it by the name of the plugin."""
    about = f"Harvests sources of type ``{kind}``."
    values = {"source_type": kind, "__doc__": about, "__module__": __name__}
    return types.new_class(name, (Harvester,), exec_body=lambda body: body.update(values))


globals().update({name: _plugin(kind, name) for kind, name in PLUGINS.items()})
