"""Throw-away servers for tests and benchmarks: they leave nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from . import postgres, processes, redis, solr
from .ckan import grant_datastore
from .commands import run
from .console import step
from .instance import REPOSITORY, Instance
from .supervisor import Supervisor
from .up import Wishes, export_environment, remove_folder, up

TEST_INI = REPOSITORY / "config" / "test.ini"


def temporary_instance() -> Instance:
    """An instance in a folder of its own, which the PostgreSQL user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="mxcity-"))
    instance = Instance.open(folder / "instance")
    folder.chmod(0o711)
    instance.create()
    return instance


@contextmanager
def servers(binaries: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL, Redis and Solr for the time of the block; yields their environment."""
    instance = temporary_instance()
    supervisor = Supervisor(instance)
    try:
        with step("PostgreSQL, Redis and Solr for this run"):
            postgres.create_cluster(instance, instance.log("setup"))
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
        with step("DataStore"):
            printed = run(
                [binaries / "ckan", "-c", TEST_INI, "datastore", "set-permissions"],
                what="the DataStore's permissions",
                environment=export_environment(instance),
            )
            grant_datastore(instance, printed)
        yield export_environment(instance)
    finally:
        _discard(instance)


@contextmanager
def portal_instance(city: str = "monterrey", demo: bool = True) -> Iterator[tuple[str, str, Path]]:
    """A whole portal for the time of the block: its address, admin's password, and ``ckan.ini``."""
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


@contextmanager
def beside(
    command: list[str | Path], environment: dict[str, str], output: IO[str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the checkout at the same time as the block; it ends with it."""
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
