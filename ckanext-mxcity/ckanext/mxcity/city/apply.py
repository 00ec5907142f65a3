"""Make a portal's organisations and harvest sources what the city's profile says.

The only module of this package that imports CKAN. Everything goes through CKAN's actions;
what is already as the profile says is not written again, and a failure of one entry does not
stop the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.city.model import City, Organization, Source


@dataclass(frozen=True)
class Change:
    """What became of one entry of the profile."""

    kind: str
    id: str
    #: ``created``, ``updated``, ``unchanged``, ``skipped`` or ``failed``.
    what: str
    #: The fields that changed, or why it failed.
    details: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """Return "organization mty-siga: updated (title)"."""
        details = f" ({'; '.join(self.details)})" if self.details else ""
        return f"{self.kind} {self.id}: {self.what}{details}"


def apply_city(city: City) -> Iterator[Change]:
    """Write what differs between the portal and the profile, and yield one change per entry.

    Values that the profile leaves out are left as they are on the portal.
    """
    for organization in _parents_first(city.organizations):
        yield _guarded("organization", organization.id, _organization, city, organization)
    sources_known = p.plugin_loaded("harvest")
    for source in city.sources:
        if sources_known:
            yield _guarded("source", source.id, _source, city, source)
        else:
            yield Change("source", source.id, "skipped", ("the plugin harvest is not loaded",))


def _guarded(kind: str, identifier: str, write: Any, city: City, entry: Any) -> Change:
    try:
        what, details = write(city, entry)
    except tk.ValidationError as error:
        reasons = tuple(f"{name}: {_text(value)}" for name, value in error.error_dict.items())
        return Change(kind, identifier, "failed", reasons)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        return Change(kind, identifier, "failed", (str(error),))
    return Change(kind, identifier, what, tuple(details))


def _organization(city: City, entry: Organization) -> tuple[str, list[str]]:
    successor = _successor(entry.id)
    if successor:
        return "skipped", [f"it is {successor} today: put that in the profile"]
    wanted = _organization_dict(city, entry)
    try:
        stored = tk.get_action("organization_show")(
            _context(), {"id": entry.id, "include_datasets": False, "include_users": False}
        )
    except tk.ObjectNotFound:
        tk.get_action("organization_create")(_context(), wanted)
        return "created", []
    changed = [name for name, value in wanted.items() if _stored_value(stored, name) != value]
    if changed:
        tk.get_action("organization_patch")(_context(), {**wanted, "id": stored["id"]})
    return ("updated" if changed else "unchanged"), changed


def _successor(name: str) -> str | None:
    """Return today's address of a ministry that was renamed, merged or closed, None of others."""
    if not p.plugin_loaded("mxcity_datahub"):
        return None
    try:
        found = tk.get_action("datahub_successor_show")(_context(), {"name": name})
    except tk.ObjectNotFound:
        return None
    return str(found["name"])


def _organization_dict(city: City, entry: Organization) -> dict[str, Any]:
    """Return the entry as ``organization_create`` takes it, without what is not said."""
    municipal = entry.level == "municipal"
    values: dict[str, Any] = {
        "name": entry.id,
        "title": entry.name,
        "description": entry.description,
        "government_level": entry.level,
        "acronym": entry.acronym,
        "city": city.name if municipal else None,
        "area_codes": [entry.area_code] if entry.area_code else None,
        "founding_year": str(entry.founding_year) if entry.founding_year else None,
        "contact_name": entry.contact.name,
        "contact_email": entry.contact.email,
        "website": entry.contact.website,
        "groups": [{"name": entry.parent}] if entry.parent else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _stored_value(stored: dict[str, Any], name: str) -> Any:
    if name == "groups":
        return [{"name": group["name"]} for group in stored.get("groups", [])]
    return stored.get(name)


def _source(_city: City, entry: Source) -> tuple[str, list[str]]:
    wanted = _source_dict(entry)
    try:
        stored = tk.get_action("harvest_source_show")(_context(), {"id": entry.id})
    except tk.ObjectNotFound:
        tk.get_action("harvest_source_create")(_context(), wanted)
        return "created", []
    # Switching a source on or off, and its permission, belong to the portal once it exists.
    settings = {**json.loads(wanted["config"]), **json.loads(stored.get("config") or "{}")}
    wanted["config"] = json.dumps(settings, sort_keys=True, ensure_ascii=False)
    changed = [name for name, value in wanted.items() if _source_value(stored, name) != value]
    if changed:
        tk.get_action("harvest_source_update")(_context(), {**wanted, "id": stored["id"]})
    return ("updated" if changed else "unchanged"), changed


def _source_dict(entry: Source) -> dict[str, Any]:
    organization = tk.get_action("organization_show")(
        _context(),
        {"id": entry.organization, "include_datasets": False, "include_users": False},
    )
    settings = {
        **entry.config,
        "enabled": entry.enabled,
        "requires_permission": entry.requires_permission,
    }
    return {
        "name": entry.id,
        "title": entry.title,
        "url": entry.url,
        "source_type": entry.type,
        "frequency": entry.frequency,
        "notes": entry.note,
        "owner_org": organization["id"],
        "config": json.dumps(settings, sort_keys=True, ensure_ascii=False),
    }


def _source_value(stored: dict[str, Any], name: str) -> Any:
    value = stored.get(name)
    if name == "config":
        return json.dumps(json.loads(value or "{}"), sort_keys=True, ensure_ascii=False)
    return value


def _parents_first(entries: tuple[Organization, ...]) -> list[Organization]:
    done: dict[str, Organization] = {}
    waiting = list(entries)
    while waiting:
        ready = [entry for entry in waiting if entry.parent is None or entry.parent in done]
        # The profile was checked: every parent is in it and nothing is below itself.
        done.update((entry.id, entry) for entry in ready)
        waiting = [entry for entry in waiting if entry.id not in done]
    return list(done.values())


def _context() -> Context:
    """Return a fresh context of the portal's own user, as CKAN's command line uses it."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"user": user["name"], "ignore_auth": True}


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
