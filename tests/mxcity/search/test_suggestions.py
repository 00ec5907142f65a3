"""Suggestions, spelling and second tries, on real servers."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import search
from ckan.tests import factories, helpers


@pytest.fixture(scope="module")
def with_plugins(load_plugins):
    """Load the plugins once for the module: nothing here changes which they are."""
    load_plugins()


@pytest.fixture(scope="module")
def datasets(with_plugins, empty_db):
    """A public dataset on lighting, one on buses, and a private one with a word of its own."""
    empty_db()
    search.clear_all()
    user = factories.Sysadmin()
    context = {"user": user["name"], "ignore_auth": True}
    owner = tk.get_action("organization_create")(
        dict(context), {"name": "servicios", "title": "Secretaría de Servicios"}
    )["id"]
    for name, title, tag, private in [
        ("luminarias", "Inventario de luminarias", "alumbrado público", False),
        ("rutas", "Rutas de autobuses", "transporte", False),
        ("secreto", "Investigación zarzaparrilla", "zarzaparrilla", True),
    ]:
        tk.get_action("package_create")(
            dict(context),
            {
                "name": name,
                "title": title,
                "notes": f"{title} del municipio.",
                "owner_org": owner,
                "private": private,
                "tags": [{"name": tag}],
                "geographic_level": "municipal",
                "snieg_subsystem": "ninguno",
                "snieg_subsystem_reason": "Registro de prueba",
            },
        )
    yield user
    search.clear_all()


@pytest.fixture(scope="module")
def app(datasets):
    """The real application."""
    return helpers._get_test_app()


def find(q: str, **params):
    """A search as an anonymous visitor makes it."""
    return tk.get_action("package_search")({"user": ""}, {"q": q, **params})


def names(answer) -> list[str]:
    """The names of the datasets that were found."""
    return [dataset["name"] for dataset in answer["results"]]


def test_beginnings_of_words_are_completed(datasets):
    """Tags come first, then titles; accents and ñ need not be typed."""
    assert tk.get_action("mxcity_search_suggest")({"user": ""}, {"q": "alumbrado pub"}) == [
        {"type": "tag", "text": "alumbrado público"},
        {"type": "dataset", "text": "Inventario de luminarias", "name": "luminarias"},
    ]


def test_everyday_words_are_suggested_for(datasets):
    """A whole everyday word suggests the dataset that is filed under the official one."""
    found = tk.get_action("mxcity_search_suggest")({"user": ""}, {"q": "camiones"})
    assert [item["text"] for item in found] == ["Rutas de autobuses"]


def test_private_words_are_never_suggested(datasets):
    """Neither title nor tag nor spelling tells of a private dataset, even to an administrator."""
    suggest, user = tk.get_action("mxcity_search_suggest"), datasets["name"]
    assert suggest({"user": user}, {"q": "zarza"}) == []
    assert helpers.call_action("package_search", {"user": ""}, q="zarzaparila")["count"] == 0
    assert tk.h.mxcity_did_you_mean("zarzaparila") is None


def test_a_limit_that_is_no_number_is_said(datasets):
    """The limit is checked and bounded."""
    with pytest.raises(tk.ValidationError, match="limit"):
        tk.get_action("mxcity_search_suggest")({"user": ""}, {"q": "a", "limit": "x"})
    assert len(tk.get_action("mxcity_search_suggest")({"user": ""}, {"q": "r", "limit": 1})) == 1
    assert tk.get_action("mxcity_search_suggest")({"user": ""}, {"q": "¿?"}) == []


def test_the_page_gets_suggestions_with_links(app):
    """The address the search box asks answers JSON that may be cached."""
    answer = app.get("/api/util/mxcity/sugerencias?q=rut")
    assert answer.json["suggestions"][0]["url"].endswith("/dataset/rutas")
    assert "max-age" in answer.headers["Cache-Control"]
    assert app.get("/api/util/mxcity/sugerencias").json == {"suggestions": []}


def test_a_misspelt_question_is_answered_and_said(datasets):
    """Nothing found as typed: the corrected words are searched for, and the answer says so."""
    answer = find("lumniarias")
    assert names(answer) == ["luminarias"]
    assert answer["mxcity_search"] == {
        "asked": "lumniarias",
        "answered": "luminarias",
        "relaxed": False,
        "offered": None,
    }
    assert tk.h.mxcity_did_you_mean("lumniarias") == "luminarias"
    assert tk.h.mxcity_did_you_mean("luminarias") is None


def test_a_question_with_one_word_too_many_is_asked_loosely(datasets):
    """No dataset has all the words: those that have some are shown, and the answer says so."""
    answer = find("luminarias xilófono")
    assert names(answer) == ["luminarias"]
    assert answer["mxcity_search"]["relaxed"] is True


def test_a_search_that_finds_is_left_alone(datasets):
    """The ordinary answer is CKAN's, without a key of ours."""
    assert "mxcity_search" not in find("luminarias")
    assert find("*:*")["count"] == 2


def test_ckans_own_ways_still_work(datasets):
    """Filters, fields, facets, order and a caller's own parser are CKAN's."""
    assert names(find("title:luminarias")) == ["luminarias"]
    assert names(find("autobuses", fq="organization:servicios")) == ["rutas"]
    assert find("autobuses", fq="organization:otra")["count"] == 0
    assert names(find("*:*", sort="name desc")) == ["rutas", "luminarias"]
    assert names(find("luminarias", defType="edismax", qf="title")) == ["luminarias"]
    facets = find("luminarias", **{"facet.field": ["tags"]})["search_facets"]["tags"]["items"]
    assert [item["name"] for item in facets] == ["alumbrado público"]


def test_the_notice_is_part_of_the_page(app):
    """The snippet that the page of results includes says what was found instead."""
    with app.flask_app.test_request_context("/dataset/"):
        find("lumniarias")
        said = tk.render(
            "mxcity_search/snippets/did_you_mean.html", {"q": "lumniarias", "count": 1}
        )
    assert "luminarias</strong>" in said
