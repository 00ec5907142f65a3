"""The exports hold every public dataset once, nothing else, and say when nothing has changed."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.exchange.exports import stream
from ckanext.mxcity.exchange.exports.select import SelectionError, select
from rdflib import RDF, Graph, Namespace
from rdflib.namespace import DCAT, DCTERMS

Get = Callable[..., Any]
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
BASE = "http://test.ckan.net"
SECRET = "SecretoMX"
RDF_FORMATS = {"ttl": "turtle", "rdf": "xml", "xml": "xml", "jsonld": "json-ld", "n3": "n3"}


def identifiers(document: dict[str, Any]) -> Counter[str]:
    """Ids of the datasets of data.json."""
    return Counter(entry["identifier"].rpartition("/")[2] for entry in document["dataset"])


def pages(get: Get, address: str, name: str = "turtle") -> list[Graph]:
    """Every page of a catalogue, by the links that the pages have."""
    found = []
    following: str | None = address
    while following:
        graph = Graph().parse(data=get(following).body, format=name)
        found.append(graph)
        link = next(graph.objects(None, HYDRA.next), None)
        following = str(link).removeprefix(BASE) if link else None
    return found


def members(graphs: list[Graph]) -> Counter[str]:
    """Ids of the datasets that catalogues list."""
    listed = (node for graph in graphs for node in graph.objects(None, DCAT.dataset))
    return Counter(str(node).rpartition("/")[2] for node in listed)


def test_data_json_is_complete(get: Get, portal: Any) -> None:
    """data.json holds every public dataset once, in the order of their ids, with DCAT-US's keys."""
    answer = get("/data.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    document = json.loads(answer.body)
    wanted = [*portal.public, portal.harvested["este-portal"]]
    assert identifiers(document) == Counter(wanted)
    assert list(identifiers(document)) == sorted(wanted)
    assert document["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    assert document["@id"] == f"{BASE}/data.json"
    entry = next(e for e in document["dataset"] if e["identifier"].endswith(portal.public[3]))
    assert entry == {
        "@type": "dcat:Dataset",
        "identifier": f"{BASE}/dataset/{portal.public[3]}",
        "title": "Conjunto número 3",
        "description": "Una fila por reporte; áéíóúñ «».",
        "keyword": ["agua", "n3"],
        "theme": ["Agua y drenaje"],
        "modified": "2026-01-31",
        "publisher": {"@type": "org:Organization", "name": "Agua y Drenaje"},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": "Unidad de Datos",
            "hasEmail": "mailto:datos@ciudad.example",
        },
        "accessLevel": "public",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "language": ["es"],
        "accrualPeriodicity": "R/P1M",
        "temporal": "2020/2024-12-31",
        "spatial": "Monterrey, Nuevo León",
        "landingPage": f"{BASE}/dataset/conjunto-0003",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "identifier": entry["distribution"][0]["identifier"],
                "title": "Archivo 3",
                "downloadURL": "https://datos.ciudad.example/3.csv",
                "mediaType": "text/csv",
                "format": "CSV",
                "byteSize": 2048,
            }
        ],
    }


def test_catalogo_json_has_the_agencies_shape(get: Get, portal: Any, shared_inputs: Any) -> None:
    """catalogo.json has the keys of the agencies' documents, at each of the three levels."""
    sample = json.loads((shared_inputs / "mx" / "catalogo_sample_SYNTHETIC.json").read_text())
    document = json.loads(get("/catalogo.json").body)
    assert set(sample) == set(document)
    entry = next(e for e in document["dataset"] if e["id"] == portal.public[3])
    assert set(sample["dataset"][0]) <= set(entry)
    assert set(sample["dataset"][0]["distribution"][0]) <= set(entry["distribution"][0])
    assert entry["openessRating"] == 3
    assert entry["publisher"] == {
        "name": "Agua y Drenaje",
        "position": "Unidad de Datos",
        "mbox": "datos@ciudad.example",
    }
    assert len(document["dataset"]) == len(portal.public) + 1


def test_every_record_leads_to_a_live_page(get: Get, portal: Any) -> None:
    """Whatever an export says is at an address of ours is there, for anybody."""
    told = set()
    for address in ("/data.json?include=harvested", "/catalogo.json?include=harvested"):
        for entry in json.loads(get(address).body)["dataset"]:
            told |= {str(entry.get(key) or "") for key in ("@id", "identifier", "landingPage")}
    for graph in pages(get, "/catalog.ttl?include=harvested"):
        told |= {str(node) for node in graph.objects(None, DCAT.dataset)}
        told |= {str(node) for node in graph.objects(None, DCAT.distribution)}
    ours = sorted(address for address in told if address.startswith(BASE))
    datasets = [address for address in ours if "/resource/" not in address]
    assert len(datasets) >= len(portal.public)
    names = {address.rpartition("/")[2] for address in datasets}
    found = {tk.get_action("package_show")({"user": ""}, {"id": name})["id"] for name in names}
    assert found == {*portal.public, *portal.harvested.values()}
    files = [address for address in ours if "/resource/" in address]
    for address in [*datasets[::9], *files[::25]]:
        get(address.removeprefix(BASE))


@pytest.mark.parametrize("name", ["data.json", "catalogo.json"])
def test_an_organisation_has_its_own(get: Get, portal: Any, name: str) -> None:
    """Each organisation has its documents, with its datasets only; an unknown one has none."""
    document = json.loads(get(f"/organization/mty-obras/{name}").body)
    titles = {entry["title"] for entry in document["dataset"]}
    assert titles >= {f"Conjunto número {number}" for number in range(0, 75, 5)}
    assert "Conjunto número 1" not in titles
    assert document["title"] == "Catálogo de datos abiertos de Obras «Públicas»"
    get(f"/organization/no-hay/{name}", status=404)
    get(f"/organization/conjunto-0001/{name}", status=404)


@pytest.mark.parametrize("name", RDF_FORMATS)
def test_dcat_pages_are_complete(get: Get, portal: Any, name: str) -> None:
    """The pages of the DCAT catalogue together hold every public dataset once."""
    graphs = pages(get, f"/catalog.{name}", RDF_FORMATS[name])
    assert len(graphs) == 3
    assert members(graphs) == Counter([*portal.public, portal.harvested["este-portal"]])
    described = {node for graph in graphs for node in graph.subjects(RDF.type, DCAT.Dataset)}
    assert len(described) == len(portal.public) + 1
    assert list(graphs[0].objects(None, DCTERMS.publisher))


@pytest.mark.parametrize(
    "address",
    [
        "/data.json",
        "/catalogo.json",
        "/data.json?include=harvested",
        "/organization/mty-agua/data.json",
        "/organization/mty-obras/catalogo.json?include=harvested",
        *(f"/catalog.{name}?include=harvested&page={n}" for name in RDF_FORMATS for n in (1, 3)),
        "/api/3/action/dcat_catalog_show?format=ttl&page=3&include=harvested",
        "/api/3/action/dcat_catalog_search?format=jsonld&page=3&q=*:*&fq=capacity:private",
        "/data.json?for=estado&fq=state:draft&q=SecretoMX",
    ],
)
def test_nothing_hidden_goes_out(app: Any, get: Get, portal: Any, address: str) -> None:
    """Nothing private, draft or deleted, and no harvest source, in any form, whoever asks."""
    token = factories.SysadminWithToken()["token"]
    for headers in ({}, {"Authorization": token}):
        text = app.get(address, headers=headers).body
        assert "Conjunto" in text
        assert SECRET not in text
        assert not [identifier for identifier in portal.hidden if identifier in text]


def test_what_was_harvested_does_not_go_back(get: Get, portal: Any) -> None:
    """Harvested datasets go out when asked for, and never to the consumer that they came from."""
    estado, catastro = portal.harvested["estado"], portal.harvested["catastro"]

    def given(query: str) -> set[str]:
        document = json.loads(get(f"/data.json{query}").body)
        if query.count("estado") == 1:  # the same choice in Turtle; once, for it takes long
            assert members(pages(get, f"/catalog.ttl{query}")) == identifiers(document)
        return set(identifiers(document)) & {estado, catastro}

    assert given("") == set()
    assert given("?include=harvested") == {estado, catastro}
    for name in ("estado", portal.sources["estado"], "datos.nl.example", "www.datos.nl.example"):
        assert given(f"?for={name}") == {catastro}, name
    assert given("?for=https://datos.nl.example/data.json&include=harvested") == {catastro}
    assert given("?for=estado,catastro") == set()
    assert given("?for=otro.example") == {estado, catastro}
    entry = next(
        entry
        for entry in json.loads(get("/data.json?include=harvested").body)["dataset"]
        if entry["identifier"].endswith(estado)
    )
    assert entry["provenance"] == "https://datos.nl.example/dataset/0"


@pytest.mark.ckan_config("ckanext.mxcity.own_sources", "catastro")
def test_own_sources_go_out(get: Get, portal: Any) -> None:
    """What comes from a source that is the city's own is the city's own."""
    given = identifiers(json.loads(get("/data.json").body))
    assert given[portal.harvested["catastro"]] == 1
    assert given[portal.harvested["estado"]] == 0


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?include=todo", "todo"),
        ("?for=nadie", "nadie"),
        ("?for=" + ",".join(f"h{n}.example" for n in range(11)), "10"),
    ],
)
def test_a_wrong_argument_is_named(get: Get, query: str, told: str) -> None:
    """An argument that is not understood gets 400 and a text that names it."""
    for address in ("/data.json", "/catalogo.json", "/catalog.ttl"):
        assert told in get(address + query, status=400).body


def test_odd_pages_of_dcat(get: Get, portal: Any) -> None:
    """A page past the end is empty, no number is refused, nor is a format made up."""
    assert members([Graph().parse(data=get("/catalog.ttl?page=99").body)]) == Counter()
    for page in ("0", "-1", "x", "1e3", "9" * 40, "²"):
        get(f"/catalog.ttl?page={page}", status=400)
    for since in ("nunca", "10", "1", "ayer", "31/01/2026", "2026-13-01", "Jan 2026", "²"):
        get(f"/catalog.ttl?modified_since={since}", status=400)
    get("/catalog.ttl?profiles=no-hay", status=400)
    get("/catalog.json", status=404)
    since = members(pages(get, "/catalog.ttl?modified_since=2099-01-01"))
    assert since == Counter()
    assert sum(members(pages(get, "/catalog.ttl?modified_since=2020-01-01")).values()) == 76


@pytest.mark.parametrize("written", ["{}", "{}Z", "+10:00", " 10:00", "-06:00", "+0530"])
def test_modified_since_is_a_moment(get: Get, portal: Any, written: str) -> None:
    """A moment with an offset narrows as the same moment in UTC does, whoever writes it."""
    changed = tk.get_action("package_show")({"user": ""}, {"id": portal.public[-1]})
    last = datetime.fromisoformat(changed["metadata_modified"]).replace(tzinfo=UTC)
    for moved, wanted in ((0, 1), (1, 0)):
        moment = last + timedelta(milliseconds=moved)
        if "{}" in written:
            text = written.format(moment.replace(tzinfo=None).isoformat())
        else:
            sign, hours, minutes = written[0].replace(" ", "+"), written[1:3], written[-2:]
            offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
            local = moment.astimezone(timezone(offset)).replace(tzinfo=None)
            text = local.isoformat() + quote(written)
        found = members(pages(get, f"/catalog.ttl?modified_since={text}"))
        assert found[portal.public[-1]] == wanted, text


def test_what_is_no_moment_is_refused_in_spanish(app: Any, portal: Any, spanish: None) -> None:
    """A date of another kind answers 400 and says in Spanish how one is written."""
    for address in ("/catalog.ttl?modified_since=10", "/catalog.jsonld?modified_since=enero"):
        answer = app.get(address, status=400)
        assert "modified_since debe ser una fecha ISO 8601" in answer.body


@pytest.mark.parametrize(
    "address",
    ["/data.json", "/catalogo.json", "/organization/mty-agua/data.json", "/catalog.ttl?page=2"],
)
def test_unchanged_is_told(get: Get, portal: Any, address: str) -> None:
    """Who has the last version gets 304, until a dataset changes or is withdrawn."""
    answer = get(address)
    etag = answer.headers["ETag"]
    assert answer.headers["Last-Modified"]
    unchanged = get(address, status=304, If_None_Match=etag)
    assert (unchanged.body, unchanged.headers["ETag"]) == ("", etag)
    user = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    target = portal.public[1]
    tk.get_action("package_patch")(user, {"id": target, "private": True})
    try:
        changed = get(address, If_None_Match=etag)
        assert target not in changed.body
        assert changed.headers["ETag"] != etag
    finally:
        tk.get_action("package_patch")(user, {"id": target, "private": False})
    assert get(address).headers["ETag"] not in (etag, changed.headers["ETag"])


def test_compressed(get: Get, portal: Any) -> None:
    """A client that takes gzip gets it, with the same text."""
    plain = get("/data.json").body
    packed = get("/data.json", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()).decode() == plain
    assert "Content-Encoding" not in get("/data.json", Accept_Encoding="gzip;q=0").headers


@pytest.mark.parametrize("address", ["/data.json", "/catalogo.json"])
def test_a_failure_is_a_status(
    app: Any, get: Get, portal: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A dataset that the index holds cut short fails the answer, before a byte of it is sent."""
    from ckan.lib.search import rebuild
    from ckan.lib.search.common import make_connection

    monkeypatch.setitem(app.flask_app.config, "PROPAGATE_EXCEPTIONS", False)
    first = min(portal.public)
    (document,) = make_connection(decode_dates=False).search(f"id:{first}").docs
    cut = document.pop("validated_data_dict")[:50]
    del document["_version_"]
    broken = {**document, "validated_data_dict": cut, "permission_labels": ["public"]}
    try:
        make_connection().add(docs=[broken], commit=True)
        answer = get(address, status=500)
        assert "ETag" not in answer.headers
        assert '"dataset"' not in answer.body
    finally:
        rebuild(first)
    assert first in identifiers(json.loads(get("/data.json").body))


@pytest.mark.parametrize("head", [{}, {"title": "«Ñandú»"}])
@pytest.mark.parametrize("sizes", [[], [1], [2, 1], [0, 3]])
def test_a_document_of_any_size(head: dict[str, str], sizes: list[int]) -> None:
    """What is written chunk by chunk reads as one document; the head comes with the first chunk."""
    chunks = [[{"n": f"{number}-{n}"} for n in range(size)] for number, size in enumerate(sizes)]
    parts = list(stream.json_document(head, iter(chunks), dict))
    whole = [entry for chunk in chunks for entry in chunk]
    assert json.loads(b"".join(parts)) == {**head, "dataset": whole}
    assert len(parts) == len(sizes) + 1


def test_text_of_any_kind(get: Get, portal: Any) -> None:
    """Markup, quotes, control characters and odd addresses in a dataset spoil no document."""
    user = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    target = portal.public[2]
    before = tk.get_action("package_show")(user, {"id": target})
    title = "</script><b>\"'\\ \x01\x1b\x85 \U0001f4a7 ñ"
    resources = [
        {"url": "javascript:alert(1)", "name": "x", "format": "CSV"},
        {"url": 'https://datos.example/a b<c>"{}|\\^`.csv', "name": "\x02", "format": "CSV"},
        {"url": "https://datos.example/bueno.csv", "name": "ñ", "format": "CSV"},
    ]
    values = {"title": title, "notes": title, "url": "javascript:alert(1)", "resources": resources}
    tk.get_action("package_patch")(user, {"id": target, **values})
    try:
        document = json.loads(get("/data.json").body)
        (entry,) = (e for e in document["dataset"] if e["identifier"].endswith(target))
        assert entry["title"] == "</script><b>\"'\\  \U0001f4a7 ñ"
        assert [e["downloadURL"] for e in entry["distribution"]] == [resources[2]["url"]]
        assert entry["landingPage"] == f"{BASE}/dataset/conjunto-0002"
        json.loads(get("/catalogo.json").body)
        for name, parsed in RDF_FORMATS.items():
            graphs = pages(get, f"/catalog.{name}", parsed)
            assert members(graphs)[target] == 1, name
            assert not [o for g in graphs for o in g.objects() if "javascript:" in str(o)], name
    finally:
        tk.get_action("package_update")(user, before)


def test_the_work_does_not_grow_with_the_catalogue(get: Get, portal: Any) -> None:
    """A document reads from the index in chunks, and asks the database a fixed number of times."""
    import sqlalchemy as sa

    counted: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", count)
    try:
        get("/organization/mty-obras/data.json")
        few = len(counted)
        counted.clear()
        get("/data.json")
        assert len(counted) <= few + 2
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", count)


def test_a_name_cannot_widen_the_selection(portal: Any) -> None:
    """Quotes and signs of the query language in an argument stay text."""
    selection = select({}, 'x" OR capacity:private OR name:"y')
    assert '+organization:"x\\" OR capacity:private OR name:\\"y"' in selection.filters
    with pytest.raises(SelectionError):
        select({"for": '*:* OR capacity:private"'})
