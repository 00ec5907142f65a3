"""The actions of the mxcity plugin."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import call_action

pytestmark = pytest.mark.usefixtures("migrated_db")


def test_city_is_shown_to_anybody(app: Any) -> None:
    """Anybody may ask which city the portal belongs to."""
    answer = json.loads(app.get("/api/3/action/mxcity_city_show").body)
    assert answer["result"]["municipality_code"] == "19039"
    assert answer["result"]["state_name"] == "Nuevo León"
    assert answer["result"]["bbox"]["type"] == "Polygon"


@pytest.mark.ckan_config("ckanext.mxcity.city_profile", "")
def test_portal_without_a_city() -> None:
    """A portal without a profile says so."""
    with pytest.raises(tk.ObjectNotFound, match="has no city profile"):
        call_action("mxcity_city_show")


def test_areas_are_suggested() -> None:
    """A beginning of a name, without its accents, suggests areas by name and code."""
    assert call_action("mxcity_area_autocomplete", q="monterr") == [
        {"code": "19039", "name": "Monterrey", "title": "Monterrey, Nuevo León"}
    ]
    assert call_action("mxcity_area_autocomplete", q="nuevo leon", limit=1)[0]["code"] == "19"
    assert len(call_action("mxcity_area_autocomplete", q="san", limit=5000)) == 50


@pytest.mark.parametrize("data", [{}, {"q": "san", "limit": "muchos"}, {"q": "san", "limit": -1}])
def test_wrong_question_about_areas(data: dict[str, Any]) -> None:
    """A question without text, or with a limit that is no number, is refused by field."""
    with pytest.raises(tk.ValidationError) as caught:
        call_action("mxcity_area_autocomplete", **data)
    assert set(caught.value.error_dict) <= {"q", "limit"}
