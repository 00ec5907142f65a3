"""The engine, or a server it needs, dies at random moments: the next run finishes the job.

Each case forks a process that harvests, disturbs it at a moment drawn from a seeded generator, and
lets the next run go undisturbed. After each, the datasets and the index have to be what the source
says: nothing twice, nothing lost, nothing left over. At the end they are compared, field by field,
with a portal that was never disturbed.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.sniegharvest.engine.run import Run

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_runs", "1"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_days", "0"),
    pytest.mark.ckan_config("ckanext.sniegharvest.batch_size", "3"),
    pytest.mark.ckan_config("ckanext.sniegharvest.writers", "2"),
    pytest.mark.slow,
]

SEED = 20_2604
RECORDS = 14
KILLS = 26
LOSSES = 2  # of each server
VICTIM = "mxcity-test-victim"
LONGEST = 60.0  # seconds that a disturbed process may take to end

STORED = """
SELECT object.guid, count(*), min(package.state), min(package.notes),
       (SELECT count(*) FROM resource
        WHERE resource.package_id = min(package.id) AND resource.state = 'active')
FROM harvest_object AS object JOIN package ON package.id = object.package_id
WHERE object.current GROUP BY object.guid
"""
ORPHANS = """
SELECT count(*) FROM package WHERE type = 'dataset' AND NOT EXISTS (
    SELECT FROM harvest_object AS object
    WHERE object.package_id = package.id AND object.current)
"""


def described(number: int, version: int) -> str:
    """The description of a record in a version of the source: a third changes each time."""
    return f"Versión {version - (version + number) % 3}"


def content(version: int) -> dict[str, str]:
    """Descriptions by identifier: one record is left out, one is there only this time."""
    numbers = [n for n in range(RECORDS) if n != version % RECORDS] + [100 + version]
    return {f"d-{n}": described(n, version) for n in numbers}


def document(version: int) -> bytes:
    """The source in a version, as a data.json."""
    datasets = [
        {
            "identifier": guid,
            "title": "Conjunto con el mismo título",
            "description": text,
            "keyword": ["agua", guid],
            "distribution": [{"downloadURL": f"https://datos.example/{guid}.pdf", "format": "PDF"}],
        }
        for guid, text in content(version).items()
    ]
    return json.dumps({"dataset": datasets}).encode()


class Proxy(socketserver.ThreadingTCPServer):
    """Stands between the engine and Solr, and drops every connection while ``broken``."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.broken = False
        super().__init__(("127.0.0.1", 0), Pump)


class Pump(socketserver.BaseRequestHandler):
    """Carries one connection."""

    server: Proxy

    def handle(self) -> None:
        """Copy bytes both ways until a side ends, or the proxy breaks."""
        with socket.create_connection(self.server.target) as upstream:
            ways = {self.request: upstream, upstream: self.request}
            while not self.server.broken:
                for ready in select.select(list(ways), [], [], 0.02)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    ways[ready].sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy before the Solr of the tests."""
    parts = urlsplit(tk.config["solr_url"])
    server = Proxy((parts.hostname or "", parts.port or 80))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Victim:
    """A process that harvests a source, to be disturbed."""

    def __init__(self, source_id: str, solr: str = "") -> None:
        job = HarvestJob(source=model.Session.get(HarvestSource, source_id), status="Running")
        model.Session.add(job)
        model.Session.commit()
        self.job_id, self.source_id = job.id, source_id
        model.Session.remove()
        self.start = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(solr)

    def _live(self, solr: str) -> None:
        try:
            os.environ["PGAPPNAME"] = VICTIM
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            model.meta.engine.dispose(close=False)  # the parent goes on using its connections
            if solr:
                tk.config["solr_url"] = solr
            Run(self.job_id, model.Session.get(HarvestSource, self.source_id)).execute()
        finally:
            os._exit(0)

    def kill(self) -> None:
        """End it at once, as the system does when memory runs out."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> float:
        """Wait until it has ended; gives the seconds that it lived."""
        limit = time.monotonic() + LONGEST
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > limit:
                self.kill()
                os.waitpid(self.pid, 0)
                pytest.fail(f"the run did not end within {LONGEST} s")
            time.sleep(0.005)
        return time.monotonic() - self.start


def cut_postgres() -> None:
    """Close the victim's connections to PostgreSQL."""
    with model.meta.engine.begin() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = :name"
            ),
            {"name": VICTIM},
        )


def cut_redis() -> None:
    """Close all connections to our Redis database but this one."""
    client = connect_to_redis()
    mine, number = client.client_id(), str(client.connection_pool.connection_kwargs.get("db", 0))
    for other in client.client_list():
        if int(other["id"]) != mine and other["db"] == number:
            client.client_kill_filter(_id=other["id"])


def wrong(version: int) -> str:
    """What is not as the source says in this version; "" if all is."""
    expected = content(version)
    model.Session.rollback()
    rows = model.Session.execute(sa.text(STORED)).all()
    twice = [guid for guid, count, *_ in rows if count > 1]
    stored = {guid: notes for guid, _, state, notes, _ in rows if state == "active"}
    files = [guid for guid, _, state, _, count in rows if state == "active" and count != 1]
    orphans = model.Session.scalar(sa.text(ORPHANS))
    found = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 1000})["results"]
    indexed = {dataset["source_identifier"]: dataset["notes"] for dataset in found}
    faults = {
        "stored twice": twice,
        "stored otherwise": sorted(expected.items() ^ stored.items()),
        "indexed otherwise": sorted(expected.items() ^ indexed.items()),
        "indexed twice": len(found) - len(indexed),
        "files": files,
        "orphans": orphans,
    }
    return "; ".join(f"{fault}: {what}" for fault, what in faults.items() if what)


def shown() -> dict[str, Any]:
    """Every dataset as the API shows it, by its identifier, without what two portals differ in."""
    found = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 1000})["results"]
    return {dataset["source_identifier"]: _comparable(dataset) for dataset in found}


def _comparable(value: Any) -> Any:
    # CKAN guesses a file's media type when a dataset is updated, and not when it is made.
    own = {
        "mimetype",
        "id", "name", "package_id", "metadata_created", "metadata_modified", "harvested_at",
        "created", "source_url", "source_name", "extras", "last_modified",
    }  # fmt: skip
    if isinstance(value, dict):
        return {key: _comparable(entry) for key, entry in value.items() if key not in own}
    return [_comparable(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("with_plugins", "organization")
def test_next_run_finishes_what_was_broken(
    site: Any, harvest: Callable[..., Any], proxy: Proxy
) -> None:
    """Killed 26 times, and cut off six times from its servers: each next run puts it right."""
    chance = random.Random(SEED)
    url = site.put("kill.json", document(0))
    harvest(url)
    source_id = model.Session.query(HarvestSource).one().id
    site.put("kill.json", document(1))
    whole = Victim(source_id).wait()
    assert not wrong(1)
    ways = ["kill"] * KILLS + ["postgres", "redis", "solr"] * LOSSES
    broken = 0
    for version, way in enumerate(ways, 2):
        site.put("kill.json", document(version))
        solr = f"http://127.0.0.1:{proxy.server_address[1]}{urlsplit(tk.config['solr_url']).path}"
        tk.config["ckanext.sniegharvest.writers"] = 1 + version // 2 % 2
        victim = Victim(source_id, solr if way == "solr" else "")
        time.sleep(chance.uniform(0, whole))
        if way == "kill":
            victim.kill()
        elif way == "solr":
            proxy.broken = True
            time.sleep(0.3)
            proxy.broken = False
        else:
            {"postgres": cut_postgres, "redis": cut_redis}[way]()
        victim.wait()
        broken += bool(wrong(version))
        if version % 2:  # as the scheduler does with a run that it finds abandoned
            source = model.Session.get(HarvestSource, source_id)
            report = Run(victim.job_id, source).execute()
            stopped = [problem for problem in report.problems if problem.message.slug == "stopped"]
            report = harvest(url) if stopped else report
        else:
            report = harvest(url)
        assert not report.failed, (way, version, report.problems)
        assert not wrong(version), (way, version, wrong(version))
    assert broken >= KILLS // 3, "the moments were such that nothing was ever broken"
    disturbed = shown()
    tk.get_action("harvest_source_clear")(
        {"ignore_auth": True, "user": site_user()}, {"id": source_id}
    )
    harvest(site.put("calm.json", document(len(ways) + 1)))
    assert _different(shown(), disturbed) == []


def _different(one: Any, other: Any, path: str = "") -> list[str]:
    """Paths at which two values differ, with both."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(key, one.get(key), other.get(key)) for key in sorted({*one, *other})]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(str(number), *pair) for number, pair in enumerate(zip(one, other, strict=True))]
    else:
        return [] if one == other else [f"{path}: {one!r} and {other!r}"]
    return [text for key, *pair in pairs for text in _different(*pair, f"{path}/{key}")]


def site_user() -> str:
    """Name of the portal's own user."""
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
