"""Light pages: what visitors read, without CKAN's scripts and styles, and without a session.

CKAN's bundles are 1.4 MB that reading needs nothing of. Pages of other extensions, and of who has
signed in, keep them: a page is light only if it is known to be.
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import request

from ckanext.mxcity.dataset.types import TYPES

#: Pages of CKAN whose templates are ours.
PAGES = frozenset(
    {
        # The home page and the page of a dataset, where the catalogue answers machines with RDF.
        "dcat.read_catalog",
        "dcat.read_dataset",
        "home.about",
        "home.index",
        "organization.about",
        "organization.index",
        "organization.read",
        "group.about",
        "group.index",
        "group.read",
        "user.login",
        "user.perform_reset",
        "user.request_reset",
    }
)
#: Of each type of dataset, and of its files.
OF_DATASETS = ("search", "read")
OF_FILES = ("read",)
#: How the names of our own blueprints begin: their templates use nothing of CKAN's.
OWN = ("mxcity", "datahub")


def is_light(tells_error: bool = False) -> bool:
    """Return whether the page being made goes without CKAN's scripts and styles.

    A page that tells of an error is light wherever it comes from; an address that leads nowhere
    has no endpoint.
    """
    if tk.current_user.is_authenticated:
        return False
    if tells_error:
        return True
    blueprint, _, page = (request.endpoint or "").partition(".")
    if not blueprint or request.endpoint in PAGES or blueprint.startswith(OWN):
        return True
    kind = blueprint.removesuffix("_resource")
    pages = OF_DATASETS if kind == blueprint else OF_FILES
    return kind in TYPES and page in pages
