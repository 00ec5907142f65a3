"""Write the configuration folder of a Solr core: CKAN's schema, extended for Spanish.

``python -m ckanext.mxcity.catalogue.solr.solr_config DIR`` needs neither a running CKAN nor Solr.
The schema is made from the one of the installed CKAN: an upgrade brings its own along.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from lxml import etree

from ckanext.mxcity.catalogue.solr.synonyms import read_rules, solr_rules, spell_rules
from ckanext.mxcity.catalogue.solr.text_rules import compose_map, entries, fold, fold_map

_HERE = Path(__file__).resolve().parent
_CONF = _HERE / "conf"
_VOCABULARY = _HERE / "vocabulary"
#: Files that CKAN's schema names and that may be empty.
_EMPTY = ("protwords.txt", "synonyms.txt", "stopwords.txt")


def write(folder: Path) -> None:
    """Write a complete configuration folder; files of ours that are there are replaced.

    Raises:
        OSError: the folder cannot be written.
        VocabularyError: a list of words has a line that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_text_files(folder)
    shutil.copyfile(_CONF / "solrconfig.xml", folder / "solrconfig.xml")
    schema = _ckan_schema()
    extend_schema(schema, _parse(_CONF / "schema_extension.xml"))
    _write_xml(folder / "schema.xml", schema)


def write_stock(folder: Path) -> None:
    """Write CKAN's own schema with the spatial field and no more of ours, to measure against."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _EMPTY:
        (folder / name).write_text("", encoding="utf-8")
    _write_xml(folder / "solrconfig.xml", _stock_solrconfig())
    schema, extension = _ckan_schema(), _parse(_CONF / "schema_extension.xml")
    for part in ("types", "fields"):
        for element in extension.find(part):
            if element.get("name") in ("location_rpt", "spatial_geom"):
                schema.find(part).append(element)
    _write_xml(folder / "schema.xml", schema)


def extend_schema(schema: etree._Element, extension: etree._Element) -> None:
    """Add the types, fields and copies of the extension to a schema, in place.

    Raises:
        ValueError: a name of ours is taken already (a new CKAN may bring one).
    """
    for part in ("types", "fields"):
        target = schema.find(part)
        taken = {element.get("name") for element in target}
        for element in extension.find(part):
            name = element.get("name")
            if name is not None and name in taken:
                message = f"CKAN's schema already has {name!r} among its {part}"
                raise ValueError(message)
            target.append(element)
    for element in extension.find("copies"):
        schema.append(element)


def vocabulary_lines(name: str) -> list[str]:
    """Return the lines of one of our vocabulary files, comments included."""
    return (_VOCABULARY / name).read_text(encoding="utf-8").splitlines()


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line: the one argument is the folder to write."""
    parser = argparse.ArgumentParser(prog="python -m ckanext.mxcity.catalogue.solr.solr_config")
    parser.description = "Write the configuration folder of the portal's Solr core."
    parser.add_argument("folder", type=Path, help="where to write it; made if missing")
    folder = parser.parse_args(arguments).folder
    try:
        write(folder)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The Solr configuration could not be written to {folder}: {error}\n")
        return 1
    sys.stdout.write(f"{folder}\n")
    return 0


def _write_text_files(folder: Path) -> None:
    """Write the maps, the stop words and the synonyms, folded as the analysers fold."""
    stop_words = [fold(word) for word in entries(vocabulary_lines("stop_words.txt"))]
    rules = read_rules([*vocabulary_lines("synonyms.txt"), *vocabulary_lines("places.txt")])
    stops = frozenset(stop_words)
    overrides = ["\t".join(fold(line).split()) for line in entries(vocabulary_lines("plurals.txt"))]
    contents = {
        "fold_keep_enie.txt": fold_map(keep_enie=True),
        "fold_all.txt": fold_map(keep_enie=False),
        "compose.txt": compose_map(),
        "stop_es_mx.txt": sorted(stops),
        "stem_overrides.txt": overrides,
        "synonyms_es_mx.txt": solr_rules(rules, stops),
        "synonyms_folded.txt": solr_rules(rules, stops, keep_enie=False),
        "spell_words.txt": spell_rules(rules),
        **dict.fromkeys(_EMPTY, ()),
    }
    for name, lines in contents.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _ckan_schema() -> etree._Element:
    """Read the schema of the CKAN that is installed."""
    return _parse(Path(str(files("ckan").joinpath("config", "solr", "schema.xml"))))


def _stock_solrconfig() -> etree._Element:
    """Return our solrconfig without what only our schema can answer."""
    config = _parse(_CONF / "solrconfig.xml")
    for element in list(config):
        name = str(element.get("name") or "")
        if element.tag in ("requestHandler", "searchComponent") and "mxcity" in name:
            config.remove(element)
        elif name == "/select":
            for child in list(element):
                element.remove(child)
    return config


def _parse(path: Path) -> etree._Element:
    """Parse an XML file of ours or CKAN's, without entities or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    return etree.parse(str(path), parser).getroot()


def _write_xml(path: Path, root: etree._Element) -> None:
    """Write an XML document."""
    etree.indent(root)
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


if __name__ == "__main__":
    sys.exit(main())
