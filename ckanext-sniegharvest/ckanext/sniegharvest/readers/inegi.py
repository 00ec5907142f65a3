"""Reads series of INEGI's indicator service (Banco de Indicadores): one dataset an indicator.

The document is the list of what is wanted, made from the settings of the source; the series are
fetched from there. Addresses hold :data:`TOKEN` where the service wants its token: whoever fetches
puts the token in, so that it is never part of a record, a message or a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ckanext.mxcity.ground.errors import FetchError, HttpStatusError, NotWhatItSaysError, ReadError
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading import assemble, mappings, values
from ckanext.mxcity.reading.dates import parse_date
from ckanext.mxcity.reading.decode import load_json
from ckanext.mxcity.reading.records import (
    DEFAULT_CAPS,
    Caps,
    Document,
    Draft,
    Fetch,
    Item,
    RecordProblem,
)
from ckanext.sniegharvest.readers import dcat_json
from ckanext.sniegharvest.readers.source_type import SourceType

#: Stands for the token in addresses.
TOKEN = "INEGI-TOKEN"  # noqa: S105 - the place of a secret, not a secret
HOME = "https://www.inegi.org.mx/app/api/indicadores/desarrolladores/jsonxml"
PAGE_OF = "https://www.inegi.org.mx/app/indicadores/?ind={indicator}"
LICENCE = "https://www.inegi.org.mx/inegi/terminos.html"
#: Where this portal gives the values of an indicator as CSV.
FILES = "/indicadores"
_INDICATOR = re.compile(r"\d{1,14}")
_AREA = re.compile(r"00|\d{2}|\d{5}")
_PERIOD = re.compile(r"\d[\w/.\- ]{0,19}")
#: The service says with status 400 that an area has no values.
_NOTHING = (400, 404)
#: The national total.
NATION = "00"

NO_SERIES = N_("INEGI's service gave no values of this indicator: {reason}")
BAD_INDICATOR = N_("{indicator} is not the number of an indicator: it has up to 14 digits.")
MISSING_AREA = N_("There are no values for the area {area}: {reason}")
BAD_VALUE = N_("{area}, {period}: {value} is not a number, it was left empty.")


@dataclass
class _Series:
    """What was gathered of an indicator, over its areas."""

    indicator: str
    rows: list[dict[str, str]] = field(default_factory=list)
    about: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)


def area_code(area: str) -> str:
    """Return the service's code of an area: 00 is the nation, then states and municipalities."""
    if area == NATION:
        return "0700"
    return f"070000{area}" if len(area) == 2 else f"070000{area[:2]}0{area[2:]}"


def guid(indicator: str, areas: list[str]) -> str:
    """Return the identifier of an indicator for some areas."""
    return f"inegi-{indicator}-{'-'.join(sorted(areas))}"


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield a dataset for each indicator of the list.

    Args:
        document: JSON with ``indicators``, ``areas`` (INEGI codes; 00 is the nation), ``base``
            (address of the service), ``bank`` (BISE or BIE) and ``files`` (address under which
            the portal gives the values as CSV).
        fetch: without it nothing is read.
        caps: limits of a record.

    Raises:
        ReadError: the list is none, or names no indicator.
        FetchError: the service refuses the token or us.

    """
    wanted, _warning = load_json(document, caps.depth)
    if not isinstance(wanted, Mapping) or not wanted.get("indicators"):
        raise NotWhatItSaysError(
            record=document.name, expected="a list of indicators", found="without indicators"
        )
    areas = [area for area in map(str, wanted.get("areas") or [NATION]) if _AREA.fullmatch(area)]
    if not areas:
        raise ReadError(
            record=document.name, reason=N_("no area has an INEGI code of 2 or 5 digits")
        )
    assembler = assemble.Assembler(caps)
    if fetch is None:
        return
    service = _Service(fetch, wanted, caps)
    for indicator in map(str, wanted["indicators"]):
        if not _INDICATOR.fullmatch(indicator):
            yield assembler.problem(
                "invalid", "bad-indicator", BAD_INDICATOR, indicator=indicator[:40], named=indicator
            )
            continue
        yield _item(assembler, service, indicator, areas)


def _item(
    assembler: assemble.Assembler, service: _Service, indicator: str, areas: list[str]
) -> Item:
    series = service.series(indicator, areas)
    identifier = guid(indicator, areas)
    if not series.rows:
        reason = str(series.warnings[-1]) if series.warnings else N_("it is empty")
        return _without(assembler, identifier, reason)
    try:
        raw = assemble.as_canonical(_raw(service, series, identifier, areas))
        draft = Draft(warnings=series.warnings)
        told, lost = mappings.translate(raw, "inegi_indicators")
        dcat_json.map_dataset(draft, {**told, **_constants(service, identifier, raw)}, {})
        draft.unmapped |= lost
        codes = sorted({row["clave_area"] for row in series.rows} - {NATION})
        draft.dataset |= {
            "type": mappings.table("inegi_indicators").type,
            "area_codes": codes,
            "information_type": "indicador",
            "unit": values.text(raw["unit"]),
        }
        return assembler.finish(draft, raw, identifier, str(raw["name"]))
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        return assembler.problem(
            "invalid", "unreadable", assemble.UNREADABLE, reason=reason, named=identifier
        )


def _without(assembler: assemble.Assembler, identifier: str, reason: str) -> RecordProblem:
    return assembler.problem("invalid", "no-series", NO_SERIES, reason=reason, named=identifier)


def _constants(service: _Service, identifier: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "publisher": {"name": "Instituto Nacional de Estadística y Geografía", "@id": "inegi"},
        "license": LICENCE,
        "language": "es",
    }
    if service.files:
        address = f"{service.files.rstrip('/')}/{quote(identifier)}.csv"
        entry["distribution"] = [
            {"title": str(raw["name"]), "format": "CSV", "mediaType": "text/csv",
             "downloadURL": address},
        ]  # fmt: skip
    return entry


def _raw(service: _Service, series: _Series, identifier: str, areas: list[str]) -> dict[str, Any]:
    about, indicator = series.about, series.indicator
    name = service.named("CL_INDICATOR", indicator) or f"Indicador {indicator}"
    unit = service.named("CL_UNIT", about.get("UNIT"))
    periods = sorted({row["periodo"] for row in series.rows})
    described = [service.named("CL_NOTE", about.get("NOTE")), f"Unidad: {unit}." if unit else ""]
    return {
        "identifier": identifier,
        "indicator": indicator,
        "name": name,
        "description": "\n\n".join(filter(None, described)) or name,
        "unit": unit,
        "frequency": service.named("CL_FREQ", about.get("FREQ")),
        "topic": service.named("CL_TOPIC", about.get("TOPIC")),
        "updated": (values.text(about.get("LASTUPDATE")).split() or [""])[0],
        "temporal": {"start": _start(periods[0]), "end": _start(periods[-1])},
        "page": PAGE_OF.format(indicator=indicator),
        "areas": areas,
        "rows": series.rows,
    }


def _start(period: str) -> str:
    """Return a period of INEGI (``2020``, ``2020/03``) as a date; of others the year."""
    return parse_date(period) or period[:4]


class _Service:
    """INEGI's service, with what it said of its codes."""

    def __init__(self, fetch: Fetch, wanted: Mapping[str, Any], caps: Caps) -> None:
        self._fetch, self._caps = fetch, caps
        self._base = str(wanted.get("base") or HOME).rstrip("/")
        self._bank = "BIE" if str(wanted.get("bank")).upper() == "BIE" else "BISE"
        self._names: dict[tuple[str, str], str] = {}
        self.files = str(wanted.get("files") or "")

    def series(self, indicator: str, areas: list[str]) -> _Series:
        """Fetch the values of an indicator for each area."""
        found = _Series(indicator)
        for area in areas:
            path = f"INDICATOR/{indicator}/es/{area_code(area)}/false/{self._bank}"
            try:
                loaded = self._loaded(path)
            except HttpStatusError as error:
                if error.params["status"] not in _NOTHING:
                    raise
                self._missing(found, area, error)
                continue
            except ReadError as error:
                self._missing(found, area, error)
                continue
            _gather(found, loaded, area)
        return found

    def named(self, catalogue: str, code: Any) -> str:
        """Return what a code of the service means; empty if it does not say."""
        key = (catalogue, values.text(code).split(",")[0].strip())
        if not key[1] or not re.fullmatch(r"\w{1,20}", key[1]):
            return ""
        if key not in self._names:
            self._names[key] = self._meaning(*key)
        return self._names[key]

    def _meaning(self, catalogue: str, code: str) -> str:
        try:
            loaded = self._loaded(f"{catalogue}/{code}/es/{self._bank}")
        except HttpStatusError as error:
            if error.params["status"] in (401, 403, 429):
                raise
            return ""
        except (FetchError, ReadError):
            return ""
        codes = loaded.get("CODE") if isinstance(loaded, Mapping) else None
        for entry in codes if isinstance(codes, list) else []:
            if isinstance(entry, Mapping) and values.text(entry.get("value")) == code:
                return values.text(entry.get("Description"))[:2000]
        return ""

    def _loaded(self, path: str) -> Any:
        page = self._fetch(f"{self._base}/{path}/2.0/{TOKEN}?type=json")
        return load_json(page, self._caps.depth)[0]

    def _missing(self, found: _Series, area: str, error: FetchError | ReadError) -> None:
        params = {"area": area, "reason": str(error)}
        found.warnings.append(Message("missing-area", MISSING_AREA, params))


def _gather(found: _Series, loaded: Any, area: str) -> None:
    """Add the rows of one answer, a number each or empty."""
    listed = loaded.get("Series") if isinstance(loaded, Mapping) else None
    entries = [entry for entry in listed or [] if isinstance(entry, Mapping)]
    if not entries:
        params = {"area": area, "reason": N_("the answer has no series")}
        found.warnings.append(Message("missing-area", MISSING_AREA, params))
        return
    found.about = found.about or {key: entries[0][key] for key in entries[0] if key.isupper()}
    for observation in entries[0].get("OBSERVATIONS") or []:
        if not isinstance(observation, Mapping):
            continue
        period = values.text(observation.get("TIME_PERIOD"))
        value = values.text(observation.get("OBS_VALUE"))
        if value and not re.fullmatch(r"-?\d+(\.\d+)?(E[+-]?\d+)?", value, re.IGNORECASE):
            params = {"area": area, "period": period, "value": value[:40]}
            found.warnings.append(Message("bad-value", BAD_VALUE, params))
            value = ""
        if _PERIOD.fullmatch(period):
            row = {"clave_area": area, "periodo": period, "valor": value}
            found.rows.append({**row, "estado": values.text(observation.get("OBS_STATUS"))[:1]})


def begin(url: str, settings: Any, portal: str) -> list[Document]:
    """Return what is wanted of the service, as the document that the reader begins with."""
    wanted = {
        "base": url,
        "indicators": settings.indicators,
        "areas": settings.areas or [NATION],
        "bank": settings.bank,
        "files": f"{portal}{FILES}",
    }
    return [Document(json.dumps(wanted).encode(), url, "application/json")]


TYPE = SourceType(
    N_("INEGI's indicators"),
    N_(
        "Series of INEGI's indicator bank: give the address of the service; the settings "
        "name the indicators and the areas."
    ),
    read,
    begin=begin,
    token=True,
    exact_areas=True,
)
