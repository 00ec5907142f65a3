"""The main plugin of MX City."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import CKANApp

from ckanext.mxcity.catalogue import feeds
from ckanext.mxcity.catalogue.configurer import configure
from ckanext.mxcity.catalogue.facets import FacetsMixin, SearchMixin
from ckanext.mxcity.catalogue.index import IndexMixin
from ckanext.mxcity.city.rights import check
from ckanext.mxcity.dataset import validators
from ckanext.mxcity.exchange.exports import forms
from ckanext.mxcity.interfaces import IApiOperations


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators(validators)
class MxcityPlugin(FacetsMixin, IndexMixin, SearchMixin, DefaultTranslation, p.SingletonPlugin):
    """What every MX City portal has in common: schemas, city, search fields and look."""

    p.implements(IApiOperations)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, assets and defaults; refuse roles that cannot be read."""
        configure(config)
        check(config)

    def make_middleware(self, app: CKANApp, config: CKANConfig) -> CKANApp:
        """Mend CKAN's feeds, now that the application has them."""
        feeds.install()
        return app

    def api_operations(self) -> list[dict[str, Any]]:
        """Describe the forms of the catalogue."""
        return forms.operations()
