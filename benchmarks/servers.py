"""The servers that both sides share: a database, a Solr core and a Redis number for each side."""

from __future__ import annotations

import base64
import json
import os
import shutil
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql


@dataclass(frozen=True)
class Servers:
    """Addresses as ``./portal bench`` gives them in the environment."""

    postgres: str
    reader: str
    solr: str
    redis: str
    solr_account: tuple[str, str]

    @classmethod
    def from_environment(cls) -> Servers:
        """Read the addresses; KeyError names the variable that is missing."""
        return cls(
            postgres=os.environ["CKAN_SQLALCHEMY_URL"],
            reader=os.environ["CKAN_DATASTORE_READ_URL"],
            solr=os.environ["CKAN_SOLR_URL"].rsplit("/", 1)[0],
            redis=os.environ["CKAN_REDIS_URL"],
            solr_account=(os.environ["CKAN_SOLR_USER"], os.environ["CKAN_SOLR_PASSWORD"]),
        )

    def database(self, name: str) -> str:
        """The address of another database of the same server."""
        return urlunsplit(urlsplit(self.postgres)._replace(path=f"/{name}"))

    def read_only(self, name: str) -> str:
        """The same for the user that may only read."""
        return urlunsplit(urlsplit(self.reader)._replace(path=f"/{name}"))

    def redis_number(self, number: int) -> str:
        """The address of another database of the same Redis."""
        parts = urlsplit(self.redis)
        return urlunsplit(parts._replace(query=parts.query.replace("db=0", f"db={number}")))

    def create_database(self, name: str) -> None:
        """Make an empty database; one that a broken run left is dropped first."""
        self.drop_database(name)
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name)
            )
        )

    def drop_database(self, name: str) -> None:
        """Drop a database with whatever is still connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def create_core(self, name: str, conf: Path) -> None:
        """Make a Solr core whose configuration is a copy of the folder ``conf``."""
        self.drop_core(name)
        home = Path(self._solr("admin/info/system")["core_root"]) / name
        shutil.copytree(conf, home / "conf")
        self._solr("admin/cores", action="CREATE", name=name, instanceDir=name)

    def drop_core(self, name: str) -> None:
        """Unload a core and delete its folder, if it is there."""
        cores = self._solr("admin/cores", action="STATUS", core=name)["status"]
        if cores.get(name):
            self._solr("admin/cores", action="UNLOAD", core=name, deleteInstanceDir="true")

    def _execute(self, statement: sql.Composed) -> None:
        connection = psycopg2.connect(self.postgres)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def _solr(self, path: str, **parameters: str) -> dict:
        query = urlencode({"wt": "json", **parameters})
        given = base64.b64encode(":".join(self.solr_account).encode()).decode()
        request = urllib.request.Request(
            f"{self.solr}/{path}?{query}", headers={"Authorization": f"Basic {given}"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
