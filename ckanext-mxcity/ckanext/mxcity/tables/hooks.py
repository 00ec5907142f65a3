"""What happens after a table was loaded: its keys are found, so that others can join it."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

from ckanext.mxcity.tables import copying
from ckanext.mxcity.tables.downloads.pages import columns_of
from ckanext.mxcity.tables.joins import keys

log = logging.getLogger(__name__)


class LoadedMixin:
    """IXloader: called by the loader, which goes on whatever happens here."""

    def can_upload(self, resource_id: str) -> bool:
        """Leave alone what is loaded by us: its columns are known already."""
        return copying.left_to_xloader()

    def after_upload(
        self, context: Any, resource_dict: dict[str, Any], dataset_dict: dict[str, Any]
    ) -> None:
        """Remember the key columns of the table, for the suggestions of joins."""
        learn_keys(resource_dict["id"])


def learn_keys(resource_id: str) -> keys.Keys:
    """Find and keep the keys of a table; none where it cannot be read in time. Commits."""
    try:
        found = keys.find(resource_id, columns_of(resource_id, ignore_auth=True))
    except (tk.ObjectNotFound, SQLAlchemyError) as error:
        log.warning("The keys of the table %s are not known: %s", resource_id, error)
        return {}
    keys.remember(resource_id, found)
    return found
