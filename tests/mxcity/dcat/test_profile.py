"""Our DCAT profile: what is written is read back, and DCAT-AP's own shapes agree."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pyshacl
import pytest
from ckan.tests import factories
from ckanext.dcat.processors import RDFParser, RDFSerializer
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS
from type_examples import OWN

PROFILES = ["mxcity_dcat_ap"]
MX = Namespace("urn:mxcity:terms:")
DATASET = URIRef("https://example.gob.mx/d/1")

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture
def stored(clean_db: None, clean_index: None, full_dataset: dict[str, Any]) -> dict[str, Any]:
    """Return the full dataset as the portal stores and shows it."""
    user = factories.Sysadmin()["name"]
    organization = factories.Organization(name="mty-ssp", title="Servicios Públicos")
    return tk.get_action("package_create")(
        {"user": user, "ignore_auth": True}, {**full_dataset, "owner_org": organization["id"]}
    )


def turtle(dataset: dict[str, Any]) -> str:
    return RDFSerializer(profiles=PROFILES).serialize_dataset(dataset, _format="ttl")


def read(text: str) -> dict[str, Any]:
    parser = RDFParser(profiles=PROFILES)
    parser.parse(text, _format="ttl")
    (dataset,) = parser.datasets()
    return dataset


def read_graph(*triples: tuple[Any, Any, Any]) -> dict[str, Any]:
    graph = Graph()
    graph.add((DATASET, RDF.type, DCAT.Dataset))
    for triple in triples:
        graph.add(triple)
    return read(graph.serialize(format="turtle"))


def test_every_field_survives_turtle(stored: dict[str, Any], full_dataset: dict[str, Any]) -> None:
    """A dataset with every field filled in is read back as it was written, and can be stored."""
    back = read(turtle(stored))
    wanted = {name: value for name, value in full_dataset.items() if name != "name"}
    resources = sorted(back["resources"], key=lambda resource: resource["name"])
    expected = sorted(wanted.pop("resources"), key=lambda resource: resource["name"])
    back["tags"].sort(key=lambda tag: tag["name"])
    assert {name: back.get(name) for name in wanted} == wanted
    for resource, original in zip(resources, expected, strict=True):
        assert {name: resource.get(name) for name in original} == original
    again = tk.get_action("package_create")(
        {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        {**back, "name": "otra-vez", "owner_org": stored["owner_org"], "extras": []},
    )
    for name in ("area_codes", "topics", "frequency", "temporal_coverage", "contact", "synthetic"):
        assert again[name] == stored[name]


def test_shapes_of_dcat_ap_3(stored: dict[str, Any], shared_inputs: Path) -> None:
    """The official SHACL shapes of DCAT-AP 3 find nothing wrong with a full dataset."""
    graph = Graph().parse(data=turtle(stored), format="turtle")
    (publisher,) = set(graph.objects(None, DCTERMS.publisher))
    assert graph.value(publisher, DCTERMS.identifier) == Literal("mty-ssp")
    conforms, _, text = pyshacl.validate(
        data_graph=graph,
        shacl_graph=str(shared_inputs / "shacl" / "dcat-ap_3_shacl_shapes.ttl"),
        shacl_graph_format="turtle",
        advanced=True,
    )
    assert conforms, text


def of_type(stored: dict[str, Any], kind: str) -> dict[str, Any]:
    """A stored dataset of a type, with all fields filled in, as the portal shows it."""
    plain = {name: value for name, value in stored.items() if name not in ("id", "extras")}
    for resource in plain["resources"]:
        resource.pop("id", None)
        resource.pop("package_id", None)
    return tk.get_action("package_create")(
        {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        {**plain, "name": f"de-tipo-{kind}", "type": kind, **OWN[kind]},
    )


def unordered(value: Any) -> Any:
    """What RDF keeps of a value: a property with several values has no order."""
    return sorted(value) if isinstance(value, list) else value


def test_every_type_survives_turtle_and_passes_the_shapes(
    stored: dict[str, Any], shared_inputs: Path
) -> None:
    """A full dataset of each type is read back as it was, and the official shapes agree."""
    graph = Graph()
    for kind, own in OWN.items():
        made = of_type(stored, kind)
        text = turtle(made)
        graph.parse(data=text, format="turtle")
        back = read(text)
        assert back["type"] == kind
        told = {name: unordered(back.get(name)) for name in own}
        assert told == {name: unordered(value) for name, value in own.items()}
        if "process_steps" in own:
            assert back["process_steps"] == own["process_steps"], "steps have an order"
        assert len(back["resources"]) == len(made["resources"])
        again = tk.get_action("package_create")(
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
            {**back, "name": f"otra-vez-{kind}", "owner_org": made["owner_org"], "extras": []},
        )
        assert {name: unordered(again[name]) for name in own} == told
    conforms, _, text = pyshacl.validate(
        data_graph=graph,
        shacl_graph=str(shared_inputs / "shacl" / "dcat-ap_3_shacl_shapes.ttl"),
        shacl_graph_format="turtle",
        advanced=True,
    )
    assert conforms, text


def test_terms_of_dcat_are_used_where_there_are(stored: dict[str, Any]) -> None:
    """Lineage, reference system, resolution, interval and feed are where others look for them."""
    places = Graph().parse(data=turtle(of_type(stored, "geographic-information")), format="turtle")
    (node,) = places.subjects(RDF.type, DCAT.Dataset)
    (system,) = places.objects(node, DCTERMS.conformsTo)
    assert str(system) == "http://www.opengis.net/def/crs/EPSG/0/6372"
    (resolution,) = places.objects(node, DCAT.spatialResolutionInMeters)
    assert resolution.toPython() == Decimal("0.5")
    (lineage,) = places.objects(node, DCTERMS.provenance)
    assert "fotografías aéreas" in str(places.value(lineage, RDFS.label))
    feed = Graph().parse(data=turtle(of_type(stored, "live-feed")), format="turtle")
    (service,) = feed.subjects(RDF.type, DCAT.DataService)
    (endpoint,) = feed.objects(service, DCAT.endpointURL)
    assert str(endpoint) == OWN["live-feed"]["feed_url"]
    assert [str(text) for text in feed.objects(None, DCAT.temporalResolution)] == ["PT5M"]


def test_frequency_is_understood() -> None:
    """Frequencies of other catalogues become our keys; what means nothing is left out."""
    weekly = "https://publications.europa.eu/resource/authority/frequency/WEEKLY"
    for said, key in (
        (Literal("R/P1Y"), "ANNUAL"),
        (Literal("mensual"), "MONTHLY"),
        (URIRef(weekly), "WEEKLY"),
        (URIRef("http://purl.org/cld/freq/daily"), "DAILY"),
        (Literal("cuando se pueda"), None),
    ):
        dataset = read_graph((DATASET, DCTERMS.accrualPeriodicity, said))
        assert dataset.get("frequency") == key, said


def test_plain_texts_and_foreign_themes_are_understood() -> None:
    """Keys as plain texts and EU themes are read; unknown values are left out."""
    dataset = read_graph(
        (DATASET, MX.subsystem, Literal("economico")),
        (DATASET, MX.geographicLevel, Literal("Municipal")),
        (DATASET, MX.officialStatus, Literal("inventado")),
        (
            DATASET,
            DCAT.theme,
            URIRef("http://publications.europa.eu/resource/authority/data-theme/HEAL"),
        ),
        (DATASET, DCAT.theme, URIRef("https://example.org/theme/nothing")),
        (DATASET, DCTERMS.spatial, URIRef("urn:mxcity:areas:09010")),
        (DATASET, DCTERMS.spatial, URIRef("urn:mxcity:areas:99999")),
    )
    assert dataset["snieg_subsystem"] == "economico"
    assert dataset["geographic_level"] == "municipal"
    assert "official_status" not in dataset
    assert dataset["topics"] == ["salud"]
    assert dataset["area_codes"] == ["09010"]


def test_licence_is_found_however_it_is_spelt() -> None:
    """A licence's address is recognised with http or https and with or without its last slash."""
    distribution = URIRef("https://example.gob.mx/f.csv")
    for address in (
        "https://creativecommons.org/licenses/by/4.0/",
        "http://creativecommons.org/licenses/by/4.0",
        "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    ):
        dataset = read_graph(
            (DATASET, DCAT.distribution, distribution),
            (distribution, RDF.type, DCAT.Distribution),
            (distribution, DCAT.accessURL, distribution),
            (distribution, DCTERMS.license, URIRef(address)),
        )
        assert dataset["license_id"] == "CC-BY-4.0"
        assert "license" not in dataset["resources"][0]


def test_geometry_as_a_node_is_read() -> None:
    """A geometry given as a GeoSPARQL node becomes the extent."""
    place, node = URIRef("https://example.gob.mx/place"), URIRef("https://example.gob.mx/geom")
    for form, text in (
        ("asGeoJSON", '{"type": "Point", "coordinates": [-101.5, 21.1]}'),
        ("asWKT", "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(-101.5 21.1)"),
    ):
        dataset = read_graph(
            (DATASET, DCTERMS.spatial, place),
            (place, RDF.type, DCTERMS.Location),
            (place, URIRef("http://www.w3.org/ns/locn#geometry"), node),
            (node, URIRef(f"http://www.opengis.net/ont/geosparql#{form}"), Literal(text)),
        )
        assert json.loads(dataset["spatial"]) == {"type": "Point", "coordinates": [-101.5, 21.1]}


def test_broken_email_does_not_lose_the_record() -> None:
    """A contact whose e-mail is not one keeps its name only."""
    contact = URIRef("https://example.gob.mx/contact")
    vcard = Namespace("http://www.w3.org/2006/vcard/ns#")
    dataset = read_graph(
        (DATASET, DCAT.contactPoint, contact),
        (contact, vcard.fn, Literal("Área de datos")),
        (contact, vcard.hasEmail, Literal("por definir")),
    )
    assert dataset["contact"] == [{"name": "Área de datos"}]
