"""Decide what becomes of each record, and when a person should look at a plan; pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading.canonical import VOLATILE, serialised
from ckanext.mxcity.reading.records import Item, Record, RecordProblem
from ckanext.sniegharvest.engine.overlay.edits import Kept, conserved
from ckanext.sniegharvest.engine.place.city_filter import CityFilter
from ckanext.sniegharvest.engine.records import Counts, Planned, Stored
from ckanext.sniegharvest.engine.report.report import Problem

#: So many may always vanish, whatever share of a small source they are.
ALWAYS_ALLOWED = 10
#: So many may always change.
ALWAYS_CHANGEABLE = 100
#: A difference shows so many fields, and so many characters of each.
FIELDS_SHOWN = 40
TEXT_SHOWN = 300
#: Areas of a record that does not concern the city.
AREAS_SHOWN = 20
#: A record that its source lists with one of these has been withdrawn by it.
WITHDRAWN = frozenset({"not-public", "not-a-dataset"})

HELD_EMPTY = N_(
    "The source lists nothing, and {stored} datasets of it are stored. Nothing was changed: look "
    "at the source, then release the run if it is right."
)
HELD_CHANGED = N_(
    "{changed} of {stored} datasets have changed. Nothing was changed here: look at the source, "
    "then release the run if it is right."
)
HELD_VANISHED = N_(
    "{vanished} of {stored} datasets are not listed any more. Nothing was changed: look at the "
    "source, then release the run if it is right."
)


def decide(
    position: int,
    item: Item,
    known: Mapping[str, Stored],
    remap: bool = False,
    wanted: CityFilter | None = None,
    nearer: Callable[[str], bool] = lambda source: False,
) -> Planned:
    """Say what has to be done with one item of a source.

    Args:
        position: its place in the listing, from 1.
        item: a record, or why there is none.
        known: what earlier runs stored, by identifier; at least this item's.
        remap: the settings of the source have changed, so that equal content has to be written.
        wanted: leaves out what does not concern the areas that the source was narrowed to.
        nearer: whether this source is nearer to the producer than the one with this id.

    """
    if isinstance(item, RecordProblem):
        decision = "held" if item.kind == "quarantine" else item.kind
        name = item.identifier or f"#{item.position}"
        problem = Problem(name, "read", item.message, item.title)
        return Planned(position, name, decision, item.title, detail={"problem": problem.as_dict()})
    stored = known.get(item.identifier)
    about = (item.identifier, item.title, item.content_hash)
    elsewhere = wanted.outside(item) if wanted is not None else None
    if elsewhere is not None:
        where = {"how": elsewhere.how, "areas": list(elsewhere.codes)[:AREAS_SHOWN]}
        return Planned(position, item.identifier, "filtered", item.title, detail={"where": where})
    if stored is None:
        return _planned(position, "create", about, "", item)
    if stored.authority:
        return _elsewhere(position, about, stored, item, nearer)
    if not stored.active:
        return _planned(position, "update", about, stored.package_id, item, reason="back")
    if stored.content_hash != item.content_hash:
        return _planned(position, "update", about, stored.package_id, item)
    if remap:
        return _planned(position, "update", about, stored.package_id, item, reason="settings")
    return _planned(position, "unchanged", about, stored.package_id, None)


def _elsewhere(
    position: int,
    about: tuple[str, str, str],
    stored: Stored,
    item: Record,
    nearer: Callable[[str], bool],
) -> Planned:
    """Decide on a record of a dataset on which another source is the authority."""
    if nearer(stored.authority):
        return _planned(position, "update", about, stored.package_id, item, reason="nearer")
    if stored.content_hash == item.content_hash:
        return _planned(position, "unchanged", about, stored.package_id, None)
    return _planned(position, "update", about, stored.package_id, item, reason="further")


def is_listed(item: Item) -> bool:
    """Return whether the source still lists the item, be the item readable or not."""
    if isinstance(item, Record):
        return True
    return bool(item.identifier) and item.slug not in WITHDRAWN


def difference(before: str | None, after: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the fields that differ between two versions of a record.

    Args:
        before: canonical JSON of the stored version; None or broken where it was lost.
        after: the record as the source gives it now.

    Returns:
        At most ``FIELDS_SHOWN`` of ``{"field", "before", "after"}``, in the order of the fields;
        a field inside another is ``outer.inner``, texts are cut. Empty if ``before`` is unknown.

    """
    try:
        old = json.loads(before or "")
    except ValueError:
        return []
    flat_old, flat_new = dict(_flat(old)), dict(_flat(after))
    found = []
    for name in sorted(flat_old.keys() | flat_new.keys()):
        if flat_old.get(name) != flat_new.get(name):
            texts = (_shown(flat_old.get(name)), _shown(flat_new.get(name)))
            found.append({"field": name, "before": texts[0], "after": texts[1]})
            if len(found) == FIELDS_SHOWN:
                break
    return found


def kept(record: Record, overlay: Iterable[Kept]) -> list[dict[str, str]]:
    """Return ``{"field", "city", "source"}`` for each field that stays as the city has it."""
    said = {**record.dataset, "title": record.title}
    return [
        {"field": path, "city": _shown(value), "source": _shown(says)}
        for path, value, says in conserved(said, overlay)
    ]


def reason_to_hold(
    counts: Counts, stored: int, share: float, change_share: float = 1.0
) -> Message | None:
    """Say why a person should look before a plan is carried out, None if there is no need.

    Args:
        counts: what would be done.
        stored: active datasets of the source.
        share: of them that may vanish in one run, 0 to 1.
        change_share: of them that may change in one run, 0 to 1; what changes because a person
            changed the settings of the source does not count.

    """
    if counts.vanish and counts.vanish == stored and not counts.listed:
        return Message("held-empty", HELD_EMPTY, {"stored": stored})
    if counts.vanish > max(ALWAYS_ALLOWED, share * stored):
        return Message(
            "held-vanished", HELD_VANISHED, {"vanished": counts.vanish, "stored": stored}
        )
    changed = counts.update - counts.remapped
    if changed > max(ALWAYS_CHANGEABLE, change_share * stored):
        return Message("held-changed", HELD_CHANGED, {"changed": changed, "stored": stored})
    return None


def _planned(
    position: int,
    decision: Any,
    about: tuple[str, str, str],
    package_id: str,
    record: Record | None,
    reason: str = "",
) -> Planned:
    detail = {"reason": reason} if reason else {}
    return Planned(position, about[0], decision, about[1], about[2], package_id, detail, record)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a record by their path; a list of texts or numbers is one leaf."""
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        pairs = ((key, value[key]) for key in value if key not in VOLATILE)
    elif isinstance(value, list) and any(isinstance(entry, (Mapping, list)) for entry in value):
        pairs = enumerate(value, 1)
    else:
        yield path, value
        return
    for key, inner in pairs:
        yield from _flat(inner, f"{path}.{key}" if path else str(key))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else serialised(value)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"
