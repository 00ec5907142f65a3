"""The registry of source types: everything that has to know them derives from here.

``setup.py`` makes the plugins' entry points from this file and ``./portal`` its choices and the
list of plugins, both before anything is installed: it imports the standard library only.
"""

from __future__ import annotations

#: The module of ``ckanext.sniegharvest.readers`` that reads each type, in the order of the form.
READERS = {
    "ckan": "ckan",
    "dcat_json": "dcat_json",
    "dcat_rdf": "dcat_rdf",
    "csw": "csw",
    "arcgis_hub": "arcgis_hub",
    "socrata": "socrata",
    "opendatasoft": "opendatasoft",
    "inegi_indicators": "inegi",
    "spreadsheet": "spreadsheet",
}
#: The CKAN plugin that harvests each type.
PLUGINS = {kind: f"snieg_{reader}_harvester" for kind, reader in READERS.items()}
