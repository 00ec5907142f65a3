"""What residents ask of a city's demonstration: values, places, slips, and what is not there."""

from __future__ import annotations

import html
import re
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import yaml
from ckan.lib import search
from ckan.tests import factories, helpers
from ckanext.mxcity.city import load_city

from . import demonstration
from .golden.scoring import Question

GOLDEN = Path(__file__).parent / "golden"
MONTERREY = Path(__file__).resolve().parents[3] / "config" / "cities" / "monterrey.yaml"
PASS_MARK = 0.95


def read(name: str):
    """One of the files of the golden sets."""
    return yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))


QUESTIONS = [Question.from_record(record) for record in read("residents.yaml")]
RIGHT = read("right_words.yaml")
#: Names of places that are made of words of which there are data.
EVERYDAY = {"Casa Blanca", "Vista Hermosa", "Burócratas"}


@pytest.fixture(scope="module")
def with_plugins(load_plugins):
    """Load the plugins once for the module: nothing here changes which they are."""
    load_plugins()


@pytest.fixture(scope="module")
def catalogue(with_plugins, empty_db, tmp_path_factory):
    """Monterrey's demonstration, tables included; empties the index after."""
    empty_db()
    search.clear_all()
    user = factories.Sysadmin()["name"]
    quick = {"ckan.views.default_views": [], "ckan.search.solr_commit": False}
    usual = {name: tk.config[name] for name in quick}
    tk.config.update(quick)
    with helpers._get_test_app().flask_app.test_request_context():
        demonstration.fill(load_city(MONTERREY), tmp_path_factory.mktemp("tables"), user)
    tk.config.update(usual)
    search.rebuild(defer_commit=True, quiet=True)
    search.common.make_connection().commit(waitSearcher=True)
    yield user
    search.clear_all()


@pytest.fixture(scope="module")
def app(catalogue):
    """The real application."""
    return helpers._get_test_app()


def find(q: str, **params):
    """A search as an anonymous visitor makes it."""
    asked = {"q": q, "rows": 10, "facet": False, **params}
    return tk.get_action("package_search")({"user": ""}, asked)


def names(q: str) -> list[str]:
    """The names of the first ten datasets that are found."""
    return [dataset["name"] for dataset in find(q)["results"]]


def test_residents_find_values_and_places(catalogue, capsys):
    """Nineteen questions in twenty are answered among the first three."""
    answers = {question.q: names(question.q) for question in QUESTIONS}
    missed = [
        f"{question.q!r}: {answers[question.q][:4]}"
        for question in QUESTIONS
        if not question.succeeds(answers[question.q])
    ]
    success = 1 - len(missed) / len(QUESTIONS)
    with capsys.disabled():
        print(f"\nResidents: {len(QUESTIONS)} questions, success@3 {success:.3f}")
    assert success >= PASS_MARK, missed


def test_the_questions_are_many_and_name_what_is_there(catalogue):
    """A question that expects a dataset which is not there could never succeed."""
    there = set(tk.get_action("package_list")({"ignore_auth": True}, {}))
    assert len({question.q for question in QUESTIONS}) == len(QUESTIONS) >= 100
    assert {name for question in QUESTIONS for name in question.grades} <= there


def test_right_words_are_never_replaced(catalogue):
    """What is right stays as it was typed, whether something is found or not."""
    words = [word for group in RIGHT.values() for word in group]
    assert len(words) >= 200
    replaced = {}
    for word in words:
        answered = find(word).get("mxcity_search", {}).get("answered", word)
        if answered != word:
            replaced[word] = answered
    assert replaced == {}


def test_a_name_that_no_table_has_does_not_lose_the_subject(catalogue):
    """Who asks for potholes in any place is shown the potholes."""
    wanted = set(RIGHT["places"]) - EVERYDAY
    assert [p for p in wanted if "baches" not in names(f"baches en {p}")[:3]] == []


def test_a_topic_alone_is_no_answer(catalogue):
    """Who asks for lamps is not shown what is only filed under the same topic as lamps."""
    assert not {"panteones", "mercados", "esterilizacion-mascotas"} & set(names("luminarias"))


def test_all_neighbourhoods_are_found(catalogue):
    """Each neighbourhood of the tables leads to them."""
    found = helpers.call_action(
        "datastore_search", {"ignore_auth": True}, resource_id=resource("colonias"), limit=500
    )
    for row in found["records"]:
        assert find(row["colonia"])["count"] >= 5, row


def resource(name: str) -> str:
    """The id of the first file of a dataset."""
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": name})["resources"][0]["id"]


def page_of(app, query: str) -> str:
    """The page of results, its characters as people read them."""
    return html.unescape(app.get(f"/dataset/?{query}").body)


def test_what_is_not_there_is_said(app):
    """The page says that nothing is published, names the nearest topic, and whom to ask."""
    empty = page_of(app, "q=dengue").partition("mx-empty")[2]
    assert "nothing in this portal" in empty
    assert "vocab_topics=salud" in empty
    assert "https://www.monterrey.gob.mx" in empty
    filtered = page_of(app, "q=dengue&vocab_topics=agua").partition("mx-empty")[2]
    assert "nothing in this portal" not in filtered


def test_a_correction_is_said_and_can_be_refused(app):
    """The heading says what is shown; one link searches for what was typed, and only that."""
    page = page_of(app, "q=lumniarias")
    assert 'found for "luminarias"' in page
    refused = re.search(r'href="([^"]*ext_literal=1[^"]*)"', page)[1]
    page = page_of(app, refused.split("?")[1])
    assert 'No datasets found for "lumniarias"' in page
    assert re.search(r'href="/dataset/?\?q=luminarias"', page)


def test_some_of_the_words_are_said_to_be_some(app):
    """The heading does not claim that what is shown has all the words."""
    page = page_of(app, "q=baches+en+mitras")
    assert 'some of the words of "baches en mitras"' in page
    assert 'href="/dataset/baches"' in page
