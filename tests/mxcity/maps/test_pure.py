"""The parts of the maps that need no server."""

from __future__ import annotations

import pytest
from ckanext.mxcity.city import BoundingBox
from ckanext.mxcity.ground.columns import point_columns
from ckanext.mxcity.maps.assets_library import leaflet_folder
from ckanext.mxcity.maps.boxes import BoxError, box_of, box_text, read_box, zones
from ckanext.mxcity.maps.sources import local_path

SITE = "https://datos.example"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://datos.example/demo/files/a.geojson", "/demo/files/a.geojson"),
        ("http://DATOS.example/a.geojson?x=1", "/a.geojson?x=1"),
        ("https://otro.example/a.geojson", None),
        ("https://datos.example.otro.example/a.geojson", None),
        ("https://datos.example:8443/a.geojson", None),
        ("https://datos.example@otro.example/a.geojson", None),
        ("javascript:alert(1)", None),
        ("//datos.example/a.geojson", None),
        ("", None),
    ],
)
def test_only_files_of_this_portal_are_read(url: str, path: str | None) -> None:
    """A file elsewhere has no path here, whatever its address looks like."""
    assert local_path(url, SITE) == path


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["folio", "lat", "lon"], ("lat", "lon")),
        (["Latitud", "Longitud"], ("Latitud", "Longitud")),
        (["y", "x"], ("y", "x")),
        (["lat"], None),
        (["latas", "longaniza"], None),
    ],
)
def test_columns_of_coordinates(names: list[str], found: tuple[str, str] | None) -> None:
    """Usual names are known, in any case; one alone is not enough."""
    columns = point_columns(names)
    assert ((columns.latitude, columns.longitude) if columns else None) == found


def test_a_box_survives_its_text() -> None:
    """What is written is what is read."""
    box = BoundingBox(-100.43, 25.48, -100.18, 25.8)
    assert box_text(box) == "-100.43,25.48,-100.18,25.8"
    assert read_box(box_text(box)) == box


@pytest.mark.parametrize(
    ("change", "side"),
    [
        ({"west": "mucho"}, "west"),
        ({"north": ""}, "north"),
        ({"south": "nan"}, "south"),
        ({"east": "181"}, "east"),
        ({"west": "-99"}, None),
        ({"north": "25.48"}, None),
    ],
)
def test_a_wrong_edge_is_named(change: dict[str, str], side: str | None) -> None:
    """The error says which edge is wrong; none when their order is."""
    fields = {"west": "-100.43", "south": "25.48", "east": "-100.18", "north": "25.8", **change}
    with pytest.raises(BoxError) as error:
        box_of(fields)
    assert error.value.side == side


def test_a_decimal_comma_is_understood() -> None:
    """25,5 is what a Spanish keyboard writes."""
    fields = {"west": "-100,43", "south": "25,48", "east": "-100,18", "north": "25,8"}
    assert box_of(fields).north == 25.8


def test_the_quarters_make_the_whole() -> None:
    """Four zones of the same size share the city's middle."""
    box = BoundingBox(-2, -2, 2, 2)
    whole, *quarters = zones(box)
    assert whole.box == box
    assert {quarter.value for quarter in quarters} == {
        "-2,0,0,2",
        "0,0,2,2",
        "-2,-2,0,0",
        "0,-2,2,0",
    }


def test_the_map_library_is_where_we_look_for_it() -> None:
    """The installed ckanext-spatial ships Leaflet under the name that we use."""
    assert (leaflet_folder() / "leaflet.js").is_file()
    assert (leaflet_folder() / "leaflet.css").is_file()
