"""A private dataset is nowhere a visitor looks."""

from __future__ import annotations

import pytest
from ckan.logic import _actions, get_action
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

TOKEN = "SecretoMX7391"


@pytest.fixture
def draft(organisation, make_dataset) -> dict:
    """A private dataset with a word of its own in every text."""
    dataset = make_dataset(
        owner_org=organisation["id"],
        private=True,
        title=f"{TOKEN} título",
        notes=f"{TOKEN} notas",
        tag_string=f"{TOKEN}-etiqueta",
    )
    resource = factories.Resource(
        package_id=dataset["id"], name=f"{TOKEN} recurso", url=f"https://example.mx/{TOKEN}.csv"
    )
    return {"dataset": dataset, "resource": resource, "organisation": organisation}


def arguments(name: str, draft: dict) -> list[dict]:
    """What to ask an action with: nothing, the dataset, its resource, its organisation, words."""
    dataset, resource = draft["dataset"]["id"], draft["resource"]["id"]
    return [
        {},
        {"id": dataset, "q": TOKEN, "resource_id": resource, "dataset_id": dataset},
        {"id": resource, "query": f"name:{TOKEN}", "include_private": True},
        {"id": draft["organisation"]["id"], "include_datasets": True, "q": "*:*", "rows": 1000},
    ]


def test_no_reading_action_names_a_private_dataset(app, draft):
    """Every action that reads is asked four ways; none tells the words of the draft."""
    get_action("package_show")
    reading = [
        name for name, action in _actions.items() if getattr(action, "side_effect_free", False)
    ]
    assert len(reading) > 80
    leaks = []
    for name in reading:
        for asked in arguments(name, draft):
            answer = app.flask_app.test_client().get(f"/api/3/action/{name}", query_string=asked)
            told = answer.text
            if TOKEN in told and not _only_repeats_the_question(told, asked):
                leaks.append((name, asked))
            if draft["dataset"]["id"] in told and draft["dataset"]["id"] not in asked.values():
                leaks.append((name, asked, "id"))
    assert leaks == []


def _only_repeats_the_question(told: str, asked: dict) -> bool:
    """Whether an answer holds no word of the draft but the one that it was asked for."""
    words = (f"{TOKEN} t", f"{TOKEN} n", f"{TOKEN} r", f"{TOKEN}-etiqueta", f"{TOKEN}.csv")
    return any(TOKEN in str(value) for value in asked.values()) and not any(
        word in told for word in words
    )


def test_no_page_names_a_private_dataset(app, draft):
    """Pages, feeds and exports without the draft's address in them do not tell of it."""
    name, org = draft["dataset"]["name"], draft["organisation"]["name"]
    resource = draft["resource"]["id"]
    pages = [
        "/", "/dataset/", "/dataset/?q=*:*&include_private=true", f"/organization/{org}",
        "/organization/", f"/organization/about/{org}", f"/organization/activity/{org}",
        "/feeds/dataset.atom", f"/feeds/organization/{org}.atom", "/feeds/custom.atom?q=*:*",
        "/catalog.ttl", "/catalog.xml", "/catalog.jsonld", f"/dataset/{name}",
        f"/dataset/{name}.ttl", f"/dataset/{name}.jsonld", f"/dataset/activity/{name}",
        f"/dataset/{name}/resource/{resource}", f"/dataset/groups/{name}", f"/dataset/edit/{name}",
        f"/dataset/{name}/resource/{resource}/download/x.csv", f"/datastore/dump/{resource}",
        "/harvest", f"/dataset/harvest_object/{draft['dataset']['id']}", "/sitemap.xml",
        "/api/2/util/dataset/autocomplete?incomplete=Secreto",
        "/api/2/util/tag/autocomplete?incomplete=Secreto",
    ]  # fmt: skip
    leaks = []
    for page in pages:
        answer = app.get(page, follow_redirects=False)
        assert answer.status_code < 500, page
        if TOKEN in answer.text:
            leaks.append(page)
    assert leaks == []
