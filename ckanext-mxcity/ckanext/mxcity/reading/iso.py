"""Maps one ISO 19115 record (19139, gmi, che, 19115-3) to a dictionary.

The roots and prefixes of the four encodings differ, the names of the elements hardly do: they
are looked for by local name, so that a profile of a country is read like the standard.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from ckanext.mxcity.reading import assemble, rules, values
from ckanext.mxcity.reading.records import Draft, Publisher
from ckanext.mxcity.reading.spatial import box

#: Local names of the roots that are records.
ROOTS = frozenset({"MD_Metadata", "MI_Metadata", "CHE_MD_Metadata"})
_SPANISH = ("#ES", "#SPA", "#ESP", "#es", "#spa", "#locale-spa", "#locale-es")
_RULES = rules.rules("csw")
_PUBLISHERS = ("publisher", "owner", "custodian", "pointOfContact", "resourceProvider")
_PROTOCOLS = (("wms", "WMS"), ("wfs", "WFS"), ("wcs", "WCS"), ("esri", "ArcGIS REST"))


def find(node: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a path of local names; ``//a/b`` looks at any depth, ``*`` is any."""
    steps = [step if step in ("", "*") else f"*[local-name()='{step}']" for step in path.split("/")]
    found: list[etree._Element] = node.xpath(
        ("." if path.startswith("/") else "") + "/".join(steps)
    )
    return found


def content(node: etree._Element) -> str:
    """Return the text of a property: the Spanish one if there are several, a code, or an anchor."""
    for localised in find(node, "//LocalisedCharacterString"):
        if localised.get("locale") in _SPANISH and (localised.text or "").strip():
            return values.text(localised.text)
    for child in node.iter():
        if not isinstance(child.tag, str):
            continue
        code = child.get("codeListValue")
        own = values.text(child.text)
        if own or code:
            return own or values.text(code)
    return ""


def first(node: etree._Element, *paths: str) -> str:
    """Return the first text at any of the paths."""
    for path in paths:
        for element in find(node, path):
            found = content(element)
            if found:
                return found
    return ""


def identifier(root: etree._Element) -> str:
    """Return the identifier of the record, empty if it has none."""
    return first(root, "fileIdentifier", "metadataIdentifier/MD_Identifier/code")


def describe(root: etree._Element) -> dict[str, Any]:
    """Return a record as nested dictionaries of local names: what is hashed and stored."""
    made: dict[str, Any] = {}
    for name, value in root.attrib.items():
        made["@" + etree.QName(name).localname] = str(value)
    for child in root:
        if isinstance(child.tag, str):
            made.setdefault(etree.QName(child).localname, []).append(describe(child))
    own = values.text(root.text)
    if own:
        made["#text"] = own
    return made


def title(root: etree._Element) -> str:
    """Return the title of the data, empty if there is none."""
    return first(root, "identificationInfo/*/citation/CI_Citation/title")


def map_dataset(draft: Draft, root: etree._Element) -> None:
    """Fill a draft from the root element of a record."""
    out = draft.dataset
    rules.fill(draft, out, _RULES.dataset, _reader(root))
    info = next(iter(find(root, "identificationInfo/*")), None)
    if info is not None:
        _map_keywords(draft, info)
        _map_dates(draft, info)
        _map_extent(draft, info)
        names = [
            first(holder, path)
            for holder in find(info, "resourceConstraints/*")
            for path in ("reference/CI_Citation/title", "otherConstraints", "useLimitation")
        ]
        known = next((name for name in names if values.licence(name)), "")
        assemble.set_licence(draft, known or next(filter(None, names), ""))
        assemble.set_frequency(draft, _frequency(info))
        out["language"] = values.languages(filter(None, map(content, find(info, "language"))))
    code = first(root, "dataSetURI")
    out["url"] = values.web_address(code)
    _map_people(draft, root, info)
    _map_resources(draft, root)
    names_found = {etree.QName(child).localname for child in root if isinstance(child.tag, str)}
    draft.unmapped |= names_found - _RULES.known


def _map_keywords(draft: Draft, info: etree._Element) -> None:
    words: list[str] = []
    for element in find(info, "descriptiveKeywords/*/keyword"):
        words += values.texts(content(element))
    assemble.set_tags(draft, list(dict.fromkeys(words)))
    themes = [found for found in map(content, find(info, "topicCategory")) if found]
    draft.dataset["topics"] = values.topics(themes)
    if themes:
        assemble.add_extra(draft, "theme", themes)


def _map_dates(draft: Draft, info: etree._Element) -> None:
    for entry in find(info, "citation/CI_Citation/date/CI_Date"):
        kind = next((e.get("codeListValue") or content(e) for e in find(entry, "dateType/*")), "")
        value = first(entry, "date")
        if kind in ("publication", "creation", "released") and "issued" not in draft.dataset:
            assemble.set_date(draft, draft.dataset, "issued", value)
        elif kind in ("revision", "lastUpdate", "lastRevision"):
            assemble.set_date(draft, draft.dataset, "modified", value)
    for period in find(info, "//TimePeriod"):
        ends = {
            "start": first(period, "beginPosition", "begin//timePosition"),
            "end": first(period, "endPosition", "end//timePosition"),
        }
        if any(ends.values()):
            assemble.set_period(draft, ends)


def _map_extent(draft: Draft, info: etree._Element) -> None:
    for element in find(info, "//EX_GeographicBoundingBox"):
        sides = (
            "westBoundLongitude",
            "southBoundLatitude",
            "eastBoundLongitude",
            "northBoundLatitude",
        )
        written = [first(element, side) for side in sides]
        try:
            shape = box(*map(float, written))
        except ValueError:
            shape = ""
        if shape:
            draft.dataset["spatial"] = shape
            return
        value = ", ".join(written)
        draft.warn("bad-extent", assemble.BAD_EXTENT, value=value[:80])
    place = first(info, "//EX_GeographicDescription//code", "extent/EX_Extent/description")
    if place:
        assemble.add_extra(draft, "spatial_text", place)


def _frequency(info: etree._Element) -> str:
    for element in find(info, "//MD_MaintenanceFrequencyCode"):
        found = element.get("codeListValue") or content(element)
        if found:
            return found
    return ""


def _map_people(draft: Draft, root: etree._Element, info: etree._Element | None) -> None:
    people: dict[str, Publisher] = {}
    holders = find(root, "contact/*") + (find(info, "pointOfContact/*") if info is not None else [])
    for holder in holders:
        role = next((e.get("codeListValue") or "" for e in find(holder, "role/*")), "")
        name = first(holder, "organisationName", "//CI_Organisation/name")
        mail = values.email(first(holder, "//electronicMailAddress"))
        if name or mail:
            people.setdefault(role, Publisher(name, "", mail))
            assemble.add_contact(draft, name, mail)
    ordered = [people[role] for role in _PUBLISHERS if role in people and people[role].name]
    draft.publisher = next(iter([*ordered, *people.values()]), None)


def _reader(node: etree._Element) -> rules.First:
    return lambda paths: first(node, *paths)


def _map_resources(draft: Draft, root: etree._Element) -> None:
    seen: set[str] = set()
    formats = find(root, "distributionInfo//MD_Format/name") or find(
        root, "distributionInfo//formatSpecificationCitation//title"
    )
    declared = content(formats[0]) if len(formats) == 1 else ""
    for element in find(root, "distributionInfo//CI_OnlineResource"):
        resource: dict[str, Any] = {}
        rules.fill(draft, resource, _RULES.resource, _reader(element))
        if not resource.get("url") or resource["url"] in seen:
            continue
        seen.add(resource["url"])
        protocol = first(element, "protocol").lower()
        service = next((name for key, name in _PROTOCOLS if key in protocol), "")
        guessed = values.file_format("", "", resource["url"])
        resource["format"] = service or guessed or values.file_format(declared, "", "")
        assemble.add_resource(draft, resource)
