"""The catalogue of the demonstration, as DCAT."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from ckanext.mxcity.city import City, load_city
from ckanext.mxcity.dataset.types import TYPES, added_fields, own_fields
from ckanext.mxcity.demo.model import DemoSpecError
from ckanext.mxcity.demo.offices import Offices, ministries
from ckanext.mxcity.demo.spec import dataset_specs
from ckanext.mxcity.exchange.dcat.fields import read_fields
from ckanext.mxcity.exchange.dcat.terms import MX
from ckanext.mxcity.ground.areas import areas
from ckanext.mxcity.ground.vocabularies import vocabulary
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS

from .conftest import BASE_URL, CITIES


def test_there_are_more_than_sixty_datasets(graph: Graph) -> None:
    """Every dataset hangs on the catalogue and has a title, a description and a contact."""
    datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) >= 60
    assert set(graph.objects(None, DCAT.dataset)) == datasets
    for node in datasets:
        for wanted in (DCTERMS.title, DCTERMS.description, DCAT.contactPoint, DCTERMS.temporal):
            assert graph.value(node, wanted), (node, wanted)


def test_every_ministry_publishes_something(graph: Graph, city: City) -> None:
    """Each municipal office of the profile is a publisher, and nobody else is."""
    publishers = {
        str(graph.value(node, DCTERMS.identifier)) for node in graph.subjects(RDF.type, FOAF.Agent)
    }
    assert publishers == {office.id for office in ministries(city)}


def test_identifiers_and_titles_are_unique(graph: Graph) -> None:
    """No two datasets share an identifier or a title."""
    for wanted in (DCTERMS.identifier, DCTERMS.title):
        values = [graph.value(node, wanted) for node in graph.subjects(RDF.type, DCAT.Dataset)]
        assert len(values) == len(set(values))


def test_made_up_figures_say_so(graph: Graph) -> None:
    """The badge and the sentence go together; real figures have neither and name their source."""
    real = 0
    for node in graph.subjects(RDF.type, DCAT.Dataset):
        badge = (node, MX.synthetic, Literal(True)) in graph
        notes = str(graph.value(node, DCTERMS.description))
        assert badge == ("Datos de demostración" in notes), node
        if not badge:
            real += 1
            assert any(word in notes for word in ("OCDE", "INEGI", "reporte", "estudios")), node
    assert real >= 10


def test_our_own_fields_use_known_terms(graph: Graph) -> None:
    """Topics, subsystem, level, kind, status and frequency are keys of our vocabularies."""
    lists = {
        MX.subsystem: "subsystems",
        MX.informationType: "information_types",
        MX.officialStatus: "official_status",
        MX.geographicLevel: "geographic_levels",
    }
    for node in graph.subjects(RDF.type, DCAT.Dataset):
        for predicate, name in lists.items():
            key = str(graph.value(node, predicate)).rsplit(":", 1)[1]
            assert key in vocabulary(name).terms, node
        frequency = str(graph.value(node, DCTERMS.accrualPeriodicity)).rsplit("/", 1)[1]
        assert frequency in vocabulary("periodicity").terms, node
        themes = [str(theme) for theme in graph.objects(node, DCAT.theme)]
        keys = {theme.rsplit(":", 1)[1] for theme in themes if theme.startswith("urn:")}
        assert keys, node
        assert keys <= set(vocabulary("topics").terms), node
        none = URIRef("urn:mxcity:subsystems:ninguno")
        has_reason = graph.value(node, MX.subsystemReason) is not None
        assert has_reason == ((node, MX.subsystem, none) in graph), node


def test_area_codes_are_inegi_s(graph: Graph) -> None:
    """Each area's notation is an INEGI code with its leading zero."""
    codes = {str(code) for code in graph.objects(None, SKOS.notation)}
    assert codes
    assert codes <= set(areas())


def test_only_a_harvested_official_source_may_claim_official_interest(graph: Graph) -> None:
    """Nothing of the demonstration calls itself of national or state interest."""
    statuses = {str(value).rsplit(":", 1)[1] for value in graph.objects(None, MX.officialStatus)}
    assert statuses == {"registro_municipal", "derivado"}


def test_every_distribution_is_a_file_with_its_size_and_sum(graph: Graph, built: Path) -> None:
    """Addresses lead to the files written, with their size and SHA-256."""
    spdx = "http://spdx.org/rdf/terms#"
    found = 0
    for node in graph.subjects(RDF.type, DCAT.Distribution):
        path = built / str(node).removeprefix(f"{BASE_URL}/")
        content = path.read_bytes()
        checksum = graph.value(node, URIRef(f"{spdx}checksum"))
        assert graph.value(node, DCAT.byteSize).toPython() == len(content)
        value = graph.value(checksum, URIRef(f"{spdx}checksumValue"))
        assert str(value).lower() == hashlib.sha256(content).hexdigest()
        found += 1
    assert found == sum(path.is_file() for path in (built / "files").rglob("*"))


def test_a_third_city_needs_only_its_profile(tmp_path: Path) -> None:
    """A city with two ministries of unknown names gets the whole catalogue."""
    profile = yaml.safe_load((CITIES / "leon.yaml").read_text(encoding="utf-8"))
    keep = {"leon-tesoreria", "leon-contraloria"}
    profile["organizations"] = [
        office for office in profile["organizations"] if office["id"] in keep
    ]
    profile["sources"] = []
    profile["slug"] = "tercera"
    (tmp_path / "logos").mkdir()
    (tmp_path / "logos" / "leon.svg").write_bytes((CITIES / "logos" / "leon.svg").read_bytes())
    path = tmp_path / "tercera.yaml"
    path.write_text(yaml.safe_dump(profile, allow_unicode=True), encoding="utf-8")
    specs = list(dataset_specs(load_city(path)))
    assert len(specs) >= 60
    assert {spec.organization for spec in specs} == keep


def test_an_unknown_role_is_named(city: City) -> None:
    """A dataset whose office has no words is refused with its role."""
    with pytest.raises(DemoSpecError, match="no role called astronomía"):
        Offices(city).of("astronomía")


def test_there_is_a_dataset_of_each_type(city: City) -> None:
    """Each type is shown by one that is made up and has all that is asked of people."""
    specs = [spec for spec in dataset_specs(city) if spec.synthetic]
    assert {spec.kind for spec in specs} == set(TYPES)
    for spec in specs:
        needed = {field["field_name"] for field in own_fields(spec.kind) if field.get("required")}
        assert set(spec.own) <= {field["field_name"] for field in added_fields(spec.kind)}
        assert needed <= {*spec.own, "information_type", "frequency"}, spec.id
        kinds = vocabulary("dataset_types").terms[spec.kind].extra.get("information_types")
        assert spec.kind == "dataset" or spec.information_type in kinds, spec.id


def test_fields_of_a_type_are_in_the_catalogue(city: City, graph: Graph) -> None:
    """What a dataset has by its type is written as the portal writes it."""
    for spec in dataset_specs(city):
        node = URIRef(f"{BASE_URL}/dataset/{spec.id}")
        said = graph.value(node, MX.datasetType)
        assert (said is None) == (spec.kind == "dataset")
        values: dict[str, object] = {}
        read_fields(graph, node, values)
        for name, value in spec.own.items():
            told = values[name]
            assert (sorted(told) if isinstance(told, list) else told) == (
                sorted(value) if isinstance(value, list) else value
            ), (spec.id, name)
