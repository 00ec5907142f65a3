"""What the plugin adds to CKAN's configuration."""

from __future__ import annotations

from importlib import resources

import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.catalogue import group_counts, view_counts

#: The plugin module's folder, which CKAN takes template folders from.
ROOT = "ckanext.mxcity"
LICENCES = "licenses.json"


def configure(config: CKANConfig) -> None:
    """Add templates, public files, assets, licences, and what makes CKAN's counts quick."""
    folder = resources.files(ROOT)
    for name, add in (
        ("templates", tk.add_template_directory),
        ("public", tk.add_public_directory),
    ):
        if (folder / name).is_dir():
            add(config, str(folder / name))
    if (folder / "assets" / "webassets.yml").is_file():
        tk.add_resource(str(folder / "assets"), "mxcity")
    if not config.get("licenses_group_url"):
        config["licenses_group_url"] = (
            f"file://{resources.files('ckanext.mxcity.schemas') / LICENCES}"
        )
    view_counts.install()
    group_counts.install()
