"""Fill a portal with the demonstration catalogue, through the real harvest pipeline."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from . import postgres
from .ckan import Ckan, city_profile
from .console import say, step
from .errors import PortalError
from .instance import Instance

LOADING_LIMIT = 1200  # seconds
TITLE = "Catálogo de demostración"
STRIDE = 10  # tables between two lines of progress

UNLOADED = """
SELECT count(*) FROM task_status
WHERE task_type = 'xloader'
AND state IN ('submitting', 'pending', 'running', 'running_but_viewable')
"""
FAILED = """
SELECT resource.name || ' (' || resource.url || '): ' || coalesce(task_status.error, '')
FROM task_status JOIN resource ON resource.id = task_status.entity_id
WHERE task_type = 'xloader' AND task_status.state = 'error' AND resource.state = 'active'
AND resource.url LIKE '%/demo/files/%'
"""


def fill(instance: Instance, ckan: Ckan, code: str) -> None:
    """Build, serve and harvest the catalogue unless this version of it is in."""
    if not instance.done("demo-files", code):
        with step("Demonstration files"):
            ckan(
                "mxcity", "demo", "build", "--folder", str(instance.folder / "demo"),
                what="the demonstration catalogue",
            )  # fmt: skip
            ckan(
                "mxcity", "basemap", "build", str(instance.folder / "demo" / "base-map"),
                "--demonstration",
                what="the base map of the demonstration",
            )  # fmt: skip
            instance.mark("demo-files", code)
    if not instance.done("demo-harvest", code):
        with step("Harvest of the demonstration catalogue"):
            report = _harvest(instance, ckan)
        say(f"    {report['added']} added, {report['updated']} updated, {report['failed']} failed")
        with step("Tables of the demonstration catalogue"):
            _wait_for_tables(instance)
        instance.mark("demo-harvest", code)
    if not instance.done("demo-datahub", code):
        with step("Inventories of the demonstration"):
            ckan("mxcity", "datahub", "demo", what="the inventories of the demonstration")
        instance.mark("demo-datahub", code)


def _harvest(instance: Instance, ckan: Ckan) -> dict[str, Any]:
    printed = ckan(
        "sniegharvest", "harvest", f"{instance.url}/demo/catalog.ttl",
        "--type", "dcat_rdf", "--org", first_organization(instance), "--by-publisher",
        "--title", TITLE,
        "--json", "--allow-loopback",
        what="the harvest of the demonstration catalogue",
    )  # fmt: skip
    report: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    if report["failed"]:
        first = report["errors"][0] if report["errors"] else {}
        raise PortalError(
            f"{report['failed']} records of the demonstration catalogue failed; the first:"
            f" {first.get('record')}: {first.get('reason')}",
            f"See {instance.log('setup')}.",
        )
    return report


def first_organization(instance: Instance) -> str:
    """Return the organisation that keeps the portal: the first of the city's profile."""
    profile = city_profile(instance.state["city"])
    found = re.search(r"^organizations:\s+- id: (\S+)", profile.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise PortalError(f"the profile {profile} names no organisation", "Add one to it.")
    return found[1].strip("\"'")


def _wait_for_tables(instance: Instance) -> None:
    """Wait until the table loader has nothing left; PortalError names what it could not load."""
    deadline = time.monotonic() + LOADING_LIMIT
    shown = 0
    while left := int(postgres.sql(instance, UNLOADED, "ckan")):
        if time.monotonic() > deadline:
            raise PortalError(
                f"{left} tables were still being loaded after {LOADING_LIMIT} s",
                f"They go on in the background; see {instance.log('jobs')}.",
            )
        if abs(left - shown) >= STRIDE:
            shown = left
            say(f"    {left} tables left to load")
        time.sleep(1)
    failed = postgres.sql(instance, FAILED, "ckan").splitlines()
    if failed:
        raise PortalError(
            f"{len(failed)} tables could not be loaded; the first: {failed[0][:500]}",
            f"See {instance.log('jobs')}.",
        )
