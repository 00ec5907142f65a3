"""Files that refer elsewhere, made by code: each names a file and an address in its own way."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import io
import json
import sqlite3
import stat
import struct
import zipfile
from pathlib import Path

KML = "http://www.opengis.net/kml/2.2"
POINT = {"type": "Point", "coordinates": [-100.3, 25.6]}
FEATURE = {"type": "Feature", "properties": {"a": 1}, "geometry": POINT}
PLACEMARK = (
    "<Placemark><name>a</name><Point><coordinates>-100.3,25.6</coordinates></Point></Placemark>"
)


def references(path: str, url: str) -> dict[str, bytes]:
    """Descriptions of sources elsewhere, as the kinds that GDAL knows write them."""
    target = {"path": path, "url": url, "file": Path(path).name}
    texts = {
        "virtual format": '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "virtual format by address": '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "virtual format of raster": '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename>{path}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>',
        "virtual format with a comment": '<OGRVRTDataSource><!-- <kml xmlns="http://www.opengis.net/kml/2.2"> --><OGRVRTLayer name="a"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "steps": '{{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read {path}","relative_paths_relative_to_this_file":false}}',
        "steps by address": '{{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /vsicurl/{url}"}}',
        "type twice": '{{"type":"FeatureCollection","type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read {path}"}}',
        "feature service": "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
        "feature service's answer": '<WFS_Capabilities version="1.1.0" xmlns="http://www.opengis.net/wfs"><OnlineResource href="{url}"/></WFS_Capabilities>',
        "catalogue service": "<OGRCSWDataSource><URL>{url}</URL></OGRCSWDataSource>",
        "map service": '<GDAL_WMS><Service name="WMS"><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>',
        "coverage service": "<WCS_GDAL><ServiceURL>{url}</ServiceURL></WCS_GDAL>",
        "application schema": "<OGRGMLASDataSource><Schema>{url}</Schema></OGRGMLASDataSource>",
        "GML with a schema": '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a {url}"><gml:featureMember><a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{path}"/></gml:featureMember></gml:FeatureCollection>',
        "tiles": '{{"type":"overlay","minzoom":0,"tiles":["{url}"]}}',
        "ESRI service": '{{"currentVersion":10,"serviceUrl":"{url}","features":[]}}',
        "links of features": '{{"type":"FeatureCollection","features":[],"links":[{{"rel":"next","href":"{url}"}}],"numberMatched":9}}',
        "database address": "PG:host=127.0.0.1 dbname={path}",
        "address of a file": "/vsicurl/{url}",
        "sub-file": "/vsisubfile/0_100,{path}",
        "spatial transfer": "GPSBabel:gpx:{path}",
        "arrow": "ADBC:{path}",
        "transit": '{{"GTFS":"{path}"}}',
        "map file": '!table\n!version 300\nDefinition Table\n  File "{path}"\n  Type NATIVE Charset "Neutral"\n  Fields 1\n    a Char (10) ;\n',
    }
    return {name: text.format(**target).encode() for name, text in texts.items()}


def inside_accepted(path: str, url: str, folder: Path) -> dict[str, tuple[str, bytes]]:
    """Files of kinds that are accepted, with something in them that refers elsewhere."""
    made = {
        "coordinate system by link": ("a.geojson", _geojson(crs={"type": "link", "properties": {"href": url, "type": "proj4"}})),
        "coordinate system by address": ("a.geojson", _geojson(crs={"type": "url", "properties": {"url": url}})),
        "coordinate system by file": ("a.geojson", _geojson(crs={"type": "name", "properties": {"name": path}})),
        "coordinate system by pipeline": ("a.geojson", _geojson(crs={"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={path}"}})),
        "coordinate system by init": ("a.geojson", _geojson(crs={"type": "name", "properties": {"name": f"+init={path}:1"}})),
        "foreign members": ("a.geojson", _geojson(links=[{"href": url}], xy_coordinate_resolution=1)),
        "reference in JSON": ("a.json", json.dumps([{"$ref": f"file://{path}"}, {"$ref": url}]).encode()),
        "network link": ("a.kml", _kml(f"{PLACEMARK}<NetworkLink><Link><href>{url}</href></Link></NetworkLink>")),
        "network link to a file": ("a.kml", _kml(f"{PLACEMARK}<NetworkLink><Link><href>file://{path}</href></Link></NetworkLink>")),
        "style elsewhere": ("a.kml", _kml(PLACEMARK.replace("<name>", f"<styleUrl>{url}#a</styleUrl><name>"))),
        "schema elsewhere": ("a.kml", _kml(PLACEMARK.replace("<name>", f'<ExtendedData><SchemaData schemaUrl="{url}#a"/></ExtendedData><name>'))),
        "picture elsewhere": ("a.kml", _kml(f"{PLACEMARK}<GroundOverlay><Icon><href>{url}</href></Icon></GroundOverlay>")),
        "model elsewhere": ("a.kml", _kml(f"{PLACEMARK}<Placemark><Model><Link><href>{path}</href></Link></Model></Placemark>")),
        "update elsewhere": ("a.kml", _kml(f"{PLACEMARK}<NetworkLinkControl><Update><targetHref>{url}</targetHref></Update></NetworkLinkControl>")),
        "schema location": ("a.kml", _kml(PLACEMARK).replace(b"<kml ", f'<kml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{KML} {url}" '.encode())),
        "include": ("a.kml", _kml(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{path}" parse="text"/>{PLACEMARK}')),
        "style sheet": ("a.kml", f'<?xml version="1.0"?><?xml-stylesheet href="{url}"?>'.encode() + _kml(PLACEMARK)),
        "document type elsewhere": ("a.kml", f'<!DOCTYPE kml SYSTEM "{url}">'.encode() + _kml(PLACEMARK)),
        "entity of a file": ("a.kml", f'<!DOCTYPE kml [<!ENTITY a SYSTEM "file://{path}">]>'.encode() + _kml(PLACEMARK.replace(">a<", ">&a;<"))),
        "CSV that names a file": ("a.csv", f"a,b\n{path},{url}\n=HYPERLINK(\"{url}\"),1\n".encode()),
    }  # fmt: skip
    for name, prj in {
        "address": url, "file": path, "init": f"+init={path}:1", "grid": f"+proj=longlat +nadgrids={path}",
        "in a name": f'GEOGCS["{path}",DATUM["{url}",SPHEROID["a",6378137,298.257],EXTENSION["PROJ4_GRIDS","{path}"]],PRIMEM["a",0],UNIT["degree",0.0174532925199433]]',
    }.items():  # fmt: skip
        made[f"projection by {name}"] = ("a.zip", shapefile({"prj": prj.encode()}))
    made["description beside a Shapefile"] = (
        "a.zip",
        shapefile(
            {
                "vrt": references(path, url)["virtual format"],
                "shp.xml": url.encode(),
                "qix": path.encode(),
            }
        ),
    )
    made["description for a Shapefile"] = (
        "a.zip",
        zipped({"a.shp": references(path, url)["virtual format"], "a.shx": b"x", "a.dbf": b"x"}),
    )
    made["link in an archive"] = ("a.zip", shapefile({}, links={"a.prj": path, "a.dbf": path}))
    made["GeoPackage with views"] = ("a.gpkg", geopackage(folder, path, url))
    made["workbook with links"] = ("a.xlsx", workbook(path, url))
    made["ODS with links"] = ("a.ods", spreadsheet(path, url))
    return made


def _geojson(**members: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": [FEATURE]}).encode()


def _kml(content: str) -> bytes:
    return f'<kml xmlns="{KML}"><Document>{content}</Document></kml>'.encode()


def zipped(entries: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """An archive; ``links`` are members that say they are symbolic links."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            if name not in (links or {}):
                archive.writestr(name, content)
        for name, target in (links or {}).items():
            member = zipfile.ZipInfo(name)
            member.create_system = 3
            member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, target)
    return file.getvalue()


def shapefile(more: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """A Shapefile of one point in Monterrey, with further parts by suffix."""
    x, y = -100.3, 25.6
    box = struct.pack("<4d", x, y, x, y) + bytes(32)

    def head(words: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i", 1000, 1) + box

    record = struct.pack(">2i", 1, 10) + struct.pack("<i2d", 1, x, y)
    dbf = (
        struct.pack("<B3BIHH20x", 3, 124, 1, 1, 1, 65, 11)
        + b"a".ljust(11, b"\0")
        + b"C"
        + bytes(4)
        + b"\x0a\0"
        + bytes(14)
        + b"\r"
        + b" hola      "
    )
    parts = {
        "shp": head(64) + record,
        "shx": head(54) + struct.pack(">2i", 50, 10),
        "dbf": dbf,
        **more,
    }
    return zipped({f"a.{suffix}": content for suffix, content in parts.items()}, links)


def geopackage(folder: Path, path: str, url: str) -> bytes:
    """A GeoPackage whose views, triggers and reference systems name what is elsewhere."""
    target = folder / "made.gpkg"
    database = sqlite3.connect(target)
    database.executescript(
        f"""
        PRAGMA application_id = 1196444487;
        PRAGMA user_version = 10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
          organization_coordsys_id INTEGER, definition TEXT, description TEXT);
        INSERT INTO gpkg_spatial_ref_sys VALUES ('a', 7, '{url}', 7, '{url}', '{path}');
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT,
          description TEXT, last_change TEXT, min_x, min_y, max_x, max_y, srs_id INTEGER);
        CREATE TABLE plain (fid INTEGER PRIMARY KEY, a TEXT);
        INSERT INTO plain VALUES (1, 'hola');
        CREATE VIEW away AS SELECT 1 AS fid, CAST(readfile('{path}') AS TEXT) AS a;
        CREATE VIEW asked AS SELECT 1 AS fid, ogr_geocode('{url}') AS a;
        INSERT INTO gpkg_contents VALUES ('plain', 'attributes', 'plain', '', '2026-01-01', 0, 0, 0, 0, 7),
          ('away', 'attributes', 'away', '', '2026-01-01', 0, 0, 0, 0, 7),
          ('asked', 'attributes', 'asked', '', '2026-01-01', 0, 0, 0, 0, 7);
        CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT,
          definition TEXT, scope TEXT);
        INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'gdal_aspatial', '{url}', 'read-write');
        CREATE TRIGGER moved AFTER UPDATE ON plain BEGIN SELECT load_extension('{path}'); END;
        """
    )
    database.close()
    return target.read_bytes()


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path: str, url: str) -> bytes:
    """A workbook with links, formulas and pictures elsewhere."""
    package = "http://schemas.openxmlformats.org/package/2006"

    def rels(*targets: tuple[str, str, str]) -> str:
        links = "".join(
            f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{target}"{mode}/>'
            for n, (kind, target, mode) in enumerate(targets)
        )
        return f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'

    outside = ' TargetMode="External"'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/s.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'.encode(),
            "_rels/.rels": rels(
                ("officeDocument", "xl/workbook.xml", ""), ("image", url, outside)
            ).encode(),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets><externalReferences><externalReference r:id="r1"/></externalReferences></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": rels(
                ("worksheet", "s.xml", ""), ("externalLink", f"file://{path}", outside)
            ).encode(),
            "xl/s.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2"><c r="A2"><f>WEBSERVICE("{url}")</f><v>1</v></c><c r="B2"><f>\'file://{path}\'#$a.A1</f><v>2</v></c></row></sheetData></worksheet>'.encode(),
            "xl/_rels/s.xml.rels": rels(
                ("hyperlink", url, outside), ("image", path, outside)
            ).encode(),
        }
    )


def spreadsheet(path: str, url: str) -> bytes:
    """An OpenDocument spreadsheet with sheets and pictures elsewhere."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="{office}:drawing:1.0"><office:body><office:spreadsheet><table:table table:name="a"><table:table-source xlink:href="file://{path}"/><table:table-row><table:table-cell office:value-type="string"><text:p>a<draw:image xlink:href="{url}"/></text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
        }
    )
