"""Actions on sources and runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.logic import fresh_context, index_update_package
from ckan.types import Action, Context

from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestSource
from ckanext.harvest.utils import DATASET_TYPE_NAME
from ckanext.mxcity.city.clock import today
from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.sniegharvest.harvesters import Harvester
from ckanext.sniegharvest.logic import overlay
from ckanext.sniegharvest.logic.files import sniegharvest_file_show, sniegharvest_file_verify
from ckanext.sniegharvest.logic.jobs import harvest_job_abort, harvest_jobs_run
from ckanext.sniegharvest.logic.overlay import (
    sniegharvest_overlay_release,
    sniegharvest_overlay_show,
)
from ckanext.sniegharvest.logic.plans import sniegharvest_plan_show, sniegharvest_run_release
from ckanext.sniegharvest.model import Run
from ckanext.sniegharvest.sources import checks, source_config

__all__ = [
    "harvest_job_abort",
    "harvest_job_create",
    "harvest_jobs_run",
    "harvest_source_create",
    "harvest_source_list",
    "harvest_source_reindex",
    "harvest_source_show",
    "harvest_source_update",
    "package_create",
    "package_search",
    "package_show",
    "package_update",
    "sniegharvest_file_show",
    "sniegharvest_file_verify",
    "sniegharvest_overlay_release",
    "sniegharvest_overlay_show",
    "sniegharvest_plan_show",
    "sniegharvest_run_list",
    "sniegharvest_run_release",
    "sniegharvest_source_disable",
    "sniegharvest_source_enable",
]

RUNS_SHOWN = 20
#: In the context of an action whose source was checked already.
CHECKED = "sniegharvest_checked"


def sniegharvest_source_enable(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Switch a source on.

    A source whose site closes itself to programs needs its owner's permission: what was granted,
    and who records it. Both are kept with the date.

    Args:
        id: id or name of the source.
        permission: the permission, e.g. the number of the letter.
        by: who records it.

    Returns:
        The settings of the source, e.g. ``{"enabled": true, "permission": {…}}``.

    Example::

        ckanapi action sniegharvest_source_enable id=datos-gob-mx permission="Oficio 12" by="CDO"

    """
    tk.check_access("sniegharvest_source_enable", context, data_dict)
    source, settings = _source(data_dict)
    given = {key: str(data_dict.get(key) or "").strip() for key in ("permission", "by")}
    if settings.get("requires_permission") and not settings.get("permission"):
        missing = {key: [tk._("Missing value")] for key, value in given.items() if not value}
        if missing:
            raise tk.ValidationError({**missing})
    if given["permission"]:
        day = today().isoformat()
        settings["permission"] = {"text": given["permission"], "by": given["by"], "date": day}
    settings["enabled"] = True
    return _store(context, source, settings)


def sniegharvest_source_disable(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Switch a source off: it is not run until somebody switches it on again.

    Args:
        id: id or name of the source.

    Returns:
        The settings of the source.

    Example::

        ckanapi action sniegharvest_source_disable id=datos-gob-mx

    """
    tk.check_access("sniegharvest_source_disable", context, data_dict)
    source, settings = _source(data_dict)
    settings["enabled"] = False
    return _store(context, source, settings)


@tk.side_effect_free
def sniegharvest_run_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the last runs of a source, the newest first, with their counts and problems.

    Dry runs are left out.

    Args:
        source_id: id of the source.
        limit: at most so many (20).

    Returns:
        Dictionaries with ``state`` (running, done, done-errors, held, failed), ``added``,
        ``updated``, ``unchanged``, ``archived``, ``filtered`` (outside the areas of the source),
        ``failed``, ``seconds``, ``problems`` and ``losses``: the fields of the source that found no
        place (``{"field", "records", "example"}``), ``repairs``: what was mended in records or left
        out of them (``{"repair", "label", "records", "examples"}``), and ``causes`` of what failed
        (``{"cause", "count", "label", "remedy"}``).

    Example::

        ckanapi action sniegharvest_run_list source_id=…

    """
    tk.check_access("sniegharvest_run_list", context, data_dict)
    limit = whole_argument(data_dict, "limit", RUNS_SHOWN, RUNS_SHOWN, least=1)
    runs = model.Session.scalars(
        Run.of_source(data_dict["source_id"]).where(Run.state != "planned").limit(limit)
    )
    return [run.dictize() for run in runs]


@tk.chained_action
def harvest_source_create(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Create a source, after its address and settings were checked (see ckanext-harvest)."""
    tk.check_access("harvest_source_create", context, data_dict)
    with _checked(context, data_dict, {}):
        result: dict[str, Any] = original(context, data_dict)
        return result


@tk.chained_action
def harvest_source_update(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Update a source, after its address and settings were checked (see ckanext-harvest)."""
    if not data_dict.get("id"):
        raise tk.ValidationError({"id": [tk._("Missing value")]})
    tk.check_access("harvest_source_update", context, data_dict)
    with _checked(context, data_dict, _shown(context, data_dict["id"])):
        result: dict[str, Any] = original(context, data_dict)
        return result


@tk.chained_action
def package_create(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Create a dataset; a harvest source after its address and settings were checked.

    The form of sources comes here, and not through ``harvest_source_create``.
    """
    if data_dict.get("type") != DATASET_TYPE_NAME:
        return original(context, data_dict)
    tk.check_access("package_create", context, data_dict)
    with _checked(context, data_dict, {}):
        return original(context, data_dict)


@tk.chained_action
def package_update(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Update a dataset; a harvest source after its address and settings were checked."""
    package = model.Package.get(str(data_dict.get("id") or data_dict.get("name") or ""))
    if package is None or package.type != DATASET_TYPE_NAME:
        return overlay.package_update(original, context, data_dict)
    tk.check_access("package_update", context, {"id": package.id})
    with _checked(context, data_dict, _shown(context, package.id)):
        return original(context, data_dict)


@contextmanager
def _checked(context: Context, data_dict: dict[str, Any], before: dict[str, Any]) -> Iterator[None]:
    """Check a source once, before anything is logged of it; inside, refusals are translated."""
    if CHECKED in overlay.notes(context):
        yield
        return
    kinds = (before.get("source_type"), data_dict.get("source_type"))
    if any(_is_ours(kind) for kind in kinds):
        checks.check(context, data_dict, before, _is_sysadmin(context))
    overlay.notes(context)[CHECKED] = True
    try:
        with checks.said_in_the_readers_language():
            yield
    finally:
        overlay.notes(context).pop(CHECKED, None)


def _shown(context: Context, source_id: str) -> dict[str, Any]:
    """Return a source as it is, with its settings."""
    asked = fresh_context(context, ignore_auth=True)
    found: dict[str, Any] = tk.get_action("harvest_source_show")(asked, {"id": source_id})
    return found


@tk.chained_action
def harvest_job_create(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Create a job, unless the source is switched off (see ckanext-harvest)."""
    tk.check_access("harvest_job_create", context, data_dict)
    source = tk.get_action("harvest_source_show")(
        {**context, "ignore_auth": True}, {"id": data_dict.get("source_id", "")}
    )
    ours = _is_ours(source.get("source_type"))
    if ours and not source_config.parse(source.get("config")).may_run:
        raise tk.ValidationError(
            {
                "source_id": [
                    tk._(
                        "The source is switched off. An administrator has to switch it on and, "
                        "where its site asks for it, record the permission."
                    )
                ]
            }
        )
    result: dict[str, Any] = original(context, data_dict)
    return result


@tk.chained_action
@tk.side_effect_free
def harvest_source_show(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Show a source; its settings only to who may edit it (see ckanext-harvest)."""
    tk.check_access("harvest_source_show", context, data_dict)
    source: dict[str, Any] = original(context, data_dict)
    if not _may_edit(context, source["id"]):
        _hide(source)
    return source


@tk.chained_action
@tk.side_effect_free
def harvest_source_list(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """List the sources that one may see, without their settings (see ckanext-harvest)."""
    tk.check_access("harvest_source_list", context, data_dict)
    sources: list[dict[str, Any]] = original(context, data_dict)
    if _is_sysadmin(context):
        return sources
    for source in sources:
        _hide(source)
    return [source for source in sources if _may_see(context, source["id"])]


@tk.chained_action
@tk.side_effect_free
def package_show(original: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a dataset; the settings of a harvest source only to who may edit it."""
    found: dict[str, Any] = original(context, data_dict)
    if found.get("type") == "harvest" and not _may_edit(context, found["id"]):
        _hide(found)
    return found


@tk.chained_action
@tk.side_effect_free
def package_search(original: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Search datasets; harvest sources are found without their settings."""
    found: dict[str, Any] = original(context, data_dict)
    for result in found.get("results", []):
        if result.get("type") == "harvest":
            _hide(result)
    return found


@tk.chained_action
def harvest_source_reindex(_original: Action, context: Context, data_dict: dict[str, Any]) -> bool:
    """Index a source the way CKAN indexes any dataset, its own fields included."""
    tk.check_access("harvest_source_reindex", context, data_dict)
    index_update_package(
        {"user": context.get("user", ""), "ignore_auth": True},
        tk.get_or_bust(data_dict, "id"),
        bool(context.get("defer_commit")),
    )
    return True


def _may_edit(context: Context, source_id: str) -> bool:
    if context.get("ignore_auth"):
        return True
    try:
        tk.check_access("harvest_source_update", {**context}, {"id": source_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def _may_see(context: Context, source_id: str) -> bool:
    try:
        tk.check_access("package_show", {**context}, {"id": source_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def _hide(source: dict[str, Any]) -> None:
    """Take the settings out; ckanext-harvest shows each of them as a field of its own, too."""
    source["config"] = ""
    for key in source_config.TYPES:
        source.pop(key, None)
    source["extras"] = [extra for extra in source.get("extras", []) if extra.get("key") != "config"]


def _source(data_dict: dict[str, Any]) -> tuple[HarvestSource, dict[str, Any]]:
    """Return the source with its settings; ObjectNotFound if there is none with that id or name."""
    package = model.Package.get(data_dict.get("id", ""))
    source = model.Session.get(HarvestSource, package.id) if package else None
    if source is None:
        raise tk.ObjectNotFound(tk._("Harvest source not found"))
    return source, json.loads(source.config or "{}")


def _store(context: Context, source: HarvestSource, settings: dict[str, Any]) -> dict[str, Any]:
    package = model.Session.get_one(model.Package, source.id)
    values = {
        "id": package.id,
        "name": package.name,
        "title": package.title,
        "notes": package.notes,
        "url": source.url,
        "owner_org": package.owner_org,
        "source_type": source.type,
        "frequency": source.frequency,
        "config": json.dumps(settings, sort_keys=True, ensure_ascii=False),
    }
    tk.get_action("harvest_source_update")({**context, "ignore_auth": True}, values)
    return settings


def _is_ours(kind: Any) -> bool:
    """Return whether we harvest a type of source; another plugin checks the settings of its own."""
    harvesters = p.PluginImplementations(IHarvester)
    return any(
        isinstance(plugin, Harvester) and plugin.source_type == kind for plugin in harvesters
    )


def _is_sysadmin(context: Context) -> bool:
    if context.get("ignore_auth"):
        return True
    user = model.User.get(context.get("user") or "")
    return bool(user and user.sysadmin)
