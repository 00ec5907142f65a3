"""Compare what a source lists with what is stored; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ckanext.sniegharvest.engine.records import Plan, Stored
from ckanext.sniegharvest.errors import N_, Message
from ckanext.sniegharvest.readers import Record

#: So many may always vanish, whatever share of a small source they are.
ALWAYS_ALLOWED = 10
#: So many may always change.
ALWAYS_CHANGEABLE = 100

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


def make(records: Iterable[Record], stored: Mapping[str, Stored], complete: bool) -> Plan:
    """Sort every record into what has to be done with it.

    Args:
        records: what the source lists, each identifier once.
        stored: what earlier runs stored, by identifier.
        complete: whether the listing was read to its end; absence proves nothing otherwise.

    """
    plan = Plan()
    listed = set()
    for record in records:
        listed.add(record.identifier)
        known = stored.get(record.identifier)
        if known is None:
            plan.create.append(record)
        elif known.active and known.content_hash == record.content_hash:
            plan.unchanged += 1
        else:
            plan.update.append((record, known))
    if complete:
        plan.vanished = [
            item for guid, item in stored.items() if guid not in listed and item.active
        ]
    return plan


def reason_to_hold(
    plan: Plan, stored: int, share: float, change_share: float = 1.0
) -> Message | None:
    """Say why a person should look before this plan is carried out, None if there is no need.

    Args:
        plan: what would be done.
        stored: active datasets of the source.
        share: of them that may vanish in one run, 0 to 1.
        change_share: of them that may change in one run, 0 to 1.

    """
    vanished = len(plan.vanished)
    if vanished and vanished == stored and not (plan.create or plan.update or plan.unchanged):
        return Message("held-empty", HELD_EMPTY, {"stored": stored})
    if vanished > max(ALWAYS_ALLOWED, share * stored):
        return Message("held-vanished", HELD_VANISHED, {"vanished": vanished, "stored": stored})
    changed = len(plan.update)
    if changed > max(ALWAYS_CHANGEABLE, change_share * stored):
        return Message("held-changed", HELD_CHANGED, {"changed": changed, "stored": stored})
    return None
