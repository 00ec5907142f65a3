"""Every type of source, served over HTTP and harvested into a real portal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import openpyxl
import pytest
import sqlalchemy as sa
from ckanext.harvest.model import HarvestObject

Harvest = Callable[..., Any]
ITEM = "f4bcc1035b7d46cba95e977f4affb6b{}"


def counts(report: Any) -> tuple[int, int, int, int, int]:
    """Added, updated, unchanged, archived and failed."""
    return report.added, report.updated, report.unchanged, report.archived, report.failed


def shown(identifier: str, kind: str = "") -> dict[str, Any]:
    """The dataset that a source's record became."""
    model.Session.rollback()
    query = model.Session.query(HarvestObject).filter_by(guid=identifier, current=True)
    (found,) = [entry for entry in query if not kind or entry.source.type == kind]
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": found.package_id})


def feature(number: int) -> dict[str, Any]:
    """A dataset as the search of a Hub gives it."""
    server = "https://services.example/arcgis/rest/services"
    return {
        "id": ITEM.format(number),
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-100.3, 25.67]},
        "properties": {
            "id": ITEM.format(number),
            "type": "Feature Service",
            "title": f"Parques {number}",
            "description": "Parques y plazas.",
            "tags": ["parques", "áreas verdes"],
            "created": 1611934478000,
            "modified": 1627417519723,
            "source": "Municipio de Monterrey",
            "url": f"{server}/Parques/FeatureServer/0",
            "numViews": 5,
        },
    }


def hub_search(query: dict[str, str]) -> dict[str, Any]:
    """Pages of two features, of five."""
    start = int(query["startindex"])
    features = [feature(number) for number in range(start, min(start + 2, 6))]
    return {"type": "FeatureCollection", "features": features, "numberMatched": 5}


def hub_feed() -> dict[str, Any]:
    """The same five in the feed that the Hub makes for others."""
    return {
        "dataset": [
            {
                "identifier": f"https://www.arcgis.com/home/item.html?id={ITEM.format(number)}",
                "title": f"Parques {number}",
                "description": "Parques y plazas.",
                "distribution": [{"accessURL": "https://hub.example/x", "format": "Web Page"}],
            }
            for number in range(1, 6)
        ]
    }


def test_arcgis_hub(service: Any, harvest: Harvest) -> None:
    """A Hub without a feed is searched page by page; with its feed, datasets stay the same."""
    service.on("/api/search/v1/collections/dataset/items", hub_search)
    assert counts(harvest(f"{service.url}/hub", "arcgis_hub")) == (5, 0, 0, 0, 0)
    data = shown(ITEM.format(1))
    assert (data["title"], data["modified"][:10]) == ("Parques 1", "2021-07-27")
    assert [entry["format"] for entry in data["resources"]] == ["ArcGIS REST", "CSV", "GeoJSON"]
    assert counts(harvest(f"{service.url}/hub", "arcgis_hub")) == (0, 0, 5, 0, 0)
    service.on("/api/feed/dcat-us/1.1.json", hub_feed())
    report = harvest(f"{service.url}/hub", "arcgis_hub")
    assert (report.added, report.archived, report.failed) == (0, 0, 0)
    assert service.paths()[-1] == "/api/feed/dcat-us/1.1.json"


def socrata_catalogue(query: dict[str, str]) -> dict[str, Any]:
    """Pages of two tables, of three, in the order of identifiers."""
    names = [name for name in ("aaaa-0001", "aaaa-0002", "bbbb-0001") if name > query["scroll_id"]]
    results = [
        {
            "resource": {
                "id": name,
                "name": f"Tabla {name}",
                "description": "Una tabla.",
                "attribution": "Tesorería",
                "contact_email": "datos@ciudad.example",
                "createdAt": "2020-01-02T00:00:00.000Z",
                "updatedAt": "2024-05-06T00:00:00.000Z",
                "columns_name": ["a"],
            },
            "classification": {"domain_tags": ["presupuesto"], "domain_category": "Finanzas"},
            "metadata": {"domain": "datos.ciudad.example", "license": "Public Domain"},
            "permalink": f"https://datos.ciudad.example/d/{name}",
        }
        for name in names[:2]
    ]
    return {"results": results, "resultSetSize": 3}


def test_socrata(service: Any, harvest: Harvest) -> None:
    """A Socrata portal is read from its catalogue, and from data.json where there is one."""
    service.on("/api/catalog/v1", socrata_catalogue)
    assert counts(harvest(f"{service.url}/socrata", "socrata")) == (3, 0, 0, 0, 0)
    data = shown("aaaa-0002")
    assert data["contact"][0]["email"] == "datos@ciudad.example"
    assert data["resources"][0]["url"].startswith("https://datos.ciudad.example/api/views/aaaa-00")
    host = service.url.removeprefix("http://")
    assert any(f"domains={host.replace(':', '%3A')}" in url for url in service.asked)
    tables = [
        {"identifier": f"{service.url}/api/views/{name}", "title": f"Tabla {name}"}
        for name in ("aaaa-0001", "aaaa-0002", "bbbb-0001")
    ]
    service.on("/data.json", {"dataset": tables})
    report = harvest(f"{service.url}/socrata", "socrata")
    assert (report.added, report.archived, report.failed) == (0, 0, 0)


def ods_page(query: dict[str, str]) -> Any:
    """Pages of two datasets, of five."""
    start = int(query["offset"])
    results = [
        {
            "dataset_id": f"arbolado-{number}",
            "has_records": True,
            "features": ["geo"],
            "attachments": [{"id": "leeme", "title": "Léeme", "mimetype": "application/pdf"}],
            "metas": {
                "default": {
                    "title": f"Arbolado {number}",
                    "description": "Árboles de la ciudad.",
                    "keyword": ["árboles"],
                    "license": "CC BY",
                    "modified": "2024-02-03T00:00:00+00:00",
                    "publisher": "Parques",
                },
                "dcat": {"accrualperiodicity": "http://purl.org/cld/freq/annual"},
            },
        }
        for number in range(start, min(start + 2, 5))
    ]
    return {"total_count": 5, "results": results}


def test_opendatasoft(service: Any, harvest: Harvest) -> None:
    """Pages are read to their end; a page that fails later takes nothing away."""
    path = "/api/explore/v2.1/catalog/datasets"
    service.on(path, ods_page)
    assert counts(harvest(f"{service.url}/", "opendatasoft")) == (5, 0, 0, 0, 0)
    data = shown("arbolado-4")
    assert data["frequency"] == "ANNUAL"
    assert [entry["format"] for entry in data["resources"]] == ["CSV", "JSON", "GeoJSON", "PDF"]
    service.on(path, lambda query: ods_page(query) if query["offset"] == "0" else (500, {}, b""))
    report = harvest(f"{service.url}/", "opendatasoft")
    assert (report.added, report.archived) == (0, 0)
    assert "500" in str(report.as_dict()["errors"])
    assert shown("arbolado-4")["state"] == "active"


TOKEN = "5ec4e7-0000-cafe"
NAMES = {
    "CL_INDICATOR": ("1002000001", "Población total"),
    "CL_UNIT": ("96", "Número de personas"),
    "CL_FREQ": ("7", "Decenal"),
}


def serve_inegi(service: Any) -> None:
    """INEGI's service, for one indicator; any other has no values."""
    for area, value in (("0700", "126014024"), ("070000190039", "1142994")):
        series = {
            "INDICADOR": "1002000001",
            "FREQ": "7",
            "UNIT": "96",
            "LASTUPDATE": "25/01/2021 12:00:00 a. m.",
            "OBSERVATIONS": [
                {"TIME_PERIOD": "2010", "OBS_VALUE": "N/D", "OBS_STATUS": "3"},
                {"TIME_PERIOD": "2020", "OBS_VALUE": value, "OBS_STATUS": "3"},
            ],
        }
        path = f"/api/INDICATOR/1002000001/es/{area}/false/BISE/2.0/{TOKEN}"
        service.on(path, {"Header": {"Name": "Datos compactos BISE"}, "Series": [series]})
        path = f"/api/INDICATOR/999/es/{area}/false/BISE/2.0/{TOKEN}"
        service.on(path, ["ErrorInfo:No se encontraron resultados"], status=400)
    for catalogue, (code, text) in NAMES.items():
        path = f"/api/{catalogue}/{code}/es/BISE/2.0/{TOKEN}"
        service.on(path, {"CODE": [{"value": code, "Description": text}]})


def everything_stored() -> str:
    """All that the run left in the tables of the harvest, as text."""
    model.Session.rollback()
    tables = ("harvest_object", "harvest_gather_error", "harvest_object_error", "harvest_job",
              "sniegharvest_run", "sniegharvest_source", "package", "resource")  # fmt: skip
    found = []
    for name in tables:
        rows = model.Session.execute(sa.text(f"SELECT t::text FROM {name} t"))  # noqa: S608
        found += [str(row[0]) for row in rows]
    return "\n".join(found)


def test_inegi_indicators(
    service: Any, harvest: Harvest, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An indicator is a dataset with its values as CSV; the token stays with the portal."""
    base = f"{service.url}/api"
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_address", base)
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_token", TOKEN)
    serve_inegi(service)
    settings = {"indicators": ["1002000001", "999", "x"], "areas": ["00", "19039"]}
    report = harvest(base, "inegi_indicators", **settings)
    assert (report.added, report.failed) == (1, 2), report.as_dict()["errors"]
    data = shown("inegi-1002000001-00-19039")
    assert (data["title"], data["frequency"]) == ("Población total", "DECENNIAL")
    assert (data["area_codes"], data["information_type"]) == (["19039"], "indicador")
    address = data["resources"][0]["url"]
    answer = app.get(address.removeprefix(tk.config["ckan.site_url"]))
    assert answer.mimetype == "text/csv"
    assert answer.body.splitlines() == [
        "clave_area,periodo,valor,estado",
        "00,2010,,3",
        "00,2020,126014024,3",
        "19039,2010,,3",
        "19039,2020,1142994,3",
    ]
    assert app.get("/indicadores/inegi-1-00.csv", status=404)
    assert harvest(base, "inegi_indicators").unchanged == 1
    assert TOKEN not in everything_stored()
    assert TOKEN not in json.dumps(report.as_dict())


def test_the_token_goes_nowhere_else(
    service: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source at another address does not get the token, and one that is refused hides it."""
    base = f"{service.url}/otra"
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_token", TOKEN)
    report = harvest(base, "inegi_indicators", indicators=["1002000001"])
    assert "inegi_address" in str(report.as_dict()["errors"])
    assert service.asked == []
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_address", base)
    path = f"/otra/INDICATOR/1002000001/es/0700/false/BISE/2.0/{TOKEN}"
    service.on(path, b"", status=403)
    report = harvest(base, "inegi_indicators")
    assert "403" in str(report.as_dict()["errors"])
    assert TOKEN not in json.dumps(report.as_dict())
    assert TOKEN not in everything_stored()


def workbook() -> bytes:
    """An inventory under a title, with a merged header, a second sheet and a missing identifier."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Municipio de León"])
    sheet.append(["INVENTARIO DE DATOS 2024"])
    sheet.append([])
    sheet.append(["Conjunto", None, None, "Recurso", None])
    sheet.append(["Título", "DESCRIPCIÓN", "Periodicidad", "Nombre del recurso", "URL"])
    sheet.merge_cells("A4:C4")
    sheet.append(
        ["Luminarias", "Alumbrado público", "Anual", "2023", "https://leon.example/23.csv"]
    )
    sheet.append(["Luminarias", None, None, "2024", "https://leon.example/24.xlsx"])
    sheet.append([None, "sin nombre", "Anual", None, None])
    sheet.append(["Mercados", "Mercados públicos", "Trimestral", None, None])
    book.create_sheet("Notas").append(["Elaboró", "Tesorería"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_spreadsheet(service: Any, harvest: Harvest) -> None:
    """An Excel inventory as agencies make them; the row that is not a dataset is named."""
    service.on("/inventario.xlsx", workbook())
    url = f"{service.url}/inventario.xlsx"
    report = harvest(url, "spreadsheet")
    assert counts(report) == (2, 0, 0, 0, 1)
    assert "Row 8" in report.as_dict()["errors"][0]["reason"]
    data = shown("luminarias", "spreadsheet")
    assert [entry["format"] for entry in data["resources"]] == ["CSV", "XLSX"]
    assert data["frequency"] == "ANNUAL"
    assert harvest(url, "spreadsheet").unchanged == 2


class Ckan:
    """A CKAN site below ``/busca`` whose third dataset is deleted while it is read."""

    def __init__(self, size: int) -> None:
        self.names = [f"c{number}" for number in range(size)]
        self.queries: list[str] = []
        self.deleting = True

    def __call__(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of at most three datasets, whatever was asked."""
        self.queries.append(query.get("fq", ""))
        start = int(query["start"])
        page = self.names[start : start + 3]
        results = [
            {"id": f"id-{name}", "name": name, "title": name, "notes": "Uno.", "groups": []}
            for name in page
        ]
        result = {"count": len(self.names), "results": results}
        if self.deleting and start:
            self.names.remove("c2")
            self.names.remove("c0")
            self.deleting = False
        return {"success": True, "result": result}


def test_ckan(service: Any, harvest: Harvest) -> None:
    """Filters are asked for; what moves while it is read is read all the same."""
    site = Ckan(9)
    service.on("/busca/api/3/action/package_search", site)
    report = harvest(
        service.url,
        "ckan",
        query="res_format:CSV",
        organizations_filter_include=["inegi"],
        groups_filter_exclude=["pruebas"],
        areas=["19039"],
        defaults={"area_codes": ["19039"]},  # its records do not say where they are about
    )
    assert (report.added, report.failed) == (9, 0), report.as_dict()
    (asked,) = set(site.queries)
    assert asked.startswith('res_format:CSV +organization:("inegi") -groups:("pruebas") +(')
    assert 'vocab_area_codes:"19039"' in asked
    assert '(text:"Monterrey" AND text:"Nuevo León")' in asked
    assert service.paths()[:2] == [
        "/api/3/action/package_search", "/busca/api/3/action/package_search"
    ]  # fmt: skip


def test_dcat_rdf(service: Any, harvest: Harvest) -> None:
    """Pages of a DCAT catalogue in Turtle."""
    for number, following in ((1, "2"), (2, "")):
        link = f"<> hydra:next <{service.url}/{following}.ttl> ." if following else ""
        text = f"""@prefix dcat: <http://www.w3.org/ns/dcat#> .
            @prefix dct: <http://purl.org/dc/terms/> .
            @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
            <https://datos.example/d{number}> a dcat:Dataset ; dct:title "Aforo {number}" ;
            dct:identifier "aforo-{number}" ; dct:description "Aforos." . {link}
            <> a hydra:PartialCollectionView ."""
        service.on(f"/{number}.ttl", text.encode(), content_type="text/turtle")
    assert counts(harvest(f"{service.url}/1.ttl", "dcat_rdf")) == (2, 0, 0, 0, 0)


ISO = """<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"
 xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier><gco:CharacterString>capa-{0}
 </gco:CharacterString></gmd:fileIdentifier><gmd:identificationInfo><gmd:MD_DataIdentification>
 <gmd:citation><gmd:CI_Citation><gmd:title><gco:CharacterString>Capa {0}</gco:CharacterString>
 </gmd:title></gmd:CI_Citation></gmd:citation><gmd:abstract><gco:CharacterString>Una capa.
 </gco:CharacterString></gmd:abstract></gmd:MD_DataIdentification></gmd:identificationInfo>
 </gmd:MD_Metadata>"""


def csw_page(query: dict[str, str]) -> bytes:
    """Pages of one ISO record, of three."""
    start = int(query["startPosition"])
    return f"""<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">
    <csw:SearchResults numberOfRecordsMatched="3" nextRecord="{(start + 1) % 4}">
    {ISO.format(start)}</csw:SearchResults></csw:GetRecordsResponse>""".encode()


def test_csw(service: Any, harvest: Harvest) -> None:
    """Pages of a geoportal's catalogue."""
    service.on("/csw", csw_page, content_type="application/xml")
    report = harvest(f"{service.url}/csw", "csw")
    assert counts(report) == (3, 0, 0, 0, 0), report.as_dict()


def test_dcat_json(service: Any, harvest: Harvest) -> None:
    """A data.json, which is asked for again only if it has changed."""
    body = {"dataset": [{"identifier": "j-1", "title": "Jardines", "description": "Uno."}]}
    service.on("/data.json", body, ETag='"v1"')
    assert counts(harvest(f"{service.url}/data.json", "dcat_json")) == (1, 0, 0, 0, 0)
    assert harvest(f"{service.url}/data.json", "dcat_json").unchanged == 1
