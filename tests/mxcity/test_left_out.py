"""A city leaves a plugin out, and the portal goes on: its pages open for everybody."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.hooks import learn_keys

#: What a city may leave out, and the plugins that go with it.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "mxcity_guard": ("mxcity_guard",),
    "mxcity_search": ("mxcity_search",),
    "mxcity_maps": ("mxcity_maps",),
    "mxcity_demo": ("mxcity_demo",),
    "mxcity_datahub": ("mxcity_datahub",),
    "mxcity_publishing": ("mxcity_publishing",),
    "mxcity_tables": ("mxcity_tables",),
    "the harvest": ("sniegharvest", "snieg_", "harvest"),
    "structured_data": ("structured_data",),
    "the loader": ("xloader",),
    "the DataStore": ("datastore", "xloader", "mxcity_table_view"),
    "previews": ("mxcity_table_view", "image_view", "text_view"),
    "activity": ("activity",),
    "expire_api_token": ("expire_api_token",),
    "tracking": ("tracking",),
}
PAGES = (
    *("/", "/dataset/", "/dataset/?q=agua&res_format=CSV", "/dataset/calles"),
    *("/organization/", "/organization/mty-obras", "/organization/about/mty-obras", "/group/"),
    *("/about", "/data.json", "/catalog.ttl", "/api/3/action/package_search?q=agua"),
)
#: Previews of the table, and the plugins that they come from.
VIEWS = {
    "mxcity_chart_view": "mxcity_tables",
    "mxcity_map_view": "mxcity_maps",
    "mxcity_table_view": "mxcity_table_view",
}
FOR_EDITORS = ("/dataset/new", "/dataset/edit/calles", "/dashboard/datasets")
FIELDS = [
    {"id": "cvegeo", "type": "text"},
    {"id": "reportes", "type": "int4"},
    {"id": "lat", "type": "numeric"},
    {"id": "lon", "type": "numeric"},
]


@pytest.fixture(scope="module")
def portal(empty_db: Callable[[], None], reset_index: Callable[[], None]) -> SimpleNamespace:
    """A dataset with a loaded table that has every preview, made once with every plugin."""
    p.load_all()
    try:
        empty_db()
        reset_index()
        user = factories.SysadminWithToken()
        dataset = factories.Dataset(
            name="calles",
            title="Calles con agua",
            owner_org=factories.Organization(name="mty-obras")["id"],
            snieg_subsystem="economico",
            geographic_level="municipal",
        )
        address = "https://datos.example/a.csv"
        table = factories.Resource(package_id=dataset["id"], url=address, format="CSV")["id"]
        own = {"user": user["name"], "ignore_auth": True}
        rows = [
            {"cvegeo": f"190{39 + number}", "reportes": number, "lat": 25.6, "lon": -100.3}
            for number in range(8)
        ]
        tk.get_action("datastore_create")(
            {**own, "model": model},
            {"resource_id": table, "force": True, "fields": FIELDS, "records": rows},
        )
        learn_keys(table)
        views = {
            plugin: tk.get_action("resource_view_create")(
                dict(own), {"resource_id": table, "view_type": kind, "title": kind}
            )["id"]
            for kind, plugin in VIEWS.items()
        }
    finally:
        p.unload_all()
    read = f"/dataset/calles/resource/{table}"
    previews = {plugin: f"{read}?view_id={view}" for plugin, view in views.items()}
    return SimpleNamespace(token=user["token"], table=read, previews=previews)


@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_every_page_opens(
    portal: SimpleNamespace, ckan_config: Any, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    """Whatever is left out, every other page opens, for residents and for who publishes."""
    gone = LEFT_OUT[left_out]
    plugins = tk.aslist(ckan_config["ckan.plugins"])
    kept = [
        name
        for name in plugins
        if name not in gone and not ("snieg_" in gone and name.startswith("snieg_"))
    ]
    assert (kept == plugins) == (not gone)
    monkeypatch.setitem(ckan_config, "ckan.plugins", " ".join(kept))
    p.load_all()
    try:
        app = helpers._get_test_app()
        app.flask_app.config["PROPAGATE_EXCEPTIONS"] = False
        editor = {"Authorization": portal.token}
        there = [page for plugin, page in portal.previews.items() if plugin in kept]
        asked = [(page, {}) for page in (*PAGES, portal.table, *there)]
        asked += [(page, editor) for page in (*FOR_EDITORS, portal.table)]
        answered = {
            (page, "editor" if who else "resident"): app.get(page, headers=who).status_code
            for page, who in asked
        }
        assert {page: status for page, status in answered.items() if status != 200} == {}
    finally:
        p.unload_all()
