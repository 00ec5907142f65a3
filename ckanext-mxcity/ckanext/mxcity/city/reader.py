"""Read a city's profile and say everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from ckanext.mxcity.city.checks import check_profile
from ckanext.mxcity.city.errors import CityProfileError, Problem
from ckanext.mxcity.city.model import (
    BaseMap,
    BoundingBox,
    City,
    Colours,
    Contact,
    Organization,
    Source,
)
from ckanext.mxcity.city.schema import schema_problems
from ckanext.mxcity.ground.areas import find_area
from ckanext.mxcity.ground.yaml import load_yaml


def load_city(path: str | Path) -> City:
    """Return the city that a profile describes.

    Raises:
        CityProfileError: the file is missing, is not YAML or breaks the schema
            (``schema.json`` beside this module); its ``problems`` name every place.

    """
    profile = Path(path).resolve()
    document = _read(profile)
    problems = schema_problems(document) or check_profile(document, profile.parent)
    if problems:
        raise CityProfileError(profile, problems)
    return _city(document, profile)


def _read(profile: Path) -> Any:
    try:
        return load_yaml(profile.read_text(encoding="utf-8"))
    except FileNotFoundError:
        expected = "expected a YAML file here; there is none"
    except (OSError, UnicodeDecodeError) as error:
        expected = f"expected a readable UTF-8 text file: {error}"
    except yaml.YAMLError as error:
        expected = f"expected YAML: {' '.join(str(error).split())}"
    raise CityProfileError(profile, [Problem("", expected)])


def _city(document: dict[str, Any], profile: Path) -> City:
    west, south, east, north = (float(number) for number in document["bbox"])
    state = find_area(document["state_code"])
    return City(
        profile=profile,
        slug=document["slug"],
        name=document["name"],
        official_name=document.get("official_name", document["name"]),
        state_code=document["state_code"],
        state_name=state.name if state else "",
        municipality_code=document["municipality_code"],
        bbox=BoundingBox(west, south, east, north),
        time_zone=document["time_zone"],
        language=document["language"],
        title=document["portal"]["title"],
        description=document["portal"]["description"],
        colours=Colours(**document["colours"]),
        logo=profile.parent / document["logo"]["file"],
        logo_alt=document["logo"]["alt"],
        organizations=tuple(_organization(entry) for entry in document["organizations"]),
        sources=tuple(_source(entry) for entry in document.get("sources", [])),
        base_map=_base_map(document.get("base_map")),
    )


def _organization(entry: dict[str, Any]) -> Organization:
    values = dict(entry)
    contact = Contact(**values.pop("contact", {}))
    return Organization(**values, contact=contact)


def _source(entry: dict[str, Any]) -> Source:
    values = dict(entry)
    config = MappingProxyType(dict(values.pop("config", {})))
    return Source(**values, config=config)


def _base_map(entry: dict[str, Any] | None) -> BaseMap | None:
    if entry is None:
        return None
    layers = {kind: tuple(names) for kind, names in entry.get("layers", {}).items()}
    return BaseMap(entry["file"], entry["source"], MappingProxyType(layers))
