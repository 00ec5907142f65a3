"""A city's profile as typed, unchangeable data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class BoundingBox:
    """A rectangle on the map, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def geojson(self) -> dict[str, Any]:
        """Return the rectangle as a GeoJSON polygon."""
        west, south, east, north = self.west, self.south, self.east, self.north
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}


@dataclass(frozen=True)
class Colours:
    """The colours of the portal, as ``#rrggbb``."""

    #: Background of header and main buttons.
    primary: str
    #: Text on ``primary``; the contrast is at least 4.5 to 1.
    on_primary: str
    #: Links and active marks on white; the contrast is at least 4.5 to 1.
    accent: str


@dataclass(frozen=True)
class Contact:
    """How to reach an office: never a person."""

    name: str | None = None
    email: str | None = None
    website: str | None = None


@dataclass(frozen=True)
class Organization:
    """A ministry, an institute, or the producer of harvested data."""

    id: str
    name: str
    description: str
    level: str
    area_code: str | None = None
    acronym: str | None = None
    founding_year: int | None = None
    #: ``id`` of the organisation that it belongs to.
    parent: str | None = None
    #: One of the ministries that the city begins with.
    focus: bool = False
    #: False while nobody of the city has confirmed the entry.
    verified: bool = False
    contact: Contact = Contact()


@dataclass(frozen=True)
class Source:
    """A catalogue to harvest."""

    id: str
    title: str
    url: str
    type: str
    organization: str
    #: A source that is not enabled is listed and never contacted.
    enabled: bool
    #: The source asks for permission before its API is used; it has to be recorded first.
    requires_permission: bool = False
    #: False while the address has not been tried from the city's network.
    verified: bool = False
    frequency: str = "MANUAL"
    note: str = ""
    #: Further options of the harvester.
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class BaseMap:
    """The ground that the maps of the portal are drawn on."""

    #: Name of the file with its tiles, in the portal's storage.
    file: str
    #: Where its layers come from, in words that stand on every map.
    source: str
    #: By kind (``limits``, ``neighbourhoods``, ``streets``, ``water``, ``parks``), names of layers.
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class City:
    """Everything that a portal needs to know of its city."""

    profile: Path
    slug: str
    name: str
    official_name: str
    state_code: str
    state_name: str
    municipality_code: str
    bbox: BoundingBox
    #: Name of the IANA time zone, e.g. ``America/Monterrey``.
    time_zone: str
    #: Locale of the portal, e.g. ``es_MX``.
    language: str
    title: str
    description: str
    colours: Colours
    logo: Path
    logo_alt: str
    organizations: tuple[Organization, ...]
    sources: tuple[Source, ...]
    #: None where the maps of the portal have no ground.
    base_map: BaseMap | None = None

    @property
    def logo_svg(self) -> str:
        """Return the logo's SVG; it was checked when the profile was read."""
        return self.logo.read_text(encoding="utf-8")

    def organization(self, identifier: str) -> Organization | None:
        """Return the organisation of an id, None if the profile has none."""
        return next((org for org in self.organizations if org.id == identifier), None)
