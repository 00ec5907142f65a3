"""API actions of the catalogue as DCAT, in place of ckanext-dcat's own."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict
from flask import request

from ckanext.mxcity.exchange.exports.rdf import catalogue_page


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_show(_original: Action, context: Context, data_dict: DataDict) -> str:
    """Return a page of the public catalogue as DCAT.

    In place of ckanext-dcat's own, so that all ways to the catalogue hold the same datasets in
    the same order, whoever asks: ``ckanapi action dcat_catalog_show format=ttl page=2``.

    Args:
        _original: ckanext-dcat's action, which is not called.
        context: CKAN's context.
        data_dict: ``format`` (``ttl``, ``rdf``, ``xml``, ``jsonld``, ``n3``), ``page`` from 1,
            ``modified_since`` (a date), ``include=harvested`` for what was harvested as well,
            ``for`` (names of sources or hosts: all but what came from them), ``profiles``.

    Returns:
        The page, as a text in the format asked for.

    Raises:
        ValidationError: an argument that is not understood.

    """
    tk.check_access("dcat_catalog_show", context, data_dict)
    return catalogue_page(data_dict, request.path)


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_search(_original: Action, context: Context, data_dict: DataDict) -> str:
    """Return a page of the public catalogue as DCAT; the same as ``dcat_catalog_show``."""
    tk.check_access("dcat_catalog_search", context, data_dict)
    return catalogue_page(data_dict, request.path)
