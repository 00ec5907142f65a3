"""Fill a portal with the demonstration catalogue, through the real harvest pipeline."""

from __future__ import annotations

import json
import time

from . import postgres
from .ckan import Ckan
from .console import say, step
from .errors import PortalError
from .instance import Instance

LOADING_LIMIT = 600  # seconds

UNLOADED = """
SELECT count(*) FROM task_status
WHERE task_type = 'xloader'
AND state IN ('submitting', 'pending', 'running', 'running_but_viewable')
"""


def fill(instance: Instance, ckan: Ckan, code: str) -> None:
    """Build, serve and harvest the catalogue unless this version of it is in."""
    if not instance.done("demo-files", code):
        with step("Demonstration files"):
            ckan(
                "mxcity", "demo", "build", "--folder", str(instance.folder / "demo"),
                what="the demonstration catalogue",
            )  # fmt: skip
            instance.mark("demo-files", code)
    if not instance.done("demo-harvest", code):
        with step("Harvest of the demonstration catalogue"):
            report = _harvest(instance, ckan)
        say(f"    {report['added']} added, {report['updated']} updated, {report['failed']} failed")
        with step("Tables of the demonstration catalogue"):
            _wait_for_tables(instance)
        instance.mark("demo-harvest", code)


def _harvest(instance: Instance, ckan: Ckan) -> dict:
    printed = ckan(
        "sniegharvest", "harvest", f"{instance.url}/demo/catalog.ttl",
        "--type", "dcat_rdf", "--org", "demo", "--json", "--allow-loopback",
        what="the harvest of the demonstration catalogue",
    )  # fmt: skip
    report = json.loads(printed.strip().splitlines()[-1])
    if report["failed"]:
        first = report["errors"][0] if report["errors"] else {}
        raise PortalError(
            f"{report['failed']} records of the demonstration catalogue failed; the first:"
            f" {first.get('record')}: {first.get('reason')}",
            f"See {instance.log('setup')}.",
        )
    return report


def _wait_for_tables(instance: Instance) -> None:
    deadline = time.monotonic() + LOADING_LIMIT
    while time.monotonic() < deadline:
        if postgres.sql(instance, UNLOADED, "ckan") == "0":
            return
        time.sleep(1)
    raise PortalError(
        f"tables were still being loaded after {LOADING_LIMIT} s",
        f"They go on in the background; see {instance.log('jobs')}.",
    )
