"""The schemas of dataset types, made once a batch, and validation against them."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from ckan.lib.navl import dictization_functions
from ckan.types import Context

from ckanext.mxcity.catalogue.bulk import navl, quick
from ckanext.mxcity.catalogue.bulk.quick import bound

#: How ckanext-scheming names what makes the validators of a field; a field's are always the same.
_OF_A_FIELD = ("_field_create_validators", "_field_output_validators", "_field_validators")

Validated = tuple[dict[str, Any], dict[str, Any]]


class Schemas:
    """Gives fresh copies of schemas, because plugins change the schema that they are given."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], Any] = {}
        self._validate: dict[type, Callable[..., Any] | None] = {}
        self._stand_ins = quick.stand_ins()

    def of(self, plugin: Any, action: str) -> dict[str, Any]:
        """Return the schema of a dataset form for ``create``, ``update`` or ``show``."""
        key = (id(plugin), action)
        if key not in self._made:
            self._made[key] = self.quickened(getattr(plugin, f"{action}_package_schema")())
        return copied(self._made[key])

    def quickened(self, schema: Any) -> Any:
        """Return a schema, or the validators of a field, with quicker ones of the same outcome."""
        if isinstance(schema, dict):
            return {key: self.quickened(value) for key, value in schema.items()}
        return [self._stand_ins.get(validator, validator) for validator in schema]

    def validate(
        self,
        plugin: Any,
        context: Context,
        data: dict[str, Any],
        schema: dict[str, Any],
        action: str,
    ) -> Validated:
        """Validate as ``ckan.lib.plugins.plugin_validate`` does.

        Args:
            plugin: the dataset form; one without a validation of its own gets CKAN's.
            context: as the validators get it.
            data: of the dataset.
            schema: a fresh one.
            action: e.g. ``package_create``.

        Returns:
            The converted data, and the errors by field.

        """
        kind = type(plugin)
        if kind not in self._validate:
            self._validate[kind] = self._own_validation(kind)
        own = self._validate[kind]
        found = own(plugin, context, data, schema, action) if own is not None else None
        return found if found is not None else navl.validate(data, schema, context)

    def _own_validation(self, kind: type) -> Callable[..., Any] | None:
        """Return the validation of a dataset form, with our steps where it goes on to CKAN's."""
        function = getattr(kind, "validate", None)
        if not isinstance(function, FunctionType):
            return function
        scope = function.__globals__
        names: dict[str, Any] = {
            name: navl.validate
            for name, value in scope.items()
            if value is dictization_functions.validate
        }
        names |= {name: self._remembered(scope[name]) for name in _OF_A_FIELD if name in scope}
        return bound(function, **names)

    def _remembered(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that answers once for each field; fields live as long as the plugin."""
        made: dict[tuple[int, Any], Any] = {}

        def validators(field: Any, schema: Any, convert: Any) -> Any:
            key = (id(field), convert)
            if key not in made:
                made[key] = self.quickened(make(field, schema, convert))
            return made[key]

        return validators


def copied(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a schema down to its lists of validators."""
    return {
        key: copied(value) if isinstance(value, dict) else list(value)
        for key, value in schema.items()
    }
