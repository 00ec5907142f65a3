"""Find what a person changed in a harvested dataset, and apply it over the source; pure.

A path names a field: ``notes``, ``tags``, ``contact`` (a repeating field whole), ``extras/KEY``,
``resources/ID/FIELD``. The id of a resource comes from its address at the source, so that a
resource keeps its path wherever the source lists it. ``resources/ID`` alone is a whole resource:
one that the city added, or took away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Fields of a dataset that CKAN or the harvester works out: nobody's words.
# fmt: off
COMPUTED = frozenset({
    "id", "name", "type", "state", "private", "creator_user_id", "metadata_created",
    "metadata_modified", "organization", "groups", "isopen", "license_title", "license_url",
    "num_resources", "num_tags", "relationships_as_object", "relationships_as_subject",
    "tracking_summary", "plugin_data", "tag_string", "extras", "resources", "tags",
    "source_name", "source_url", "source_identifier", "harvested_at", "area_source",
    "other_sources", "record_sha256",
})
# fmt: on
#: Fields of a resource of that kind.
# fmt: off
RESOURCE_COMPUTED = frozenset({
    "id", "package_id", "position", "state", "created", "metadata_modified", "last_modified",
    "revision_id", "datastore_active", "datastore_contains_all_records_of_source_file",
    "ckan_url", "tracking_summary", "cache_last_updated", "cache_url", "hash", "size", "upload",
    "clear_upload", "on_same_domain",
})
# fmt: on
#: Extras that ckanext-harvest adds to what is shown.
EXTRAS_COMPUTED = ("harvest_object_id", "harvest_source_id", "harvest_source_title")
#: Fields of a resource that CKAN fills where nobody has.
GUESSED = frozenset({"mimetype", "format"})
TAGS = "tags"


@dataclass(frozen=True)
class Edit:
    """One field that a person changed; None where there is no value."""

    path: str
    value: Any
    source: Any


@dataclass(frozen=True)
class Kept:
    """One stored field of an overlay."""

    path: str
    value: Any
    source: Any


@dataclass
class Result:
    """The result of applying an overlay over what the source says."""

    package: dict[str, Any]
    #: Paths of which the source says something else than before, with what it says now.
    moved: dict[str, Any]
    #: Paths on which source and city agree by now.
    settled: list[str]


def edits(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """Return what a person changed between two versions, as ``package_show`` gives them."""
    old, new = _fields(before), _fields(after)
    found = [
        Edit(path, new.get(path), old.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]
    old_files, new_files = _resources(before), _resources(after)
    for id_ in sorted(old_files.keys() | new_files.keys()):
        mine, theirs = new_files.get(id_), old_files.get(id_)
        if mine is None or theirs is None:
            found.append(Edit(f"resources/{id_}", mine, theirs))
            continue
        ours, others = _resource_fields(mine), _resource_fields(theirs)
        found += [
            Edit(f"resources/{id_}/{name}", ours.get(name), others.get(name))
            for name in sorted(ours.keys() | others.keys())
            if ours.get(name) != others.get(name) and (name in others or name not in GUESSED)
        ]
    return found


def merge(
    kept: Mapping[str, Kept], changes: Iterable[Edit], after: Mapping[str, Any]
) -> tuple[dict[str, Kept], list[str]]:
    """Add what a person changed to what was kept.

    Args:
        kept: the overlay so far, by path.
        changes: of :func:`edits`.
        after: the dataset as it is now.

    Returns:
        The fields to be stored, and the paths to be dropped because the person gave the source's
        value back.

    """
    stored: dict[str, Kept] = {}
    dropped: list[str] = []
    files = _resources(after)
    for edit in changes:
        whole = "/".join(edit.path.split("/")[:2])
        added = kept.get(whole)
        if added is not None and added.source is None and edit.path.startswith("resources/"):
            # The city's own resource: it is kept as one.
            if (mine := files.get(whole.partition("/")[2])) is None:
                dropped.append(whole)
            else:
                stored[whole] = Kept(whole, mine, None)
            continue
        known = kept.get(edit.path)
        source = known.source if known is not None else edit.source
        if known is not None and plain(edit.value) == plain(source):
            dropped.append(edit.path)
        else:
            stored[edit.path] = Kept(edit.path, edit.value, source)
    return stored, dropped


def apply(package: Mapping[str, Any], overlay: Iterable[Kept]) -> Result:
    """Apply an overlay to a copy of a dataset as the source says it."""
    result = Result({**package}, {}, [])
    files = [dict(resource) for resource in package.get("resources") or []]
    result.package["resources"] = files
    for item in overlay:
        told, says = _lay(result.package, item)
        if not told:
            continue
        if plain(says) == plain(item.value):
            result.settled.append(item.path)
        elif plain(says) != plain(item.source):
            result.moved[item.path] = says
    return result


def give_back(package: Mapping[str, Any], item: Kept) -> dict[str, Any]:
    """Return a dataset with the source's value in a field that the city had changed."""
    changed = {**package, "resources": [dict(entry) for entry in package.get("resources") or []]}
    if item.source is None and item.path.count("/") == 1 and item.path.startswith("resources/"):
        id_ = item.path.partition("/")[2]
        changed["resources"] = [entry for entry in changed["resources"] if entry.get("id") != id_]
        return changed
    _lay(changed, Kept(item.path, item.source, None))
    return changed


def conserved(said: Mapping[str, Any], overlay: Iterable[Kept]) -> list[tuple[str, Any, Any]]:
    """Return path, city's value and source's value of each field that the city changed."""
    found = []
    for item in overlay:
        if item.path.startswith("resources/"):
            found.append((item.path, item.value, item.source))
        elif item.path == TAGS:
            found.append((item.path, item.value, _tag_names(said)))
        elif item.path.startswith("extras/"):
            key = item.path.partition("/")[2]
            extras = said.get("extras") or []
            says = next((entry["value"] for entry in extras if entry["key"] == key), None)
            found.append((item.path, item.value, says))
        else:
            says = said["title"] if item.path == "title" else said.get(item.path, item.source)
            found.append((item.path, item.value, says))
    return found


def plain(value: Any) -> Any:
    """Return a value in the form that is compared: whatever is empty becomes None."""
    if isinstance(value, Mapping):
        inner = {key: plain(entry) for key, entry in value.items()}
        return {key: entry for key, entry in inner.items() if entry is not None} or None
    if isinstance(value, (list, tuple)):
        return [entry for entry in map(plain, value) if entry is not None] or None
    if isinstance(value, str):
        return value.strip() or None
    return value


def _lay(package: dict[str, Any], item: Kept) -> tuple[bool, Any]:
    """Set a value; return whether the source has the field, and the source's value."""
    kind, _, rest = item.path.partition("/")
    if kind == "resources" and rest:
        return _lay_resource(package["resources"], rest, item.value)
    if kind == "extras" and rest:
        return _lay_extra(package, rest, item.value)
    if item.path == TAGS:
        names = _tag_names(package)
        package[TAGS] = [{"name": name} for name in item.value or []]
        return True, names
    says = package.get(item.path)
    package[item.path] = _filled(item.value, says)
    return True, says


def _lay_extra(package: dict[str, Any], key: str, value: Any) -> tuple[bool, Any]:
    extras = package.get("extras") or []
    says = next((entry["value"] for entry in extras if entry["key"] == key), None)
    package["extras"] = [entry for entry in extras if entry["key"] != key]
    if value is not None:
        package["extras"].append({"key": key, "value": value})
    return True, says


def _lay_resource(files: list[dict[str, Any]], rest: str, value: Any) -> tuple[bool, Any]:
    id_, _, name = rest.partition("/")
    mine = next((entry for entry in files if entry.get("id") == id_), None)
    if name:
        if mine is None:
            return False, None
        says = mine.get(name)
        mine[name] = _filled(value, says)
        return True, says
    if value is None and mine is not None:
        files.remove(mine)
        return True, mine
    if value is not None and mine is None:
        files.append(dict(value))
    return False, None


def _filled(value: Any, says: Any) -> Any:
    """Return what a form sends for an empty field, so that CKAN takes the value away."""
    if value is not None:
        return value
    return [] if isinstance(says, (list, tuple)) else ""


def _fields(package: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: plain(value) for key, value in package.items() if key not in COMPUTED}
    for extra in package.get("extras") or []:
        if extra["key"] not in EXTRAS_COMPUTED:
            found[f"extras/{extra['key']}"] = plain(extra["value"])
    found[TAGS] = _tag_names(package) or None
    return found


def _tag_names(package: Mapping[str, Any]) -> list[str]:
    return sorted({tag["name"] for tag in package.get(TAGS) or []})


def _resources(package: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["id"]: dict(entry) for entry in package.get("resources") or []}


def _resource_fields(resource: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: plain(value) for key, value in resource.items() if key not in RESOURCE_COMPUTED}
    return {key: value for key, value in found.items() if value is not None}
