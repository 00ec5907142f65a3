"""The processes of an instance, in the order in which they are needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import postgres, proxy, redis, solr
from .instance import REPOSITORY, Instance

INFRASTRUCTURE = ("postgres", "redis", "solr")
#: Workers, and the CKAN command that each one is.
WORKERS = {
    "jobs": ("mxcity", "worker"),
    "jobs-2": ("mxcity", "worker"),
    "harvest-gather": ("harvester", "gather-consumer"),
    "harvest-fetch": ("harvester", "fetch-consumer"),
    "scheduler": ("sniegharvest", "scheduler"),
}
#: What answers visitors, as it starts: pages, whole tables, and the proxy before both.
SERVERS = ("web", "downloads", "proxy")
APPLICATION = (*SERVERS, *WORKERS)
CKAN_STARTS = 10  # seconds that CKAN takes, at most, to see that it cannot start
#: Threads of the server of downloads: some make one, some wait, some refuse.
DOWNLOADS = 16
#: Heartbeats of the web server's workers: kept in memory, so that a slow disk stops no worker.
SHARED_MEMORY = "/dev/shm"  # noqa: S108


@dataclass(frozen=True)
class Process:
    """One program that the supervisor keeps alive.

    ``port`` is where it listens, if it does. ``stop_signal`` ends it in order. One that ends
    within ``steady_after`` seconds has failed to start.
    """

    name: str
    command: list[str]
    port: int | None = None
    user: str | None = None
    stop_signal: str = "TERM"
    steady_after: int = 2


def infrastructure(instance: Instance) -> list[Process]:
    """Return the servers that everything else needs."""
    user = postgres.SERVER_USER if postgres.runs_apart() else None
    return [
        Process(
            "postgres",
            postgres.command(instance),
            port=instance.port("postgres"),
            user=user,
            stop_signal="INT",  # "fast": does not wait for clients
        ),
        Process("redis", redis.command(instance)),
        Process("solr", solr.command(instance), port=instance.port("solr")),
    ]


def application(instance: Instance, binaries: Path) -> list[Process]:
    """Return the web server and the workers, all CKAN."""
    ckan = [str(binaries / "ckan"), "-c", str(instance.ini)]
    return [
        Process("web", web_command(instance, binaries)),
        Process("downloads", downloads_command(instance, binaries)),
        Process("proxy", proxy.command(instance), port=instance.port("web")),
        *(
            Process(name, [*ckan, *arguments], steady_after=CKAN_STARTS)
            for name, arguments in WORKERS.items()
        ),
    ]


def web_command(instance: Instance, binaries: Path) -> list[str]:
    """Return the server of pages: as many workers as there are cores, at least two."""
    workers = max(2, min(os.cpu_count() or 2, 8))
    return _gunicorn(instance, binaries, "web", workers=workers, threads=2)


def downloads_command(instance: Instance, binaries: Path) -> list[str]:
    """Return the server of whole tables and catalogues, which leaves the processor to pages."""
    server = _gunicorn(instance, binaries, "downloads", workers=1, threads=DOWNLOADS)
    return ["nice", "-n", "10", *server]


def _gunicorn(
    instance: Instance, binaries: Path, name: str, workers: int, threads: int
) -> list[str]:
    return [
        str(binaries / "gunicorn"), "--workers", str(workers), "--threads", str(threads),
        "--bind", f"unix:{proxy.socket(instance, name)}", "--timeout", "120",
        "--limit-request-line", "0", "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--worker-tmp-dir", SHARED_MEMORY, "--chdir", str(REPOSITORY / "deploy"),
        "--no-control-socket", "--env", f"CKAN_INI={instance.ini}", "wsgi:application",
    ]  # fmt: skip
