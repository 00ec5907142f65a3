"""Schemas that extend another: pure."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
import yaml
from ckanext.mxcity.dataset import types
from ckanext.mxcity.dataset.compose import CompositionError, compose
from ckanext.mxcity.ground.reference_systems import epsg
from ckanext.mxcity.ground.vocabularies import vocabulary
from type_examples import OWN

BASE: dict[str, Any] = {
    "dataset_type": "dataset",
    "version": "1",
    "about": "Base",
    "field_groups": [{"name": "what"}, {"name": "who"}],
    "dataset_fields": [
        {"field_name": "title", "field_group": "what", "required": True},
        {"field_name": "owner", "field_group": "who", "label": "Owner"},
    ],
    "resource_fields": [{"field_name": "url"}],
}


def test_a_field_of_the_same_name_says_what_it_says_anew() -> None:
    """An override keeps its place and the rest of the base's field; a new field comes last."""
    own = {
        "dataset_type": "map",
        "extends": "dataset.yaml",
        "dataset_fields": [
            {"field_name": "scale", "field_group": "what"},
            {"field_name": "owner", "required": True},
        ],
    }
    found = compose(own, BASE)
    assert [field["field_name"] for field in found["dataset_fields"]] == ["title", "owner", "scale"]
    assert found["dataset_fields"][1] == {
        "field_name": "owner", "field_group": "who", "label": "Owner", "required": True
    }  # fmt: skip
    assert found["resource_fields"] == BASE["resource_fields"]
    assert (found["dataset_type"], found["about"]) == ("map", "Base")
    assert "extends" not in found
    assert "required" not in BASE["dataset_fields"][1], "the base stays as it is"


@pytest.mark.parametrize(
    ("placed", "order"),
    [
        ({}, ["what", "who", "map"]),
        ({"after": "what"}, ["what", "map", "who"]),
        ({"before": "what"}, ["map", "what", "who"]),
    ],
)
def test_a_group_stands_where_it_is_put(placed: dict[str, str], order: list[str]) -> None:
    """Before or after another, else last; a group of the same name is the base's."""
    own = {"field_groups": [{"name": "map", **placed}, {"name": "who", "label": "Quién"}]}
    groups = compose(own, BASE)["field_groups"]
    assert [group["name"] for group in groups] == order
    assert groups[-1 if order[-1] == "who" else 1] == {"name": "who", "label": "Quién"}
    assert all(set(group) <= {"name", "label"} for group in groups)


def test_what_cannot_be_put_together_is_named() -> None:
    """A group beside one that there is not, and a field under one that there is not."""
    with pytest.raises(CompositionError, match="group map is to stand beside nowhere"):
        compose({"field_groups": [{"name": "map", "after": "nowhere"}]}, BASE)
    with pytest.raises(CompositionError, match="field scale needs a field_group: what, who"):
        compose({"dataset_fields": [{"field_name": "scale"}]}, BASE)


def test_every_schema_of_a_dataset_is_a_type() -> None:
    """The list of types and the files are the same; each type of ours extends the plain one."""
    folder = resources.files("ckanext.mxcity.schemas")
    documents = [
        yaml.safe_load(entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    ]
    found = {document["dataset_type"] for document in documents if "dataset_type" in document}
    assert found == set(types.TYPES)
    for kind in types.TYPES:
        extends = types.written(f"{kind}.yaml").get("extends")
        assert extends == (None if kind == "dataset" else "dataset.yaml")
        assert vocabulary("dataset_types").terms[kind].notes["es"]


@pytest.mark.parametrize("kind", types.TYPES[1:])
def test_a_type_has_the_plain_fields_and_its_own(kind: str) -> None:
    """Nothing of the plain dataset is lost, and the example of the tests fills every new field."""
    plain = types.schema("dataset")
    whole = types.schema(kind)
    names = [field["field_name"] for field in whole["dataset_fields"]]
    assert [field["field_name"] for field in plain["dataset_fields"]] == names[
        : len(plain["dataset_fields"])
    ]
    assert whole["resource_fields"] == plain["resource_fields"]
    added = {field["field_name"] for field in types.added_fields(kind)}
    assert added <= set(OWN[kind]) <= added | {"information_type", "frequency"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("EPSG:6372", "EPSG:6372"),
        ("epsg::6372", "EPSG:6372"),
        (" 6372 ", "EPSG:6372"),
        ("urn:ogc:def:crs:EPSG::6372", "EPSG:6372"),
        ("urn:ogc:def:crs:EPSG:10.2:32614", "EPSG:32614"),
        ("http://www.opengis.net/def/crs/EPSG/0/6365", "EPSG:6365"),
        ("https://www.opengis.net/def/crs/EPSG/9.9/2154/", "EPSG:2154"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("WGS84", "EPSG:4326"),
        ("Mexico ITRF2008 / LCC", "EPSG:6372"),
        ("EPSG:102008", None),
        ("EPSG:12", None),
        ("6372 o 4326", None),
        ("", None),
    ],
)
def test_reference_systems_however_they_are_written(said: str, code: str | None) -> None:
    """Codes, addresses, URNs and known names lead to the EPSG code; nothing else does."""
    assert epsg(said) == code
