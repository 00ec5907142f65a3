"""A side of the comparison: one CKAN with its database, its core, its web server and workers."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks.measure import get
from benchmarks.servers import Servers

WEB_WORKERS = 2

STOCK_PLUGINS = (
    "activity datastore datatables_view image_view text_view scheming_datasets harvest"
    " ckan_harvester dcat dcat_rdf_harvester dcat_json_harvester structured_data"
    " spatial_metadata spatial_query expire_api_token tracking"
)
OUR_PLUGINS = (
    "mxcity_guard mxcity_search mxcity_maps mxcity sniegharvest snieg_ckan_harvester"
    " snieg_dcat_json_harvester snieg_dcat_rdf_harvester snieg_csw_harvester"
    " mxcity_schemas scheming_organizations harvest dcat structured_data spatial_metadata"
    " spatial_query datastore datatables_view image_view text_view activity expire_api_token"
    " tracking"
)
STOCK_OPTIONS = {
    "ckan.plugins": STOCK_PLUGINS,
    "ckan.locale_default": "es",
    "scheming.dataset_schemas": "ckanext.scheming:ckan_dataset.yaml",
    "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3",
}


@dataclass
class Side:
    """One CKAN. ``start_web`` and ``start_harvesters`` run processes that ``stop`` ends."""

    name: str
    servers: Servers
    folder: Path
    conf: Path
    redis_number: int
    options: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def ini(self) -> Path:
        """The configuration file."""
        return self.folder / f"{self.name}.ini"

    @property
    def url(self) -> str:
        """The address of the web server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this side's processes: its own servers, nobody else's."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CKAN_")}
        return {**kept, "CKAN_INI": str(self.ini)}

    def set_up(self) -> None:
        """Make database, core and configuration, and migrate."""
        self.port = _free_port()
        for database in (self.name, f"{self.name}_datastore"):
            self.servers.create_database(database)
        self.servers.create_core(self.name, self.conf)
        self._write_ini()
        self.ckan("db", "init")
        for plugin in ("activity", "harvest", "tracking", "sniegharvest", "mxcity_datahub"):
            if plugin in self.options["ckan.plugins"].split():
                self.ckan("db", "upgrade", "-p", plugin)

    def tear_down(self) -> None:
        """Stop everything and leave nothing behind."""
        self.stop()
        for database in (self.name, f"{self.name}_datastore"):
            self.servers.drop_database(database)
        self.servers.drop_core(self.name)
        shutil.rmtree(self.folder / f"storage-{self.name}", ignore_errors=True)

    def ckan(self, *arguments: str) -> str:
        """Run CKAN's command line on this side and return what it printed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ckan")), "-c", str(self.ini), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            command = " ".join(arguments)
            raise RuntimeError(f"{self.name}: ckan {command} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def seed(self, count: int, source: str = "") -> None:
        """Create ``count`` datasets through ``package_create``, and a source if one is given."""
        subprocess.run(
            [sys.executable, "-m", "benchmarks.seed", str(self.ini), str(count), source],
            env={**self.environment, "CKAN__SEARCH__SOLR_COMMIT": "false"},
            check=True,
        )

    def change(self, count: int) -> None:
        """Give the first ``count`` datasets another title, through ``package_patch``."""
        subprocess.run(
            [sys.executable, "-m", "benchmarks.seed", str(self.ini), str(-count), ""],
            env=self.environment,
            check=True,
        )

    def start_web(self) -> None:
        """Start the web server and wait for its first answer."""
        self._start(
            [
                str(Path(sys.executable).with_name("gunicorn")),
                *("--workers", str(WEB_WORKERS), "--bind", f"127.0.0.1:{self.port}"),
                *("--log-level", "error", "benchmarks.wsgi:application"),
            ]
        )
        for _ in range(240):
            if _answers(f"{self.url}/api/3/action/status_show"):
                return
            time.sleep(0.25)
        raise RuntimeError(f"{self.name}: the web server did not answer within 60 s")

    def start_harvesters(self) -> None:
        """Start one gather and one fetch worker."""
        ckan = str(Path(sys.executable).with_name("ckan"))
        for consumer in ("gather-consumer", "fetch-consumer"):
            self._start([ckan, "-c", str(self.ini), "harvester", consumer])
        time.sleep(8)  # both have loaded CKAN and wait for work

    def stop(self) -> None:
        """End the processes that this side started."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout=30)
        self.processes.clear()

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a SELECT on this side's database."""
        connection = psycopg2.connect(self.servers.database(self.name))
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                rows: list[tuple[Any, ...]] = cursor.fetchall()
                return rows
        finally:
            connection.close()

    def _start(self, command: list[str]) -> None:
        log = (self.folder / f"{self.name}.log").open("ab")
        self.processes.append(
            subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        )

    def _write_ini(self) -> None:
        datastore = f"{self.name}_datastore"
        # A signing secret is one secret: encoding and decoding use the same.
        signing = f"string:{secrets.token_urlsafe(48)}"
        options = {
            "ckan.site_id": self.name,
            "ckan.site_url": self.url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "WTF_CSRF_SECRET_KEY": secrets.token_urlsafe(48),
            "api_token.jwt.encode.secret": signing,
            "api_token.jwt.decode.secret": signing,
            "sqlalchemy.url": self.servers.database(self.name),
            "ckan.datastore.write_url": self.servers.database(datastore),
            "ckan.datastore.read_url": self.servers.read_only(datastore),
            "solr_url": f"{self.servers.solr}/{self.name}",
            "solr_user": self.servers.solr_account[0],
            "solr_password": self.servers.solr_account[1],
            "ckan.redis.url": self.servers.redis_number(self.redis_number),
            "ckan.storage_path": str(self.folder / f"storage-{self.name}"),
            "ckan.webassets.path": str(self.folder / f"assets-{self.name}"),
            "ckan.harvest.mq.type": "redis",
            "ckanext.spatial.search_backend": "solr-spatial-field",
            "scheming.presets": "ckanext.scheming:presets.json ckanext.mxcity.schemas:presets.yaml"
            if "mxcity" in self.options["ckan.plugins"].split()
            else "ckanext.scheming:presets.json",
            **self.options,
        }
        lines = [f"{key} = {value}".replace("%", "%%") for key, value in options.items()]
        self.ini.write_text("[app:main]\nuse = egg:ckan\n" + "\n".join(lines) + _LOGGING)


_LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""


def _answers(url: str) -> bool:
    try:
        get(url)
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
