"""Put a schema together from its own part and the schema that it extends. No CKAN import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Lists of fields, each merged by the field's name.
FIELDS = ("dataset_fields", "resource_fields")
Entry = Mapping[str, Any]


class CompositionError(ValueError):
    """A schema places a group beside one that there is not, or a field under one."""


def whole(own: Entry, load: Callable[[str], Entry]) -> Entry:
    """Return a schema with that which it extends, and that which the other extends in turn.

    Args:
        own: the schema as it is written.
        load: returns the schema that an ``extends`` names.

    """
    extended = own.get("extends")
    return compose(own, whole(load(extended), load)) if extended else own


def compose(own: Entry, base: Entry) -> dict[str, Any]:
    """Return a schema with everything of ``base`` that it does not say otherwise.

    A field of the same name keeps its place and what is not said anew of it; new fields come last.
    A new group stands ``before`` or ``after`` one of the others, else last.

    Raises:
        CompositionError: a group that is named is in neither schema.

    """
    schema = {**base, **own}
    schema.pop("extends", None)
    for name in FIELDS:
        schema[name] = _merged(own.get(name, ()), base.get(name, ()))
    schema["field_groups"] = _placed(own.get("field_groups", ()), base.get("field_groups", ()))
    known = {group["name"] for group in schema["field_groups"]}
    for field in schema["dataset_fields"]:
        if field.get("field_group", "") not in known:
            raise CompositionError(
                f"{schema.get('dataset_type')}: "
                f"the field {field['field_name']} needs a field_group: "
                f"{', '.join(sorted(known))}"
            )
    return schema


def _merged(own: Sequence[Entry], base: Sequence[Entry]) -> list[dict[str, Any]]:
    fields = {field["field_name"]: dict(field) for field in base}
    for field in own:
        fields[field["field_name"]] = {**fields.get(field["field_name"], {}), **field}
    return list(fields.values())


def _placed(own: Sequence[Entry], base: Sequence[Entry]) -> list[dict[str, Any]]:
    groups = [dict(group) for group in base]
    for group in own:
        names = [known["name"] for known in groups]
        beside = group.get("before") or group.get("after")
        if beside is not None and beside not in names:
            raise CompositionError(f"the group {group['name']} is to stand beside {beside}")
        kept = {key: value for key, value in group.items() if key not in ("before", "after")}
        if group["name"] in names:
            groups[names.index(group["name"])].update(kept)
        elif beside is None:
            groups.append(kept)
        else:
            groups.insert(names.index(beside) + ("after" in group), kept)
    return groups
