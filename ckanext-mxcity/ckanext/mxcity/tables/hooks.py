"""What happens after a table was loaded: its keys and words are found, for joins and searches."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.datapreview import get_view_plugin
from ckan.types import Context
from sqlalchemy.exc import SQLAlchemyError

from ckanext.mxcity.checks.passed import have_rows_passed
from ckanext.mxcity.interfaces import TableStore
from ckanext.mxcity.tables import version
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.joins import keys
from ckanext.mxcity.tables.words import jobs as words
from ckanext.mxcity.tables.words import keep

MAP = "mxcity_map_view"

log = logging.getLogger(__name__)


class LoadedMixin:
    """IXloader: called by the loader, which goes on whatever happens here."""

    def can_upload(self, resource_id: str) -> bool:
        """Refuse a file whose rows were checked: publishing brings its table itself."""
        return not have_rows_passed()

    def after_upload(
        self, context: Context, resource_dict: dict[str, Any], dataset_dict: dict[str, Any]
    ) -> None:
        """Remember the key columns of the table, for joins and maps; show its map.

        Its words, for the search, are read in a job: nobody has to wait for them.
        """
        version.changed(resource_dict["id"])
        learn_keys(resource_dict["id"])
        words.note(resource_dict["id"])
        add_map(resource_dict)


class DatasetWordsMixin:
    """IDatasetWords: what the tables of datasets say."""

    def dataset_words(self, package_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the titles, descriptions and short texts of the columns, by dataset."""
        return keep.of_datasets(package_ids)


class TableStoreMixin:
    """ITableStore: the DataStore keeps the tables that were checked."""

    def table_stores(self) -> list[TableStore]:
        """Return the DataStore; nothing where it, or the loader, is left out."""
        if not (p.plugin_loaded("datastore") and p.plugin_loaded("xloader")):
            return []
        from ckanext.mxcity.tables.copying import DataStore

        return [DataStore()]


def add_map(resource: dict[str, Any]) -> None:
    """Give a table its map, if it can be drawn and has none yet.

    CKAN adds the view of maps before a file is loaded, when only a file of GeoJSON can be drawn.
    """
    view = get_view_plugin(MAP)
    wanted = MAP in tk.aslist(tk.config.get("ckan.views.default_views"))
    loaded = {**resource, "datastore_active": True}
    if not (view and wanted and view.can_view({"resource": loaded})):
        return
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Context = {"user": user, "ignore_auth": True}
    there = tk.get_action("resource_view_list")({**context}, {"id": resource["id"]})
    if all(found["view_type"] != MAP for found in there):
        made = {
            "resource_id": resource["id"],
            "view_type": MAP,
            "title": view.info()["default_title"],
        }
        tk.get_action("resource_view_create")(context, made)


def learn_keys(resource_id: str) -> keys.Keys:
    """Find and keep the keys of a table; none where it cannot be read in time. Commits."""
    try:
        found = keys.find(resource_id, columns_of(resource_id, ignore_auth=True))
    except (tk.ObjectNotFound, SQLAlchemyError) as error:
        log.warning("The keys of the table %s are not known: %s", resource_id, error)
        return {}
    keys.remember(resource_id, found)
    return found
