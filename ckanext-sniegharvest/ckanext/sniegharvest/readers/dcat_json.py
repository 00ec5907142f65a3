"""Reads ``data.json``: DCAT-US 1.1 and 3.0, Argentina's, and Mexico's ``catalogo.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.ground.errors import NotWhatItSaysError
from ckanext.mxcity.ground.messages import N_, Message
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
)
from ckanext.sniegharvest.readers import json_stream
from ckanext.sniegharvest.readers.source_type import SourceType

NOT_PUBLIC = N_("The source says that this dataset is not public.")


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of a catalogue, those of the catalogues and series inside it included.

    A data service that the catalogue lists is taken as a dataset whose file is its address.

    ``fetch`` is not used: the format has one page.

    Raises:
        ReadError: the document is not JSON, or not a catalogue.

    """
    entries, warning = _listed(document, caps)
    assembler = assemble.Assembler(caps)
    for entry, inherited in entries:
        if not isinstance(entry, Mapping):
            yield assembler.no_record(entry)
            continue
        draft = Draft(warnings=[warning] if warning else [])
        try:
            raw = assemble.as_canonical(entry)
            if _hidden(raw):
                yield assembler.problem(
                    "invalid", "not-public", NOT_PUBLIC, named=identify(raw), title=_title(raw)
                )
                continue
            map_dataset(draft, raw, inherited)
            yield assembler.finish(draft, raw, identify(raw), _title(raw))
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
            yield assembler.problem(
                "invalid", "unreadable", assemble.UNREADABLE, reason=str(error)[:200]
            )


def _listed(
    document: Document, caps: Caps
) -> tuple[Iterator[tuple[Any, Mapping[str, Any]]], Message | None]:
    """Return the entries of a document with what they inherit, and the repairs made in reading."""
    catalogue = json_stream.large(document, caps.depth)
    if catalogue is not None:
        return ((entry, catalogue.inherited) for entry in catalogue.records()), None
    loaded, warning = load_json(document, caps.depth)
    return _entries(_catalogue(loaded, document), {}), warning


def _catalogue(loaded: Any, document: Document) -> Mapping[str, Any]:
    if isinstance(loaded, list):
        return {"dataset": loaded}  # DCAT-US 1.0: a bare list
    known = ("dataset", "catalog", "datasetSeries", "service")
    if isinstance(loaded, Mapping) and (not loaded or any(key in loaded for key in known)):
        return loaded  # {} is what an agency without published data answers
    found = N_("JSON without a list of datasets")
    raise NotWhatItSaysError(
        record=document.name, expected=N_("a catalogue (data.json)"), found=found
    )


def _entries(
    catalogue: Mapping[str, Any], inherited: Mapping[str, Any], level: int = 0
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Walk a catalogue, its series, its services and its inner catalogues."""
    given = {key: catalogue[key] for key in ("license", "publisher") if catalogue.get(key)}
    inherited = {**inherited, **given}
    listed = catalogue.get("dataset")
    for entry in listed if isinstance(listed, list) else [] if listed is None else [listed]:
        yield entry, inherited
    for series in _mappings(catalogue.get("datasetSeries")):
        for entry in _mappings(series.get("seriesMember")):
            yield entry, inherited
    for entry in _mappings(catalogue.get("service")):
        yield entry, inherited
    if level < 20:
        for inner in _mappings(catalogue.get("catalog")):
            yield from _entries(inner, inherited, level + 1)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [entry for entry in listed if isinstance(entry, Mapping)]


def _hidden(raw: Mapping[str, Any]) -> bool:
    # `accessLevel: non-public` speaks of the data; its description is public, and is taken.
    return raw.get("public") is False


def _title(raw: Mapping[str, Any]) -> str:
    return values.text(raw.get("title"))


def identify(raw: Mapping[str, Any]) -> str:
    """Return the identifier of an entry; ADELA's number comes before its changing slug."""
    if raw.get("id") is not None and ("openessRating" in raw or "govType" in raw):
        return values.text(raw["id"])
    given = raw.get("identifier")
    if isinstance(given, Mapping):
        given = given.get("@id") or given.get("notation") or given.get("identifier")
    return values.text(given) or values.text(raw.get("@id")) or values.text(raw.get("id"))


def map_dataset(draft: Draft, raw: Mapping[str, Any], inherited: Mapping[str, Any]) -> None:
    """Fill a draft from one entry of ``dataset``; ``inherited`` comes from its catalogue."""
    out = draft.dataset
    out["identifier"] = identify(raw)
    rules.fill(draft, out, rules_of("dcat_json").dataset, rules.first_of(raw))
    assemble.set_tags(draft, values.texts(raw.get("keyword")))
    themes = values.texts(raw.get("theme")) + values.texts(raw.get("superTheme"))
    out["topics"] = values.topics(themes)
    if themes:
        assemble.add_extra(draft, "theme", themes)
    _map_people(draft, raw, inherited)
    _map_times(draft, raw)
    _map_place(draft, raw.get("spatial"))
    distributions = raw.get("distribution")
    listed = distributions if isinstance(distributions, list) else [distributions]
    licences = [entry.get("license") for entry in _mappings(distributions)]
    assemble.set_licence(draft, raw.get("license"), *licences, inherited.get("license"))
    for entry in listed:
        if isinstance(entry, Mapping):
            map_distribution(draft, entry)
        elif isinstance(entry, str) and values.web_address(entry):
            map_distribution(draft, {"downloadURL": entry})
    for address in values.texts(raw.get("endpointURL")):  # of a data service of DCAT-US 3
        map_distribution(draft, {"title": _title(raw), "accessURL": address, "format": "API"})
    if values.text(raw.get("accessLevel")) not in ("", "public"):
        assemble.add_extra(draft, "access_level", values.text(raw["accessLevel"]))
    given = {key for key in raw if raw[key] not in (None, "", [])}
    draft.unmapped |= given - rules_of("dcat_json").known


def _map_times(draft: Draft, raw: Mapping[str, Any]) -> None:
    for field in ("issued", "modified"):
        given = raw.get(field) or (raw.get("publishDate") if field == "issued" else None)
        if not values.text(given).startswith("R/"):  # DCAT-US lets `modified` be a frequency
            assemble.set_date(draft, draft.dataset, field, given)
    for period in (
        raw["temporal"] if isinstance(raw.get("temporal"), list) else [raw.get("temporal")]
    ):
        assemble.set_period(draft, period)
    frequency = raw.get("accrualPeriodicity")
    if not frequency and values.text(raw.get("modified")).startswith("R/"):
        frequency = raw["modified"]
    assemble.set_frequency(draft, frequency)


def _map_place(draft: Draft, value: Any) -> None:
    """Set the extent; Mexico's agencies may write a level (``estatal``) in its place."""
    level = values.term("geographic_levels", value) if isinstance(value, str) else ""
    if level:
        draft.dataset["geographic_level"] = level
    else:
        assemble.set_extent(draft, _place(value))


def _place(value: Any) -> Any:
    """Unwrap DCAT-US 3 locations: the shape, else the box, else the name."""
    if isinstance(value, list):
        return [_place(entry) for entry in value]
    if isinstance(value, Mapping) and "coordinates" not in value:
        return value.get("geometry") or value.get("bbox") or value.get("prefLabel") or value
    return value


def _map_people(draft: Draft, raw: Mapping[str, Any], inherited: Mapping[str, Any]) -> None:
    publisher = raw.get("publisher") or inherited.get("publisher")
    if isinstance(publisher, list):
        publisher = publisher[0] if publisher else None
    if isinstance(publisher, Mapping):
        mail = publisher.get("mbox") or publisher.get("email")
        name = publisher.get("name") or publisher.get("prefLabel")
        draft.publisher = Publisher(
            values.text(name), values.text(publisher.get("@id")), values.email(mail)
        )
        if publisher.get("position") or publisher.get("mbox"):
            assemble.add_contact(draft, publisher.get("position") or name, publisher.get("mbox"))
    elif values.text(publisher):
        draft.publisher = Publisher(values.text(publisher))
    contacts = raw.get("contactPoint")
    for contact in _mappings(contacts):
        mail = contact.get("hasEmail") or contact.get("email") or contact.get("mbox")
        assemble.add_contact(draft, contact.get("fn") or contact.get("name"), mail)
    if isinstance(contacts, str):
        assemble.add_extra(draft, "contact_uri", contacts)


def map_distribution(draft: Draft, raw: Mapping[str, Any]) -> None:
    """Add the resource of one entry of ``distribution``."""
    resource: dict[str, Any] = {}
    rules.fill(draft, resource, rules_of("dcat_json").resource, rules.first_of(raw))
    resource["format"] = values.file_format(
        raw.get("format"), raw.get("mediaType"), resource.get("url", "")
    )
    resource["mimetype"] = values.media_type(raw.get("mediaType"))
    given = values.text(raw.get("license"))
    resource["license"] = given if values.web_address(given) else ""
    checksum = raw.get("checksum")
    if isinstance(checksum, Mapping):
        resource["hash"] = values.text(checksum.get("checksumValue"))
    assemble.add_resource(draft, resource, raw.get("byteSize"))
    draft.unmapped |= {
        f"distribution.{key}"
        for key in raw
        if key not in rules_of("dcat_json").known_resource and raw[key] not in (None, "", [])
    }


TYPE = SourceType(
    N_("data.json"),
    N_("A data.json or catalogo.json file: give its address."),
    read,
)
