"""CKAN's validators that look through a whole dataset for each field, or translate for each.

The outcome is theirs. What they would find again for the next field of a dataset is kept in the
context of its validation, which lives as long as that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from ckan.lib.navl import validators as navl_validators
from ckan.lib.navl.validators import unicode_safe
from ckan.logic import converters

_LAST, _PLACES = "mxcity_last_extra", "mxcity_extras"
Validator = Callable[..., Any]


def bound(function: Any, **names: Any) -> Callable[..., Any]:
    """Return the same function with some of the names of its module meaning something else.

    The module, and everybody else who calls the function, keep theirs.
    """
    scope = {**function.__globals__, **names}
    return FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )


def stand_ins() -> dict[Validator, Validator]:
    """Return what is called instead of some of CKAN's validators, by these; for one batch."""
    translated = cache(navl_validators._)  # every extra that becomes a field is missing at last
    return {
        navl_validators.not_empty: bound(navl_validators.not_empty, _=translated),
        converters.convert_to_extras: convert_to_extras,
        converters.convert_from_extras: convert_from_extras,
    }


def convert_to_extras(key: Any, data: Any, _errors: Any, context: Any) -> None:
    """Make a field the next extra; CKAN's own looks for the last one each time."""
    number = context.get(_LAST, -2) + 1
    if number < 0 or ("extras", number, "key") in data:
        taken = [path[1] for path in data if len(path) > 1 and path[0] == "extras"]
        number = max(taken, default=-1) + 1
    data["extras", number, "key"] = key[-1]
    data["extras", number, "value"] = unicode_safe(data[key])
    context[_LAST] = number


def convert_from_extras(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Make a field of the extra of its name; CKAN's own looks through all that there is."""
    places = context.get(_PLACES)
    if places is None:
        places = context[_PLACES] = _places(data)
    number, paths = places.get(key[-1], (None, ()))
    if number is None:
        return
    if data.get(("extras", number, "key")) != key[-1]:  # somebody else changed the extras
        converters.convert_from_extras(key, data, errors, context)
        return
    data[key] = data["extras", number, "value"]
    for path in paths:
        data.pop(path, None)


def _places(data: Any) -> dict[str, tuple[int, list[Any]]]:
    """Return where the extra of each name is: its number, and every path with that."""
    paths: dict[int, list[Any]] = {}
    for path in data:
        if path[0] == "extras" and len(path) > 1:
            paths.setdefault(path[1], []).append(path)
    named: dict[str, tuple[int, list[Any]]] = {}
    for path, value in data.items():
        if path[0] == "extras" and path[-1] == "key":
            named.setdefault(value, (path[1], paths[path[1]]))
    return named
