"""The harvest engine's common parts: options, actions, command line, pages, translations."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation

from ckanext.sniegharvest import scheduler


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers
class SniegHarvestPlugin(p.SingletonPlugin, DefaultTranslation):
    """What every harvester plugin of ours needs."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, and how often a source may be harvested."""
        scheduler.offer_frequencies()
        tk.add_template_directory(config, "templates")
