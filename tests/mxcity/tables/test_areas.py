"""A table with INEGI's codes is drawn on the polygons of another, with its figures beside it."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import helpers
from ckanext.mxcity.tables.areas import drawing
from ckanext.mxcity.tables.hooks import add_map, learn_keys
from hypothesis import given
from hypothesis import strategies as st

from tests.mxcity.tables.test_joins import file_of, load


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=80))
def test_every_value_has_one_shade(values: list[int]) -> None:
    """Classes hold each value once, in order, at most five, and equal values are together."""
    legend = drawing.shades(values)
    assert 1 <= len(legend) <= drawing.CLASSES
    assert sum(one.count for one in legend) == len(values)
    assert legend[-1].number == drawing.CLASSES
    assert all(a.high < b.low and a.number < b.number for a, b in pairwise(legend))
    for value in values:
        assert sum(one.low <= value <= one.high for one in legend) == 1


def square(west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    """A polygon of four corners."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_outlines_keep_their_place_and_form() -> None:
    """North is up, a degree of longitude is shorter than one of latitude, all is inside."""
    shapes = {"a": square(-100, 25), "b": square(-99, 25), "c": square(-100, 26)}
    drawn = {area.code: area for area in drawing.draw(shapes, {"a": 1.0}, {"a": "Uno"}, [])}
    corners = {
        code: [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", area.path)]
        for code, area in drawn.items()
    }
    assert all(0 <= x <= drawing.WIDTH and 0 <= y <= drawing.HEIGHT
               for points in corners.values() for x, y in points)  # fmt: skip
    middle = {
        code: [sum(axis) / len(axis) for axis in zip(*points, strict=True)]
        for code, points in corners.items()
    }
    assert middle["b"][0] > middle["a"][0]
    assert middle["c"][1] < middle["a"][1]
    width = middle["b"][0] - middle["a"][0]
    height = middle["a"][1] - middle["c"][1]
    assert math.isclose(width / height, math.cos(math.radians(26)), rel_tol=0.02)
    assert (drawn["a"].name, drawn["b"].name, drawn["b"].shade) == ("Uno", "b", 0)


@pytest.fixture
def shelf(with_plugins: None, clean_db: None, clean_index: None) -> dict[str, Any]:
    """Reports by municipality, and a file for outlines that has none yet."""
    made: dict[str, Any] = {}
    for name in ("reports", "outlines"):
        made[name] = file_of(name)
    load(
        made["reports"],
        {"cve_ent": "text", "cvegeo": "text", "reportes": "int4"},
        [["19", "19039", 7], ["19", "19048", 3], ["19", "19039", 2], ["11", "11020", 1]],
    )
    learn_keys(made["reports"]["id"])
    made["app"] = helpers._get_test_app()
    return made


@pytest.fixture
def outlined(shelf: dict[str, Any]) -> dict[str, Any]:
    """The same, with the outlines of two of the three municipalities."""
    load(
        shelf["outlines"],
        {"clave": "text", "geometry": "text"},
        [
            ["19039", json.dumps(square(-100.5, 25.5))],
            ["19048", json.dumps(square(-100.7, 25.6, 0.2))],
            ["19006", json.dumps(square(-100, 25))],
        ],
    )
    learn_keys(shelf["outlines"]["id"])
    return shelf


@pytest.fixture(autouse=True)
def default_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """The previews that a portal adds by itself, as ``ckan.ini`` has them."""
    monkeypatch.setitem(tk.config, "ckan.views.default_views", ["mxcity_map_view"])


def shown(shelf: dict[str, Any], name: str, **asked: str) -> BeautifulSoup:
    """The page of a file with its map."""
    resource = shelf[name]
    add_map(resource)
    views = helpers.call_action("resource_view_list", id=resource["id"])
    (view,) = (view for view in views if view["view_type"] == "mxcity_map_view")
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}"
    page = shelf["app"].get(path, query_string={"view_id": view["id"], **asked})
    return BeautifulSoup(page.body, "html.parser")


def test_without_outlines_the_figures_are_there(shelf: dict[str, Any]) -> None:
    """Until the portal has polygons, the page says what to publish and shows the figures."""
    page = shown(shelf, "reports")
    assert page.select("svg.mx-areas") == []
    assert "GeoPackage" in page.select_one(".mx-note").get_text()
    rows = [row.get_text(" ", strip=True) for row in page.select(".mx-areas__figures tbody tr")]
    assert rows == ["19039 Monterrey 9", "19048 Santa Catarina 3", "11020 León 1"]


def test_areas_are_drawn_on_another_table(outlined: dict[str, Any]) -> None:
    """Sums by municipality are shades of its polygon; what has no outline is counted."""
    page = shown(outlined, "reports")
    titles = [area.get_text() for area in page.select("svg.mx-areas path")]
    assert titles == ["Monterrey: 9", "Santa Catarina: 3"]
    shades = [area["class"][1] for area in page.select("svg.mx-areas path")]
    assert shades[0] != shades[1]
    said = page.select_one(".mx-chart__note").get_text(" ", strip=True)
    assert "2 of 3" in said
    assert "2,500" in said
    assert "Datos de outlines" in said
    counted = shown(outlined, "reports", measure="count")
    assert [area.get_text() for area in counted.select("svg.mx-areas path")][0] == "Monterrey: 2"
    states = shown(outlined, "reports", x="cve_ent")
    assert states.select("svg.mx-areas") == [], "no outlines of states"


def test_shapes_of_a_table_are_drawn(outlined: dict[str, Any]) -> None:
    """A table with a column of geometries has its map, read as GeoJSON up to a limit."""
    page = shown(outlined, "outlines")
    drawn = page.select_one("[data-mxcity-map]")
    assert (drawn["data-kind"], drawn["data-total"], drawn["data-limit"]) == (
        "geojson",
        "3",
        "1000",
    )
    found = json.loads(outlined["app"].get(drawn["data-source"]).body)
    assert [feature["geometry"]["type"] for feature in found["features"]] == ["Polygon"] * 3


def test_areas_have_their_name_or_a_number_in_them(outlined: dict[str, Any]) -> None:
    """What is too small for a name has the number that the list beside gives it."""
    page = shown(outlined, "reports")
    written = {
        label.select_one(".mx-areas__number").get_text(): [
            line.get_text() for line in label.select("tspan")
        ]
        for label in page.select(".mx-areas__label")
    }
    assert set(written) == {"1", "2"}
    assert written["1"] == ["Monterrey"]
    rows = [row.get_text(" ", strip=True) for row in page.select(".mx-areas__figures tbody tr")]
    assert rows[:2] == ["1 19039 Monterrey 9", "2 19048 Santa Catarina 3"]


@given(
    st.lists(
        st.tuples(st.floats(-100, -99), st.floats(25, 26), st.floats(0.001, 0.4)),
        min_size=1,
        max_size=12,
    ),
    st.text(st.characters(categories=["L", "Zs"]), min_size=1, max_size=40),
)
def test_names_stay_within_their_area(places: list[tuple[float, float, float]], name: str) -> None:
    """A name that is written is as wide and high as its area allows; else there is a number."""
    shapes = {str(n): square(west, south, side) for n, (west, south, side) in enumerate(places)}
    for area in drawing.draw(shapes, {}, dict.fromkeys(shapes, name), []):
        label = area.label
        if label is None or not label.lines:
            continue
        assert " ".join(label.lines).split() == name.split()
        numbers = [float(number) for number in re.findall(r"[\d.]+", area.path)]
        across = max(numbers[::2]) - min(numbers[::2])
        high = max(numbers[1::2]) - min(numbers[1::2])
        assert max(map(len, label.lines)) * label.size * drawing.WIDE <= across + 1
        assert len(label.lines) * label.size * drawing.LINE <= high + 1


def test_outlines_with_holes_or_crossings_are_drawn() -> None:
    """A hole stays one, and its area is written beside it; an outline that crosses itself too."""
    ring = square(-100, 25)["coordinates"][0]
    hole = [[-99.8, 25.2], [-99.2, 25.2], [-99.2, 25.8], [-99.8, 25.8], [-99.8, 25.2]]
    crossing = [[-98, 25], [-97, 26], [-97, 25], [-98, 26], [-98, 25]]
    shapes = {
        "hole": {"type": "Polygon", "coordinates": [ring, hole]},
        "crossing": {"type": "Polygon", "coordinates": [crossing]},
        "flat": {"type": "Polygon", "coordinates": [[[-99, 25], [-98, 25], [-99, 25], [-99, 25]]]},
        "parts": {"type": "MultiPolygon", "coordinates": [[ring], square(-96, 25)["coordinates"]]},
    }
    drawn = {area.code: area for area in drawing.draw(shapes, {}, {}, [])}
    assert drawn["hole"].path.count("M") == 2
    assert drawn["flat"].label is None
    assert all(drawn[code].label for code in ("hole", "crossing", "parts"))
