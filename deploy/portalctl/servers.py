"""Throw-away servers for tests and benchmarks: they leave nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from . import postgres, processes, redis, solr
from .ckan import grant_datastore
from .commands import run
from .console import step
from .instance import REPOSITORY, Instance
from .supervisor import Supervisor
from .up import Wishes, export_environment, remove_folder, up

#: Has the environments of pytest's workers, by their names, as JSON.
WORKERS_VARIABLE = "MXCITY_TEST_WORKERS"
#: For clusters of tests: a crash of the machine may lose everything, one of the server nothing.
FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""
TEST_INI = REPOSITORY / "config" / "test.ini"


def temporary_instance() -> Instance:
    """Give an instance in a folder of its own, which the PostgreSQL user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="mxcity-"))
    instance = Instance.open(folder / "instance")
    folder.chmod(0o711)
    instance.create()
    return instance


@contextmanager
def servers(binaries: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL, Redis and Solr for the time of the block; yields their environment."""
    instance = temporary_instance()
    try:
        with step(f"PostgreSQL, {redis.TITLE} and Solr for this run"):
            _start(instance, binaries)
        with step("DataStore"):
            grant_datastore(instance, _ckan(instance, binaries, "datastore", "set-permissions"))
        yield export_environment(instance)
    finally:
        _discard(instance)


class WorkerServers:
    """Servers of a test run: each worker has some of its own, which its tests may kill.

    The databases ``ckan`` and ``datastore`` have every table and no row. Tests use copies.
    """

    def __init__(self, instances: dict[str, Instance]) -> None:
        self._instances = instances
        for name in instances:
            self._copy_databases(name)

    def shared(self) -> dict[str, str]:
        """Return the environment of who controls the workers, and of a run without any."""
        of_workers = {name: self.of(name) for name in self._instances}
        return {**next(iter(of_workers.values())), WORKERS_VARIABLE: json.dumps(of_workers)}

    def of(self, name: str) -> dict[str, str]:
        """Return the environment of a worker."""
        instance = self._instances[name]
        return {
            **export_environment(instance),
            "CKAN_SQLALCHEMY_URL": postgres.url(instance, "ckan_test"),
            "CKAN_DATASTORE_WRITE_URL": postgres.url(instance, "datastore_test"),
            "CKAN_DATASTORE_READ_URL": postgres.url(instance, "datastore_test", True),
        }

    def empty(self, name: str) -> None:
        """Give a worker what it had in the beginning: tables, and nothing in them."""
        instance = self._instances[name]
        self._copy_databases(name)
        solr.empty(instance)
        redis.empty(instance)
        shutil.rmtree(instance.folder / "storage", ignore_errors=True)

    def _copy_databases(self, name: str) -> None:
        for database in ("ckan", "datastore"):
            postgres.copy_database(self._instances[name], database, f"{database}_test")


@contextmanager
def worker_servers(binaries: Path, names: list[str]) -> Iterator[WorkerServers]:
    """PostgreSQL, Redis and Solr for each of the workers, for the time of the block."""
    instances = {name: temporary_instance() for name in names}
    first, *others = instances.values()
    try:
        with ThreadPoolExecutor() as pool:
            with step(f"PostgreSQL, Redis and Solr ({len(names)} times)"):
                list(pool.map(lambda made: _start(made, binaries, FORGETFUL), instances.values()))
            with step("Tables"):
                asked = ("datastore", "set-permissions"), ("db", "upgrade")
                printed, _ = pool.map(lambda command: _ckan(first, binaries, *command), asked)
                list(pool.map(lambda made: postgres.copy_tables(first, made, "ckan"), others))
                for instance in instances.values():
                    grant_datastore(instance, printed)
        yield WorkerServers(instances)
    finally:
        for instance in instances.values():
            _discard(instance)


def _start(instance: Instance, binaries: Path, settings: str = "") -> None:
    """Start PostgreSQL, Redis and Solr, with empty databases and an empty index."""
    supervisor = Supervisor(instance)
    postgres.create_cluster(instance, instance.log("setup"), settings)
    redis.write_configuration(instance)
    solr.write_credentials(instance)
    solr.write_core(instance, binaries / "python")
    supervisor.write(processes.infrastructure(instance))
    supervisor.start(binaries)
    for name in ("postgres", "redis", "solr"):
        supervisor.start_process(name)
    postgres.wait(instance)
    redis.wait(instance)
    solr.wait(instance)
    postgres.create_databases(instance)
    postgres.sql(instance, "ALTER ROLE ckan CREATEDB")
    postgres.allow_reading(instance)


def _ckan(instance: Instance, binaries: Path, *command: str) -> str:
    """Run a CKAN command with the tests' configuration; returns what it prints."""
    return run(
        [binaries / "ckan", "-c", TEST_INI, *command],
        what=f"ckan {' '.join(command)}",
        environment=export_environment(instance),
    )


@contextmanager
def portal_instance(city: str = "monterrey", demo: bool = True) -> Iterator[tuple[str, str, Path]]:
    """Run a whole portal for the block; give its address, admin's password and ``ckan.ini``."""
    instance = temporary_instance()
    passwords: list[str] = []
    wishes = Wishes(city=city, port=instance.port("web"), demo=demo, development=True)
    try:
        up(instance, wishes, passwords.append)
        yield instance.url, passwords[0], instance.ini
    finally:
        _discard(instance)


def _discard(instance: Instance) -> None:
    """Stop what runs and delete every trace."""
    Supervisor(instance).stop()
    postgres.remove(instance)
    run_folder = instance.run_folder()
    if instance.folder not in run_folder.parents:
        shutil.rmtree(run_folder, ignore_errors=True)
    remove_folder(instance.folder.parent)


def call(command: list[str | Path], environment: dict[str, str]) -> int:
    """Run a command in the checkout with its output shown; returns its exit code."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        check=False,
    ).returncode
