"""CKAN's validation of a dictionary against a schema, with the same outcome in fewer steps.

The validators, their order and their arguments are those of ``ckan.lib.navl``; what is saved is
the preparation, which there expands the schema four times and sorts it five times a dictionary.
"""

from __future__ import annotations

from typing import Any

from ckan.lib.navl import dictization_functions as df
from ckan.types import Context

Key = tuple[Any, ...]
Flat = dict[Key, Any]


def validate(
    data: dict[str, Any], schema: dict[str, Any], context: Context | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the converted data, and the errors by field: as ``ckan.lib.navl`` does."""
    emptied = [key for key, value in data.items() if value == []]
    scope: Context = (
        {**context, "schema_keys": list(schema)} if context else {"schema_keys": list(schema)}
    )
    converted, errors = _run(df.flatten_dict(data, schema=schema), schema, scope)
    result = _unflatten(converted)
    for key in emptied:
        if key not in result:
            result[key] = []
    if not any(errors.values()):
        return result, {}
    return result, _only_failed(df.unflatten(errors))


def _run(data: Flat, schema: dict[str, Any], context: Context) -> tuple[Flat, Flat]:
    full = _full_schema(data, schema)
    converted = _augmented(data, schema, full)
    errors: Flat = {key: [] for key in full}
    plain: list[Key] = []
    special: dict[str, list[Key]] = {"__before": [], "__extras": [], "__after": []}
    for key in full:
        if key[-1].startswith("__"):
            special.setdefault(key[-1], []).append(key)
        else:
            plain.append(key)
    after = reversed(special["__after"])
    last = [("__junk",)] if ("__junk",) in full else []
    for key in (*special["__before"], *plain, *special["__extras"], *after, *last):
        if full[key]:
            _convert(key, full[key], converted, errors, context)
    return converted, errors


def _convert(key: Key, converters: list[Any], data: Flat, errors: Flat, context: Context) -> None:
    """Run the validators of one key, until one of them says that it is enough."""
    for converter in converters:
        try:
            count = converter.__code__.co_argcount
        except AttributeError:
            count = 0
        try:
            if count == 1:
                data[key] = converter(data.get(key))
            elif count == 2:
                data[key] = converter(data.get(key), context)
            elif count == 4:
                converter(key, data, errors, context)
            else:
                df.convert(converter, key, data, errors, context)
        except df.StopOnError:
            break
        except df.Invalid as error:
            errors[key].append(error.error)


def _order(key: Key) -> tuple[int, Key]:
    return len(key), key


def _full_schema(data: Flat, schema: dict[str, Any]) -> dict[Key, list[Any]]:
    """Return the validators of each key that the data have or should have, ordered by key."""
    levels: dict[Key, dict[str, Any]] = {(): schema}
    for key in sorted({key[:-1] for key in data if len(key) > 1}, key=_order):
        parent = levels.get(key[:-2])
        below = parent.get(key[-2]) if parent is not None and len(key) > 1 else None
        if isinstance(below, dict):
            levels[key] = below
    sorted_once = {id(names): _leaves(names) for names in levels.values()}
    return {
        (*level, name): validators
        for level, names in levels.items()
        for name, validators in sorted_once[id(names)]
    }


def _leaves(names: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    return sorted((name, found) for name, found in names.items() if isinstance(found, list))


def _augmented(data: Flat, schema: dict[str, Any], full: dict[Key, Any]) -> Flat:
    """Return the data with what is missing marked, and with what nobody expects put aside."""
    converted = dict(data)
    levels = {key[:-1] for key in full}
    strange = [key for key in data if key not in full]
    extras: Flat = {}
    junk: Flat = {}
    for key in strange:
        value = converted.pop(key)
        if value != [] and _leads_into(schema, key[::2]):
            raise df.DataError(
                f"Only lists of dicts can be placed against subschema {key} not {type(value)}"
            )
        if key[:-1] in levels:
            extras.setdefault((*key[:-1], "__extras"), {})[key[-1]] = value
        else:
            junk[key] = value
    if junk:
        converted["__junk",] = junk
    converted |= extras
    for key in full:
        if key not in converted and not key[-1].startswith("__"):
            converted[key] = df.missing
    return converted


def _leads_into(schema: Any, path: Key) -> bool:
    """Return whether a path is one of the schema's, or the start of one."""
    for name in path:
        if not isinstance(schema, dict) or name not in schema:
            return False
        schema = schema[name]
    return not isinstance(schema, dict) or _has_a_leaf(schema)


def _has_a_leaf(schema: dict[str, Any]) -> bool:
    return any(not isinstance(value, dict) or _has_a_leaf(value) for value in schema.values())


def _unflatten(data: Flat) -> dict[str, Any]:
    """Return the nested form; lists whose indexes have gaps are left to CKAN."""
    result: dict[str, Any] = {}
    levels: dict[Key, list[str]] = {}
    for key in data:
        levels.setdefault(key[:-1], []).append(key[-1])
    for level in sorted(levels, key=_order):
        place = _place(result, level)
        if place is None:
            return df.unflatten(data)
        for name in sorted(levels[level]):
            place[name] = data[(*level, name)]
    return result


def _place(top: dict[str, Any], path: Key) -> Any:
    """Return where a path leads to, made if it is not there; None past the end of a list."""
    place: Any = top
    for part in path:
        if isinstance(part, int) and isinstance(place, list):
            if part > len(place):
                return None
            if part == len(place):
                place.append({})
            place = place[part]
        else:
            place = place.setdefault(part, [])
    return place


def _only_failed(errors: dict[str, Any]) -> dict[str, Any]:
    """Return the errors without the fields that have none."""
    waiting = [errors]
    while waiting:
        current = waiting.pop()
        for key, value in list(current.items()):
            if not value:
                current.pop(key)
            elif isinstance(value[0], dict):
                waiting.extend(value)
    df._remove_blank_keys(errors)
    return errors
