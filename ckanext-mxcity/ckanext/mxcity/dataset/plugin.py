"""The plugin that gives CKAN our types of dataset, in place of ``scheming_datasets``."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from ckan.common import CKANConfig

from ckanext.mxcity.dataset import types
from ckanext.mxcity.dataset.compose import whole
from ckanext.mxcity.ground import schema_files
from ckanext.scheming.plugins import SchemingDatasetsPlugin, _expand_schemas


class SchemasPlugin(SchemingDatasetsPlugin):
    """ckanext-scheming's plugin of datasets, with schemas that extend others."""

    _schemas: dict[str, types.Document]  # type: ignore[assignment]  # declared empty, as ()

    def update_config(self, config: CKANConfig) -> None:
        """Load the schemas, then put in what they extend: presets are expanded afterwards.

        The packages of ``scheming.dataset_schemas`` are where vocabularies and mappings are
        looked for, too.
        """
        super().update_config(config)
        schema_files.use(_packages(self._schema_urls))
        self._schemas = {name: whole(own, types.written) for name, own in self._schemas.items()}
        self._expanded_schemas = _expand_schemas(self._schemas)


def _packages(urls: Iterable[str]) -> list[str]:
    """Return the packages of schemas given as ``package:file``; addresses are none."""
    names = (url.partition(":")[0] for url in urls)
    return [name for name in names if "/" not in name and _importable(name)]


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
