"""The main plugin of MX City."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation

from ckanext.mxcity.implementations.configurer import configure
from ckanext.mxcity.implementations.facets import FacetsMixin, SearchMixin
from ckanext.mxcity.implementations.index import IndexMixin


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators
class MxcityPlugin(FacetsMixin, IndexMixin, SearchMixin, DefaultTranslation, p.SingletonPlugin):
    """What every MX City portal has in common: schemas, city, search fields and look."""

    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, assets and defaults."""
        configure(config)
