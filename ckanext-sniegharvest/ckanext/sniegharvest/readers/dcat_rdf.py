"""Reads DCAT in RDF (Turtle, N-Triples, RDF/XML, JSON-LD), page by page, our own terms included.

What is understood is in ``docs/reference/dcat-mapping.md``. ckanext-dcat's profiles are not used
here: they need a running CKAN, and one bad dataset would end the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.ground.errors import MORE_PAGES, IncompleteListingError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.namespaces import NAMESPACES
from ckanext.mxcity.reading import assemble, rules, values
from ckanext.mxcity.reading.records import (
    DEFAULT_CAPS,
    Caps,
    Document,
    Draft,
    Fetch,
    Item,
    Publisher,
)
from ckanext.sniegharvest.readers import typed_fields
from ckanext.sniegharvest.readers.rdf_graph import describe, load_graph
from ckanext.sniegharvest.readers.source_type import SourceType

DERIVED = N_("The dataset has no identifier in the source; its {origin} is used instead.")
_CLASSES = (
    URIRef(NAMESPACES["dcat"] + "Dataset"),
    URIRef(NAMESPACES["schema"] + "Dataset"),
    URIRef("https://schema.org/Dataset"),
)
_NEXT = tuple(URIRef(NAMESPACES["hydra"] + name) for name in ("next", "nextPage"))
_AREA = re.compile(r"(?:urn:mxcity:areas:)?(\d{2}|\d{5})")


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of a catalogue and, with ``fetch``, of its further pages (Hydra).

    Raises:
        ReadError: a page is not RDF, or is not safe to read.
        IncompleteListingError: the pages go in a circle or never end.

    """
    assembler = assemble.Assembler(caps)
    page, visited = document, {document.url}
    for _number in range(caps.pages):
        graph = load_graph(page)
        yield from graph_items(graph, assembler)
        following = _next_page(graph, page.url)
        if fetch is None or not following or following == page.url:
            return
        if following in visited:
            reason = N_("its page {page} sends back to one that was read")
            raise IncompleteListingError(record=document.name, reason=reason, page=following)
        visited.add(following)
        page = fetch(following)
    raise IncompleteListingError(record=document.name, reason=MORE_PAGES, pages=caps.pages)


def graph_items(graph: Graph, assembler: assemble.Assembler) -> Iterator[Item]:
    """Yield the datasets of a graph, in the order of their identifiers."""
    subjects = {subject for kind in _CLASSES for subject in graph.subjects(RDF.type, kind)}
    described = [(subject, _described(graph, subject)) for subject in subjects]
    for _subject, raw in sorted(described, key=lambda pair: _order(pair[1])):
        draft = Draft()
        try:
            identifier = _identify(draft, raw)
            map_dataset(draft, raw)
            yield assembler.finish(draft, raw, identifier, text(raw, "dct:title", "schema:name"))
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
            yield assembler.problem(
                "invalid", "unreadable", assemble.UNREADABLE, reason=str(error)[:200]
            )


def _described(graph: Graph, subject: Node) -> Mapping[str, Any]:
    return assemble.as_canonical(describe(graph, subject))


def _order(raw: Mapping[str, Any]) -> tuple[str, str]:
    return values.text(raw.get("@id")), text(raw, "dct:identifier", "dct:title")


def _next_page(graph: Graph, url: str) -> str:
    found = sorted(str(entry) for name in _NEXT for entry in graph.objects(None, name))
    return urljoin(url, found[0]) if found else ""


def _identify(draft: Draft, raw: Mapping[str, Any]) -> str:
    """Return the dataset's own IRI, else its identifier, else something that will not change."""
    own = values.text(raw.get("@id")) or text(raw, "dct:identifier", "schema:identifier")
    if own:
        return own
    for other in raw.get("adms:identifier", []):
        notation = text(other, "skos:notation") if isinstance(other, Mapping) else ""
        if notation:
            return notation
    for key, origin in (
        ("dcat:landingPage", "page"),
        ("schema:url", "page"),
        ("dct:title", "title"),
    ):
        found = text(raw, key)
        if found:
            draft.warn("derived-identifier", DERIVED, origin=origin)
            return found
    return ""


def text(node: Mapping[str, Any], *keys: str) -> str:
    """Return the first text under the keys, in Spanish if there is one."""
    for key in keys:
        found = values.text(node.get(key))
        if found:
            return found
    return ""


def _texts(node: Mapping[str, Any], *keys: str) -> list[str]:
    """Return the texts under the keys; where languages are marked, one language's."""
    entries = [entry for key in keys for entry in node.get(key, [])]
    marked = {entry.get("@language", "") for entry in entries if isinstance(entry, Mapping)} - {""}
    chosen = next((name for name in ("es", "es-MX", "en") if name in marked), None)
    if chosen is not None:
        entries = [
            entry
            for entry in entries
            if not isinstance(entry, Mapping) or entry.get("@language", chosen) == chosen
        ]
    return [found for found in map(values.text, entries) if found]


def map_dataset(draft: Draft, raw: Mapping[str, Any]) -> None:
    """Fill a draft from the description of a ``dcat:Dataset``."""
    out = draft.dataset
    rules.fill(
        draft,
        out,
        rules_of("dcat_rdf").dataset,
        lambda paths: text(raw, *paths),
        lambda paths: [entry for path in paths for entry in raw.get(path, [])],
    )
    typed_fields.map_rdf(draft, raw)
    typed_fields.keep_own(draft)
    keywords = _texts(raw, "dcat:keyword", "schema:keywords")
    assemble.set_tags(draft, [part for word in keywords for part in values.texts(word)])
    themes = [_labels(entry) for entry in raw.get("dcat:theme", [])]
    out["topics"] = _topics(themes)
    other = [names[0] for names in themes if names]
    if other and not any(name.startswith("urn:mxcity:topics:") for name in other):
        # Beside our own topics stand the EU themes that follow from them.
        assemble.add_extra(draft, "theme", other)
    _map_people(draft, raw)
    frequencies = [
        name for entry in raw.get("dct:accrualPeriodicity", []) for name in _labels(entry)
    ]
    known = next((name for name in frequencies if values.frequency(name)), None)
    assemble.set_frequency(draft, known or (frequencies[0] if frequencies else ""))
    for entry in raw.get("dct:temporal", []):
        assemble.set_period(draft, _period(entry))
    for entry in raw.get("dct:spatial", []):
        _map_place(draft, entry)
    out["language"] = values.languages(map(values.text, raw.get("dct:language", [])))
    distributions = [*raw.get("dcat:distribution", []), *raw.get("schema:distribution", [])]
    licences = [raw, *(entry for entry in distributions if isinstance(entry, Mapping))]
    assemble.set_licence(draft, *(name for node in licences for name in _licence_names(node)))
    for entry in distributions:
        if isinstance(entry, Mapping):
            map_distribution(draft, entry)
    draft.unmapped |= {key for key in raw if key not in rules_of("dcat_rdf").known}


def _topics(themes: list[list[str]]) -> list[str]:
    """Our own topics, where the source has them; else what its themes mean."""
    own = [name for names in themes for name in names if name.startswith("urn:mxcity:topics:")]
    return values.topics(own or [name for names in themes for name in names])


def _labels(entry: Any) -> list[str]:
    """Return every name of something that may be a text, an address or a description."""
    if not isinstance(entry, Mapping):
        return [found for found in [values.text(entry)] if found]
    keys = ("dct:identifier", "rdf:value", "skos:prefLabel", "rdfs:label", "dct:title")
    if "@value" in entry:
        return [values.text(entry)]
    return [f for f in (values.text(entry.get("@id")), *(text(entry, key) for key in keys)) if f]


def _licence_names(node: Mapping[str, Any]) -> list[str]:
    entries = [*node.get("dct:license", []), *node.get("schema:license", [])]
    return [name for entry in entries for name in _labels(entry)]


def _period(entry: Any) -> Any:
    if not isinstance(entry, Mapping) or "@value" in entry:
        return entry
    ends = {}
    for end, key, older in (
        ("start", "dcat:startDate", "time:hasBeginning"),
        ("end", "dcat:endDate", "time:hasEnd"),
    ):
        found = text(entry, key, f"schema:{end}Date")
        instants = [node for node in entry.get(older, []) if isinstance(node, Mapping)]
        ends[end] = found or next(
            (text(node, "time:inXSDDateTime", "time:inXSDDate") for node in instants), ""
        )
    return ends if any(ends.values()) else None


def _map_place(draft: Draft, entry: Any) -> None:
    """Read a place, which may be an INEGI code, a shape, or only a name."""
    node = entry if isinstance(entry, Mapping) else {"rdfs:label": [entry]}
    for name in (values.text(node.get("@id")), *map(values.text, node.get("skos:notation", []))):
        found = _AREA.fullmatch(name)
        if found:
            codes = draft.dataset.setdefault("area_codes", [])
            if found[1] not in codes:
                codes.append(found[1])
            return
    shapes = [
        value
        for key in ("locn:geometry", "dcat:bbox", "geosparql:asWKT", "dcat:centroid")
        for value in node.get(key, [])
    ]
    before = len(draft.warnings)
    for value in shapes:
        if "spatial" not in draft.dataset:
            assemble.set_extent(draft, values.text(value))
    if "spatial" in draft.dataset and shapes:
        del draft.warnings[before:]
        return
    label = text(node, "skos:prefLabel", "rdfs:label", "dct:title") or values.text(node.get("@id"))
    if label and not shapes:
        assemble.add_extra(draft, "spatial_text", label)


def _map_people(draft: Draft, raw: Mapping[str, Any]) -> None:
    for entry in [*raw.get("dct:publisher", []), *raw.get("schema:publisher", [])]:
        node = entry if isinstance(entry, Mapping) else {"foaf:name": [entry]}
        names = (
            "foaf:name",
            "skos:prefLabel",
            "rdfs:label",
            "schema:name",
            "vcard:fn",
            "dct:title",
        )
        name = text(node, *names)
        identifier = text(node, "dct:identifier", "skos:notation") or values.text(node.get("@id"))
        if name or identifier:
            draft.publisher = Publisher(name, identifier, values.email(text(node, "foaf:mbox")))
            break
    for entry in raw.get("dcat:contactPoint", []):
        if not isinstance(entry, Mapping):
            continue
        mail = text(entry, "vcard:hasEmail", "vcard:email", "schema:email")
        for nested in entry.get("vcard:hasEmail", []):
            if isinstance(nested, Mapping) and nested.get("vcard:hasValue"):
                mail = text(nested, "vcard:hasValue")
        name = text(entry, "vcard:fn", "vcard:organization-name", "schema:name", "foaf:name")
        assemble.add_contact(draft, name, mail)


def map_distribution(draft: Draft, raw: Mapping[str, Any]) -> None:
    """Add the resource of a ``dcat:Distribution``."""
    resource: dict[str, Any] = {}
    rules.fill(draft, resource, rules_of("dcat_rdf").resource, lambda paths: text(raw, *paths))
    kinds = [*raw.get("dct:format", []), *raw.get("schema:encodingFormat", [])]
    names = [name for entry in kinds for name in _labels(entry)]
    medias = [name for entry in raw.get("dcat:mediaType", []) for name in _labels(entry)]
    media = next((found for found in map(values.media_type, medias + names) if found), "")
    name = next((n for n in names if "/authority/file-type/" in n or "://" not in n), "")
    resource["format"] = values.file_format(name, media, resource.get("url", ""))
    resource["mimetype"] = media
    resource["license"] = next(filter(None, map(values.web_address, _licence_names(raw))), "")
    for checksum in raw.get("spdx:checksum", []):
        if isinstance(checksum, Mapping):
            resource["hash"] = text(checksum, "spdx:checksumValue")
    assemble.add_resource(draft, resource, text(raw, "dcat:byteSize"))
    draft.unmapped |= {
        f"distribution.{key}" for key in raw if key not in rules_of("dcat_rdf").known_resource
    }


TYPE = SourceType(
    N_("DCAT RDF"),
    N_("A DCAT catalogue in Turtle, RDF/XML, JSON-LD or N-Triples: give its address."),
    read,
)
