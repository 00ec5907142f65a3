"""Fields of files that CKAN and the portal write: what people send for them is put back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ckan import model
from ckan.lib.helpers import date_str_to_datetime
from ckan.types import DataDict
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.ground import clock

#: What only the portal writes.
PORTALS = (
    "created", "metadata_modified", "cache_last_updated", "datastore_active",
    "datastore_contains_all_records_of_source_file",
)  # fmt: skip
#: What CKAN finds out about a file that it holds; of a link people may tell it.
MEASURED = ("size", "hash", "mimetype", "mimetype_inner")
#: Clocks differ, and so do time zones.
AHEAD = timedelta(days=1)


def put_back(package: str, resources: list[DataDict]) -> None:
    """Give fields that are the portal's what is stored of them, in files that people send.

    Args:
        package: the id or name of the dataset, "" for a new one.
        resources: its files as they are sent; changed in place.

    """
    found = model.Package.get(package) if package else None
    stored = {file.id: _shown(file) for file in found.resources_all} if found else {}
    for resource in resources:
        before = stored.get(str(resource.get("id") or ""))
        if before is None:
            resource.pop("id", None)
            _put_back_one(resource, {})
        else:
            _put_back_one(resource, before)


def _put_back_one(resource: DataDict, before: DataDict) -> None:
    for name in PORTALS:
        _restore(resource, before, name)
    _put_back_kind(resource, before)
    if _is_ahead(resource.get("last_modified")):
        _restore(resource, before, "last_modified")


def _put_back_kind(resource: DataDict, before: DataDict) -> None:
    """Keep how CKAN holds the file; a link may take the place of a file, not the reverse."""
    if isinstance(resource.get("upload"), FileStorage):
        for name in MEASURED:
            resource.pop(name, None)
        return
    kind = before.get("url_type") or ""
    if resource.get("url_type", kind) != kind and (resource.get("url_type") or kind != "upload"):
        _restore(resource, before, "url_type")
    if kind and resource.get("url_type", kind) == kind:
        for name in MEASURED:
            _restore(resource, before, name)


def _restore(resource: DataDict, before: DataDict, name: str) -> None:
    if before.get(name) is not None:
        if resource.get(name) != before[name]:
            resource[name] = before[name]
    elif resource.get(name):
        del resource[name]


def _is_ahead(value: Any) -> bool:
    try:
        moment = value if isinstance(value, datetime) else date_str_to_datetime(str(value or ""))
        moment = clock.in_utc(moment)
    except (ValueError, OverflowError):
        return False
    return moment > clock.utc_now() + AHEAD


def _shown(file: model.Resource) -> DataDict:
    """Return what is stored of a file, in the form in which it is shown."""
    columns = ("created", "metadata_modified", "last_modified", "cache_last_updated", "url_type")
    shown = {name: getattr(file, name) for name in (*columns, *MEASURED)}
    for name, value in shown.items():
        if isinstance(value, datetime):
            shown[name] = value.isoformat()
    return {**(file.extras or {}), **shown}
