"""Filters offer a choice, and formats are those of data."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import search
from ckan.tests import factories, helpers
from ckanext.mxcity.guard.index.database import Answer


@pytest.fixture(scope="module")
def with_plugins(load_plugins):
    """Load the plugins once for the module: nothing here changes which they are."""
    load_plugins()


@pytest.fixture(scope="module")
def app(with_plugins, empty_db):
    """Two datasets with a table and its dictionary, and one that is a JSON file."""
    empty_db()
    search.clear_all()
    user = factories.Sysadmin()["name"]
    owner = factories.Organization(name="servicios")["id"]
    files = [("Faroles", "CSV"), ("Diccionario de datos: Faroles", "JSON")]
    for name, given in (("uno", files), ("dos", files), ("tres", [("Kioscos", "JSON")])):
        tk.get_action("package_create")(
            {"user": user, "ignore_auth": True},
            {
                "name": name,
                "title": f"Quelites {name}",
                "owner_org": owner,
                "geographic_level": "municipal",
                "snieg_subsystem": "ninguno",
                "snieg_subsystem_reason": "Registro de prueba",
                "resources": [
                    {"url": f"http://example.com/{n}", "name": title, "format": kind}
                    for n, (title, kind) in enumerate(given)
                ],
            },
        )
    yield helpers._get_test_app()
    search.clear_all()


def test_a_dictionary_is_no_format(app):
    """Of the datasets only one is there as JSON; the same without the index."""
    asked = {"q": "*:*", "facet.field": ["res_format"], "facet.limit": 50, "rows": 0}
    found = tk.get_action("package_search")({"user": ""}, asked)["facets"]["res_format"]
    assert {name: count for name, count in found.items() if name} == {"CSV": 2, "JSON": 1}
    assert Answer({**asked, "facet.limit": "50"}, None).facets()["res_format"] == {
        "CSV": 2,
        "JSON": 1,
    }
    page = app.get("/dataset/?q=uno").body
    assert 'mx-format">CSV' in page
    assert 'mx-format">JSON' not in page


def test_a_filter_without_a_choice_is_not_shown(app):
    """One value that all results have filters nothing; one that is on can be taken off."""
    page = app.get("/dataset/?q=quelites").body
    assert 'id="facet-res_format"' in page
    assert 'id="facet-organization"' not in page
    assert 'id="facet-organization"' in app.get("/dataset/?organization=servicios").body
