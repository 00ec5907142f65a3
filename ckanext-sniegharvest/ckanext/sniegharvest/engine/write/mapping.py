"""From a record to the dictionary that CKAN's actions take; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.dataset.types import PLAIN
from ckanext.mxcity.reading.records import Publisher, Record
from ckanext.sniegharvest.engine.identity.identifiers import resource_ids
from ckanext.sniegharvest.engine.place.territory import Box, locate

#: Given to a record whose source says nothing of the subsystem: the norm asks for a reason.
NO_SUBSYSTEM = {
    "snieg_subsystem": "ninguno",
    "snieg_subsystem_reason": "La fuente no declara el subsistema del SNIEG.",
}


@dataclass(frozen=True)
class SourceFacts:
    """What every record of a source gets from it."""

    id: str
    title: str
    url: str
    organization: str
    defaults: Mapping[str, Any]
    #: Organisation ids by the names and titles (in lower case) that publishers may have.
    publishers: Mapping[str, str]
    harvested_at: str
    #: Boxes of areas by INEGI code, for records that say no more than where they lie.
    boxes: Mapping[str, Box] = field(default_factory=dict)


def to_package(
    record: Record, source: SourceFacts, package_id: str, name: str, *, private: bool = False
) -> dict[str, Any]:
    """Make the dictionary of one dataset, complete with what our schema asks for.

    Args:
        record: what the source says.
        source: what all its records share.
        package_id: id of the dataset.
        name: its name.
        private: whether a steward has taken it out of public sight; a harvest leaves that alone.

    """
    values = {**source.defaults, **{key: value for key, value in record.dataset.items() if value}}
    if not values.get("snieg_subsystem"):
        values |= NO_SUBSYSTEM
    territory = locate(
        record.dataset,
        source.defaults,
        publisher=record.publisher.name if record.publisher else "",
        boxes=source.boxes,
    )
    values.setdefault("official_status", "derivado")
    values |= {
        "geographic_level": territory.level,
        "area_codes": list(territory.codes),
        "area_source": territory.how if territory.how != "unknown" else "",
        "id": package_id,
        "name": name,
        "type": record.dataset.get("type") or PLAIN,
        "state": "active",
        "private": private,
        "title": record.title or name,
        "owner_org": owner(record.publisher, source),
        "source_url": values.get("source_url") or source.url,
        "source_name": source.title,
        "source_identifier": record.identifier,
        "harvested_at": source.harvested_at,
    }
    values["resources"] = _resources(values.get("resources") or [], package_id)
    return values


def owner(publisher: Publisher | None, source: SourceFacts) -> str:
    """Return the id of the organisation that gets the record: the publisher's, or the source's."""
    if publisher is not None:
        for text in (publisher.identifier, publisher.name):
            # An identifier may be a URI whose last part is the organisation's name.
            for key in (text, text.rstrip("/").rsplit("/", 1)[-1]):
                found = source.publishers.get(key.strip().casefold())
                if found:
                    return found
    return source.organization


def _resources(resources: list[Mapping[str, Any]], package_id: str) -> list[dict[str, Any]]:
    ids = resource_ids(package_id, [str(resource.get("url") or "") for resource in resources])
    return [{**resource, "id": id_} for resource, id_ in zip(resources, ids, strict=True)]
