"""What the DataHub's actions take, as schemas of CKAN's validation made from the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, Schema

from ckanext.mxcity.datahub.fields import Field, Kind
from ckanext.mxcity.datahub.logic.validators import blank, converter
from ckanext.mxcity.ground.numbers import whole_number

#: Keys of a record that people do not write, and which come back with what ``show`` gave.
GIVEN = ("id", "organization_id", "version", "created", "modified")


def kind_schema(kind: Kind) -> Schema:
    """Return the schema of a whole record of a kind."""
    schema: Schema = {field.name: [_value(field)] for field in kind.fields}
    if kind.of_asset:
        schema["asset_id"] = [tk.get_validator("not_empty"), tk.get_validator("unicode_safe")]
    schema["__after"] = [_required_unless(kind)]
    return schema


def _value(field: Field) -> Any:
    convert = converter(field)

    def check(key: Any, data: Any, errors: Any, _context: Context) -> None:
        value = data.get(key)
        if blank(value) or value == []:
            data[key] = None
            if field.required:
                errors[key].append(tk._("Missing value"))
                raise tk.StopOnError
            return
        try:
            data[key] = convert(value)
        except tk.Invalid as error:
            errors[key].append(str(error.error))
            raise tk.StopOnError from error

    return check


def _required_unless(kind: Kind) -> Any:
    fields = [field for field in kind.fields if field.required_unless]

    def check(_key: Any, data: Any, errors: Any, _context: Context) -> None:
        for field in fields:
            given = {name: data.get((name,)) for name in field.required_unless}
            # The last of the fields that is filled in counts: a decision over a proposal.
            names = [name for name, value in given.items() if value]
            if not names or given[names[-1]] == field.required_unless[names[-1]]:
                continue
            if blank(data.get((field.name,))) and not errors.get((field.name,)):
                other = kind.by_name[names[-1]]
                message = tk._("Missing value: it is required when “{field}” is “{value}”.")
                choice = other.find_choice(str(given[names[-1]]))
                label = choice.label() if choice else str(given[names[-1]])
                errors[(field.name,)] = [message.format(field=other.label(), value=label)]

    return check


def validate(kind: Kind, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the values of a record's fields.

    Args:
        kind: the kind of the record.
        data: as people wrote it; texts, or values as the API gives them.
        context: CKAN's context.

    Raises:
        ValidationError: by field, with what was expected; unknown fields are named too.

    """
    known = {field.name for field in kind.fields} | ({"asset_id"} if kind.of_asset else set())
    written = {name: value for name, value in data.items() if name not in GIVEN}
    values, errors = tk.navl_validate(
        {name: value for name, value in written.items() if name in known},
        kind_schema(kind),
        context,
    )
    for name in sorted(set(written) - known):
        errors[name] = [tk._("There is no such field.")]
    if errors:
        raise tk.ValidationError(errors)
    return {name: values.get(name) for name in known}


def wanted_version(data: Mapping[str, Any]) -> int | None:
    """Return the version that an edit started from, None where it was not said.

    Raises:
        ValidationError: it is not a number.

    """
    value = data.get("version")
    if blank(value):
        return None
    version = whole_number(value)
    if version is None:
        message = tk._("“{value}” is not a whole number such as 12500.").format(value=value)
        raise tk.ValidationError({"version": [message]})
    return version
