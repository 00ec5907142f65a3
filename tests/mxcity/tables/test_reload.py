"""A file that is sent anew while the job of the old one is lost."""

from __future__ import annotations

import json
from io import BytesIO

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests import factories
from werkzeug.datastructures import FileStorage


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_new_file_after_a_lost_job() -> None:
    """The new file is stored and queued, though the job of the old one is gone from the queue."""
    queue = jobs.get_queue()
    queue.empty()
    user = factories.Sysadmin()
    context = {"user": user["name"], "ignore_auth": True}
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
    )
    resource = tk.get_action("resource_create")(
        dict(context),
        {
            "package_id": dataset["id"],
            "format": "CSV",
            "upload": FileStorage(BytesIO(b"a\n1\n"), "a.csv"),
            "url": "a.csv",
        },
    )
    task = {"entity_id": resource["id"], "task_type": "xloader", "key": "xloader"}
    stored = tk.get_action("task_status_show")(dict(context), task)
    lost = {**stored, "state": "pending", "value": json.dumps({"job_id": "gone"})}
    tk.get_action("task_status_update")(dict(context), lost)
    queue.empty()
    tk.get_action("resource_patch")(
        dict(context),
        {
            "id": resource["id"],
            "upload": FileStorage(BytesIO(b"a\n1\n2\n"), "b.csv"),
            "url": "b.csv",
        },
    )
    assert tk.get_action("resource_show")(dict(context), {"id": resource["id"]})["url"].endswith(
        "b.csv"
    )
    assert len(queue.get_jobs()) == 1
    queue.empty()
