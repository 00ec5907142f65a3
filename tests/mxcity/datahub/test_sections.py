"""The sections of a ministry's page: a list that page and API are made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity.datahub import sections
from ckanext.mxcity.datahub.sections import SECTIONS, Reader, Section

from tests.mxcity.datahub.conftest import call_as

Asset = Callable[..., dict[str, Any]]
TEMPLATE = "<p class='added'>{{ lists.assets_of_the_section }}</p>"


def test_a_section_is_one_entry_one_function_and_one_template(
    hub: SimpleNamespace, make_app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any,
    ckan_config: dict[str, Any],
) -> None:  # fmt: skip
    """A section that is added to the list is on the page and in the API, with its letter."""

    def listed(reader: Reader) -> dict[str, Any]:
        return {"assets_of_the_section": f"de {reader.organization_id}"}

    more = Section("added", lambda: "Nueva", lambda: "La sección nueva", listed)
    monkeypatch.setattr(sections, "SECTIONS", (*SECTIONS, more))
    folder = tmp_path / "mxcity_datahub" / "sections"
    folder.mkdir(parents=True)
    (folder / "added.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setitem(ckan_config, "extra_template_paths", str(tmp_path))
    page = BeautifulSoup(make_app().get("/datahub/mty-luz").body, "html.parser")
    assert [letter.get_text() for letter in page.select(".dh-letter")] == list("ABCDEFGHIJKL")
    added = page.select_one("section[aria-labelledby=L]")
    assert added is not None
    assert added.select_one(".added").get_text() == f"de {hub.luz}"
    assert page.select_one(".dh-jump a[href='#L']").get_text() == "Nueva"
    found = call_as(None, "datahub_ministry_show", organization_id="mty-luz")["sections"][-1]
    assert found["letter"] == "L"
    assert found["lists"] == {"assets_of_the_section": f"de {hub.luz}"}


def test_api_gives_what_the_page_shows_to_whoever_asks(hub: SimpleNamespace, asset: Asset) -> None:
    """Residents get figures and the public lists; the ministry's own people get all, as JSON."""
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id=hub.luz, **asset())
    step = {"asset_id": made["id"], "title": "Abrir", "owner_role": "Jefatura", "due": "2030-01-01"}
    call_as(hub.luz_editor, "datahub_milestone_create", organization_id=hub.luz, **step)

    def lists(user: str | None, **more: Any) -> dict[str, Any]:
        found = call_as(user, "datahub_ministry_show", organization_id="mty-luz", **more)
        assert json.loads(json.dumps(found)) == found
        assert found["counts"]["assets"] == 1
        assert found["everything"] is (user == hub.luz_member)
        return {section["name"]: section["lists"] for section in found["sections"]}

    own, resident = lists(hub.luz_member), lists(None)
    assert list(own) == [section.name for section in SECTIONS]
    assert [row["asset"]["id"] for row in own["diagnosis"]["assets"]] == [made["id"]]
    assert own["diagnosis"]["more_assets"] is False
    assert lists(hub.luz_member, page="2")["diagnosis"]["assets"] == []
    assert own["plan"]["milestones"][0]["asset_id"] == made["id"]
    assert resident["diagnosis"]["assets"] == []
    assert resident["plan"]["milestones"][0]["title"] == "Abrir"
    assert "asset_id" not in resident["plan"]["milestones"][0]


@pytest.mark.parametrize("page", ["0", "-1", "²", "x", "1.5"])
def test_a_page_that_is_no_number_is_refused(hub: SimpleNamespace, page: str) -> None:
    """The page of assets is a whole number from 1."""
    with pytest.raises(tk.ValidationError) as refused:
        call_as(None, "datahub_ministry_show", organization_id="mty-luz", page=page)
    assert "page" in refused.value.error_dict
    beyond = call_as(hub.chief, "datahub_ministry_show", organization_id=hub.luz, page="9" * 30)
    assert beyond["sections"][1]["lists"]["assets"] == []
