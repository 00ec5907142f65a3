"""What the templates of the harvest pages need."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from babel.dates import format_date, format_time

from ckanext.harvest.model import HarvestSource
from ckanext.mxcity.city.clock import zone
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.types import TYPES
from ckanext.mxcity.ground import clock
from ckanext.mxcity.ground.areas import area_name
from ckanext.mxcity.ground.messages import filled
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.sniegharvest.engine.report import causes
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.source_config import SourceConfigError

#: Of each cause; the page of the run has all of them.
PROBLEMS_SHOWN = 10
#: As many as an action gives.
RUNS_SHOWN = 20


def sniegharvest_runs(source_id: str, limit: int = 5) -> list[dict[str, Any]]:
    """Return the last runs of a source, the newest first; none where one may not see it."""
    try:
        asked = {"source_id": source_id, "limit": limit}
        runs: list[dict[str, Any]] = tk.get_action("sniegharvest_run_list")({}, asked)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return []
    return runs


def sniegharvest_runs_by_job(source_id: str) -> dict[str, dict[str, Any]]:
    """Return the last runs of a source, by the id of their job."""
    return {run["id"]: run for run in sniegharvest_runs(source_id, RUNS_SHOWN)}


def sniegharvest_state(run: dict[str, Any] | None, job: dict[str, Any] | None) -> dict[str, str]:
    """Return the state of a run: ``label``, and ``tone`` ("", "official", "off" or "danger")."""
    known = str((run or {}).get("state") or (job or {}).get("status") or "")
    label, tone = {
        "New": (tk._("Waiting for its turn"), ""),
        "Running": (tk._("Under way"), ""),
        "running": (tk._("Under way"), ""),
        "stopping": (tk._("Being stopped"), "off"),
        "Finished": (tk._("Done"), "official"),
        "done": (tk._("Done"), "official"),
        "done-errors": (tk._("Done, with errors"), "danger"),
        "held": (tk._("Held for a person"), "demo"),
        "planned": (tk._("Dry run"), ""),
        "failed": (tk._("Not done"), "danger"),
        "Aborted": (tk._("Stopped"), "off"),
    }.get(known, (known, ""))
    return {"label": label, "tone": tone}


def sniegharvest_counts(run: dict[str, Any] | None, job: dict[str, Any] | None) -> list[str]:
    """Return what a run did, in words; what it did to none is left out."""
    if run is None:
        given = (job or {}).get("stats") or {}
        names = {"not modified": "unchanged", "errored": "failed", "deleted": "archived"}
        run = {names.get(name, name): count for name, count in given.items()}
    told = (
        ("added", tk._("{n} added")),
        ("updated", tk._("{n} updated")),
        ("unchanged", tk._("{n} unchanged")),
        ("missing", tk._("{n} missing, kept for now")),
        ("archived", tk._("{n} archived")),
        ("filtered", tk._("{n} outside the areas of the source")),
        ("failed", tk._("{n} failed")),
    )
    return [label.format(n=run[name]) for name, label in told if run.get(name)]


def sniegharvest_moment(moment: str | None) -> str:
    """Return a moment in UTC as people write it, in the portal's time zone; "" for none."""
    try:
        local = clock.in_zone(dt.datetime.fromisoformat(str(moment)), zone())
    except ValueError:
        return ""
    language = current_language()
    return f"{format_date(local, 'long', language)}, {format_time(local, 'HH:mm', None, language)}"


def sniegharvest_type(name: str) -> str:
    """Return the name of a type of source for people."""
    kinds = {kind["name"]: kind["title"] for kind in tk.h.harvesters_info()}
    return str(kinds.get(name, name))


def sniegharvest_frequency(name: str | None) -> str:
    """Return how often a source is harvested, in the reader's language."""
    said = tk._
    return said(str(name or "MANUAL").capitalize())


def sniegharvest_reason(problem: dict[str, Any]) -> str:
    """Return the reason of a problem in the reader's language."""
    try:
        return filled(problem["template"], problem["params"], tk._)
    except (KeyError, IndexError, ValueError):
        return str(problem.get("reason", ""))


def sniegharvest_causes(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what went wrong in a run by cause, the most frequent first, in the reader's language.

    Each has ``label``, ``remedy``, ``count`` and the first of its ``problems``.
    """
    problems = run.get("problems") or []
    # Runs of before the causes were kept have only their problems.
    counted = Counter(str(problem.get("slug")) for problem in problems)
    found = run.get("causes") or causes.told(counted)
    said = tk._
    return [
        {**cause, "label": said(cause["label"]), "remedy": said(cause["remedy"])}
        for cause in causes.grouped(found, problems, PROBLEMS_SHOWN)
    ]


def sniegharvest_is_off(source_id: str) -> str:
    """Why a source does not run: "", "off" or "permission"; its settings stay hidden."""
    source = model.Session.get(HarvestSource, source_id)
    try:
        settings = source_config.parse(source.config if source else None)
    except SourceConfigError:
        return ""
    if settings.requires_permission and not settings.permission:
        return "permission"
    return "" if settings.enabled else "off"


def sniegharvest_decision(decision: str) -> str:
    """Return what a plan says of a record, in the reader's language."""
    return {
        "create": tk._("New"),
        "update": tk._("Changed"),
        "unchanged": tk._("Unchanged"),
        "vanish": tk._("Not listed any more"),
        "duplicate": tk._("Repeated"),
        "invalid": tk._("Invalid"),
        "held": tk._("Abnormal"),
        "filtered": tk._("Outside the areas"),
    }.get(decision, decision)


def sniegharvest_settings_example(source_type: str) -> str:
    """Return the settings that a source of this type may have, as an example for its form."""
    return {
        "ckan": '{"organizations_filter_include": ["inegi"], "areas": ["19039"]}',
        "inegi_indicators": '{"indicators": ["1002000001"], "areas": ["19", "19039"]}',
        "spreadsheet": '{"defaults": {"frequency": "ANNUAL", "area_codes": ["19039"]}}',
    }.get(source_type, '{"areas": ["19039"]}')


def sniegharvest_where(where: dict[str, Any]) -> str:
    """Return where a record is about and how that was known, in the reader's language."""
    how = {
        "code": tk._("by its INEGI codes"),
        "name": tk._("by the names in its title"),
        "bbox": tk._("by its bounding box"),
        "publisher": tk._("by its publisher"),
        "source": tk._("by the settings of the source"),
    }.get(where.get("how", ""))
    names = "; ".join(map(area_name, where.get("areas") or ()))
    if not names or how is None:
        return tk._("Nothing in the record says which municipality or state it is about.")
    return tk._("It is about {areas}, known {how}.").format(areas=names, how=how)


def sniegharvest_overlay(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Return in words the fields that the city changed in a dataset; none where it is hidden.

    Each has ``path``, ``label``, ``value`` and ``source`` as texts, ``changed``, and ``editor``:
    whether the reader may give it back.
    """
    if not package.get("source_identifier") or not package.get("id"):
        return []
    try:
        rows = tk.get_action("sniegharvest_overlay_show")({}, {"id": package["id"]})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return []
    return [
        {
            "path": row["path"],
            "label": sniegharvest_field_label(row["path"], package),
            "value": _words(row["path"], row["value"]),
            "source": _words(row["path"], row["source_value"]),
            "changed": row["changed"],
            "editor": "author" in row,
        }
        for row in rows
    ]


def sniegharvest_file(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of the bytes of a file, as ``sniegharvest_file_show`` gives it."""
    try:
        asked = {"id": resource.get("id")}
        known: dict[str, Any] = tk.get_action("sniegharvest_file_show")({}, asked)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return {"state": "unknown"}
    return known


def sniegharvest_field_label(path: str, package: dict[str, Any] | None = None) -> str:
    """Return what to call a field that the city changed."""
    kind, _, rest = path.partition("/")
    if kind == "extras" and rest:
        return rest
    if kind != "resources" or not rest:
        return _label("dataset_fields", "tag_string" if path == "tags" else path)
    id_, _, name = rest.partition("/")
    files = (package or {}).get("resources") or []
    file = next((entry.get("name") for entry in files if entry.get("id") == id_), None)
    about = tk._("File “{name}”").format(name=file) if file else tk._("A file")
    return f"{about}: {_label('resource_fields', name)}" if name else about


def _field(fields: str, name: str) -> dict[str, Any]:
    schemas = (tk.h.scheming_get_dataset_schema(kind) or {} for kind in TYPES)
    found = (tk.h.scheming_field_by_name(schema.get(fields, []), name) for schema in schemas)
    return next(filter(None, found), None) or {}


def _label(fields: str, name: str) -> str:
    field = _field(fields, name)
    return str(tk.h.scheming_language_text(field["label"])) if field.get("label") else name


def _words(path: str, value: Any) -> str:
    """Return a value as a person reads it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (_words(path, entry) for entry in value)))
    if isinstance(value, dict):
        if path.startswith("resources/"):
            return str(value.get("name") or value.get("url") or "")
        return ", ".join(str(entry) for entry in value.values() if entry)
    names = _field("dataset_fields", path).get("vocabulary")
    term = vocabulary(names).terms.get(str(value)) if names and names != "areas" else None
    return term.label(current_language()) if term else str(value)
