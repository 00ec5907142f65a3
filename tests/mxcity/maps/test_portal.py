"""The maps in a running portal, on the real search server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.lib.search import clear_all
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, call_action
from ckanext.mxcity.maps.sources import FEATURE_LIMIT
from ckanext.mxcity.maps.views import filter_by_map
from flask import get_flashed_messages

pytestmark = [pytest.mark.usefixtures("with_plugins", "migrated_db")]


def square(west: float, south: float, size: float = 0.02) -> str:
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.fixture
def organization() -> dict[str, Any]:
    return factories.Organization()


@pytest.fixture
def places(organization: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Three datasets: in the north, in the south, nowhere."""
    clear_all()
    common = {
        "owner_org": organization["id"],
        "snieg_subsystem": "geografico_ambiental",
        "geographic_level": "municipal",
    }
    yield {
        "north": factories.Dataset(**common, spatial=square(-100.30, 25.75))["name"],
        "south": factories.Dataset(**common, spatial=square(-100.30, 25.50))["name"],
        "nowhere": factories.Dataset(**common)["name"],
    }
    clear_all()


def found(box: str) -> set[str]:
    results = call_action("package_search", extras={"ext_bbox": box}, rows=50)["results"]
    return {dataset["name"] for dataset in results}


class TestFilter:
    def test_only_extents_that_meet_the_area_are_found(self, places: dict[str, str]) -> None:
        """An area finds what touches it, also in part, and nothing without extent."""
        assert found("-100.40,25.70,-100.20,25.80") == {places["north"]}
        assert found("-100.29,25.76,-100.20,25.80") == {places["north"]}
        assert found("-100.40,25.48,-100.20,25.80") == {places["north"], places["south"]}
        assert found("-99.0,20.0,-98.0,21.0") == set()

    def test_the_form_leads_to_the_filtered_search(
        self, app: CKANTestApp, places: dict[str, str]
    ) -> None:
        """Without a script, the form's edges become the search's parameter; the rest is kept."""
        response = app.get(
            "/map-filter",
            query_string={
                "q": "agua",
                "zone": "edges",
                "west": "-100.40",
                "south": "25.70",
                "east": "-100.20",
                "north": "25.80",
                "return_to": "/dataset/",
                "page": "3",
            },
            follow_redirects=False,
        )
        assert response.status_code == 302
        assert response.headers["Location"].endswith(
            "/dataset/?q=agua&ext_bbox=-100.4%2C25.7%2C-100.2%2C25.8"
        )

    def test_a_wrong_edge_is_explained_and_the_search_goes_on(self, app: CKANTestApp) -> None:
        """The message names the edge; no area is used."""
        query = "/map-filter?q=agua&zone=edges&west=x&return_to=/dataset/"
        with app.flask_app.test_request_context(query):
            response = filter_by_map()
            messages = get_flashed_messages()
        assert response.headers["Location"].endswith("/dataset/?q=agua")
        assert len(messages) == 1
        assert "25.67" in str(messages[0])

    @pytest.mark.parametrize(
        "target", ["//evil.example/", "https://evil.example/", "/\\evil.example"]
    )
    def test_the_form_never_leads_elsewhere(self, app: CKANTestApp, target: str) -> None:
        """A return address of another site is not followed."""
        response = app.get(
            "/map-filter",
            query_string={"zone": "-1,-1,1,1", "return_to": target},
            follow_redirects=False,
        )
        assert "evil" not in response.headers["Location"]

    def test_the_search_page_has_the_form(self, app: CKANTestApp, places: dict[str, str]) -> None:
        """The form keeps the question, offers the city's zones and shows the area in force."""
        page = BeautifulSoup(
            app.get("/dataset/?q=agua&ext_bbox=-100.4,25.7,-100.2,25.8").body, "html.parser"
        )
        form = page.select_one("form[data-mxcity-map-filter]")
        assert form
        assert form.select_one("input[name=q]")["value"] == "agua"
        assert form.select_one("input[name=north]")["value"] == "25.8"
        assert len(form.select("select[name=zone] option")) == 6
        assert "ext_bbox" not in form.select_one("a")["href"]


class TestView:
    @pytest.fixture
    def dataset(self, organization: dict[str, Any]) -> dict[str, Any]:
        return factories.Dataset(
            owner_org=organization["id"],
            snieg_subsystem="geografico_ambiental",
            geographic_level="municipal",
            spatial=square(-100.30, 25.75),
        )

    def view_page(self, app: CKANTestApp, dataset: dict[str, Any], url: str) -> BeautifulSoup:
        resource = factories.Resource(
            package_id=dataset["id"], url=url, format="GeoJSON", name="Mapa <b>"
        )
        view = factories.ResourceView(
            resource_id=resource["id"], view_type="mxcity_map_view", title="Mapa"
        )
        address = f"/dataset/{dataset['name']}/resource/{resource['id']}/view/{view['id']}"
        return BeautifulSoup(app.get(address).body, "html.parser")

    def test_a_file_of_the_portal_is_drawn(self, app: CKANTestApp, dataset: dict[str, Any]) -> None:
        """The page says from where the features come, how many at most, and has a table."""
        url = f"{tk.config['ckan.site_url']}/demo/files/parques/parques.geojson"
        page = self.view_page(app, dataset, url)
        element = page.select_one("[data-mxcity-map]")
        assert element["data-source"] == "/demo/files/parques/parques.geojson"
        assert element["data-limit"] == str(FEATURE_LIMIT)
        assert element["aria-label"].endswith("Mapa <b>")
        assert page.select_one("[data-mxcity-map-table]")
        assert page.select_one("[role=status]")

    def test_a_file_elsewhere_is_explained(self, app: CKANTestApp, dataset: dict[str, Any]) -> None:
        """A file of another site is not read by the browser; the page says why and links it."""
        page = self.view_page(app, dataset, "https://otro.example/mapa.geojson")
        assert not page.select_one("[data-mxcity-map]")
        assert page.select_one('p.mx-map__status a[href="https://otro.example/mapa.geojson"]')

    def test_geojson_gets_the_map_by_itself(self, dataset: dict[str, Any]) -> None:
        """Our view can draw GeoJSON and refuses a table without coordinates."""
        import ckan.plugins as p

        plugin = p.get_plugin("mxcity_maps")
        assert plugin.can_view({"resource": {"format": "GeoJSON"}})
        assert not plugin.can_view({"resource": {"format": "CSV"}})
        assert not plugin.can_view({"resource": {"format": "PDF"}})

    def test_an_extent_is_drawn_and_a_broken_one_is_not(self) -> None:
        """A huge or unreadable extent leaves the page without a map, not without an answer."""
        from ckanext.mxcity.maps.helpers import mxcity_map_extent

        assert json.loads(mxcity_map_extent(square(-100, 25)))["type"] == "Polygon"
        assert mxcity_map_extent("{no es json") == ""
        assert mxcity_map_extent(None) == ""
        assert (
            mxcity_map_extent(json.dumps({"type": "MultiPoint", "coordinates": [[0, 0]] * 9000}))
            == ""
        )
