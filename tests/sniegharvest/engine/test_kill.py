"""The engine, or a server it needs, is killed at random moments: the next run finishes the job.

Each case forks a process that harvests, kills it or a server at a moment drawn from a seeded
generator, and lets the next run go undisturbed. After each, the datasets and the index have to be
what the source says: nothing twice, nothing lost, nothing left over. At the end the datasets and
the documents of the index are compared, field by field, with those of an undisturbed run.

The servers are really killed: Redis and Solr by SIGKILL, PostgreSQL by that of one of its
processes, after which it ends all the others and recovers from its log. Who started them, starts
them again.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
import psycopg2
import pytest
import sqlalchemy as sa
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.sniegharvest.engine.run import Run
from portalctl import ports
from redis.exceptions import RedisError

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
#: How often each is killed.
DEATHS = {"worker": 24, "postgres": 4, "redis": 2, "solr": 2}
VICTIM = "mxcity-test-victim"
LONGEST = 300.0  # seconds that a disturbed process may take to end, or a server to come back

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
            "distribution": [{"downloadURL": f"https://datos.example/{guid}.x", "format": kind}],
        }
        for guid, text in content(version).items()
        # Tables are queued in Redis for the loader.
        for kind in ["CSV" if guid.endswith("3") else "PDF"]
    ]
    return json.dumps({"dataset": datasets}).encode()


class Victim:
    """A process that harvests a source, to be disturbed."""

    def __init__(self, source_id: str) -> None:
        job = HarvestJob(source=model.Session.get(HarvestSource, source_id), status="Running")
        model.Session.add(job)
        model.Session.commit()
        self.job_id, self.source_id = job.id, source_id
        model.Session.remove()
        self.start = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._live()

    def _live(self) -> None:
        try:
            os.environ["PGAPPNAME"] = VICTIM
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            model.meta.engine.dispose(close=False)  # the parent goes on using its connections
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


def pid_of_postgres() -> int | None:
    """One of the processes by which PostgreSQL serves the victim, or us where it has none."""
    model.Session.rollback()
    found = sa.text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " ORDER BY application_name = :name DESC LIMIT 1"
    )
    with model.meta.engine.connect() as connection:
        return connection.scalar(found, {"name": VICTIM})


def pid_of_solr() -> int | None:
    """Solr's process, by its port."""
    told = re.search(r"pid (\d+)", ports.owner(urlsplit(tk.config["solr_url"]).port or 80) or "")
    return int(told[1]) if told else None


PIDS: dict[str, Callable[[], int | None]] = {
    "postgres": pid_of_postgres,
    "redis": lambda: int(connect_to_redis().info("server")["process_id"]),
    "solr": pid_of_solr,
}


def is_supervised(pid: int | None) -> bool:
    """Whether somebody starts a process again when it is killed."""
    while pid and pid > 1:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        if re.search(r"^Name:\s+supervisord", status, re.MULTILINE):
            return True
        pid = int(re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)[1])
    return False


def kill_server(find: Callable[[], int | None]) -> None:
    """Kill a server, and wait until it is dead: who asks too early is answered by the dying one.

    PostgreSQL ends its other processes when it notices: a connection of before tells.
    """
    witness = model.meta.engine.raw_connection()
    pid = find()
    assert pid
    os.kill(pid, signal.SIGKILL)
    limit = time.monotonic() + LONGEST
    while is_alive(pid) or (find is pid_of_postgres and _answers(witness)):
        assert time.monotonic() < limit, "the server did not die"
        time.sleep(0.05)
    witness.invalidate()


def is_alive(pid: int) -> bool:
    """Whether a process is there and no mere entry that waits to be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return not re.search(r"^State:\s+Z", status, re.MULTILINE)


def _answers(connection: Any) -> bool:
    try:
        connection.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def wait_for_servers() -> None:
    """Wait until the three servers answer again."""
    limit = time.monotonic() + LONGEST
    while time.monotonic() < limit:
        model.Session.remove()
        model.meta.engine.dispose()
        try:
            model.Session.execute(sa.text("SELECT 1"))
            connect_to_redis().ping()
        except (sa.exc.DBAPIError, RedisError):
            time.sleep(0.1)
            continue
        if search.is_available():
            return
        time.sleep(0.2)
    pytest.fail(f"the servers did not come back within {LONGEST} s")


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
    """Every dataset by its identifier, from the database and as the index has it."""
    context = {"ignore_auth": True, "use_cache": False}
    show = partial(tk.get_action("package_show"), context)
    found = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 1000})["results"]
    indexed = {entry["id"]: entry for entry in make_connection().search("*:*", rows=1000)}
    return {
        dataset["source_identifier"]: {
            "stored": _comparable(show({"id": dataset["id"]})),
            "indexed": _comparable(indexed[dataset["id"]]),
        }
        for dataset in found
    }


def _comparable(value: Any) -> Any:
    # CKAN guesses a file's media type when a dataset is updated, and not when it is made.
    own = {
        "mimetype", "res_extras_mimetype",
        # Which of those with the same title came first, and when.
        "name", "name_ngram", "title_string", "metadata_created", "metadata_modified",
        "mxcity_changed_date",
        "harvested_at", "extras_harvested_at", "created", "last_modified", "indexed_ts",
        "_version_",
        # What the index keeps as JSON is what is stored, and compared there.
        "data_dict", "validated_data_dict",
        # Of the run that wrote it last.
        "harvest_object_id", "res_metadata_modified",
    }  # fmt: skip
    if isinstance(value, dict):
        return {key: _comparable(entry) for key, entry in value.items() if key not in own}
    return [_comparable(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("with_plugins", "organization")
def test_next_run_finishes_what_was_broken(site: Any, harvest: Callable[..., Any]) -> None:
    """The worker and each server are killed, 32 times in all: each next run puts it right."""
    if not all(is_supervised(find()) for find in PIDS.values()):
        pytest.skip("nobody would start the servers again")
    chance = random.Random(SEED)
    url = site.put("kill.json", document(0))
    harvest(url)
    source_id = model.Session.query(HarvestSource).one().id
    site.put("kill.json", document(1))
    whole = Victim(source_id).wait()
    assert not wrong(1)
    deaths = [way for way, times in DEATHS.items() for _ in range(times)]
    broken = 0
    for version, way in enumerate(deaths, 2):
        site.put("kill.json", document(version))
        tk.config["ckanext.sniegharvest.writers"] = 1 + version // 2 % 2
        victim = Victim(source_id)
        time.sleep(chance.uniform(0, whole))
        if way == "worker":
            victim.kill()
        else:
            kill_server(PIDS[way])
        victim.wait()
        wait_for_servers()
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
    assert broken >= DEATHS["worker"] // 3, "the moments were such that nothing was ever broken"
    disturbed = shown()
    tk.get_action("harvest_source_clear")(
        {"ignore_auth": True, "user": site_user()}, {"id": source_id}
    )
    assert shown() == {}
    report = harvest(url)
    assert (report.added, report.failed) == (RECORDS, 0)
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
