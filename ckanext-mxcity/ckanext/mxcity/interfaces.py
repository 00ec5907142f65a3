"""What other plugins may add to MX City, and what they hear from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ckan.plugins.toolkit as tk
from ckan.plugins import Interface, PluginImplementations

if TYPE_CHECKING:
    from ckanext.mxcity.checks.chain import FileCheck

#: Sent when a whole file was fetched to be loaded as a table. The sender is the resource's id;
#: ``resource`` is the resource, ``file`` the open file.
file_downloaded = tk.signals.ckanext.signal("mxcity:file_downloaded")


class IFileCheck(Interface):
    """Add named checks that a table passes before it is published."""

    def file_checks(self) -> list[FileCheck]:
        """Return the checks, in the order in which they are run."""
        return []


def file_checks() -> list[FileCheck]:
    """Return the named checks of all plugins, in their order."""
    return [check for plugin in PluginImplementations(IFileCheck) for check in plugin.file_checks()]


class TableStore(Protocol):
    """A place for the rows of published files, where people can query them."""

    def load(self, resource_id: str, table: Path, fields: Sequence[dict[str, Any]]) -> None:
        """Replace the table of a resource with a canonical CSV, all of it or nothing.

        Args:
            resource_id: the resource, whose file may be stored already.
            table: the CSV, in UTF-8, whose rows have passed the checks.
            fields: its columns, in its order: ``id``, ``type`` (of Table Schema) and ``info``.

        Raises:
            Exception: the rows are not taken. A table of before is as it was.

        """

    def announce(self, resource_id: str) -> None:
        """Make the previews of a loaded table, and tell other plugins that it is there."""

    def index(self, resource_id: str) -> None:
        """Let searches look into a loaded table; called when nobody waits any more."""


class ITableStore(Interface):
    """Keep the tables that are published, beside their files."""

    def table_stores(self) -> list[TableStore]:
        """Return the stores; the first of all plugins is used."""
        return []


class IDatasetWords(Interface):
    """Add words to what the search knows of datasets, beside what their metadata say."""

    def dataset_words(self, package_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return words by dataset; a dataset without any may be left out.

        Called when datasets are indexed, once for many. The words of a dataset that is not public
        are not used, so they need not be left out.
        """
        return {}


#: What a reader chooses of a map by areas in the address, and an editor in its settings.
AREA_OPTIONS = ("x", "y", "measure")


class IAreaMaps(Interface):
    """Draw loaded tables that have no shapes as maps of the areas whose codes they hold."""

    def has_area_codes(self, resource: Mapping[str, Any]) -> bool:
        """Tell whether a resource has a table with codes of areas."""
        return False

    def area_map(self, resource: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the template of the map shows of a table.

        Args:
            resource: the resource, with its table in the DataStore.
            chosen: the ``AREA_OPTIONS`` as the address or the preview's settings ask.

        """
        return {}


@dataclass(frozen=True)
class Part:
    """A part of a dataset's page that shows what is in its files."""

    #: Its place on the page: one of ``PLACES``.
    place: str
    template: str
    #: What the template has, as ``shown``.
    shown: Mapping[str, Any]


#: The places of a dataset's page where its data are shown, from the top.
PLACES = ("first", "table", "map")


class IDatasetOpening(Interface):
    """Open the page of a dataset with what is in its files, before what is said of them."""

    def dataset_opening(self, package: Mapping[str, Any]) -> list[Part]:
        """Return what is shown of a dataset to who asks for the page, in bounded time.

        Args:
            package: as ``package_show`` gives it to the user, who may not see every table of it.

        """
        return []


class IApiOperations(Interface):
    """Add operations to the description of the API."""

    def api_operations(self) -> list[dict[str, Any]]:
        """Return the operations, as entries of ``catalogue/api_docs/operations.yaml``."""
        return []
