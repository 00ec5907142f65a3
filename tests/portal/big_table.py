"""Make a table of the DataStore as long as is asked for, in the instance that ``CKAN_INI`` names.

Run with the number of rows; prints the id of the table.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

ROWS = """
INSERT INTO "{table}" (clave, colonia, monto)
SELECT md5(number::text), 'Colonia ' || number % 1000, number / 7.0
FROM generate_series(1, :rows) AS number
"""


def make(rows: int) -> str:
    """Return the id of a new public table of ``rows`` rows."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def call(action: str, **arguments: Any) -> dict[str, Any]:
        return tk.get_action(action)({"user": user, "ignore_auth": True}, arguments)

    owner = call("organization_create", name="tablas-largas", title="Tablas largas")
    dataset = call(
        "package_create", name="tabla-larga", title="Tabla larga", owner_org=owner["id"],
        notes="Una tabla larga.", snieg_subsystem="economico", geographic_level="municipal",
    )  # fmt: skip
    fields = [("clave", "text"), ("colonia", "text"), ("monto", "numeric")]
    made = call(
        "datastore_create",
        resource={"package_id": dataset["id"], "name": "tabla.csv", "format": "CSV"},
        fields=[{"id": name, "type": kind} for name, kind in fields],
    )
    from ckanext.datastore.backend.postgres import get_write_engine

    with get_write_engine().begin() as connection:
        # Without the text index a million rows are there in seconds; a loader leaves it out, too.
        connection.execute(sa.text(f'ALTER TABLE "{made["resource_id"]}" DISABLE TRIGGER USER'))
        connection.execute(sa.text(ROWS.format(table=made["resource_id"])), {"rows": rows})
        connection.execute(sa.text(f'ALTER TABLE "{made["resource_id"]}" ENABLE TRIGGER USER'))
    model.Session.commit()
    return str(made["resource_id"])


if __name__ == "__main__":
    app = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
    with app._wsgi_app.test_request_context():
        print(make(int(sys.argv[1])))
