"""The documentation of the actions that every kind of record has, made from its fields.

Imports no CKAN, so that the reference can be written without a portal.
"""

from __future__ import annotations

from ckanext.mxcity.datahub.fields import Field, Kind, kinds

_FIRST = {
    "create": "Add a record of this kind to a ministry: {label}.",
    "show": "Return one record: {label}.",
    "list": "Return the records of a ministry that the caller may see: {label}.",
    "update": "Write a record anew; fields left out become empty: {label}.",
    "patch": "Change some fields of a record: {label}.",
    "delete": "Delete a record, and what belongs to it; the log keeps all of it: {label}.",
    "decide": "Write what only the ministry's administrator decides: {label}.",
}
_TAKES = {
    "create": "``organization_id`` (id or name) and the fields.",
    "show": "``id``.",
    "list": "``organization_id`` (id or name), ``limit`` (at most 1000), ``offset``.",
    "update": "``id``, the fields, and ``version`` to be refused when somebody else was first.",
    "patch": "``id``, some fields, and ``version`` to be refused when somebody else was first.",
    "delete": "``id``.",
    "decide": "``id`` and ``version``, and of the fields those marked as decided.",
}
_WHO = {
    "show": "Who sees it: see the table of rights in the guide.",
    "list": "Who sees what: see the table of rights in the guide.",
    "decide": "Administrators of the ministry may call it.",
}


def described(kind_name: str, verb: str) -> str:
    """Return the docstring of an action such as ``datahub_asset_create``."""
    kind = kinds()[kind_name]
    who = _WHO.get(verb, "Editors and administrators of the ministry may call it.")
    lines = [_FIRST[verb].format(label=kind.label("en").lower()), "", who, "", "Args:"]
    lines += ["    context: CKAN's context.", f"    data_dict: {_TAKES[verb]}"]
    if verb in ("create", "update", "patch"):
        lines += [f"        {line}" for line in _field_lines(kind)]
    lines += ["", "Returns:", f"    {_returns(verb)}", ""]
    return "\n".join(lines)


def _returns(verb: str) -> str:
    if verb == "delete":
        return "``id``."
    record = "the fields with ``id``, ``organization_id``, ``version``, ``created``, ``modified``."
    return f"A list of records, each {record}" if verb == "list" else record.capitalize()


def _field_lines(kind: Kind) -> list[str]:
    link = ["``asset_id``: the asset it belongs to (required)."] if kind.of_asset else []
    return [*link, *(_line(field) for field in kind.fields)]


def _line(field: Field) -> str:
    notes = [field.type]
    notes += ["required"] if field.required else []
    notes += ["decided by the administrator"] if field.decide else []
    values = ", ".join(choice.key for choice in field.choices)
    return f"``{field.name}``: {field.label('en')} ({', '.join([*notes, values])})".replace(
        ", )", ")"
    )
