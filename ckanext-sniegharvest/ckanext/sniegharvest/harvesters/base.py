"""ckanext-harvest's interface on our engine: the gather stage does the whole run."""

from __future__ import annotations

import logging
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.harvest.interfaces import IHarvester
from ckanext.sniegharvest import source_config
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.engine.sources import SOURCE_TYPES
from ckanext.sniegharvest.errors import filled
from ckanext.sniegharvest.source_config import SourceConfigError

log = logging.getLogger(__name__)

#: The stock plugins that answer to the same type names; one of a pair would be hidden.
STOCK = {
    "ckan": "ckan_harvester",
    "dcat_json": "dcat_json_harvester",
    "dcat_rdf": "dcat_rdf_harvester",
    "csw": "csw_harvester",
}


class Harvester(p.SingletonPlugin):
    """What the harvester plugins share; each names its source type."""

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
            "name": kind.name,
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
