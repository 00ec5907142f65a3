"""Who publishes a catalogue: the city, or one of its organisations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.mxcity.city import settings
from ckanext.mxcity.exchange.exports import fields


@dataclass(frozen=True)
class Publisher:
    """What the head of a document says."""

    name: str
    catalogue_title: str
    description: str
    homepage: str
    language: str = "es"
    email: str = ""
    #: When the catalogue began, and when it last changed (ISO 8601).
    issued: str | None = None
    modified: str | None = None
    licence: str | None = None


def city_publisher(modified: str) -> Publisher:
    """Return the city's own; ``modified`` is when its last dataset changed."""
    city = settings.city()
    title = str(tk.config.get("ckan.site_title") or "")
    name = city.official_name if city else title
    return Publisher(
        name=name,
        catalogue_title=_title(name),
        description=city.description if city else str(tk.config.get("ckan.site_description") or ""),
        homepage=fields.site_url(),
        modified=modified or None,
    )


def organization_publisher(name: str, modified: str) -> Publisher | None:
    """Return that of an organisation by its name, None if there is no such active one."""
    group: Any = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active" or group.name != name:
        return None
    title = str(group.title or group.name)
    return Publisher(
        name=title,
        catalogue_title=_title(title),
        description=str(group.description or ""),
        homepage=f"{fields.site_url()}/organization/{group.name}",
        issued=group.created.isoformat() if group.created else None,
        modified=modified or None,
    )


def _title(name: str) -> str:
    # The title that readers of catalogo.json know; the document is in Spanish for everybody.
    return f"Catálogo de datos abiertos de {name}"
