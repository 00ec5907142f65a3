"""Chained actions of the DataStore and its loader."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, cast

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import jobs
from ckan.types import AlchemySession, Context, DataDict

from ckanext.mxcity.tables import closed_tables, version
from ckanext.mxcity.tables.words import jobs as jobs_of_words

log = logging.getLogger(__name__)

_TASK = {"task_type": "xloader", "key": "xloader"}
_WAITING = ("queued", "started", "deferred", "scheduled")


@tk.chained_action
def xloader_submit(next_: Callable[..., Any], context: Context, data_dict: DataDict) -> bool:
    """Queue a file for loading, unless it waits in the queue already.

    Returns whether it was queued now. Hardened against a queue whose other jobs the loader cannot
    read: the file's own job is asked for, by its number.
    """
    tk.check_access("xloader_submit", context, data_dict)
    try:
        task = tk.get_action("task_status_show")(
            {"ignore_auth": True}, {"entity_id": data_dict.get("resource_id"), **_TASK}
        )
    except (tk.ObjectNotFound, tk.ValidationError):
        return bool(next_(context, data_dict))
    if task["state"] == "pending":
        if _waits(task):
            log.info("The resource %s is queued already", data_dict["resource_id"])
            return False
        # The job is gone: without this, the loader would look for it in every other job.
        task["state"] = "error"
        # The loader asks while a change is being committed, which no other commit may disturb.
        session = cast("AlchemySession", model.meta.create_local_session())
        apart: Context = {"ignore_auth": True, "session": session}
        tk.get_action("task_status_update")(apart, task)
        model.Session.refresh(model.Session.get_one(model.TaskStatus, task["id"]))
    return bool(next_(context, data_dict))


def _waits(task: dict[str, Any]) -> bool:
    """Say whether the job of a task is still in the queue, or at work."""
    try:
        job = jobs.job_from_id(json.loads(task["value"] or "{}").get("job_id") or "")
    except (KeyError, ValueError):
        return False
    return str(job.get_status()).rsplit(".", 1)[-1].lower() in _WAITING


@tk.chained_action
def datastore_create(
    next_: Callable[..., Any], context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Create or fill a table; see CKAN's own action, ``_name_user`` and ``_keep_closed``."""
    _name_user(context)
    there = _keep_closed(data_dict)
    has_records = bool(data_dict.get("records"))
    result: dict[str, Any] = next_(context, data_dict)
    if there or has_records:  # a new table without rows is being loaded: that is noted then
        version.changed(str(result["resource_id"]))
        jobs_of_words.note(str(result["resource_id"]))
    return result


@tk.chained_action
def datastore_upsert(
    next_: Callable[..., Any], context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Add or change rows of a table; see CKAN's own action, and ``closed_tables``."""
    closed_tables.refuse(closed_tables.columns_there(str(data_dict.get("resource_id"))))
    result: dict[str, Any] = next_(context, data_dict)
    if not data_dict.get("dry_run"):
        version.changed(str(data_dict["resource_id"]))
        jobs_of_words.note(str(data_dict["resource_id"]))
    return result


@tk.chained_action
def datastore_delete(
    next_: Callable[..., Any], context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Delete a table or rows of it; see CKAN's own action, and ``_name_user``."""
    _name_user(context)
    resource_id, rows = str(data_dict.get("resource_id")), data_dict.get("filters") is not None
    result: dict[str, Any] = next_(context, data_dict)
    version.changed(resource_id)
    if rows:
        jobs_of_words.note(resource_id)
    else:
        jobs_of_words.forget(resource_id)
    return result


def _keep_closed(data_dict: DataDict) -> list[str]:
    """Refuse columns and rows of a table with closed parts; its dictionary may be written.

    Returns the names of the columns that are there.
    """
    fields, records = data_dict.get("fields") or [], data_dict.get("records") or []
    names = [str(field.get("id")) for field in fields if isinstance(field, dict)]
    first: Any = next(iter(records), {}) if isinstance(records, list) else {}
    names += map(str, first) if isinstance(first, dict) else ()
    there = closed_tables.columns_there(str(data_dict.get("resource_id")))
    if records or not set(names) <= set(there):
        closed_tables.refuse([*there, *names])
    return there


def _name_user(context: Context) -> None:
    """Let the site's user do what the portal does by itself.

    The loader names nobody, and the history of datasets refuses a change by nobody.
    """
    if context.get("ignore_auth") and not context.get("user"):
        context["user"] = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
