"""Bring a portal up: from nothing, from an interrupted start, or from where it was."""

from __future__ import annotations

import os
import secrets
import sys
import time
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import (
    demo,
    ports,
    postgres,
    processes,
    proxy,
    python_env,
    redis,
    solr,
    source_types,
    system,
)
from .ckan import Ckan, city_profile
from .commands import own_environment, run, tail
from .console import step
from .errors import PortalError
from .instance import REPOSITORY, Instance, cache_lock, fingerprint, port_is_free
from .processes import APPLICATION, INFRASTRUCTURE, SERVERS, WORKERS
from .supervisor import Supervisor

SOURCES = (REPOSITORY / "ckanext-mxcity", REPOSITORY / "ckanext-sniegharvest")


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for; None means as it was, or the default."""

    city: str | None = None
    port: int | None = None
    demo: bool | None = None
    development: bool = False


def up(instance: Instance, wishes: Wishes, announce: Callable[[str], None]) -> None:
    """Do every step that is not done yet, and leave the portal running.

    ``announce`` is given the administrator's password if it was made now, even when a later step
    fails or is interrupted: it is stored nowhere. A start that was killed before that makes
    another at the next one.
    """
    system.check_python()
    with instance.lock():
        _decide(instance, wishes)
        log = instance.log("setup")
        with step("System packages"):
            system.install_packages(wishes.development, log)
        with cache_lock():
            with step("Python packages"):
                binaries = python_env.build(wishes.development, log)
            with step("Solr node"):
                solr.build(log)
        os.umask(0o077)  # whatever the portal writes from here on is its owner's
        ckan = Ckan(instance, binaries)
        supervisor = Supervisor(instance)
        _start_servers(instance, ckan, supervisor)
        password = _prepare_ckan(instance, ckan)
        try:
            _start_application(instance, supervisor)
            ckan.retire_loader()  # now that no worker uses it any more
            _fill(instance, ckan)
            with step("All processes"):
                supervisor.wait_for(APPLICATION)
        finally:
            if password:
                announce(password)
                instance.mark("accounts", "made")


def _decide(instance: Instance, wishes: Wishes) -> None:
    """Settle city, port and demonstration; refuse what cannot be."""
    city = wishes.city or instance.state.get("city", "monterrey")
    city_profile(city)
    known = instance.state.get("city")
    if known and known != city:
        raise PortalError(
            f"the instance in {instance.folder} is the portal of {known}",
            "Give another folder with --instance, or reset this one first.",
        )
    port = wishes.port or instance.state.get("ports", {}).get("web", 5000)
    supervisor = Supervisor(instance)
    running = supervisor.is_running()
    if not running:
        supervisor.end_orphans()
    is_ours = running and instance.state.get("ports", {}).get("web") == port
    if not is_ours and not port_is_free(port):
        raise PortalError(
            f"port {port} is taken by {ports.owner(port) or 'another program'}",
            "Choose another with --port, or stop that program.",
        )
    if not running:
        _free_ports(instance)
    instance.create()
    wants_demo = instance.state.get("demo", True) if wishes.demo is None else wishes.demo
    instance.state.update(city=city, demo=wants_demo, url=f"http://127.0.0.1:{port}")
    instance.state.setdefault("ports", {})["web"] = port
    instance.save()


def _free_ports(instance: Instance) -> None:
    """Forget the ports that other programs took while the portal was down; others are chosen."""
    ports_of = instance.state.get("ports", {})
    for name in INFRASTRUCTURE:
        if name in ports_of and not port_is_free(ports_of[name]):
            del ports_of[name]


def _start_servers(instance: Instance, ckan: Ckan, supervisor: Supervisor) -> None:
    """PostgreSQL, Redis and Solr: configured, started and answering."""
    log = instance.log("setup")
    with step("PostgreSQL cluster"):
        postgres.create_cluster(instance, log)
    redis.write_configuration(instance)
    solr.write_credentials(instance)
    conf = fingerprint(SOURCES[0] / "ckanext" / "mxcity" / "search")
    whole = solr.has_core(instance)
    fresh_conf = not (whole and instance.done("solr-conf", conf))
    if fresh_conf:
        with step("Search configuration"):
            solr.write_core(instance, ckan.binaries / "python")
            instance.mark("solr-conf", conf)
    supervisor.write(
        [
            *processes.infrastructure(instance),
            *processes.application(instance, ckan.binaries),
        ]
    )
    with step(f"PostgreSQL, {redis.TITLE} and Solr"):
        solr_ran = supervisor.is_running()
        supervisor.start(ckan.binaries)
        for name in INFRASTRUCTURE:
            supervisor.start_process(name)
        postgres.wait(instance)
        redis.wait(instance)
        opened = solr.wait(instance)
        if fresh_conf and solr_ran and not opened:
            solr.reload(instance)
        if opened or not whole:
            instance.mark("search-index", "")  # whatever was in it is to be indexed again


def _prepare_ckan(instance: Instance, ckan: Ckan) -> str | None:
    """Databases, tables, translations, accounts. Returns the administrator's new password."""
    postgres.create_databases(instance)
    code = fingerprint(*SOURCES, python_env.LOCK)
    ckan.write_ini()
    if not instance.done("locales", code):
        with step("Translations"):
            ckan.build_locales()
            instance.mark("locales", code)
    if not instance.done("migrations", code):
        with step("Database tables"):
            ckan.migrate()
            instance.mark("migrations", code)
    _rebuild_index(instance, ckan)
    if not instance.done("assets", code):
        with step("Style sheets and scripts"):
            ckan("asset", "build", what="the build of assets")
            ckan("translation", "js", what="the translations that scripts use")
            instance.mark("assets", code)
    password = None if instance.done("accounts", "made") else secrets.token_urlsafe(12)
    if password:
        with step("Accounts"):
            ckan.make_administrator(password)
    return password


def _rebuild_index(instance: Instance, ckan: Ckan) -> None:
    """Index everything again after the search configuration has changed."""
    conf = instance.state["steps"]["solr-conf"]
    if instance.done("search-index", conf):
        return
    if "application" in instance.state:  # else it is a first start: there is nothing to index
        with step("Search index"):
            ckan("search-index", "rebuild", what="the rebuilding of the search index")
    instance.mark("search-index", conf)


def _start_application(instance: Instance, supervisor: Supervisor) -> None:
    """Start the web server and the workers; those of an older configuration start anew."""
    ini = fingerprint(instance.ini, *SOURCES)
    stale = instance.state.get("application") != ini
    begin = supervisor.restart_process if stale else supervisor.start_process
    conf = fingerprint(proxy.write_configuration(instance))
    with step("Web server"):
        for name in SERVERS[:-1]:
            begin(name)
        renewed = instance.state.get("proxy") != conf
        (supervisor.restart_process if renewed else supervisor.start_process)("proxy")
        instance.state["proxy"] = conf
        wait_for_page(instance)
    with step("Workers"):  # after the first page: each loads the whole of CKAN
        for name in WORKERS:
            begin(name)
        instance.state["application"] = ini
        instance.save()


def wait_for_page(instance: Instance, seconds: int = 240) -> None:
    """Wait until the home page answers; PortalError has the end of the web server's log."""
    reason = "no answer"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with ports.open_local(f"{instance.url}/", timeout=60):
                return
        except urllib.error.HTTPError as error:
            reason = f"status {error.code}"
        except OSError as error:
            reason = str(error)
        time.sleep(0.5)
    log = instance.log("web")
    raise PortalError(
        f"the web server does not answer at {instance.url}: {reason}. The end of its log:\n"
        + tail(log),
        f"See {log}; when the cause is gone, repeat the command.",
    )


def _fill(instance: Instance, ckan: Ckan) -> None:
    """Make the city's organisations and sources, and the demonstration catalogue."""
    profile = fingerprint(city_profile(instance.state["city"]), *SOURCES)
    if not instance.done("city", profile):
        with step("The city's organisations and sources"):
            ckan("mxcity", "city", "apply", what="the city's profile")
            instance.mark("city", profile)
    if instance.state["demo"]:
        demo.fill(instance, ckan, fingerprint(SOURCES[0]))


def down(instance: Instance) -> None:
    """Stop everything; the data stay."""
    instance.require()
    with instance.lock(), step("Stopping the portal"):
        Supervisor(instance).stop()


def run_ckan(instance: Instance, arguments: list[str]) -> int:
    """Hand over to CKAN's command line in the instance."""
    instance.require()
    ckan = python_env.environment_folder(development=False) / "bin" / "ckan"
    if not ckan.exists():
        ckan = python_env.environment_folder(development=True) / "bin" / "ckan"
    sys.stdout.flush()
    os.execve(str(ckan), [str(ckan), "-c", str(instance.ini), *arguments], own_environment())  # noqa: S606


def export_environment(instance: Instance) -> dict[str, str]:
    """Return what CKAN reads from the environment: the servers' addresses, and config/test.ini."""
    return {
        "CKAN_SQLALCHEMY_URL": postgres.url(instance, "ckan"),
        "CKAN_DATASTORE_WRITE_URL": postgres.url(instance, "datastore"),
        "CKAN_DATASTORE_READ_URL": postgres.url(instance, "datastore", True),
        "CKAN_SOLR_URL": solr.url(instance),
        "CKAN_SOLR_USER": solr.USER,
        "CKAN_SOLR_PASSWORD": instance.secret("solr"),
        "CKAN_REDIS_URL": redis.url(instance),
        "CKAN_STORAGE_PATH": str(instance.folder / "storage"),
        "CKAN_HARVESTER_PLUGINS": source_types.plugins(),
    }


def remove_folder(folder: Path) -> None:
    """Delete a folder of ours."""
    run(["rm", "-rf", "--", folder], what=f"the removal of {folder}")
