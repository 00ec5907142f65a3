"""The last step of every reader: what was mapped becomes a record or a named problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from ckanext.mxcity.ground import links
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading import values
from ckanext.mxcity.reading.canonical import canonical, content_hash, serialised
from ckanext.mxcity.reading.dates import parse_date, parse_interval
from ckanext.mxcity.reading.records import Caps, Draft, Item, Record, RecordProblem
from ckanext.mxcity.reading.spatial import geojson

NO_IDENTIFIER = N_("The record has no identifier: the source has to give it one.")
REPEATED = N_("The identifier {identifier} is repeated in the source; the first one was taken.")
NOT_A_RECORD = N_("This entry is not a dataset: {found}")
UNREADABLE = N_("The record could not be read: {reason}")
TOO_MANY_RESOURCES = N_("The record has {count} resources; {limit} is the most that is taken.")
TOO_MANY_TAGS = N_("The record has {count} keywords; {limit} is the most that is taken.")
TOO_BIG = N_("The record takes {count} bytes; {limit} is the most that is taken.")
NO_TITLE = N_("The record has no title; its identifier is shown instead.")
TAGS_MENDED = N_("{count} keywords have characters or a length that cannot be kept: {examples}")
BAD_DATE = N_("{field}: {value} is not a date, it was left out.")
BAD_EMAIL = N_("{field}: {value} is not an e-mail address, it was left out.")
BAD_ADDRESS = N_("{field}: {value} is not a web address, it was left out.")
BAD_SIZE = N_("{field}: {value} is not a number of bytes, it was left out.")
BAD_EXTENT = N_("The extent is not a shape in degrees: {value}. It is kept as a text.")
UNKNOWN_LICENCE = N_("The licence {value} is not in the list of licences; it is kept as a text.")
UNKNOWN_FREQUENCY = N_("The frequency {value} is not in the list; it is kept as a text.")
BIANNUAL = N_("The frequency {value} was read as every two years; ask the publisher.")
TEXT_CUT = N_("{field} has {count} characters; only the first {limit} were kept.")


class Assembler:
    """Turns drafts into records, counting them and remembering identifiers. One a run."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.position = 0
        self._seen: set[bytes] = set()

    def problem(self, kind: Any, slug: str, template: str, **params: Any) -> RecordProblem:
        """Count a record that cannot be taken."""
        self.position += 1
        names = {name: str(params.pop(name, "")) for name in ("named", "title")}
        return RecordProblem(
            kind, Message(slug, template, params), self.position, names["named"], names["title"]
        )

    def no_record(self, entry: Any) -> RecordProblem:
        """Count an entry that is a number, a text, nothing…, and show it."""
        found = serialised(canonical(entry))[:80]
        return self.problem("invalid", "not-a-record", NOT_A_RECORD, found=found)

    def finish(self, draft: Draft, raw: Mapping[str, Any], identifier: str, title: str) -> Item:
        """Return the record, or why it cannot be taken. ``raw`` is canonical."""
        identifier = values.text(identifier)
        if not identifier:
            return self.problem("invalid", "no-identifier", NO_IDENTIFIER, title=title)
        names = {"named": identifier, "title": title}
        key = blake2b(identifier.encode("utf-8", "replace"), digest_size=16).digest()
        if key in self._seen:
            return self.problem("duplicate", "duplicate", REPEATED, identifier=identifier, **names)
        abnormal = self._abnormal(draft, raw)
        if abnormal is not None:
            slug, template, count, limit = abnormal
            return self.problem("quarantine", slug, template, count=count, limit=limit, **names)
        self._seen.add(key)
        if not title:
            draft.warn("no-title", NO_TITLE)
            title = identifier
        self._cut_texts(draft)
        self._leave_out_addresses(draft)
        self.position += 1
        dataset = {"title": title[:1000], **draft.dataset}
        return Record(
            identifier=identifier,
            title=title,
            raw=raw,
            dataset={name: value for name, value in dataset.items() if value not in ("", [], None)},
            content_hash=content_hash(raw),
            position=self.position,
            publisher=draft.publisher,
            warnings=tuple(draft.warnings),
            unmapped=tuple(sorted(draft.unmapped)),
        )

    def _abnormal(self, draft: Draft, raw: Mapping[str, Any]) -> tuple[str, str, int, int] | None:
        resources = len(draft.dataset.get("resources", ()))
        tags = len(draft.dataset.get("tags", ()))
        if resources > self.caps.resources:
            return "too-many-resources", TOO_MANY_RESOURCES, resources, self.caps.resources
        if tags > self.caps.tags:
            return "too-many-tags", TOO_MANY_TAGS, tags, self.caps.tags
        size = len(serialised(raw))
        if size > self.caps.record_bytes:
            return "too-big", TOO_BIG, size, self.caps.record_bytes
        return None

    def _cut_texts(self, draft: Draft) -> None:
        limit = self.caps.text
        for owner in (draft.dataset, *draft.dataset.get("resources", ())):
            for name, value in owner.items():
                if isinstance(value, str) and len(value) > limit and name != "spatial":
                    draft.warn("text-cut", TEXT_CUT, field=name, count=len(value), limit=limit)
                    owner[name] = value[:limit]

    def _leave_out_addresses(self, draft: Draft) -> None:
        """Leave out an address that is no link, and a resource that has no other."""
        for owner in (draft.dataset, *draft.dataset.get("resources", ())):
            for name in [name for name in owner if links.is_address(name)]:
                if links.refused(owner[name], name):
                    given = owner.pop(name)
                    draft.warn("bad-address", BAD_ADDRESS, field=name, value=given[:200])
                    owner.setdefault("_left_out", name)
        draft.dataset.pop("_left_out", None)
        resources = draft.dataset.get("resources", [])
        kept = [entry for entry in resources if entry.pop("_left_out", None) != "url"]
        if len(kept) < len(resources):
            draft.dataset["resources"] = kept


def as_canonical(value: Any) -> Mapping[str, Any]:
    """Return a record of the source in the form that ``Record.raw`` has."""
    made = canonical(value)
    return made if isinstance(made, dict) else {"value": made}


def add_extra(draft: Draft, key: str, value: Any) -> None:
    """Keep a value of the source that has no field of its own."""
    written = value if isinstance(value, str) else serialised(canonical(value))
    if written:
        draft.dataset.setdefault("extras", []).append({"key": key, "value": written})


def set_tags(draft: Draft, names: Sequence[str]) -> None:
    """Set the tags, mended to what CKAN takes."""
    good, changed = values.clean_tags(names)
    draft.dataset["tags"] = [{"name": name} for name in good]
    if changed:
        examples = ", ".join(repr(name[:60]) for name in changed[:5])
        draft.warn("tags-mended", TAGS_MENDED, count=len(changed), examples=examples)


def set_date(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    """Set a date, or warn that it is none."""
    if values.text(value) in ("", "null"):
        return
    found = parse_date(value)
    if found is None:
        shown = values.text(value)[:80]
        draft.warn("bad-date", BAD_DATE, field=field, value=shown)
    else:
        owner[field] = found


def set_period(draft: Draft, value: Any) -> None:
    """Add a period given as ``start/end`` or as a pair of dates."""
    if value in (None, "", {}, []):
        return
    if isinstance(value, Mapping):
        keys = (("startDate", "start", "schema:startDate"), ("endDate", "end", "schema:endDate"))
        pair = [next((value[k] for k in names if value.get(k)), None) for names in keys]
        start, end = (parse_date(values.text(entry)) for entry in pair)
    else:
        start, end = parse_interval(values.text(value))
    if start is None and end is None:
        draft.warn("bad-date", BAD_DATE, field="temporal", value=values.text(value)[:80])
        return
    period = {name: found for name, found in (("start", start), ("end", end)) if found}
    draft.dataset.setdefault("temporal_coverage", []).append(period)


def set_extent(draft: Draft, value: Any) -> None:
    """Set the extent as a shape; a place that is only named is kept as ``spatial_text``."""
    if value in (None, "", {}, []):
        return
    if isinstance(value, list):
        for entry in value:
            set_extent(draft, entry)
        return
    shape = geojson(value)
    if shape:
        draft.dataset.setdefault("spatial", shape)
        return
    looks_like_shape = isinstance(value, Mapping) or values.text(value)[:1] in "{[-0123456789"
    if looks_like_shape:
        draft.warn("bad-extent", BAD_EXTENT, value=str(value)[:80])
    add_extra(draft, "spatial_text", values.text(value)[:2000])


def set_licence(draft: Draft, *candidates: Any) -> None:
    """Set the licence from the first candidate that is known."""
    given = [found for found in map(values.text, candidates) if found]
    if not given:
        return
    key = values.licence(*given)
    if key:
        draft.dataset["license_id"] = key
    else:
        draft.warn("unknown-licence", UNKNOWN_LICENCE, value=given[0][:200])
        add_extra(draft, "license_text", given[0][:2000])


def set_frequency(draft: Draft, value: Any) -> None:
    """Set how often the data are updated."""
    given = values.text(value)
    if not given:
        return
    key = values.frequency(given)
    if key:
        draft.dataset["frequency"] = key
        if given.casefold() == "bianual":
            draft.warn("ambiguous-frequency", BIANNUAL, value=given)
    else:
        draft.warn("unknown-frequency", UNKNOWN_FREQUENCY, value=given[:100])
        add_extra(draft, "frequency_text", given[:500])


def add_contact(draft: Draft, name: Any, address: Any) -> None:
    """Add a contact; an e-mail that is none is left out with a warning."""
    shown, mail = values.text(name), values.email(address)
    if values.text(address) and not mail:
        draft.warn("bad-email", BAD_EMAIL, field="contact", value=values.text(address)[:100])
    contact = {key: value for key, value in (("name", shown), ("email", mail)) if value}
    if contact and contact not in draft.dataset.get("contact", []):
        draft.dataset.setdefault("contact", []).append(contact)


def set_address(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    """Set a web address, or warn that it is none."""
    given = values.text(value)
    if not given:
        return
    found = values.web_address(given)
    if found:
        owner[field] = found
    else:
        draft.warn("bad-address", BAD_ADDRESS, field=field, value=given[:200])


def add_resource(draft: Draft, resource: dict[str, Any], size: Any = None) -> None:
    """Add a resource, its empty fields left out."""
    if values.text(size):
        resource["size"] = values.byte_size(size)
        if resource["size"] is None:
            draft.warn("bad-size", BAD_SIZE, field="size", value=values.text(size)[:40])
    kept = {name: value for name, value in resource.items() if value not in ("", None, [])}
    draft.dataset.setdefault("resources", []).append(kept)
