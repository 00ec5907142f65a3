"""Map the two extension folders and ``schemas/`` onto the ``ckanext`` namespace; name the plugins.

The harvester plugins derive from the registry of source types. Everything else about the
distribution is in ``pyproject.toml``. ``ckanext`` itself is not listed and has no ``__init__.py``
here: CKAN and the other extensions own it.
``namespace_packages`` must stay away: with this mapping it writes a ``.pth`` file for a
folder that does not exist, and every start of Python prints a traceback.
"""

import runpy

from setuptools import find_packages, setup

ROOTS = {
    "ckanext.mxcity": "ckanext-mxcity/ckanext/mxcity",
    "ckanext.mxcity.schemas": "schemas",
    "ckanext.sniegharvest": "ckanext-sniegharvest/ckanext/sniegharvest",
}

#: The registry of source types; it imports nothing that is not there yet.
REGISTRY = runpy.run_path(f"{ROOTS['ckanext.sniegharvest']}/sources/registry.py")
HARVESTERS = REGISTRY["PLUGINS"].values()

setup(
    entry_points={
        "console_scripts": ["mxcity = ckanext.mxcity.command:main"],
        "ckan.plugins": [
            "mxcity = ckanext.mxcity.plugin:MxcityPlugin",
            "mxcity_schemas = ckanext.mxcity.dataset.plugin:SchemasPlugin",
            "mxcity_guard = ckanext.mxcity.guard.plugin:GuardPlugin",
            "mxcity_search = ckanext.mxcity.search.plugin:SearchPlugin",
            "mxcity_maps = ckanext.mxcity.maps.plugin:MapsPlugin",
            "mxcity_datahub = ckanext.mxcity.datahub.plugin:DatahubPlugin",
            "mxcity_publishing = ckanext.mxcity.publishing.plugin:PublishingPlugin",
            "mxcity_tables = ckanext.mxcity.tables.plugin:TablesPlugin",
            "mxcity_table_view = ckanext.mxcity.tables.preview.plugin:TablePreviewPlugin",
            "mxcity_demo = ckanext.mxcity.demo.plugin:DemoPlugin",
            "sniegharvest = ckanext.sniegharvest.plugin:SniegHarvestPlugin",
            *(f"{name} = ckanext.sniegharvest.harvesters:{name}" for name in HARVESTERS),
        ],
        "ckan.rdf.profiles": [
            "mxcity_dcat_ap = ckanext.mxcity.exchange.dcat.profile:MxcityDCATAPProfile",
        ],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
        # The types that a city's profile may name.
        "mxcity.source_types": [
            f"{kind} = ckanext.sniegharvest.readers.{reader}:TYPE"
            for kind, reader in REGISTRY["READERS"].items()
        ],
    },
    package_dir=ROOTS,
    packages=[
        package
        for root, folder in ROOTS.items()
        for package in [root, *(f"{root}.{name}" for name in find_packages(folder))]
    ],
    # Templates, assets, translations, schemas and migrations are data.
    package_data={root: ["**/*"] for root in ROOTS},
    exclude_package_data={"": ["**/__pycache__/*", "*.py[co]", "*.po", "*.pot"]},
    zip_safe=False,
)
