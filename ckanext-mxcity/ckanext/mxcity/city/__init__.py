"""The profile of a city: one YAML file says everything that differs between two portals.

No CKAN import: the command line reads profiles before CKAN is installed.
"""

from __future__ import annotations

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
from ckanext.mxcity.city.reader import load_city

__all__ = [
    "BaseMap",
    "BoundingBox",
    "City",
    "CityProfileError",
    "Colours",
    "Contact",
    "Organization",
    "Problem",
    "Source",
    "load_city",
]
