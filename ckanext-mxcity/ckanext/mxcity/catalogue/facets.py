"""The filters of the search page, in the order in which residents use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset import fields
from ckanext.mxcity.dataset.labels import facet_label
from ckanext.mxcity.dataset.types import TYPES, VOCABULARY_FIELD


def facet_titles() -> dict[str, str]:
    """Return the title of each facet by its field in the index, in the order shown."""
    language = current_language()
    declared = [
        (facet.order, facet.index, fields.label(facet.labels, language))
        for _, facet in fields.facets()
    ]
    others = [
        (30, VOCABULARY_FIELD, tk._("Kind of dataset")),
        (40, "res_format", tk._("Formats")),
    ]
    ordered = sorted([*declared, *others], key=lambda facet: facet[0])
    return {index: title for _, index, title in ordered}


class FacetsMixin:
    """IFacets: our facets instead of CKAN's, on the search and the organisations' pages."""

    def dataset_facets(self, facets_dict: dict[str, str], package_type: str) -> dict[str, str]:
        """Return the facets of the search page; sources of the harvest keep theirs."""
        return facet_titles() if package_type in TYPES else facets_dict

    def organization_facets(
        self, facets_dict: dict[str, str], organization_type: str, package_type: str | None
    ) -> dict[str, str]:
        """Return the facets of an organisation's page: all but the organisation itself."""
        if package_type not in (None, *TYPES):
            return facets_dict
        return {name: title for name, title in facet_titles().items() if name != "organization"}


class SearchMixin:
    """IPackageController: facets with names that people read."""

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Give the items of our facets their label instead of their key."""
        for field, facet in search_results.get("search_facets", {}).items():
            for item in facet["items"]:
                label = facet_label(field, item["name"])
                if label:
                    item["display_name"] = label
        return search_results
