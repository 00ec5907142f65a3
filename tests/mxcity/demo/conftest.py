"""Two cities' demonstrations, each built once."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckanext.mxcity.city import City, load_city
from ckanext.mxcity.demo.build import build
from rdflib import Graph

CITIES = Path(__file__).resolve().parents[3] / "config" / "cities"
BASE_URL = "https://datos.example/demo"


@pytest.fixture(scope="package", params=["monterrey", "leon"])
def city(request: pytest.FixtureRequest) -> City:
    return load_city(CITIES / f"{request.param}.yaml")


@pytest.fixture(scope="package")
def built(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(city.slug)
    build(city, folder, BASE_URL)
    return folder


@pytest.fixture(scope="package")
def graph(built: Path) -> Graph:
    return Graph().parse(built / "catalog.ttl", format="turtle")
