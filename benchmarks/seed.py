"""Fill one side: ``python -m benchmarks.seed INI COUNT SOURCE``; below 0, change so many."""

from __future__ import annotations

import sys
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.lib.search import commit

from benchmarks.data import OUR_FIELDS, datasets


def main(ini: str, count: int, source: str) -> None:
    """Create an organisation, ``count`` datasets in it and a source, through CKAN's actions."""
    app: Any = make_app(CKANConfigLoader(ini).get_config())
    with app._wsgi_app.test_request_context():
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        extra = OUR_FIELDS if p.plugin_loaded("mxcity") else {}
        organization = {"name": "municipio", "title": "Municipio de prueba"}
        if not model.Group.get("municipio"):
            tk.get_action("organization_create")({"ignore_auth": True, "user": user}, organization)
        for record in datasets(-count):
            tk.get_action("package_patch")(
                {"ignore_auth": True, "user": user},
                {"id": record["name"], "title": f"{record['title']} (corregido)"},
            )
        for record in datasets(count):
            tk.get_action("package_create")(
                {"ignore_auth": True, "user": user, "return_id_only": False},
                {**record, **extra, "owner_org": "municipio"},
            )
        commit()
        if source:
            # ckanext-harvest takes the model from here, which CKAN's own actions do not.
            context: Any = {
                "ignore_auth": True,
                "user": user,
                "model": model,
                "session": model.Session,
            }
            tk.get_action("harvest_source_create")(
                context,
                {
                    "name": "fuente",
                    "title": "Fuente",
                    "url": source,
                    "source_type": "ckan",
                    "frequency": "MANUAL",
                    "owner_org": "municipio",
                },
            )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
