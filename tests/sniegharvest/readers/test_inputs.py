"""Every real catalogue that can be read, with what must come out of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml
from ckanext.mxcity.ground.errors import HarvestError
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

# Not catalogues: shacl/ are rules, tables/ and mx/adela-dependencias.json lists of agencies; what
# is under found/, ocds/ and pdn/ is for other tests.
NO_READER = (
    "shacl/",
    "tables/",
    "found/",
    "ocds/",
    "pdn/",
    "mx/adela-dependencias.json",
    "INDEX.md",
)

# (file, reader, records, problems by cause, error of the whole document)
EXPECTED: list[tuple[str, str, int, dict[str, int], str]] = [
    ("ckan/ckan-mcp-package_search.json", "ckan", 2, {}, ""),
    ("ckan/hdx-package_search.yaml", "ckan", 10, {}, ""),
    ("ckan/magda-package-search-extras.json", "ckan", 1, {}, ""),
    ("csw/geocat/capabilities.xml", "csw", 0, {}, "unsupported-format"),
    ("csw/geocat/response_all_results.xml", "csw", 0, {"short-record": 2}, ""),
    ("csw/geocat/result_1.xml", "csw", 1, {}, ""),
    ("csw/geocat-testdata.xml", "csw", 1, {}, ""),
    ("csw/gsa/bad-tags.xml", "csw", 1, {}, ""),
    ("csw/gsa/fgdc-csdgm_sample.xml", "csw", 0, {}, "unsupported-format"),
    ("csw/gsa/nodc_0099041_cw_region_meta_v2013.xml", "csw", 1, {}, ""),
    ("csw/gsa/sample3.xml", "csw", 0, {}, "unsupported-format"),
    ("csw/gsa/sample3_getrecords2.xml", "csw", 2, {}, ""),
    ("csw/gsa/sample3_id_c540e08e-015c-11e5-853f-22000b8e85d8.xml", "csw", 1, {}, ""),
    ("csw/gsa/sample4_getrecords2.xml", "csw", 2, {}, ""),
    ("csw/magda/qspatial-response.xml", "csw", 42, {}, ""),
    ("csw/magda/tern.xml", "csw", 10, {}, ""),
    ("csw/magda/vic-geonetwork.xml", "csw", 10, {}, ""),
    ("csw/owslib/inspire-getrecords-response.xml", "csw", 2, {}, ""),
    ("datajson/ar/catalogo-justicia.json", "dcat_json", 18, {}, ""),
    ("datajson/ar/federated_1.json", "dcat_json", 2, {}, ""),
    ("datajson/ar/full_data.json", "dcat_json", 2, {}, ""),
    ("datajson/ar/malformed_accrualperiodicity.json", "dcat_json", 1, {}, ""),
    ("datajson/ar/malformed_email.json", "dcat_json", 1, {}, ""),
    ("datajson/ar/mismatched_downloadURL_and_format.json", "dcat_json", 2, {}, ""),
    ("datajson/ar/null_field_description.json", "dcat_json", 1, {}, ""),
    ("datajson/ar/numeric_distribution_identifier.json", "dcat_json", 1, {}, ""),
    ("datajson/ar/repeated_downloadURL.json", "dcat_json", 1, {}, ""),
    ("datajson/ar/too_long_field_title.json", "dcat_json", 1, {}, ""),
    ("datajson/dhs/00-20250201T1434.json", "dcat_json", 1093, {}, ""),
    ("datajson/dhs/08-20250606T1716.json", "dcat_json", 1222, {}, ""),
    ("datajson/fcc.json", "dcat_json", 59, {}, ""),
    ("datajson/gsa/01-20250131T2010.json", "dcat_json", 339, {}, ""),
    ("datajson/gsa/02-20250201T1502.json", "dcat_json", 339, {}, ""),
    ("datajson/gsa/06-20250219T1612.json", "dcat_json", 341, {}, ""),
    ("datajson/gsa/07-20250220T2012.json", "dcat_json", 0, {}, ""),
    ("datajson/gsa/08-20250226T1613.json", "dcat_json", 341, {}, ""),
    ("datajson/gsa/20-20250505T1516.json", "dcat_json", 341, {}, ""),
    ("datajson/gsa-datajson/collection-2-parent-4-children.data.json", "dcat_json", 6, {}, ""),
    ("datajson/gsa-datajson/large-spatial.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/many-resources.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/missing-catalog.data.json", "dcat_json", 1, {"no-identifier": 1}, ""),
    (
        "datajson/gsa-datajson/missing-dataset-fields.data.json",
        "dcat_json",
        1,
        {"no-identifier": 1},
        "",
    ),
    (
        "datajson/gsa-datajson/missing-identifier-title.data.json",
        "dcat_json",
        2,
        {"no-identifier": 1},
        "",
    ),
    ("datajson/gsa-datajson/null-spatial.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/numerical-title.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/ny.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/reserved-title.data.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-datajson/usda.gov.data.json", "dcat_json", 3, {}, ""),
    ("datajson/gsa-h2/dcatus3_0.json", "dcat_json", 4, {}, ""),
    ("datajson/gsa-h2/dcatus3_0_nested_catalog.json", "dcat_json", 3, {}, ""),
    ("datajson/gsa-h2/dcatus3_0_series_with_members.json", "dcat_json", 2, {}, ""),
    ("datajson/gsa-h2/dcatus3_0_with_services.json", "dcat_json", 3, {}, ""),
    ("datajson/gsa-h2/dcatus_bad_license_uri.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-h2/dcatus_long_description.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-h2/dcatus_multiple_invalid.json", "dcat_json", 1, {}, ""),
    ("datajson/gsa-h2/dcatus_no_identifier.json", "dcat_json", 0, {"no-identifier": 1}, ""),
    ("datajson/gsa-h2/dcatus_same_title.json", "dcat_json", 2, {}, ""),
    ("datajson/gsa-h2/dcatus_same_title_step_2.json", "dcat_json", 2, {}, ""),
    ("datajson/gsa-h2/dcatus_with_none.json", "dcat_json", 402, {}, ""),
    ("dcat/ckanext-dcat/catalog.rdf", "dcat_rdf", 2, {}, ""),
    ("dcat/ckanext-dcat/catalog_datasets_list.rdf", "dcat_rdf", 2, {}, ""),
    ("dcat/ckanext-dcat/catalog_pod.jsonld", "dcat_rdf", 1, {}, ""),
    ("dcat/ckanext-dcat/ckan_full_dataset_dcat_ap_vocabularies.json", "ckan", 1, {}, ""),
    ("dcat/ckanext-dcat/dataset.ttl", "dcat_rdf", 1, {}, ""),
    ("dcat/ckanext-dcat/dataset_gob_es.ttl", "dcat_rdf", 1, {}, ""),
    ("dcat/ckanext-dcat/dataset_gov_de.rdf", "dcat_rdf", 1, {}, ""),
    ("dcat/ckanext-dcat/dataset_multilingual.ttl", "dcat_rdf", 1, {}, ""),
    ("dcat/ods-catalog.ttl", "dcat_rdf", 186, {}, ""),
    ("iso19139/gsa-h2/decode_error.xml", "csw", 0, {}, "not-what-it-says"),
    ("iso19139/gsa-h2/invalid_iso2.xml", "csw", 1, {}, ""),
    ("iso19139/gsa-h2/valid_iso1.xml", "csw", 1, {}, ""),
    ("iso19139/gsa-h2/valid_iso2.xml", "csw", 1, {}, ""),
    ("iso19139/gsa-h2/valid_iso_too_many_keywords.xml", "csw", 1, {}, ""),
    ("iso19139/owslib-arcgis-iso19115-3.xml", "csw", 1, {}, ""),
    ("iso19139/owslib-iso_che.xml", "csw", 1, {}, ""),
    ("arcgis/hub-dataset-item.json", "arcgis_hub", 1, {}, ""),
    ("arcgis/hub-site.json", "arcgis_hub", 0, {}, "not-what-it-says"),
    ("mx/blank_rows_catalog.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-accrual-periodicity.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-latin-1.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-no-resources.csv", "spreadsheet", 6, {}, ""),
    ("mx/catalog-non-alphanumeric.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-noncompliant.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-null-download-url.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-v3-blank-landing-page.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-v3-invalid-landing-page.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-v3.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog-with-duplicated-identifiers.csv", "spreadsheet", 1, {"duplicate": 1}, ""),
    ("mx/catalog-with-duplicated-title.csv", "spreadsheet", 1, {}, ""),
    ("mx/catalog.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalog_with_blanks.csv", "spreadsheet", 2, {}, ""),
    ("mx/catalogo_sample_SYNTHETIC.json", "dcat_json", 1, {}, ""),
    ("mx/empty_catalog.csv", "spreadsheet", 0, {}, ""),
    ("mx/inventario_general_de_datos-error_no_agrupados.xlsx", "spreadsheet", 2, {}, ""),
    ("mx/inventario_general_de_datos.xlsx", "spreadsheet", 3, {}, ""),
    ("mx/inventario_general_de_datos_error_fecha.xlsx", "spreadsheet", 1, {}, ""),
    ("mx/inventario_general_de_datos_error_privado.xlsx", "spreadsheet", 1, {}, ""),
    ("mx/invalid_catalog.csv", "spreadsheet", 2, {}, ""),
    ("mx/ragged_rows_catalog.csv", "spreadsheet", 2, {}, ""),
    ("mx/unclosed_quote_catalog.csv", "spreadsheet", 2, {}, ""),
    ("udata/bnodes.jsonld", "dcat_rdf", 3, {}, ""),
    ("udata/catalog.xml", "dcat_rdf", 4, {}, ""),
    ("udata/dkan-french-w-license.json", "ckan", 0, {"not-public": 1}, ""),
    ("udata/evian.json", "dcat_json", 8, {}, ""),
    ("udata/geonetwork-dcat-page-1.xml", "csw", 2, {}, ""),
    ("udata/geonetwork-iso19139-page-1.xml", "csw", 2, {}, ""),
    ("udata/geonetwork-iso19139-page-3.xml", "csw", 2, {}, ""),
    ("udata/geonetwork-iso19139-page-5.xml", "csw", 2, {}, ""),
    ("udata/geoplateforme-iso19139-IGNF_RPG.xml", "csw", 1, {}, ""),
    ("udata/paged-collection-1.jsonld", "dcat_rdf", 3, {}, ""),
    ("udata/paged-collection-2.jsonld", "dcat_rdf", 1, {}, ""),
    ("udata/series.xml", "dcat_rdf", 1, {}, ""),
]


def load(path: Path) -> Document:
    """Return a file as a document; the one kept as YAML as the JSON that it was."""
    if path.suffix != ".yaml":
        return Document(path)
    kept = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Document(json.dumps({"result": kept}, default=str).encode())


@pytest.mark.parametrize(("name", "reader", "records", "problems", "error"), EXPECTED)
def test_a_real_catalogue_is_read(
    shared_inputs: Path, name: str, reader: str, records: int, problems: dict[str, int], error: str
) -> None:
    """Each record lands or is named with its reason; a document that cannot be read says why."""
    landed: list[Record] = []
    causes: Counter[str] = Counter()
    failed = ""
    try:
        for item in SOURCE_TYPES[reader].read(load(shared_inputs / name)):
            if isinstance(item, Record):
                landed.append(item)
            else:
                causes[item.slug] += 1
                assert str(item.message)
    except HarvestError as caught:
        failed = caught.slug
    assert (len(landed), dict(causes), failed) == (records, problems, error)
    for record in landed:
        json.dumps(record.dataset)
        assert record.title
        assert record.identifier
        assert all("url" not in r or "://" in r["url"] for r in record.dataset.get("resources", []))


def test_no_catalogue_is_forgotten(shared_inputs: Path) -> None:
    """A file is in the table, or in a folder that is left out for a reason."""
    known = {entry[0] for entry in EXPECTED}
    files = (path for path in shared_inputs.rglob("*") if path.is_file())
    names = {str(path.relative_to(shared_inputs)) for path in files}
    assert {name for name in names - known if not name.startswith(NO_READER)} == set()
    assert known <= names


def hashes(folder: Path, name: str) -> dict[str, str]:
    items = SOURCE_TYPES["dcat_json"].read(Document(folder / "datajson" / name))
    return {item.identifier: item.content_hash for item in items if isinstance(item, Record)}


def test_the_order_of_keys_is_no_change(shared_inputs: Path) -> None:
    """Two publications that differ only in the order of keys have equal hashes."""
    first = hashes(shared_inputs, "gsa/01-20250131T2010.json")
    second = hashes(shared_inputs, "gsa/02-20250201T1502.json")
    assert (len(first), first) == (339, second)


def test_exactly_what_changed_has_another_hash(shared_inputs: Path) -> None:
    """Of 341 records, the 100 that changed in ten weeks are found."""
    before = hashes(shared_inputs, "gsa/08-20250226T1613.json")
    after = hashes(shared_inputs, "gsa/20-20250505T1516.json")
    assert before.keys() == after.keys()
    assert sum(before[key] != after[key] for key in before) == 100


#: What a file must have been told of, so that its fault is not taken in silence.
TOLD = {
    "blank_rows_catalog.csv": "ambiguous-frequency",
    "catalog-latin-1.csv": "encoding",
    "catalog-non-alphanumeric.csv": "tags-mended",
    "catalog-null-download-url.csv": "no-address",
    "catalog-v3-invalid-landing-page.csv": "bad-address",
    "catalog-with-duplicated-title.csv": "conflict",
    "inventario_general_de_datos-error_no_agrupados.xlsx": "apart",
    "inventario_general_de_datos.xlsx": "derived-identifier",
    "inventario_general_de_datos_error_fecha.xlsx": "bad-date",
    "invalid_catalog.csv": "repeated-row",
    "ragged_rows_catalog.csv": "too-wide",
}


@pytest.mark.parametrize("name", sorted(TOLD))
def test_what_clerks_got_wrong_is_told(shared_inputs: Path, name: str) -> None:
    """The fault that a spreadsheet is known for is named, with its row."""
    items = SOURCE_TYPES["spreadsheet"].read(Document(shared_inputs / "mx" / name))
    told = {warning.slug for item in items if isinstance(item, Record) for warning in item.warnings}
    assert TOLD[name] in told


def test_a_socrata_catalogue_keeps_short_identifiers(shared_inputs: Path) -> None:
    """In a data.json that Socrata made, a dataset has the identifier of the service."""
    read = SOURCE_TYPES["socrata"].read
    items = list(read(Document(shared_inputs / "datajson" / "fcc.json")))
    short = [item for item in items if item.identifier[4:5] == "-" and len(item.identifier) == 9]
    assert (len(items), len(short) > 0) == (59, True)


def test_a_service_is_taken_with_its_address(shared_inputs: Path) -> None:
    """What DCAT-US 3 lists as a data service is a dataset whose file is the service."""
    path = shared_inputs / "datajson" / "gsa-h2" / "dcatus3_0_with_services.json"
    found = {
        item.identifier: item.dataset.get("resources")
        for item in SOURCE_TYPES["dcat_json"].read(Document(path))
        if isinstance(item, Record)
    }
    assert found["https://example.gov/services/one"] == [
        {"name": "Test Data Service One", "url": "https://api.example.gov/climate/v1",
         "format": "API"}
    ]  # fmt: skip
    assert found["https://example.gov/datasets/one"] is None


def test_csw_and_iso_records_are_nearly_all_read(shared_inputs: Path) -> None:
    """Of all records in the CSW and ISO files, 99 of 100 land; each other one says why."""
    landed, explained, unread = 0, 0, set()
    for name, reader, *_ in EXPECTED:
        if reader != "csw":
            continue
        try:
            for item in SOURCE_TYPES[reader].read(load(shared_inputs / name)):
                landed += isinstance(item, Record)
                # A summary is not a record: asked for whole, the service gives it.
                if not isinstance(item, Record) and item.slug != "short-record":
                    explained += bool(str(item.message))
        except HarvestError as error:
            unread.add(error.slug)
    assert unread == {"unsupported-format", "not-what-it-says"}
    assert landed >= 80
    assert landed >= 0.99 * (landed + explained)
