"""Reads the CKAN API: pages of ``package_search``, ``package_show``, and DKAN's shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.ground.areas import STATE_DIGITS, find_area
from ckanext.mxcity.ground.errors import (
    ANSWERED,
    FEWER,
    MORE_PAGES,
    IncompleteListingError,
    NotWhatItSaysError,
    ReadError,
)
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading import assemble, rules, values
from ckanext.mxcity.reading.decode import load_json
from ckanext.mxcity.reading.records import (
    DEFAULT_CAPS,
    Caps,
    Document,
    Draft,
    Fetch,
    Item,
    Publisher,
    announce,
)
from ckanext.sniegharvest.readers import typed_fields
from ckanext.sniegharvest.readers.source_type import SourceType

PAGE = 500
_API = "/api/3/action/package_search"
_GONE = ("deleted", "draft")
NOT_A_DATASET = N_("This entry is of type {found}, not a dataset.")
NOT_PUBLIC = N_("The source says that this dataset is private or deleted.")


def filters(settings: Any) -> list[str]:
    """Return the Solr filters that the settings of a source ask for.

    Args:
        settings: has ``query``, ``organizations_filter_include`` and ``_exclude``, the same of
            groups, and ``areas`` (INEGI codes).

    """
    found = [settings.query] if settings.query else []
    for field, name in (("organization", "organizations"), ("groups", "groups")):
        for sign, how in (("+", "include"), ("-", "exclude")):
            names = getattr(settings, f"{name}_filter_{how}")
            if names:
                found.append(f"{sign}{field}:({_any(names)})")
    ways = [way for area in settings.areas for way in _area(str(area))]
    if ways:
        found.append(f"+({' OR '.join(ways)})")
    return found


def _any(names: list[str]) -> str:
    return " OR ".join(_quoted(name) for name in names)


def _quoted(text: Any) -> str:
    plain = str(text).replace("\\", " ").replace('"', " ")
    return f'"{plain}"'


def _area(code: str) -> list[str]:
    """Return the ways in which a CKAN portal may say that a dataset is about an area.

    A name is asked for with that of its state: names of municipalities repeat.
    """
    ways = [f"vocab_area_codes:{_quoted(code)}", f"extras_area_codes:{_quoted(code)}"]
    named = [find_area(code)] + ([find_area(code[:2])] if len(code) > STATE_DIGITS else [])
    names = [f"text:{_quoted(area.name)}" for area in named if area is not None]
    return [*ways, f"({' AND '.join(names)})"] if len(names) == len(named) else ways


def first_urls(source: str, filtered: list[str] | None = None) -> list[str]:
    """Return where a CKAN site may answer: below its address, then below ``/busca``.

    Args:
        source: address of the site, or of its API.
        filtered: Solr filters, e.g. ``organization:inegi``.

    """
    first = first_url(source, " ".join(filtered or ()))
    parts = urlsplit(first)
    if parts.path != _API:
        return [first]
    return [first, urlunsplit(parts._replace(path=f"/busca{_API}"))]


def first_url(source: str, query: str = "") -> str:
    """Return the address of the first page of a CKAN site.

    Args:
        source: address of the site, or of its API (``…/api/3/action/package_search?…``).
        query: Solr filter, e.g. ``organization:inegi``.

    """
    parts = urlsplit(source)
    path = parts.path.rstrip("/")
    if not path.endswith("/package_search"):
        base = path.split("/api/", 1)[0].removesuffix("/dataset")
        path = f"{base}{_API}"
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("rows", "start", "sort")]
    # The identifier settles ties, so that no dataset changes page while we read.
    paging = [("rows", str(PAGE)), ("start", "0"), ("sort", "metadata_created asc, id asc")]
    filtered = [("fq", query)] if query else []
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(kept + filtered + paging), ""))


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of an answer of the API and, with ``fetch``, of its further pages.

    Raises:
        ReadError: not an answer of the CKAN API, or one that says that it failed.
        IncompleteListingError: the pages ended before ``count`` datasets.

    """
    assembler = assemble.Assembler(caps)
    paging = _Paging()
    page = document
    for _number in range(caps.pages):
        result, warning = _result(page, caps)
        entries, count = _listed(result)
        fresh = paging.fresh(entries)
        further = fetch if count is not None and paging.end < count else None
        following = _next_url(page.url, paging.start)
        if further is not None and not paging.stuck:
            announce(further, following)
        for entry in fresh:
            draft = Draft(warnings=[warning] if warning else [])
            yield _read_entry(assembler, draft, entry, document.url)
        if further is None:
            return
        if paging.stuck:
            raise IncompleteListingError(
                record=document.name, reason=FEWER, announced=count, given=paging.seen
            )
        page = further(following)
    raise IncompleteListingError(record=document.name, reason=MORE_PAGES, pages=caps.pages)


class _Paging:
    """Pages that overlap by one dataset: where it is missing, the listing moved, and we go back.

    A dataset that is deleted while we read moves those after it one place forward: the next page
    would begin past one that nobody has seen.
    """

    def __init__(self) -> None:
        #: Datasets that were seen, each once.
        self.seen = 0
        #: Where the next page starts, and where the last one ended.
        self.start = self.end = 0
        #: Nothing new came.
        self.stuck = False
        self._known: set[bytes] = set()
        self._last = b""

    def fresh(self, entries: list[Any]) -> list[Any]:
        """Return those entries of a page that are new, and work out where to go on."""
        marks = [_mark(entry) for entry in entries]
        expected, self._last = self._last, b""
        if expected and entries and expected not in marks:
            self.start = max(0, self.start - len(entries))
            self.end = 0
            return []
        # An identifier that a page repeats is the source's fault; the assembler names it.
        pairs = zip(entries, marks, strict=True)
        new = [entry for entry, mark in pairs if not mark or mark not in self._known]
        self._known.update(mark for mark in marks if mark)
        self.seen += len(new)
        self.stuck = not entries or (bool(expected) and not new)
        self.end = self.start + len(entries)
        overlap = len(entries) > 1 and bool(marks[-1])
        self.start = self.end - 1 if overlap else self.end
        self._last = marks[-1] if overlap else b""
        return new


def _mark(entry: Any) -> bytes:
    named = values.text(entry.get("id") or entry.get("name")) if isinstance(entry, Mapping) else ""
    return blake2b(named.encode("utf-8", "replace"), digest_size=12).digest() if named else b""


def _result(page: Document, caps: Caps) -> tuple[Any, Any]:
    loaded, warning = load_json(page, caps.depth)
    if isinstance(loaded, Mapping) and loaded.get("success") is False:
        error = loaded.get("error")
        told = error.get("message") if isinstance(error, Mapping) else error
        raise ReadError(record=page.name, reason=ANSWERED, answer=values.text(told)[:200])
    if isinstance(loaded, Mapping) and "result" in loaded:
        loaded = loaded["result"]
    elif isinstance(loaded, Mapping) and not ({"results", "resources"} & set(loaded)):
        loaded = None
    if not isinstance(loaded, (Mapping, list)):
        raise NotWhatItSaysError(
            record=page.name, expected="an answer of the CKAN API", found="other JSON"
        )
    return loaded, warning


def _listed(result: Any) -> tuple[list[Any], int | None]:
    """Return the datasets of a result and, for a search, how many there are in all."""
    if isinstance(result, list):
        # DKAN wraps a dataset in a list, and its current_package_list in two.
        flat = result[0] if len(result) == 1 and isinstance(result[0], list) else result
        return list(flat), None
    if isinstance(result.get("results"), list):
        count = result.get("count")
        return result["results"], count if isinstance(count, int) else None
    return [result], None


def _next_url(url: str, start: int) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0] != "start"]
    query = urlencode([*pairs, ("start", str(start))])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _read_entry(assembler: assemble.Assembler, draft: Draft, entry: Any, site: str) -> Item:
    if not isinstance(entry, Mapping):
        return assembler.no_record(entry)
    try:
        raw = assemble.as_canonical(entry)
        identifier = values.text(raw.get("id")) or values.text(raw.get("name"))
        title = values.text(raw.get("title")) or values.text(raw.get("name"))
        names = {"named": identifier, "title": title}
        kind = values.text(raw.get("type")).lower()
        if kind in ("harvest", "showcase", "application"):
            return assembler.problem("invalid", "not-a-dataset", NOT_A_DATASET, found=kind, **names)
        if raw.get("private") is True or values.text(raw.get("state")).lower() in _GONE:
            return assembler.problem("invalid", "not-public", NOT_PUBLIC, **names)
        map_dataset(draft, raw, site)
        return assembler.finish(draft, raw, identifier, title)
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        return assembler.problem("invalid", "unreadable", assemble.UNREADABLE, reason=reason)


def _extras(raw: Mapping[str, Any]) -> dict[str, Any]:
    listed = raw.get("extras")
    if isinstance(listed, Mapping):
        return dict(listed)
    pairs = [entry for entry in listed or [] if isinstance(entry, Mapping)]
    return {str(entry["key"]): entry.get("value") for entry in pairs if entry.get("key")}


def map_dataset(draft: Draft, raw: Mapping[str, Any], site: str = "") -> None:
    """Fill a draft from a package; fields may be top-level or extras."""
    extras = _extras(raw)
    both = {**extras, **{key: value for key, value in raw.items() if value not in (None, "", [])}}
    out = draft.dataset
    rules.fill(draft, out, rules_of("ckan").dataset, rules.first_of(both))
    typed_fields.keep_own(draft)
    tags = raw.get("tags")
    names = [values.text(tag) for tag in tags] if isinstance(tags, list) else values.texts(tags)
    assemble.set_tags(draft, names)
    groups = [entry for entry in raw.get("groups") or [] if isinstance(entry, Mapping)]
    themes = [values.text(entry.get(key)) for entry in groups for key in ("name", "title")]
    out["topics"] = values.topics(
        [*_listing(both.get("topics")), *_listing(both.get("theme")), *themes]
    )
    assemble.set_licence(
        draft, raw.get("license_id"), raw.get("license_url"), raw.get("license_title")
    )
    _map_people(draft, both)
    _map_time(draft, both)
    out["area_codes"] = _listing(both.get("area_codes"))
    out["language"] = values.languages(_listing(both.get("language")))
    for entry in raw.get("resources") or []:
        if isinstance(entry, Mapping):
            _map_resource(draft, entry, site)
    for key, value in extras.items():
        if key not in rules_of("ckan").extras_too and not key.startswith("harvest_"):
            assemble.add_extra(draft, key, value if isinstance(value, str) else values.text(value))
    given = {key for key in raw if raw[key] not in (None, "", [])}
    draft.unmapped |= given - rules_of("ckan").known


def _listing(value: Any) -> list[str]:
    """Return a list that may have been written as JSON (``["a"]``) or Postgres (``{a}``) text."""
    if isinstance(value, str):
        value = value.strip("[]{} ").replace('"', "")
    return values.texts(value)


def _map_time(draft: Draft, both: Mapping[str, Any]) -> None:
    frequency = both.get("frequency") or both.get("update_frequency")
    if not frequency:  # the national portal writes it on the files
        resources = [entry for entry in both.get("resources") or [] if isinstance(entry, Mapping)]
        found = (entry.get("update_frequency") for entry in resources)
        frequency = next((entry for entry in found if entry), None)
    assemble.set_frequency(draft, frequency)
    coverage = both.get("temporal_coverage")
    for period in coverage if isinstance(coverage, list) else []:
        assemble.set_period(draft, period)
    ends = {"start": both.get("temporal_start"), "end": both.get("temporal_end")}
    if any(ends.values()):
        assemble.set_period(draft, ends)


def _map_people(draft: Draft, both: Mapping[str, Any]) -> None:
    organization = both.get("organization")
    name = identifier = ""
    if isinstance(organization, Mapping):
        name = values.text(organization.get("title")) or values.text(organization.get("name"))
        identifier = values.text(organization.get("name"))
    name = name or values.text(both.get("publisher_name") or both.get("dcat_publisher_name"))
    mail = values.email(both.get("publisher_email") or both.get("dcat_publisher_email"))
    if name or identifier:
        draft.publisher = Publisher(name, identifier, mail)
    contacts = both.get("contact")
    for contact in contacts if isinstance(contacts, list) else []:
        if isinstance(contact, Mapping):
            assemble.add_contact(draft, contact.get("name"), contact.get("email"))
    for who in ("contact", "maintainer", "author"):
        shown = both.get(f"{who}_name") if who == "contact" else both.get(who)
        if not draft.dataset.get("contact"):
            assemble.add_contact(draft, shown, both.get(f"{who}_email"))


def _map_resource(draft: Draft, raw: Mapping[str, Any], site: str) -> None:
    resource: dict[str, Any] = {"license": values.web_address(raw.get("license"))}
    rules.fill(draft, resource, rules_of("ckan").resource, rules.first_of(raw))
    address = values.text(raw.get("url"))
    if site and address.startswith("/"):
        address = urljoin(site, address)
    assemble.set_address(draft, resource, "url", address)
    kind = raw.get("mimetype")
    resource["format"] = values.file_format(raw.get("format"), kind, resource.get("url", ""))
    resource["mimetype"] = values.media_type(kind)
    assemble.add_resource(draft, resource, raw.get("size"))
    draft.unmapped |= {
        f"resources.{key}"
        for key in raw
        if key not in rules_of("ckan").known_resource and raw[key] not in (None, "", [])
    }


def begin(url: str, settings: Any, portal: str) -> list[str]:
    """Return where to begin, with the filters that the settings of the source ask for."""
    return first_urls(url, filters(settings))


TYPE = SourceType(
    N_("CKAN"),
    N_("Another CKAN portal: give the address of its home page."),
    read,
    begin=begin,
)
