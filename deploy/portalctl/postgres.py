"""The private PostgreSQL cluster of an instance."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from .commands import run
from .errors import PortalError
from .instance import Instance
from .system import postgres_bin

#: Where a cluster goes when the instance's own folder is closed to the user ``postgres``.
OUTSIDE = Path("/var/lib/mxcity")
SERVER_USER = "postgres"

SETTINGS = """
# MX City
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
shared_buffers = 128MB
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 1GB
random_page_cost = 1.1
password_encryption = 'scram-sha-256'
log_min_duration_statement = 5000
"""

#: The DataStore makes this type when it first loads a table; two workers would do so at once.
NESTED_TYPE = """
DO $$ BEGIN
    IF to_regtype('nested') IS NULL THEN
        CREATE TYPE nested AS (json json, extra text);
        ALTER TYPE nested OWNER TO ckan;
    END IF;
END $$
"""

#: CKAN's function, but for its first statement: whoever has a kept count forgotten waits for those
#: who are counting, as theirs may be of before the change. See ``ckanext.mxcity.tables.counts``.
KEPT_COUNTS = """
CREATE OR REPLACE FUNCTION update_cached_table_row_count(table_name name)
    RETURNS BIGINT
AS $body$
    DECLARE
        row_count BIGINT;
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtext('_table_stats'), hashtext(table_name::text));
        EXECUTE format('SELECT count(*) FROM public.%I', table_name)
            INTO row_count;
        INSERT INTO "_table_stats"
            VALUES (table_name, jsonb_build_object('rows', row_count))
            ON CONFLICT ("resource_id") DO UPDATE SET "stats" =
                jsonb_set("_table_stats"."stats", array['rows'], to_jsonb(row_count));
        RETURN row_count;
    END;
$body$ LANGUAGE plpgsql;
"""


def runs_apart() -> bool:
    """Return whether the server runs as another user: it refuses to be root."""
    return os.geteuid() == 0


def data_folder(instance: Instance) -> Path:
    """Return the folder of the cluster, decided once."""
    if "cluster" not in instance.state:
        place = instance.folder / "postgres"
        if runs_apart() and not _reachable(instance.folder):
            digest = hashlib.sha256(str(instance.folder).encode()).hexdigest()[:12]
            place = OUTSIDE / digest
        instance.state["cluster"] = str(place)
        instance.save()
    return Path(instance.state["cluster"])


def _reachable(folder: Path) -> bool:
    """Return whether any user may pass through every folder above; then open ``folder`` too."""
    if not all(parent.stat().st_mode & 0o001 for parent in folder.parents):
        return False
    folder.chmod(0o711)
    return True


def as_server_user(command: list[str | Path]) -> list[str | Path]:
    """Return the command, run as the user ``postgres`` where we are root."""
    return ["setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--init-groups",
            *command] if runs_apart() else command  # fmt: skip


def program(name: str) -> Path:
    """Return one of the server's programs."""
    folder = postgres_bin()
    if folder is None:
        raise PortalError("PostgreSQL is not installed", "Run ./portal up as root once.")
    return folder / name


def create_cluster(instance: Instance, log: Path, more: str = "") -> None:
    """Make the cluster unless it is complete; a half one is removed first.

    ``more`` are lines for the server's configuration beside those of every instance.
    """
    place = data_folder(instance)
    if (place / "mxcity.conf").exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    if place.parent == OUTSIDE:
        OUTSIDE.mkdir(parents=True, exist_ok=True)
        OUTSIDE.chmod(0o711)
    place.mkdir(mode=0o700)
    password = place / "password"
    password.touch(mode=0o600)
    password.write_text(instance.secret("postgres"), encoding="utf-8")
    _give(place, password)
    # initdb wants an empty folder, so that the password file has to be elsewhere.
    handed = place.with_name(place.name + ".password")
    password.rename(handed)
    try:
        run(
            as_server_user([
                program("initdb"), "-D", place, "-U", "postgres", "--pwfile", handed,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
                "--no-instructions",
            ]),
            what="the creation of the PostgreSQL cluster", log=log, cwd=Path("/"),
        )  # fmt: skip
    finally:
        handed.unlink()
    with (place / "postgresql.conf").open("a", encoding="utf-8") as stream:
        stream.write("include = 'mxcity.conf'\n")
    settings = place / "mxcity.conf"
    fresh = place / "mxcity.conf.new"
    fresh.write_text(SETTINGS + more, encoding="utf-8")
    _give(fresh)
    fresh.rename(settings)


def _give(*paths: Path) -> None:
    if runs_apart():
        user = pwd.getpwnam(SERVER_USER)
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)


def command(instance: Instance) -> list[str]:
    """Return the command that runs the server in the foreground."""
    return [
        str(program("postgres")),
        *("-D", str(data_folder(instance)), "-p", str(instance.port("postgres"))),
    ]


def environment(instance: Instance) -> dict[str, str]:
    """Return what libpq needs to connect as the administrator, without a password in arguments."""
    return {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(instance.port("postgres")),
        "PGUSER": "postgres",
        "PGPASSWORD": instance.secret("postgres"),
    }


def wait(instance: Instance, seconds: int = 60) -> None:
    """Wait until the server takes connections."""
    for _ in range(seconds * 4):
        asked = subprocess.run(
            [program("pg_isready"), "-q"],
            env={**os.environ, **environment(instance)}, check=False,
        )  # fmt: skip
        if asked.returncode == 0:
            return
        time.sleep(0.25)
    raise PortalError("PostgreSQL does not take connections", f"See {instance.log('postgres')}.")


def sql(instance: Instance, statement: str, database: str = "postgres") -> str:
    """Run SQL as the cluster's administrator; returns bare rows."""
    return run(
        [program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
        what="a statement on PostgreSQL", environment=environment(instance), text=statement,
        cwd=Path("/"),
    ).strip()  # fmt: skip


def create_databases(instance: Instance) -> None:
    """Roles and databases, each only if it is not there."""
    roles = sql(instance, "SELECT rolname FROM pg_roles").split()
    databases = sql(instance, "SELECT datname FROM pg_database").split()
    for role, secret in (("ckan", "ckan_db"), ("datastore_ro", "datastore_ro")):
        if role not in roles:
            sql(instance, f"CREATE ROLE {role} LOGIN PASSWORD '{instance.secret(secret)}'")
    sql(instance, "ALTER ROLE datastore_ro SET statement_timeout = '60s'")
    for database in ("ckan", "datastore"):
        if database not in databases:
            sql(
                instance,
                f"CREATE DATABASE {database} OWNER ckan TEMPLATE template0"
                " ENCODING 'UTF8' LOCALE 'C.UTF-8'",
            )
    sql(instance, NESTED_TYPE, "datastore")


def copy_database(instance: Instance, source: str, name: str) -> None:
    """Make a database that has what another one has; a former one of this name is dropped."""
    sql(instance, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    sql(instance, f"CREATE DATABASE {name} OWNER ckan TEMPLATE {source}")


def copy_tables(source: Instance, instance: Instance, database: str) -> None:
    """Give an empty database what the one of the same name in another instance has."""
    dumped = run(
        [program("pg_dump"), "-d", database],
        what="the copy of a database", environment=environment(source), cwd=Path("/"),
    )  # fmt: skip
    sql(instance, dumped, database)


def allow_reading(instance: Instance) -> None:
    """Let the reading role see what the writing one will make in the DataStore."""
    sql(
        instance,
        "GRANT USAGE ON SCHEMA public TO datastore_ro;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE ckan IN SCHEMA public"
        " GRANT SELECT ON TABLES TO datastore_ro",
        "datastore",
    )


def url(instance: Instance, database: str, read_only: bool = False) -> str:
    """Return the address of a database for SQLAlchemy."""
    role, secret = ("datastore_ro", "datastore_ro") if read_only else ("ckan", "ckan_db")
    port = instance.port("postgres")
    return f"postgresql://{role}:{instance.secret(secret)}@127.0.0.1:{port}/{database}"


def remove(instance: Instance) -> None:
    """Delete the cluster, wherever it is."""
    place = data_folder(instance)
    if place.exists():
        shutil.rmtree(place)
    if place.parent == OUTSIDE and OUTSIDE.exists() and not any(OUTSIDE.iterdir()):
        OUTSIDE.rmdir()
