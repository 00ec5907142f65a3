"""The questions of residents, asked of our search and of CKAN's own on the same data."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import yaml
from ckan import model
from ckan.lib import search
from ckan.lib.search.query import QUERY_FIELDS
from ckan.tests import factories
from ckanext.mxcity.catalogue.solr import solr_config

from .conftest import made_core, pointed_at
from .golden.scoring import Question

GOLDEN = Path(__file__).parent / "golden"
PASS_MARK, LEAD = 0.90, 0.15
#: A search as CKAN asks it without our plugin.
STOCK = {"defType": "dismax", "qf": QUERY_FIELDS}


def read(name: str):
    """One of the files of the golden set."""
    return yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))


QUESTIONS = [Question.from_record(record) for record in read("queries.yaml")]


@pytest.fixture(scope="module")
def with_plugins(load_plugins):
    """Load the plugins once for the module: nothing here changes which they are."""
    load_plugins()


@pytest.fixture(scope="module")
def catalogue(with_plugins, empty_db):
    """The corpus as datasets of CKAN, indexed in our core; empties the index after."""
    empty_db()
    search.clear_all()
    views, tk.config["ckan.views.default_views"] = tk.config["ckan.views.default_views"], []
    corpus = read("corpus.yaml")
    user = factories.Sysadmin()["name"]
    publishers = {
        name: tk.get_action("organization_create")(
            {"user": user, "ignore_auth": True}, {"name": name, "title": title}
        )["id"]
        for name, title in corpus["publishers"].items()
    }
    for record in corpus["records"]:
        create(record, publishers, user)
    model.repo.commit()
    index_all()
    yield corpus["records"]
    tk.config["ckan.views.default_views"] = views
    search.clear_all()


def create(record: dict, publishers: dict[str, str], user: str) -> None:
    """Make one dataset of the corpus; all are committed and indexed together."""
    tk.get_action("package_create")(
        {"user": user, "ignore_auth": True, "defer_commit": True, "return_id_only": True},
        {
            "name": record["id"],
            "title": record["title"],
            "notes": record["notes"],
            "owner_org": publishers[record["org"]],
            "tags": [{"name": tag} for tag in record["tags"]],
            "topics": record["topics"],
            "area_codes": record["areas"],
            "geographic_level": "municipal",
            "snieg_subsystem": "ninguno",
            "snieg_subsystem_reason": "Registro de prueba",
            "resources": [
                {"url": f"http://example.com/{n}.csv", "name": name, "format": "CSV"}
                for n, name in enumerate(record["res"])
            ],
        },
    )


def index_all() -> None:
    """Index every dataset in the core that CKAN talks to, and wait until they are found."""
    search.rebuild(defer_commit=True, quiet=True)
    search.common.make_connection().commit(waitSearcher=True)


def ask(question: Question, **params: str) -> list[str]:
    """The names of the first ten datasets, as an anonymous visitor gets them."""
    asked = {"q": question.q, "rows": 10, "facet": False, **params}
    found = tk.get_action("package_search")({"user": ""}, asked)
    return [dataset["name"] for dataset in found["results"]]


def score(answers: dict[str, list[str]]) -> tuple[float, float]:
    """NDCG@10 and success@3 over all questions."""
    ndcg = [question.ndcg(answers[question.q]) for question in QUESTIONS]
    success = [question.succeeds(answers[question.q]) for question in QUESTIONS]
    return sum(ndcg) / len(ndcg), sum(success) / len(success)


def test_residents_find_what_they_ask_for(catalogue, capsys):
    """Nine questions in ten are answered among the first three; CKAN alone answers far fewer."""
    ours = {question.q: ask(question) for question in QUESTIONS}
    with made_core(solr_config.write_stock) as stock_core, pointed_at(stock_core):
        index_all()
        stock = {question.q: ask(question, **STOCK) for question in QUESTIONS}
    (our_ndcg, our_success), (stock_ndcg, stock_success) = score(ours), score(stock)
    with capsys.disabled():
        print(f"\nGolden set: {len(QUESTIONS)} questions, {len(catalogue)} datasets")
        print(f"  ours   NDCG@10 {our_ndcg:.3f}   success@3 {our_success:.3f}")
        print(f"  CKAN's NDCG@10 {stock_ndcg:.3f}   success@3 {stock_success:.3f}")
    missed = [
        f"{question.q!r}: {ours[question.q][:3]}"
        for question in QUESTIONS
        if not question.succeeds(ours[question.q])
    ]
    assert our_success >= PASS_MARK, missed
    assert our_success >= stock_success + LEAD
    assert our_ndcg > stock_ndcg


def test_the_set_is_large_enough_and_names_what_is_there():
    """A question that expects a dataset which is not in the corpus could never succeed."""
    names = {record["id"] for record in read("corpus.yaml")["records"]}
    assert len(QUESTIONS) >= 120
    assert len({question.q for question in QUESTIONS}) == len(QUESTIONS)
    assert {name for question in QUESTIONS for name in question.grades} <= names
