"""Map the two extension folders and ``schemas/`` onto the ``ckanext`` namespace.

Everything else about the distribution is in ``pyproject.toml``. ``ckanext`` itself is
not listed and has no ``__init__.py`` here: CKAN and the other extensions own it.
``namespace_packages`` must stay away: with this mapping it writes a ``.pth`` file for a
folder that does not exist, and every start of Python prints a traceback.
"""

from setuptools import find_packages, setup

ROOTS = {
    "ckanext.mxcity": "ckanext-mxcity/ckanext/mxcity",
    "ckanext.mxcity.schemas": "schemas",
    "ckanext.sniegharvest": "ckanext-sniegharvest/ckanext/sniegharvest",
}

setup(
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
