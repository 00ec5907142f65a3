"""The map library, taken from the files that ckanext-spatial ships."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ckan.lib import webassets_tools
from webassets.bundle import Bundle

LEAFLET = "assets/js/vendor/leaflet/1.9.3"
SCRIPT, STYLE = "mxcity_maps/leaflet_js", "mxcity_maps/leaflet_css"


def leaflet_folder() -> Path:
    """Return the folder of Leaflet inside the installed ckanext-spatial."""
    return Path(str(resources.files("ckanext.spatial"))) / LEAFLET


def register_leaflet() -> None:
    """Make Leaflet alone an asset: ckanext-spatial's own bundles add tile servers of others."""
    folder = leaflet_folder()
    for name, file in ((SCRIPT, "leaflet.js"), (STYLE, "leaflet.css")):
        if not webassets_tools.is_registered(name):
            output = f"mxcity_maps/%(version)s_{file}"
            webassets_tools.env.register(name, Bundle(str(folder / file), output=output))
