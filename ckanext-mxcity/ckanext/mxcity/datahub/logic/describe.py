"""The documentation of the actions that every kind of record has, made from its fields.

Imports no CKAN, so that the reference can be written without a portal.
"""

from __future__ import annotations

from collections.abc import Iterator

from ckanext.mxcity.datahub.fields import Field, Kind, kinds

#: Kinds that have actions of their own instead of the common ones that write.
ANSWERED = ("request", "agreement")

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


def verbs_of(kind: Kind) -> tuple[str, ...]:
    """Return the verbs that a kind of record has by the common mechanism."""
    verbs: tuple[str, ...] = ("show", "list")
    if kind.name not in ANSWERED:
        verbs += ("create", "update", "patch", "delete")
        verbs += ("decide",) if kind.decided else ()
    return verbs


def generated_actions() -> Iterator[tuple[str, str]]:
    """Yield the name and the documentation of every action that is made from a kind."""
    for kind in kinds().values():
        for verb in verbs_of(kind):
            yield f"datahub_{kind.name}_{verb}", described(kind.name, verb)


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
