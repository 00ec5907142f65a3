"""CKAN in the instance: its configuration, its databases, its administrator."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from string import Template

from . import postgres, redis, solr
from .commands import run
from .errors import PortalError
from .instance import REPOSITORY, Instance, write_private

TEMPLATE = REPOSITORY / "config" / "ckan.ini.template"
CITIES = REPOSITORY / "config" / "cities"
#: Plugins with tables of their own.
MIGRATED = ("activity", "harvest", "tracking", "sniegharvest")
ADMINISTRATOR = "admin"
LOADER = "cargador"


def city_profile(name: str) -> Path:
    """The profile file of a city; PortalError lists those that there are."""
    path = CITIES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in CITIES.glob("*.yaml")))
        raise PortalError(
            f"there is no profile for the city {name!r}",
            f"Choose one of {known}, or write {path}.",
        )
    return path


class Ckan:
    """CKAN's command line and files, for one instance."""

    def __init__(self, instance: Instance, binaries: Path) -> None:
        self.instance = instance
        self.binaries = binaries

    def __call__(self, *arguments: str, what: str, remedy: str = "") -> str:
        """Run one CKAN command and return what it printed."""
        return run(
            [self.binaries / "ckan", "-c", self.instance.ini, *arguments],
            what=what, remedy=remedy, log=self.instance.log("setup"),
            cwd=self.instance.folder,
        )  # fmt: skip

    def write_ini(self) -> bool:
        """Write the configuration; returns whether it changed."""
        instance, folder = self.instance, self.instance.folder
        demo = bool(instance.state["demo"])
        profile = city_profile(instance.state["city"])
        text = Template(TEMPLATE.read_text("utf-8")).substitute(
            {
                "site_url": instance.state["url"],
                "site_title": "Datos abiertos",
                "internal_url": instance.url,
                "city_profile": profile,
                "secret_session": instance.secret("session"),
                "secret_csrf": instance.secret("csrf"),
                "secret_jwt": instance.secret("jwt"),
                "database_url": _escaped(postgres.url(instance, "ckan")),
                "datastore_url": _escaped(postgres.url(instance, "datastore")),
                "datastore_read_url": _escaped(postgres.url(instance, "datastore", True)),
                "solr_url": solr.url(instance),
                "redis_url": _escaped(redis.url(instance)),
                "storage": _escaped(str(folder / "storage")),
                "webassets": _escaped(str(folder / "webassets")),
                "i18n": _escaped(str(folder / "locales")),
                "demo_plugin": "mxcity_demo" if demo else "",
                "demo_folder": _escaped(str(folder / "demo")) if demo else "",
                "allowed_hosts": f"127.0.0.1:{instance.port('web')}",
                "xloader_token": instance.state.get("loader_token", "not-made-yet"),
                "time_zone": "America/Monterrey",
            }
        )
        local = folder / "local.ini"
        if local.exists():
            text = text.replace("\n[loggers]", f"\n{local.read_text('utf-8')}\n[loggers]", 1)
        if instance.ini.exists() and instance.ini.read_text("utf-8") == text:
            return False
        write_private(instance.ini, text)
        return True

    def migrate(self) -> None:
        """Bring every table up to date."""
        self("db", "upgrade", what="the migration of the database")
        for plugin in MIGRATED:
            self("db", "upgrade", "-p", plugin, what=f"the migration of {plugin}")
        statements = self("datastore", "set-permissions", what="the DataStore's permissions")
        # The command ends with a psql directive for the database that we are connected to.
        start = re.search(r"^(REVOKE|\\connect|GRANT|/\*)", statements, re.MULTILINE)
        postgres.sql(self.instance, statements[start.start() if start else 0 :], "datastore")

    def build_locales(self) -> None:
        """Make the Spanish of Mexico from CKAN's Spanish."""
        run(
            [
                self.binaries / "python", "-m", "ckanext.mxcity.translation",
                self.instance.folder / "locales",
            ],
            what="the translations",
        )  # fmt: skip

    def create_administrator(self) -> str | None:
        """Make the first administrator; returns the password, once, or None if there is one."""
        if self.user_exists(ADMINISTRATOR):
            return None
        password = secrets.token_urlsafe(12)
        self._create_user(ADMINISTRATOR, password)
        self("sysadmin", "add", ADMINISTRATOR, what="the administrator's role")
        return password

    def user_exists(self, name: str) -> bool:
        """Whether there is an account."""
        statement = f"SELECT 1 FROM \"user\" WHERE name = '{name}'"
        return bool(postgres.sql(self.instance, statement, "ckan"))

    def _create_user(self, name: str, password: str) -> None:
        run(
            [
                self.binaries / "ckan", "-c", self.instance.ini, "user", "add", name,
                f"email={name}@localhost.localdomain", f"password={password}",
            ],
            what=f"the account {name}",
        )  # fmt: skip

    def create_loader(self) -> None:
        """Give the table loader an account and a fresh token; tokens end, so each start renews it."""
        if not self.user_exists(LOADER):
            self._create_user(LOADER, secrets.token_urlsafe(24))
            self("sysadmin", "add", LOADER, what="the table loader's role")
        printed = self(
            "user", "token", "add", LOADER, "xloader", "expires_in=90", "unit=86400",
            "--quiet", what="the table loader's token",
        )  # fmt: skip
        self.instance.state["loader_token"] = printed.strip().splitlines()[-1].strip()
        self.instance.save()


def _escaped(value: str) -> str:
    """A value for an ini file, in which a percent sign is special."""
    return value.replace("%", "%%")

