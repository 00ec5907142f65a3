"""The search plugin: Spanish, through CKAN's own search."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.search.query import VALID_SOLR_PARAMETERS

from ckanext.mxcity.catalogue.data_words import words_of
from ckanext.mxcity.search import helpers, indexing, ranking, views
from ckanext.mxcity.search.logic import action, auth


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.helpers(helpers)
@tk.blanket.blueprints(views)
class SearchPlugin(p.SingletonPlugin):
    """Fields and weights for questions in Spanish, suggestions and spelling."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: Any) -> None:
        """Add the templates of the search, and let our parameter through to Solr."""
        VALID_SOLR_PARAMETERS.add(ranking.WORDS)
        tk.add_template_directory(config, "templates")

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Search our fields unless the caller named others."""
        return ranking.rank(search_params)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Index what our schema needs beside CKAN's fields."""
        return indexing.add_fields(pkg_dict, words_of)
