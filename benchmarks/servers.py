"""The servers that both sides share: a database, a Solr core and a Redis number for each side."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

#: A DataStore that is ready and empty, and that nobody uses.
DATASTORE = "datastore"
#: How often, and so many seconds, it is tried to drop a database.
TRIES = 60


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
        """Return the address of another database of the same server."""
        return urlunsplit(urlsplit(self.postgres)._replace(path=f"/{name}"))

    def read_only(self, name: str) -> str:
        """Return the address of that database for the user that may only read."""
        return urlunsplit(urlsplit(self.reader)._replace(path=f"/{name}"))

    def redis_number(self, number: int) -> str:
        """Return the address of another database of the same Redis."""
        # Of an address of a socket "//" is lost where its parts are put together again.
        return re.sub(r"([?&]db=)0\b", rf"\g<1>{number}", self.redis)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Make an empty database; one that a broken run left is dropped first."""
        self.drop_database(name)
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )

    def create_datastore(self, name: str) -> None:
        """Make an empty DataStore, with the functions that ``set-permissions`` makes."""
        self.create_database(name, DATASTORE)

    def drop_database(self, name: str) -> None:
        """Drop a database with whatever is still connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        for _ in range(TRIES):
            try:
                return self._execute(statement)
            except psycopg2.errors.InsufficientPrivilege:
                time.sleep(1)  # the server itself looks after a table that was filled
        return self._execute(statement)

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

    def _solr(self, path: str, **parameters: str) -> dict[str, Any]:
        query = urlencode({"wt": "json", **parameters})
        given = base64.b64encode(":".join(self.solr_account).encode()).decode()
        request = urllib.request.Request(
            f"{self.solr}/{path}?{query}", headers={"Authorization": f"Basic {given}"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            found: dict[str, Any] = json.load(response)
        return found
