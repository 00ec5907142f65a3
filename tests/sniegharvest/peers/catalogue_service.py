"""Serves ISO records by CSW with pycsw: ``python catalogue_service.py FOLDER``.

Prints the port and how many records of the folder pycsw has taken, then serves until it is ended.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from pycsw.core import admin, config

SETTINGS = """\
[server]
home={home}
url=http://127.0.0.1:{port}/
mimetype=application/xml; charset=UTF-8
encoding=UTF-8
language=en-US
maxrecords=20
pretty_print=false
profiles=apiso

[manager]
transactions=false

[metadata:main]
identification_title=Registros de prueba
identification_abstract=Registros de prueba
identification_keywords=prueba
identification_keywords_type=theme
identification_fees=None
identification_accessconstraints=None
provider_name=Pruebas
provider_url=http://127.0.0.1/
contact_name=Pruebas
contact_position=Pruebas
contact_address=Calle
contact_city=Monterrey
contact_stateorprovince=Nuevo León
contact_postalcode=64000
contact_country=MX
contact_phone=0
contact_fax=0
contact_email=pruebas@ciudad.example
contact_url=http://127.0.0.1/
contact_hours=0
contact_instructions=Correo
contact_role=pointOfContact

[metadata:inspire]
enabled=false

[repository]
database=sqlite:///{database}
table=records
"""


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_arguments: object) -> None:
        pass


def main(folder: Path) -> None:
    """Load the records of a folder and serve them."""
    import pycsw
    from pycsw import wsgi

    database = folder / "records.db"
    home = str(Path(pycsw.__file__).parents[1])
    admin.setup_db(f"sqlite:///{database}", "records", home)
    admin.load_records(config.StaticContext(), f"sqlite:///{database}", "records", str(folder))
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute("SELECT count(*) FROM records").fetchone()
    server = make_server("127.0.0.1", 0, wsgi.application, handler_class=Quiet)
    settings = folder / "pycsw.cfg"
    text = SETTINGS.format(home=home, port=server.server_port, database=database)
    settings.write_text(text, encoding="utf-8")
    os.environ["PYCSW_CONFIG"] = str(settings)
    print(server.server_port, count, flush=True)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - pycsw prints every request
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
