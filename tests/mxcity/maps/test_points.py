"""The points of tables: every row is on the map, counted where rows lie together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.maps.layers import layer_of
from ckanext.mxcity.maps.tables import LISTED

from tests.mxcity.tables.test_joins import file_of, load

BOX = "-100.5,25.5,-100.1,25.8"
HOURS = [f"2026-06-{day:02d} {hour:02d}:00:00" for day in (1, 2) for hour in range(24)]


@pytest.fixture(scope="module")
def shelf(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> dict[str, Any]:
    """Reports all over a city, readings of three sensors, and a table of odd coordinates."""
    load_plugins()
    empty_db()
    reset_index()
    made: dict[str, Any] = {name: file_of(name) for name in ("reports", "readings", "odd", "none")}
    made["private"] = file_of("private", private=True)
    spread = [
        [f"R-{n}", 25.55 + (n % 50) * 0.004, -100.45 + (n // 50) * 0.006, n] for n in range(2_000)
    ]
    columns = {"folio": "text", "lat": "float8", "lon": "float8", "dias": "int4"}
    load(made["reports"], columns, spread)
    load(made["private"], columns, spread[:5])
    load(
        made["readings"],
        {"sensor": "text", "fecha_hora": "timestamp", "valor": "float8", "lat": "numeric",
         "lon": "numeric"},
        [[f"S-{s}", hour, None if hour == HOURS[-1] and s == 2 else n, 25.6 + s / 100, -100.3]
         for s in range(3) for n, hour in enumerate(HOURS)],
    )  # fmt: skip
    load(
        made["odd"],
        {"nombre": "text", "latitud": "text", "longitud": "text"},
        [["a", "25.6", "-100.3"], ["b", "", ""], ["c", "no", "-100.3"], ["d", "1e9", "5"],
         ["e", "91", "-100"], ["f", "0", "0"], ["g", " 25.61 ", "-100.3"], ["h", None, None]],
    )  # fmt: skip
    load(made["none"], columns, [])
    made["app"] = helpers._get_test_app()
    return made


@pytest.fixture(autouse=True)
def default_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """No preview is added by itself."""
    monkeypatch.setitem(tk.config, "ckan.views.default_views", [])


def asked(shelf: dict[str, Any], name: str, **how: Any) -> dict[str, Any]:
    """What the map is sent of a table."""
    arguments = {"bbox": BOX, "zoom": "12", **how}
    return tk.get_action("mxcity_map_points")(
        {"model": model, "user": "", "ignore_auth": False}, {"id": shelf[name]["id"], **arguments}
    )


@pytest.mark.parametrize("zoom", ["8", "11", "14", "18"])
def test_no_row_is_lost_or_counted_twice(shelf: dict[str, Any], zoom: str) -> None:
    """Whatever the zoom, the counts of a map of the whole are all of its rows."""
    found = asked(shelf, "reports", zoom=zoom)
    assert sum(one["count"] for one in found["points"]) == 2_000
    assert (found["placed"], found["rows"], found["readings"]) == (2_000, 2_000, False)
    assert all("row" not in one for one in found["points"] if one["count"] > 1)


def test_few_points_are_single_and_tell_their_row(shelf: dict[str, Any]) -> None:
    """Of few rows in sight, each is a point with its values; many are fewer marks."""
    near = asked(shelf, "reports", bbox="-100.4501,25.5499,-100.4499,25.60", zoom="16")["points"]
    assert [one["count"] for one in near] == [1] * 13
    row = next(one["row"] for one in near if one["row"]["folio"] == "R-0")
    assert row["dias"] == 0
    assert "_id" not in row
    assert len(asked(shelf, "reports", zoom="10")["points"]) < 100


def test_of_readings_the_last_of_each_place_is_shown(shelf: dict[str, Any]) -> None:
    """A sensor has one point, its last reading; a value that is missing stays missing."""
    found = asked(shelf, "readings", zoom="14")
    assert (found["readings"], found["places"], found["rows"]) == (True, 3, 3 * len(HOURS))
    rows = {one["row"]["sensor"]: one["row"] for one in found["points"]}
    assert {row["fecha_hora"].replace("T", " ")[:19] for row in rows.values()} == {HOURS[-1]}
    assert [rows[f"S-{n}"]["valor"] for n in range(3)] == [len(HOURS) - 1, len(HOURS) - 1, None]


def test_what_is_no_place_is_not_drawn_and_is_told(shelf: dict[str, Any]) -> None:
    """Empty, written, huge and zero coordinates have no place; the answer says how many do."""
    found = asked(shelf, "odd", zoom="16")
    assert sorted(one["row"]["nombre"] for one in found["points"]) == ["a", "g"]
    assert (found["placed"], found["rows"]) == (2, 8)
    empty = asked(shelf, "none")
    assert (empty["points"], empty["rows"]) == ([], 0)


@pytest.mark.parametrize("bbox", ["", "1,2,3", "5,5,1,1", "x,1,2,3", "-999,0,999,1"])
def test_a_wrong_rectangle_is_explained(shelf: dict[str, Any], bbox: str) -> None:
    """The reason says what is to be written."""
    with pytest.raises(tk.ValidationError) as refused:
        asked(shelf, "reports", bbox=bbox)
    assert "bbox" in refused.value.error_dict


def test_who_may_not_read_a_table_has_no_points(shelf: dict[str, Any]) -> None:
    """A private table gives nothing, neither under another nor by itself."""
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        asked(shelf, "private")
    page = view_page(shelf, "reports", sobre=shelf["private"]["id"])
    assert not page.select("[data-mxcity-map-over]")
    assert "R-0" in page.get_text()
    absent = view_page(shelf, "reports", sobre="no-hay")
    told, same = (one.select(".mx-map__status--error")[0].get_text() for one in (page, absent))
    assert told == same, "what cannot be read is as what is not there"


def view_page(shelf: dict[str, Any], name: str, **how: str) -> BeautifulSoup:
    """The page of a table's map."""
    resource = shelf[name]
    views = helpers.call_action("resource_view_list", id=resource["id"])
    view = next((one for one in views if one["view_type"] == "mxcity_map_view"), None)
    if view is None:
        view = factories.ResourceView(
            resource_id=resource["id"], view_type="mxcity_map_view", title="Mapa"
        )
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}"
    answer = shelf["app"].get(path, query_string={"view_id": view["id"], **how})
    return BeautifulSoup(answer.body, "html.parser")


def test_the_list_needs_no_script(shelf: dict[str, Any]) -> None:
    """The first rows, or the last readings of the places, are in the page; gaps say so."""
    page = view_page(shelf, "reports")
    rows = [row.get_text(" ", strip=True) for row in page.select("[data-mxcity-map-list] tbody tr")]
    assert (len(rows), rows[0]) == (LISTED, "R-0 0")
    assert "2,000" in page.select_one(".mx-map-view__list").get_text()
    readings = view_page(shelf, "readings")
    rows = [row.get_text(" ", strip=True) for row in readings.select("tbody tr")]
    listed = [row for row in rows if row.startswith("S-")]
    assert listed[0] == f"S-0 02/06/2026 23:00 {len(HOURS) - 1}"
    assert listed[2] == "S-2 02/06/2026 23:00 no data"
    empty = view_page(shelf, "none")
    assert empty.select_one("[data-mxcity-map]")


def test_another_file_is_laid_over(shelf: dict[str, Any]) -> None:
    """The address names it, and the legend both; one is offered where the address asks for one."""
    page = view_page(shelf, "reports", sobre=shelf["readings"]["id"])
    over = page.select_one("[data-mxcity-map-over]")
    assert shelf["readings"]["id"] in over["data-source"]
    assert json.loads(over["data-titles"])["valor"] == "valor"
    legend = page.select_one(".mx-map__legend").get_text(" ", strip=True)
    assert "Datos de readings" in legend
    assert "sobre" not in page.select_one(".mx-map__legend a")["href"]
    assert view_page(shelf, "reports", sobre="").select_one("[data-mxcity-map]")


def test_a_file_elsewhere_has_no_layer() -> None:
    """Neither a table that is not loaded nor a file of another site is drawn."""
    file = {"id": "x", "format": "GeoJSON", "url": "https://otro.example/a.geojson"}
    assert layer_of(file).source is None
    assert layer_of({"id": "x", "format": "CSV"}).source is None
