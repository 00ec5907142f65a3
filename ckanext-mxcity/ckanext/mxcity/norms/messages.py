"""What is said of sheets of metadata, in the portal and off line alike. No CKAN import."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from ckanext.sniegharvest.errors import N_

NOT_IIN = N_(
    "The sheet speaks of Information of National Interest. That is not written by hand: it comes "
    "with data harvested from INEGI."
)
UNKNOWN_PLACE = N_("No INEGI code was found for the place “{place}”. Write it in Area covered.")
OTHER_LANGUAGES = N_(
    "{count} texts are there in another language too: those in “{language}” were taken."
)
MANY_COLUMNS = N_("The sheet describes {count} columns; the first {limit} were read.")
MANY_CATEGORIES = N_("{column} has {count} categories; the first {limit} were read.")
NO_COLUMNS_FILE = N_("Columns are described without saying of which file.")

#: Our catalogues by gettext domain: notes of the harvest's readers are told here, too.
_DOMAINS = {"ckanext-mxcity": "ckanext.mxcity", "ckanext-sniegharvest": "ckanext.sniegharvest"}


def said(message: str, params: Mapping[str, Any] | None = None, lang: str = "es") -> str:
    """Return a message id in Spanish or English, with its parameters."""
    text = message
    if not lang.startswith("en"):
        told = (catalogue.gettext(message) for catalogue in _catalogues())
        text = next((found for found in told if found != message), message)
    return text.format_map(dict(params or {}))


@lru_cache(maxsize=1)
def _catalogues() -> tuple[gettext.NullTranslations, ...]:
    return tuple(
        gettext.translation(
            domain, str(resources.files(package) / "i18n"), languages=["es_MX"], fallback=True
        )
        for domain, package in _DOMAINS.items()
    )
