"""Without the search engine, exports and pages say what they say with it, to the same people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.plugins import get_permission_labels
from ckan.lib.search.query import PackageSearchQuery
from ckan.tests import factories
from ckanext.mxcity.dataset.types import FILTER
from ckanext.mxcity.guard.index.database import Answer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import to_canonical_graph

from tests.mxcity.exports.filling import SECRET, Portal, fill

NOBODY = "http://127.0.0.1:9/solr/none"
ORGANISATIONS = ("mty-agua", "mty-obras")
RDF = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld"}
PAGES = (
    *("/", "/organization/", "/organization/mty-agua", "/organization/mty-obras?page=1"),
    *("/organization/mty-agua?sort=title_string+desc", "/organization/about/mty-agua"),
    *("/organization/mty-agua?tags=n1", "/organization/mty-obras?res_format=CSV"),
    *("/group/", "/group/barrios", "/dataset/conjunto-0001", "/datahub/"),
)
SEARCHES = ("/dataset/", "/dataset/?q=agua", "/dataset/?tags=n1", "/organization/mty-agua?q=agua")


@pytest.fixture(scope="module")
def portal(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> Portal:
    """A catalogue with what is public, private, a draft, deleted or shared, made once."""
    load_plugins()
    empty_db()
    reset_index()
    made = fill(12)
    admin = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    tk.get_action("group_create")(admin, {"name": "barrios", "title": "Barrios"})
    for name in ("conjunto-0002", "conjunto-0900"):
        tk.get_action("member_create")(
            admin, {"id": "barrios", "object": name, "object_type": "package", "capacity": "public"}
        )
    hidden = tk.get_action("package_patch")(
        admin, {"id": made.public[0], "title": f"{SECRET} de Obras", "private": True}
    )
    made.public.remove(hidden["id"])
    made.hidden.append(hidden["id"])
    return made


@pytest.fixture(scope="module")
def app(portal: Portal) -> Any:
    from ckan.tests import helpers

    return helpers._get_test_app()


@pytest.fixture(scope="module")
def people(portal: Portal) -> dict[str, dict[str, Any]]:
    """Who asks: anybody, an editor of each organisation, and a system administrator."""
    found: dict[str, dict[str, Any]] = {"nobody": {}}
    for name in ORGANISATIONS:
        user = factories.UserWithToken()
        tk.get_action("organization_member_create")(
            {"ignore_auth": True}, {"id": name, "username": user["name"], "role": "editor"}
        )
        found[name] = user
    return {**found, "admin": factories.SysadminWithToken()}


def headers(user: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": user["token"]} if user else {}


@pytest.fixture
def away(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let nobody answer at Solr's address from now on."""
    return lambda: monkeypatch.setitem(ckan_config, "solr_url", NOBODY)


@pytest.mark.parametrize(
    "address",
    [
        *("/data.json", "/catalogo.json", "/data.json?include=harvested", "/data.json?for=estado"),
        *("/catalogo.json?for=www.datos.nl.example,catastro", "/organization/mty-obras/data.json"),
        *("/catalog.ttl", "/catalog.jsonld?include=harvested&page=2", "/catalog.xml?for=estado"),
        *("/catalog.ttl?modified_since=2020-01-01", "/catalog.ttl?modified_since=2099-01-01"),
        *("/feeds/dataset.atom", "/feeds/organization/mty-agua.atom", "/feeds/group/barrios.atom"),
        "/feeds/tag/n1.atom",
    ],
)
def test_exports_say_the_same(
    app: Any, portal: Portal, people: Any, away: Any, monkeypatch: Any, address: str
) -> None:
    """Every export and feed is the same, for anybody and for an administrator."""
    monkeypatch.setitem(tk.config, "ckanext.dcat.datasets_per_page", 5)

    def told() -> list[Any]:
        return [
            _comparable(app.get(address, headers=headers(people[who]), status=200))
            for who in ("nobody", "admin")
        ]

    before = told()
    away()
    assert told() == before
    if "atom" not in address:
        assert SECRET not in str(before)


def _comparable(answer: Any) -> Any:
    """An answer without the time at which it was made, and without the order of triples."""
    kind = answer.headers["Content-Type"].partition(";")[0]
    text: Any = re.sub(r"<updated>[^<]*</updated>", "", answer.body, count=1)
    if kind in RDF:
        text = to_canonical_graph(Graph().parse(data=answer.body, format=RDF[kind]))
        text = sorted(map(str, text))
    elif kind == "application/json":
        text = _ordered(json.loads(text))
    return text, answer.headers.get("ETag"), answer.headers.get("Last-Modified")


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _ordered(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return sorted((_ordered(entry) for entry in value), key=str)
    return value


@pytest.mark.parametrize("address", PAGES)
def test_pages_name_the_same_datasets(
    app: Any, portal: Portal, people: Any, away: Any, address: str
) -> None:
    """Pages of what PostgreSQL knows lead to the same datasets, whoever looks."""

    def links() -> dict[str, list[str]]:
        found = {}
        for who, user in people.items():
            text = app.get(address, headers=headers(user), status=200).body
            assert (SECRET in text) <= (who != "nobody"), who
            # What is like a dataset, only the index knows.
            text = re.sub(r'<section[^>]*"mx-related">.*?</section>', "", text, flags=re.DOTALL)
            found[who] = sorted(re.findall(r'href="/dataset/(conjunto-\d+)"', text))
        return found

    before = links()
    away()
    assert links() == before


@pytest.mark.parametrize("address", SEARCHES)
def test_a_search_says_that_it_cannot(
    app: Any, portal: Portal, away: Any, spanish: None, address: str
) -> None:
    """A search answers 503 and leads to what does work."""
    away()
    answer = app.get(address, status=503)
    assert answer.headers["Retry-After"]
    assert 'href="/organization/"' in answer.body
    assert re.search(r'<link href="[^"]*mxcity[^"]*" rel="stylesheet"', answer.body)
    assert "El buscador no responde" in answer.body
    for action in ("package_search?q=agua", "mxcity_search_suggest?q=agua"):
        api = app.get(f"/api/3/action/{action}", status=503)
        assert api.json["success"] is False
        assert "búsqueda" in api.json["error"]["message"]


def test_actions_without_index(app: Any, portal: Portal, people: Any, away: Any) -> None:
    """Organisations and groups count and list the same datasets by the API."""
    addresses = [
        f"/api/3/action/{name}"
        for name in (
            "organization_list?all_fields=true&include_dataset_count=true",
            "group_list?all_fields=true",
            "organization_show?id=mty-agua&include_datasets=true",
            "group_show?id=barrios&include_datasets=true",
            "package_show?id=conjunto-0001",
        )
    ]

    def told() -> list[Any]:
        return [
            _ordered(app.get(address, headers=headers(user), status=200).json["result"])
            for address in addresses
            for user in people.values()
        ]

    before = told()
    away()
    assert told() == before


def test_a_bad_filter_is_a_bad_request(app: Any, portal: Portal) -> None:
    """A filter that Solr does not understand is the visitor's fault, on pages and feeds."""
    for address in ("/organization/mty-agua?a(b=c", "/group/barrios?a(b=c", "/feeds/tag/a%22b.atom",
                    "/dataset/?a(b=c"):  # fmt: skip
        answer = app.get(address)
        assert answer.status_code == 400, (address, answer.status_code)


values = st.sampled_from(
    [
        "mty-agua",
        "mty-obras",
        "public",
        "private",
        "active",
        "draft",
        "deleted",
        "CSV",
        "n1",
        "agua",
    ]
    + ["dataset", "harvest", "barrios", "conjunto-0001", "municipal", "no hay", 'x" OR id:"y', ""]
)
fields = st.sampled_from(
    ["id", "name", "organization", "groups", "tags", "res_format", "capacity", "state"]
    + ["dataset_type", "geographic_level", "source_url", "vocab_topics", "license_id"]
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


equals = st.builds(lambda field, value: f"{field}:{quoted(value)}", fields, values)
ranges = st.builds(
    lambda low, high: f"metadata_modified:[{low} TO {high}]",
    st.sampled_from(["*", "2020-01-01T00:00:00Z"]),
    st.sampled_from(["*", "2099-01-01T00:00:00Z"]),
)
present = st.sampled_from(["source_url:[* TO *]", "organization:[* TO *]", "source_url:https*"])
listed = st.builds(
    lambda field, some: f"{field}:({' OR '.join(map(quoted, some))})",
    fields,
    st.lists(values, min_size=1, max_size=3),
)
leaf = st.one_of(equals, listed, ranges, present)
branch = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"(+{' +'.join(some)})"),
        inner.map(lambda part: f"(*:* -{part})"),
    ),
    max_leaves=6,
)
filters = st.lists(
    st.builds(lambda sign, part: sign + part, st.sampled_from(["", "+", "-"]), branch),
    min_size=1, max_size=3,
).map(" ".join)  # fmt: skip


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(text=filters, who=st.sampled_from(["nobody", *ORGANISATIONS, "admin"]))
def test_filters_choose_the_same(app: Any, people: Any, text: str, who: str) -> None:
    """Any filter that PostgreSQL answers chooses what Solr chooses, for everybody."""
    with app.flask_app.test_request_context():
        user = model.User.get(people[who].get("id")) if people[who] else None
        labels = get_permission_labels().get_user_dataset_labels(user) if who != "admin" else None
        states = "+state:(active OR draft)"
        asked = {"q": "*:*", "fq": f"{text} {states}", "rows": 500, "fl": "id", "sort": "id asc"}
        solr = PackageSearchQuery()
        solr.run(dict(asked), permission_labels=labels)
        answer = Answer(asked, labels)
        assert [found["id"] for found in answer.documents()] == solr.results
        assert answer.count() == solr.count


def test_documents_are_those_of_the_index(app: Any, portal: Portal) -> None:
    """What a page reads of a dataset is the same to the letter."""
    with app.flask_app.test_request_context():
        asked = {"q": "*:*", "fq": f"{FILTER} +state:(active OR draft)", "rows": 500}
        asked |= {"sort": "id asc"}
        asked |= {"fl": "id validated_data_dict data_dict organization"}
        solr = PackageSearchQuery()
        solr.run(dict(asked))
        assert len(solr.results) > 10
        for ours, theirs in zip(Answer(asked, None).documents(), solr.results, strict=True):
            for name, value in ours.items():
                if name.endswith("_dict"):
                    assert _ordered(json.loads(value)) == _ordered(json.loads(theirs[name]))
                else:
                    assert value == theirs[name]


def test_facets_count_the_same(app: Any, portal: Portal) -> None:
    """Counts by organisation, group, topic, format, licence and kind are those of the index."""
    fields = ["organization", "groups", "vocab_topics", "res_format", "license_id", "dataset_type"]
    with app.flask_app.test_request_context():
        asked = {"q": "*:*", "fq": "+capacity:public", "rows": 0, "facet.field": fields}
        solr = PackageSearchQuery()
        solr.run({**asked, "facet.limit": -1}, permission_labels=["public"])
        assert Answer({**asked, "facet.limit": -1}, ["public"]).facets() == solr.facets
        assert solr.facets["vocab_topics"]


def test_a_shared_dataset_is_seen_by_its_label(app: Any, portal: Portal) -> None:
    """A label that opens one dataset opens what it opens in the index, and nothing else."""
    with app.flask_app.test_request_context():
        opened = []
        for identifier in [*portal.hidden, portal.public[0], "no-such-dataset"]:
            labels = ["public", f"datahub-shared-{identifier}"]
            asked = {"q": "*:*", "fq": "+state:(active OR draft)", "rows": 500, "fl": "id"}
            asked |= {"sort": "id asc"}
            solr = PackageSearchQuery()
            solr.run(dict(asked), permission_labels=labels)
            found = [document["id"] for document in Answer(asked, labels).documents()]
            assert found == solr.results
            opened += [identifier] if identifier in portal.hidden and identifier in found else []
        private = {portal.hidden[0], portal.hidden[-1]}
        assert set(opened) == private
