"""Where a plugin changes an action of CKAN's, records go through the actions, one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckanext.mxcity.catalogue.bulk import compat

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_runs", "1"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_days", "0"),
    pytest.mark.ckan_config("ckanext.sniegharvest.vanish_share", "1"),
]
REVIEWED = " (revisado)"
REFUSED = "Rechazado"


class Reviewer(p.SingletonPlugin):
    """Adds to each new dataset, and refuses one title."""

    p.implements(p.IActions)

    def get_actions(self) -> dict[str, Any]:
        @tk.chained_action
        def package_create(original: Any, context: Any, data_dict: dict[str, Any]) -> Any:
            if data_dict["title"] == REFUSED:
                raise tk.ValidationError({"title": ["No se acepta"]})
            reviewed = f"{data_dict.get('notes', '')}{REVIEWED}"
            return original(context, {**data_dict, "notes": reviewed})

        return {"package_create": package_create}


@pytest.fixture
def reviewer(
    with_plugins: Any, organization: Any, harvest: Any, provide_plugin: Callable[..., Any]
) -> Iterator[None]:
    """The reviewing plugin, loaded after all others."""
    provide_plugin("reviewer", Reviewer)
    p.load("reviewer")
    yield
    p.unload("reviewer")


def catalogue(*titles: str) -> bytes:
    """A data.json with a dataset for each title."""
    return json.dumps(
        {
            "dataset": [
                {"identifier": title, "title": title, "description": "Texto", "keyword": ["agua"]}
                for title in titles
            ]
        }
    ).encode()


def found() -> dict[str, str]:
    """Descriptions of the datasets that the search finds, by title."""
    model.Session.rollback()
    results = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 100})["results"]
    return {dataset["title"]: dataset["notes"] for dataset in results}


@pytest.mark.usefixtures("reviewer")
def test_changed_actions_are_called(site: Any, harvest: Callable[..., Any]) -> None:
    """The plugin has its say on every record; the one that it refuses is named, and alone."""
    assert compat.overridden() == ["package_create"]
    url = site.put("data.json", catalogue("Uno", REFUSED, "Dos"))
    report = harvest(url)
    assert (report.added, report.failed) == (2, 1)
    assert report.problems[0].record == REFUSED
    assert "No se acepta" in str(report.problems[0].message)
    assert found() == {"Uno": f"Texto{REVIEWED}", "Dos": f"Texto{REVIEWED}"}
    assert harvest(url).unchanged == 2
    site.put("data.json", catalogue("Dos"))
    assert harvest(url).archived == 1
    assert set(found()) == {"Dos"}
