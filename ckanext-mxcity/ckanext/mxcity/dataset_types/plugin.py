"""The plugin that gives CKAN our types of dataset, in place of ``scheming_datasets``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ckan.common import CKANConfig

from ckanext.mxcity.dataset_types.compose import compose
from ckanext.scheming.plugins import SchemingDatasetsPlugin, _expand_schemas, _load_schema


class SchemasPlugin(SchemingDatasetsPlugin):
    """ckanext-scheming's plugin of datasets, with schemas that extend others."""

    def update_config(self, config: CKANConfig) -> None:
        """Load the schemas, then put in what they extend: presets are expanded afterwards."""
        super().update_config(config)
        load = cache(_load_schema)  # all but one extend the same
        whole = [_whole(url, load) for url in self._schema_urls]
        self._schemas = {schema[self.SCHEMA_TYPE_FIELD]: schema for schema in whole}
        self._expanded_schemas = _expand_schemas(self._schemas)


def _whole(url: str, load: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return a schema with that which it extends: a file beside it, or ``module:file``."""
    schema = load(url)
    extended = schema.get("extends")
    if not extended:
        return schema
    folder = url[: url.rindex(":") + 1]
    return compose(schema, load(extended if ":" in extended else folder + extended))
