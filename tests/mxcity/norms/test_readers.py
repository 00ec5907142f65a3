"""Sheets of the three norms become datasets; what finds no place is told; files have columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.exchange.norms import MetadataReading, SheetRefusedError, errors
from ckanext.mxcity.exchange.norms.ddi import content
from ckanext.mxcity.exchange.norms.reading import read_metadata
from lxml import etree

SHEETS = Path(__file__).parent / "sheets"


def sheet(name: str) -> MetadataReading:
    return read_metadata((SHEETS / name).read_bytes(), name)


def lost(reading: MetadataReading) -> dict[str, str]:
    return {loss.path: loss.value for loss in reading.losses}


def ddi(body: str, **root: str) -> MetadataReading:
    said = "".join(f' {name}="{value}"' for name, value in root.items())
    title = "<titlStmt><titl>Una encuesta</titl></titlStmt>"
    citation = "" if "<citation>" in body else f"<citation>{title}</citation>"
    return read_metadata(
        f"<codeBook{said}><stdyDscr>{citation}{body}</stdyDscr></codeBook>".encode()
    )


def test_codebook_of_nesstar() -> None:
    """A codebook as INEGI's RNM exports it fills the fields of a statistical operation."""
    reading = sheet("ddi-1.2.2.xml")
    assert (reading.norm, reading.version, reading.notes) == ("ddi", "1.2.2", ())
    expected: dict[str, Any] = {
        "type": "statistical-operation",
        "title": "Encuesta de Hogares del Municipio de Monterrey 2023. Movilidad y servicios",
        "identifier": "MEX-EJEMPLO.ESD9.01-EHMM-2023",
        "tag_string": "transporte público,agua,basura,Movilidad,EHMM 2023",
        "topics": ["movilidad", "agua"],
        "information_type": "encuesta",
        "production_process": "Encuestas en hogares",
        "background": "Se levanta desde 2019.\n\nLa de 2021 se suspendió.",
        "temporal_coverage": [{"start": "2023-01-01", "end": "2023-12-31"}],
        "execution_start": "2023-09-04",
        "execution_end": "2023-10-27",
        "area_codes": ["19039"],
        "geographic_level": "ageb",
        "frequency": "ANNUAL",
        "license_id": "libre-uso-mx",
        "issued": "2024-04-15",
        "modified": "2024-05-02",
        "url": "https://datos.example.mx/ehmm",
        "contact": [
            {"name": "Dirección de Estadística Municipal", "email": "estadistica@example.mx"}
        ],
        "data_validation": "Supervisión de una de cada diez entrevistas",
        "confidentiality": "Los datos se publican sin nombres ni domicilios.",
        "classifications": ["Catálogo de respuestas 2020"],
    }
    assert {name: reading.dataset.get(name) for name in expected} == expected
    assert reading.dataset["accuracy"].splitlines()[0] == "91.3 %"
    assert "(Diseño de la muestra)" in reading.dataset["contributors"]


def test_codebook_tells_what_it_lost() -> None:
    """What has no field is named with its place and value; what was taken is not."""
    told = lost(sheet("ddi-1.2.2.xml"))
    assert told["stdyDscr/stdyInfo/notes"] == "Se tradujo al náhuatl."
    assert told["dataDscr/var/qstn/preQTxt"] == "Lea despacio"
    assert told["stdyDscr/citation/distStmt/contact@URI"] == "https://estadistica.example.mx"
    assert "stdyDscr/stdyInfo/abstract" not in told
    assert not any("sumStat" in path or path.startswith("docDscr") for path in told)


def test_columns_of_each_file() -> None:
    """Columns go to the file that has them, with their names, questions, types and categories."""
    households, trips, questionnaire = sheet("ddi-1.2.2.xml").files
    assert households.resource == {"name": "hogares", "description": "Una fila por hogar"}
    columns = {field["name"]: field for field in households.schema["fields"]}
    types = {name: field["type"] for name, field in columns.items()}
    assert types == {"FOLIO": "string", "ENT": "string", "AGUA": "integer", "FACTOR": "number"}
    assert columns["AGUA"]["description"] == "¿Recibe agua todos los días?"
    assert columns["AGUA"]["categories"][0] == {"value": "1", "label": "Sí"}
    assert columns["AGUA"]["missingValues"] == ["9"]
    assert columns["ENT"]["categories"][0]["value"] == "09", "codes keep their zeros"
    assert [field["name"] for field in trips.schema["fields"]] == ["FOLIO"]
    assert questionnaire.resource["url"].endswith("cuestionario.pdf")


def test_codebook_in_two_languages() -> None:
    """Of several languages Spanish is taken, with namespaces and inner elements or without."""
    reading = sheet("ddi-2.5.xml")
    assert reading.dataset["title"].startswith("Registro de árboles")
    assert reading.dataset["notes"] == "Qué árboles hay, por colonia.\n\nSe actualiza cada mes."
    assert reading.dataset["tag_string"] == "árboles"
    assert reading.dataset["sample_size"] == "300"
    assert [note.slug for note in reading.notes] == ["columns-without-file", "other-languages"]
    assert reading.files[0].schema["fields"][0]["title"] == "Especie"
    assert reading.losses == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Censo de población", "censo"),
        ("Census/enumeration data [cen]", "censo"),
        ("Sample survey data [ssd]", "encuesta"),
        ("Administrative records data [adm]", "registro_administrativo"),
        ("Observación", None),
    ],
)
def test_kind_of_data(said: str, kind: str | None) -> None:
    """The kind is known by a word in either language; another is lost, not guessed."""
    reading = ddi(f"<stdyInfo><sumDscr><dataKind>{said}</dataKind></sumDscr></stdyInfo>")
    assert reading.dataset.get("information_type") == kind
    assert ("stdyDscr/stdyInfo/sumDscr/dataKind" in lost(reading)) is (kind is None)


@pytest.mark.parametrize(
    ("cover", "codes", "level", "notes"),
    [
        ("Nacional", None, "nacional", []),
        ("Nuevo León; Guanajuato", ["11", "19"], None, []),
        ("19039", ["19039"], None, []),
        ("Municipio de San Pedro Garza García", ["19019"], "municipal", []),
        ("Tierra Media", None, None, ["unknown-place"]),
    ],
)
def test_places_become_codes(
    cover: str, codes: list[str] | None, level: str | None, notes: list[str]
) -> None:
    """Names of places become INEGI codes; one that is not known is told."""
    reading = ddi(f"<stdyInfo><sumDscr><geogCover>{cover}</geogCover></sumDscr></stdyInfo>")
    assert reading.dataset.get("area_codes") == codes
    assert reading.dataset.get("geographic_level") == level
    assert [note.slug for note in reading.notes] == notes


def test_wrong_dates_are_told() -> None:
    """A period that is none is left out with a note."""
    reading = ddi('<stdyInfo><sumDscr><timePrd date="ayer"/></sumDscr></stdyInfo>')
    assert "temporal_coverage" not in reading.dataset
    assert [note.slug for note in reading.notes] == ["bad-date"]


def test_national_interest_is_not_taken() -> None:
    """A sheet cannot make a dataset official."""
    reading = ddi("<stdyInfo><notes>Es Información de Interés Nacional.</notes></stdyInfo>")
    assert not {"official_status", "iin_agreement", "iin_date"} & set(reading.dataset)
    assert [note.slug for note in reading.notes] == ["not-iin"]


def test_geographic_sheet() -> None:
    """A sheet of NTM 2010 fills the fields of geographic information."""
    reading = sheet("ntm-2010.xml")
    expected: dict[str, Any] = {
        "type": "geographic-information",
        "title": "Colonias del municipio de Monterrey, Nuevo León",
        "identifier": "mty-colonias-2022",
        "area_codes": ["19039"],
        "purpose": "Ubicar los reportes de la ciudadanía.",
        "iso_topics": ["boundaries", "planningCadastre"],
        "spatial_representation": "vector",
        "geometry_type": "surface",
        "reference_system": "EPSG:6369",
        "scale_denominator": 10000,
        "spatial_resolution": 2.5,
        "positional_accuracy": 1.5,
        "lineage": "Se digitalizó sobre ortofotos.",
        "process_steps": "Digitalización\n\nRevisión en campo",
        "input_sources": "Ortofotos a 20 cm",
        "input_date": "2021-06-15",
        "presentation_form": "mapDigital",
        "frequency": "ANNUAL",
    }
    assert {name: reading.dataset.get(name) for name in expected} == expected
    assert reading.files[0].resource["url"] == "https://mapas.example.mx/colonias.zip"
    told = lost(reading)
    assert told["contact/CI_ResponsibleParty/individualName"] == "Persona Inventada"
    assert "identificationInfo/MD_DataIdentification/purpose" not in told


def test_sheet_of_the_norm_of_2025() -> None:
    """The JSON of INEGI's SIM fills the same fields; codes of its lists are taken away."""
    reading = sheet("sim-2025.json")
    expected: dict[str, Any] = {
        "type": "statistical-operation",
        "title": "Registro de accidentes viales de León, Guanajuato. 2024",
        "information_type": "registro_administrativo",
        "frequency": "MONTHLY",
        "production_process": "Registro de accidentes viales",
        "funding": "Presupuesto propio",
        "temporal_coverage": [{"start": "2024-01-01", "end": "2024-12-31"}],
        "execution_start": "2024-01-01",
        "execution_end": "2025-02-10",
        "area_codes": ["11020"],
        "geographic_level": "municipal",
        "classifications": ["Clasificación de accidentes 2020", "Catálogo de vías"],
        "contact": [{"name": "Dirección de Tránsito", "email": "transito@example.mx"}],
        "next_release": "2026-02-15",
        "topics": ["movilidad", "seguridad"],
    }
    assert {name: reading.dataset.get(name) for name in expected} == expected
    assert [file.resource["name"] for file in reading.files] == [
        "accidentes_2024",
        "Manual de captura",
    ]
    assert any(path.endswith("Grado de madurez") for path in lost(reading))
    assert reading.notes == (), "the condition of National Interest is denied in the sheet"


def test_text_keeps_its_paragraphs() -> None:
    """Words inside a text stay in it; paragraphs are apart."""
    element = etree.fromstring("<a>uno <b>dos</b> tres<p>cuatro\n  cinco</p>seis</a>")
    assert content(element) == "uno dos tres\n\ncuatro\ncinco\n\nseis"


def test_answer_of_a_catalogue_with_one_sheet() -> None:
    """A sheet inside an answer of CSW or OAI-PMH is found."""
    inner = (SHEETS / "ddi-2.5.xml").read_bytes().partition(b"?>")[2]
    reading = read_metadata(b"<OAI-PMH><metadata>" + inner + b"</metadata></OAI-PMH>")
    assert reading.dataset["identifier"] == "ARB-2024"


def test_real_records(shared_inputs: Path) -> None:
    """Records of real catalogues are read, or refused by name."""
    read, refused = 0, {}
    for path in sorted(shared_inputs.glob("iso19139/**/*.xml")) + sorted(
        shared_inputs.glob("csw/**/*.xml")
    ):
        try:
            reading = read_metadata(path.read_bytes(), path.name)
        except SheetRefusedError as error:
            refused[path.name] = type(error)
            continue
        read += 1
        assert reading.dataset["title"]
        assert reading.dataset["type"] == "geographic-information"
    assert read >= 6
    assert refused["fgdc-csdgm_sample.xml"] is errors.FgdcError
    assert refused["qspatial-response.xml"] is errors.SeveralRecordsError
    assert refused["capabilities.xml"] is errors.NotASheetError
