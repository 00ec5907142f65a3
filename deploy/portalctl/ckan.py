"""CKAN in the instance: its configuration, its databases, its administrator."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Template

from . import postgres, redis, solr, source_types
from .commands import run
from .errors import PortalError
from .instance import REPOSITORY, Instance, write_private

TEMPLATE = REPOSITORY / "config" / "ckan.ini.template"
ACCOUNTS = REPOSITORY / "deploy" / "accounts.py"
CITIES = REPOSITORY / "config" / "cities"
ADMINISTRATOR = "admin"
#: The account that the loader of tables had in earlier versions; its token lies in the state.
LOADER = "cargador"
LOADER_TOKEN = "loader_token"  # noqa: S105  (a name, not a secret)


def city_profile(name: str) -> Path:
    """Return the profile file of a city; PortalError lists those that there are."""
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
                "site_title": _of_profile(profile, "title", "Datos abiertos"),
                "internal_url": instance.url,
                "city_profile": _escaped(str(profile)),
                "secret_session": instance.secret("session"),
                "secret_csrf": instance.secret("csrf"),
                "secret_jwt": instance.secret("jwt"),
                "database_url": _escaped(postgres.url(instance, "ckan")),
                "datastore_url": _escaped(postgres.url(instance, "datastore")),
                "datastore_read_url": _escaped(postgres.url(instance, "datastore", True)),
                "solr_url": solr.url(instance),
                "solr_user": solr.USER,
                "solr_password": instance.secret("solr"),
                "redis_url": _escaped(redis.url(instance)),
                "storage": _escaped(str(folder / "storage")),
                "webassets": _escaped(str(folder / "webassets")),
                "i18n": _escaped(str(folder / "locales")),
                "sql": "true" if demo else "false",
                "demo_plugin": "mxcity_demo" if demo else "",
                "harvester_plugins": source_types.plugins(),
                "demo_folder": _escaped(str(folder / "demo")) if demo else "",
                "allowed_hosts": f"127.0.0.1:{instance.port('web')}",
                "time_zone": _of_profile(profile, "time_zone", "America/Mexico_City"),
            }
        )
        text = with_local(text, folder / "local.ini")
        if instance.ini.exists() and instance.ini.read_text("utf-8") == text:
            return False
        write_private(instance.ini, text)
        return True

    def migrate(self) -> None:
        """Bring every table up to date."""
        # Without a plugin's name this does the tables of every plugin that is loaded, too.
        self("db", "upgrade", what="the migration of the database")
        printed = self("datastore", "set-permissions", what="the DataStore's permissions")
        grant_datastore(self.instance, printed)

    def build_locales(self) -> None:
        """Make the Spanish of Mexico from CKAN's Spanish."""
        run(
            [
                self.binaries / "python", "-m", "ckanext.mxcity.translation",
                self.instance.folder / "locales",
            ],
            what="the translations",
        )  # fmt: skip

    def make_administrator(self, password: str) -> None:
        """Give ``admin`` the password; the account is made if it is not there."""
        self._change_accounts(administrator={"name": ADMINISTRATOR, "password": password})

    def retire_loader(self) -> None:
        """Close the account that an earlier version made for the loader, with its tokens."""
        if LOADER_TOKEN in self.instance.state:
            self._change_accounts(retired=LOADER)
            del self.instance.state[LOADER_TOKEN]
            self.instance.save()

    def _change_accounts(
        self, administrator: dict[str, str] | None = None, retired: str | None = None
    ) -> None:
        run(
            [self.binaries / "python", ACCOUNTS],
            what="the making of the accounts",
            environment={"CKAN_INI": str(self.instance.ini)},
            cwd=self.instance.folder,
            text=json.dumps({"administrator": administrator, "retired": retired}),
        )


def _escaped(value: str) -> str:
    """Return a value for an ini file, in which a percent sign is special."""
    return value.replace("%", "%%")


def _of_profile(profile: Path, key: str, default: str) -> str:
    """Return one plain value of a city's YAML file, which no library is here to read."""
    found = re.search(rf"^ *{key}: *(.+?) *$", profile.read_text("utf-8"), re.MULTILINE)
    return _escaped(found[1].strip("\"'")) if found else default


def with_local(text: str, local: Path) -> str:
    """Return the configuration with the operator's options in place of those of the same name."""
    if not local.exists():
        return text
    own = local.read_text("utf-8")
    names = re.findall(r"^([\w.]+)\s*=", own, re.MULTILINE)
    for name in names:
        text = re.sub(rf"^{re.escape(name)}\s*=.*\n", "", text, flags=re.MULTILINE)
    return text.replace("\n[loggers]", f"\n## local.ini\n{own}\n[loggers]", 1)


def grant_datastore(instance: Instance, printed: str) -> None:
    """Carry out what ``ckan datastore set-permissions`` printed, as the cluster's administrator."""
    # Messages of CKAN may stand before the statements.
    start = re.search(r"^(REVOKE|\\connect|GRANT|/\*)", printed, re.MULTILINE)
    statements = printed[start.start() if start else 0 :] + postgres.KEPT_COUNTS
    postgres.sql(instance, statements, "datastore")
