"""Read DDI Codebook 1.2.2 (as Nesstar Publisher and INEGI's RNM export it), 2.0 and 2.5."""

from __future__ import annotations

import re

from lxml import etree

from ckanext.mxcity.exchange.norms import messages, shared
from ckanext.mxcity.exchange.norms.ddi_files import read_files
from ckanext.mxcity.exchange.norms.model import MetadataReading
from ckanext.mxcity.exchange.norms.sheet import Sheet, language_of
from ckanext.mxcity.reading import assemble, rules, values
from ckanext.mxcity.reading.dates import parse_interval
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

ROOT = "codeBook"
_NAME = "ddi_codebook"
_RULES = rules.rules(_NAME)
_PATHS = {rule.field: rule.paths for rule in _RULES.dataset}
#: Attributes that say something of the data; the others are of the sheet.
_ATTRIBUTES = frozenset({"URI", "affiliation", "email", "role"})
#: Elements of text that begin a paragraph.
_BLOCKS = frozenset({"div", "head", "itm", "item", "label", "list", "p"})


def read(root: etree._Element) -> MetadataReading:
    """Return what a codebook says.

    Raises:
        SheetRefusedError: it has no title.

    """
    sheet = Sheet(root, content, _ATTRIBUTES)
    sheet.needs_no_place(mapping_file(_NAME)["ignored"])
    draft = Draft()
    rules.fill(draft, draft.dataset, _RULES.dataset, sheet.first, sheet.every)
    _set_title(draft, sheet)
    _set_keywords(draft, sheet)
    _set_times(draft, sheet)
    _set_places(draft, sheet)
    _set_people(draft, sheet)
    _set_terms(draft, sheet)
    files = read_files(draft, sheet)
    dataset = shared.finished(draft, shared.STATISTICAL, " ".join(map(str, root.itertext())))
    if sheet.translations:
        told = {"count": sheet.translations, "language": sheet.language}
        draft.warn("other-languages", messages.OTHER_LANGUAGES, **told)
    version = values.text(root.get("version"))
    return MetadataReading("ddi", version, dataset, files, sheet.losses(), tuple(draft.warnings))


def content(element: etree._Element) -> str:
    """Return the text of an element, with the words inside it, paragraphs apart."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        block = node is not element and etree.QName(node).localname in _BLOCKS
        if event == "start":
            parts.append(f"\n\n{node.text or ''}" if block else node.text or "")
        elif node is not element:
            parts.append(f"\n\n{node.tail or ''}" if block else node.tail or "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", values.text("\n".join(lines)))


def _set_title(draft: Draft, sheet: Sheet) -> None:
    title, fallback, subtitle = (sheet.first([path]) for path in _PATHS["title"])
    said = [text for text in (title or fallback, subtitle) if text]
    draft.dataset["title"] = ". ".join(dict.fromkeys(said))[:1000]


def _set_keywords(draft: Draft, sheet: Sheet) -> None:
    words = sheet.every(_PATHS["tags"])
    shared.set_keywords(draft, words, sheet.every(_PATHS["topics"]))
    spoken = language_of(sheet.root)
    draft.dataset["language"] = values.languages([sheet.language or spoken or "es"])


def _set_times(draft: Draft, sheet: Sheet) -> None:
    for start, end in _periods(sheet, _PATHS["temporal_coverage"][0]):
        assemble.set_period(draft, {"start": start, "end": end})
    for path in _PATHS["issued"]:
        if sheet.is_read(path):
            # The date is there as a number and in words.
            sheet.take([path.partition("@")[0]])
    work = _periods(sheet, _PATHS["execution_start"][0])
    shared.set_period_of_work(draft, [start for start, _ in work], [end for _, end in work])


def _periods(sheet: Sheet, path: str) -> list[tuple[str, str]]:
    """Return pairs of dates: ``event`` says whether one begins, ends or is all of a period."""
    found: list[tuple[str, str]] = []
    for element in sheet.find(path):
        written = sheet.text(element)
        date, event = values.text(element.get("date")) or written, element.get("event")
        if event == "end" and found and not found[-1][1]:
            found[-1] = (found[-1][0], date)
        elif event == "start":
            found.append((date, ""))
        elif event == "end":
            found.append(("", date))
        else:
            start, end = parse_interval(date)
            found.append((start or date, end or date))
    return [pair for pair in found if any(pair)]


def _set_places(draft: Draft, sheet: Sheet) -> None:
    cover, nation = (sheet.find(path) for path in _PATHS["area_codes"])
    places = [part for element in cover for part in re.split(r"[;\n]", content(element))]
    named = [place.strip() for place in places if place.strip()]
    shared.set_level(draft, [*sheet.every(_PATHS["geographic_level"][:1]), *named])
    if shared.set_areas(draft, named or [content(element) for element in nation]):
        sheet.take(_PATHS["area_codes"])


def _set_people(draft: Draft, sheet: Sheet) -> None:
    for path in _PATHS["contact"]:
        for element in sheet.find(path):
            if draft.dataset.get("contact") and not element.get("email"):
                continue
            mail = sheet.text(element, "email") or values.email(content(element))
            office = sheet.text(element, "affiliation")
            assemble.add_contact(draft, office or sheet.text(element), mail)
    people = []
    for path in _PATHS["contributors"]:
        for element in sheet.find(path):
            parts = [sheet.text(element), sheet.text(element, "affiliation")]
            role = sheet.text(element, "role")
            told = ", ".join(" ".join(part.split()) for part in parts if part)
            people.append(f"{told} ({role})" if role else told)
    draft.dataset["contributors"] = "\n".join(filter(None, dict.fromkeys(people)))


def _set_terms(draft: Draft, sheet: Sheet) -> None:
    kinds = _PATHS["information_type"]
    kind = next(filter(None, (_kind(content(e)) for path in kinds for e in sheet.find(path))), "")
    if kind:
        draft.dataset["information_type"] = kind
        sheet.take(kinds)
    for path in _PATHS["frequency"]:
        frequency = next(filter(None, (values.frequency(content(e)) for e in sheet.find(path))), "")
        if frequency:
            draft.dataset.setdefault("frequency", frequency)
            sheet.take([path])
    conditions = [content(e) for path in _PATHS["license_id"] for e in sheet.find(path)]
    licence = values.licence(*conditions)
    if licence:
        draft.dataset["license_id"] = licence


def _kind(text: str) -> str:
    return shared.known_word(_NAME, "information_type", text)
