"""The harvest engine's common parts: options, actions, command line, pages, translations."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context, SignalMapping

from ckanext.mxcity.catalogue.bulk import validators
from ckanext.sniegharvest.engine import scheduler
from ckanext.sniegharvest.files import checksums
from ckanext.sniegharvest.files.city_rows import CityRowsMixin
from ckanext.sniegharvest.logic import overlay
from ckanext.xloader.interfaces import IXloader


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators(
    {
        function.__name__: function
        for function in (
            validators.duplicate_extras_key,
            validators.owner_org_validator,
            validators.package_id_does_not_exist,
            validators.package_name_validator,
            validators.resource_id_does_not_exist,
        )
    }
)
class SniegHarvestPlugin(CityRowsMixin, p.SingletonPlugin, DefaultTranslation):
    """What every harvester plugin of ours needs."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ISignal)
    p.implements(p.ITranslation)
    p.implements(IXloader, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, and how often a source may be harvested."""
        scheduler.offer_frequencies()
        tk.add_template_directory(config, "templates")

    def get_signal_subscriptions(self) -> SignalMapping:
        """Hear of files that were fetched, to compare them with what their sources declare."""
        return {tk.signals.ckanext.signal("mxcity:file_downloaded"): [checksums.compare_downloaded]}

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Keep what a person changed in a harvested dataset."""
        overlay.keep(context)
