"""Read the JSON of INEGI's SIM, in which sheets of the norm of 2025 are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.exchange.norms import shared
from ckanext.mxcity.exchange.norms.errors import NotASheetError
from ckanext.mxcity.exchange.norms.model import DescribedFile, Loss, MetadataReading, shown
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.reading import assemble, rules, values
from ckanext.mxcity.reading.dates import parse_date
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

_NAME = "sim_2025"
_RULES = rules.rules(_NAME)
_PATHS = {rule.field: rule.paths for rule in _RULES.dataset}
_TOP = ("nombreInstancia", "complementoNombre", "nombreCortoInstancia")
#: What stands before a value of one of SIM's lists, as in ``08 / Anual``.
_CODE = re.compile(r"^\w{1,12}\s*/\s*(?=\S)")
_FILES, _MATERIALS = "descripcion del archivo", "descripcion de los materiales"
#: Levels of sections that are followed.
_DEEPEST = 20


@dataclass
class _Element:
    """An element of the sheet: its label, and a row for each time that it is filled in."""

    label: str
    place: str
    #: By label of the part; the whole element is the part without a name.
    rows: list[dict[str, str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def read(document: Any) -> MetadataReading:
    """Return what a sheet of SIM says.

    Raises:
        SheetRefusedError: it is other JSON, or it has no title.

    """
    if not isinstance(document, Mapping) or not isinstance(document.get("seccion"), list):
        raise NotASheetError(found="JSON")
    elements = [_Element(key, "", [{"": values.text(document.get(key))}]) for key in _TOP]
    elements += _elements(document["seccion"], "")
    sheet, draft = _Sim(elements), Draft()
    sheet.every(mapping_file(_NAME)["ignored"])
    rules.fill(draft, draft.dataset, _RULES.dataset, sheet.first, sheet.every)
    _fill(draft, sheet)
    files = tuple(_files(draft, sheet))
    geographic = any("geograf" in folded(text) for text in sheet.every(["Método de generación"]))
    text = " ".join(told for e in elements for row in e.rows for told in (e.label, *row.values()))
    kind = shared.GEOGRAPHIC if geographic else shared.STATISTICAL
    told_iin = sheet.every(["Condición de IIN", "Condición de Información de Interés Nacional"])
    denied = [answer for answer in told_iin if folded(answer) in ("no", "0", "false")]
    dataset = shared.finished(draft, kind, "" if denied else text)
    return MetadataReading("sim", "2025", dataset, files, sheet.losses(), tuple(draft.warnings))


class _Sim:
    """The elements of a sheet, and which found a place."""

    def __init__(self, elements: Sequence[_Element]) -> None:
        self._elements = [(folded(element.label), element) for element in elements]

    def named(self, label: str) -> list[_Element]:
        """Return the elements whose label begins so."""
        start = folded(label)
        return [element for label, element in self._elements if label.startswith(start)]

    def every(self, paths: Sequence[str]) -> list[str]:
        """Return what is written at the paths; a row with several parts is one text."""
        return [text for path in paths for text in self._at(path) if text]

    def first(self, paths: Sequence[str]) -> str:
        """Return the first text at any of the paths."""
        return next((" ".join(text.split()) for text in self.every(paths)), "")

    def pairs(self, label: str, *parts: str) -> list[list[str]]:
        """Return some parts of each row of an element, empty where a row has none."""
        found = []
        for element in self.named(label):
            for row in element.rows:
                found.append([row.get(part, "") for part in parts])
                element.taken.update(parts)
        return found

    def losses(self) -> tuple[Loss, ...]:
        """Return what found no place."""
        found: dict[str, list[str]] = {}
        for _label, element in self._elements:
            for row in element.rows:
                for part, text in row.items():
                    if text and part not in element.taken:
                        path = "/".join(filter(None, (element.place, element.label, part)))
                        found.setdefault(path, []).append(text)
        return tuple(Loss(path, shown(texts[0]), len(texts)) for path, texts in found.items())

    def _at(self, path: str) -> Iterator[str]:
        label, _, part = path.partition("/")
        for element in self.named(label):
            for row in element.rows:
                chosen = [name for name in row if not part or folded(name) == folded(part)]
                element.taken.update(chosen)
                yield ", ".join(row[name] for name in chosen if row[name])


def _fill(draft: Draft, sheet: _Sim) -> None:
    """Set what a rule cannot."""
    out = draft.dataset
    title = [sheet.first([_PATHS["title"][0]]) or sheet.first(_PATHS["title"][1:])]
    out["title"] = ". ".join(filter(None, [*title, sheet.first(["complementoNombre"])]))[:1000]
    shared.set_keywords(draft, sheet.every(_PATHS["tags"]), sheet.every(_PATHS["topics"]))
    kinds = sheet.every(_PATHS["information_type"])
    known = (shared.known_word("ddi_codebook", "information_type", kind) for kind in kinds)
    out["information_type"] = next(filter(None, known), "")
    said = sheet.every(_PATHS["frequency"])
    assemble.set_frequency(draft, next(iter(said), ""))
    starts, ends = (sheet.every(_PATHS[f"execution_{end}"]) for end in ("start", "end"))
    shared.set_period_of_work(draft, starts, ends)
    for start, end in sheet.pairs("Periodo de referencia", "Inicio", "Fin"):
        assemble.set_period(draft, {"start": start, "end": end})
    shared.set_level(draft, sheet.every(_PATHS["geographic_level"]))
    shared.set_areas(draft, sheet.every(_PATHS["area_codes"]))
    offices = sheet.every(_PATHS["contact"][:1])
    contact = sheet.first(_PATHS["contact"][1:])
    mail = values.email(contact)
    if mail or offices:
        assemble.add_contact(draft, next(iter(offices), ""), mail)
    out["contributors"] = "\n".join(sheet.every(_PATHS["contributors"]))
    dates = [found for text in sheet.every(_PATHS["next_release"]) for found in _dates(text)]
    if dates:
        out["next_release"] = max(dates)
    out["language"] = ["es"]


def _dates(text: str) -> list[str]:
    found = (parse_date(part) for part in text.split(","))
    return [date for date in found if date]


def _files(draft: Draft, sheet: _Sim) -> Iterator[DescribedFile]:
    for element in [*sheet.named(_FILES), *sheet.named(_MATERIALS)]:
        for row in element.rows:
            part = _Sim([_Element(name, "", [{"": text}]) for name, text in row.items()])
            resource: dict[str, Any] = {}
            rules.fill(draft, resource, _RULES.resource, part.first, part.every)
            written = part.first(["Formato"])
            resource["format"] = values.file_format(written, "", resource.get("url", ""))
            lost = {loss.path for loss in part.losses()}
            element.taken.update(name for name in row if name not in lost)
            kept = {name: value for name, value in resource.items() if value}
            if kept:
                yield DescribedFile(kept)


def _elements(sections: Any, place: str, depth: int = 0) -> Iterator[_Element]:
    """Yield the elements of sections, and of the sections in them."""
    for section in _objects(sections):
        name = values.text(section.get("nombre"))
        where = "/".join(filter(None, (place, name)))
        for element in _objects(section.get("elemento")):
            found = _element(element, where)
            if any(text for row in found.rows for text in row.values()):
                yield found
        if depth < _DEEPEST:
            yield from _elements(section.get("seccion"), where, depth + 1)


def _element(element: Mapping[str, Any], place: str) -> _Element:
    made = _Element(values.text(element.get("nombre")), place)
    rows = {
        _key(entry.get("idContenido"), number): {"": _value(element, entry)}
        for number, entry in enumerate(_contents(element))
    }
    for part in _objects(element.get("elemento")):
        name = values.text(part.get("nombre"))
        for entry in _contents(part):
            row = rows.setdefault(_key(entry.get("idPadreContenido"), ""), {})
            told = _value(part, entry)
            row[name] = f"{row[name]}\n{told}" if row.get(name) else told
    made.rows = [{name: text for name, text in row.items() if text} for row in rows.values()]
    return made


def _contents(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(_objects(element.get("contenido")), key=_order)


def _order(entry: Mapping[str, Any]) -> float:
    order = entry.get("orden")
    return float(order) if isinstance(order, (int, float)) else 0.0


def _key(identifier: Any, otherwise: Any) -> str:
    return str(otherwise if identifier is None else identifier)


def _value(element: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Return a value without the code of its list; a yes or no as a word."""
    told, kind = entry.get("valor"), element.get("claveTipoDato")
    text = str(told) if isinstance(told, bool) else values.text(told)
    if kind == "BO" and text:
        return "Sí" if folded(text) in ("1", "true", "si") else "No"
    return _CODE.sub("", text) if kind == "EC" else text


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return (
        [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
    )
