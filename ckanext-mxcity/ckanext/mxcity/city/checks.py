"""What a JSON Schema cannot say of a profile: codes, colours, references, files."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ckanext.mxcity.city.colour import MINIMUM_CONTRAST, contrast
from ckanext.mxcity.city.errors import Problem
from ckanext.mxcity.ground.areas import area_name, find_area, restored_zero

#: The rectangle that holds Mexico with its islands: west, south, east, north.
MEXICO = (-118.7, 14.3, -86.6, 32.8)
WHITE = "#ffffff"
SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"
#: What an SVG may be made of: shapes and text, nothing that runs or loads.
SVG_ELEMENTS = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title"}
    | {"desc", "defs", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath"}
    | {"mask"}
)


def check_profile(document: dict[str, Any], folder: Path) -> list[Problem]:
    """Return the problems of a profile that follows the schema; paths are from ``folder``."""
    return [
        *_areas(document),
        *_bbox(document["bbox"]),
        *_time_zone(document["time_zone"]),
        *_colours(document["colours"]),
        *_logo(folder / document["logo"]["file"]),
        *_organizations(document["organizations"]),
        *_sources(document),
    ]


def _areas(document: dict[str, Any]) -> Iterator[Problem]:
    yield from _area_code("state_code", document["state_code"])
    yield from _area_code("municipality_code", document["municipality_code"])
    if not document["municipality_code"].startswith(document["state_code"]):
        yield Problem(
            "municipality_code",
            f"expected a municipality of {area_name(document['state_code'])}, whose codes begin "
            f'with "{document["state_code"]}"; found "{document["municipality_code"]}"',
        )


def _area_code(path: str, code: str) -> Iterator[Problem]:
    if find_area(code) is None:
        padded = restored_zero(code)
        hint = f'; did it lose a leading zero? "{padded}"' if padded else ""
        yield Problem(path, f'expected an INEGI code that exists; found "{code}"{hint}')


def _bbox(bbox: list[float]) -> Iterator[Problem]:
    west, south, east, north = bbox
    if west >= east or south >= north:
        yield Problem("bbox", f"expected west < east and south < north; found {bbox}")
    elif not (
        MEXICO[0] <= west and MEXICO[1] <= south and east <= MEXICO[2] and north <= MEXICO[3]
    ):
        yield Problem("bbox", f"expected a rectangle within Mexico, {list(MEXICO)}; found {bbox}")


def _time_zone(name: str) -> Iterator[Problem]:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(
            "time_zone", f'expected an IANA zone such as America/Monterrey; found "{name}"'
        )


def _colours(colours: dict[str, str]) -> Iterator[Problem]:
    pairs = (
        ("on_primary", colours["on_primary"], "primary", colours["primary"]),
        ("accent", colours["accent"], "white", WHITE),
    )
    for name, text, ground_name, ground in pairs:
        ratio = contrast(text, ground)
        if ratio < MINIMUM_CONTRAST:
            yield Problem(
                f"colours.{name}",
                f"expected a contrast of at least {MINIMUM_CONTRAST} to 1 with {ground_name} "
                f"({ground}); {text} has {ratio:.2f}",
            )


def _logo(path: Path) -> Iterator[Problem]:
    try:
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError:
        yield Problem("logo.file", f"expected an SVG file beside the profile; there is no {path}")
        return
    except (ParseError, DefusedXmlException, ValueError) as error:
        yield Problem("logo.file", f"expected an SVG without entities or DTD: {error}")
        return
    if root.tag != f"{SVG_NAMESPACE}svg":
        yield Problem("logo.file", f"expected an SVG; its outermost element is {root.tag}")
    for element in root.iter():
        tag = str(element.tag).removeprefix(SVG_NAMESPACE)
        if tag not in SVG_ELEMENTS:
            yield Problem("logo.file", f"expected shapes and text only; found <{tag}>")
        for attribute, value in element.attrib.items():
            if _unsafe(attribute, value):
                yield Problem(
                    "logo.file",
                    f"expected no scripts, links or style from elsewhere; found {attribute} "
                    f"in <{tag}>",
                )


def _unsafe(attribute: str, value: str) -> bool:
    name = attribute.rpartition("}")[2].casefold()
    loads = re.search(r"url\s*\(\s*['\"]?\s*(?!#)", value, re.IGNORECASE)
    return name.startswith("on") or name in {"href", "style"} or bool(loads)


def _organizations(entries: list[dict[str, Any]]) -> Iterator[Problem]:
    parents = {entry["id"]: entry.get("parent") for entry in entries}
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        path = f"organizations[{position}]"
        if entry["id"] in seen:
            yield Problem(f"{path}.id", f'expected an id of its own; "{entry["id"]}" is taken')
        seen.add(entry["id"])
        if entry.get("area_code") is not None:
            yield from _area_code(f"{path}.area_code", entry["area_code"])
        parent = entry.get("parent")
        if parent is not None and parent not in parents:
            yield Problem(
                f"{path}.parent", f'expected the id of an organisation above; found "{parent}"'
            )
        elif _in_circle(entry["id"], parents):
            yield Problem(f"{path}.parent", "expected no circle; it is below itself")


def _in_circle(identifier: str, parents: dict[str, str | None]) -> bool:
    above = parents.get(identifier)
    passed: set[str] = set()
    while above is not None and above not in passed:
        if above == identifier:
            return True
        passed.add(above)
        above = parents.get(above)
    return False


def _sources(document: dict[str, Any]) -> Iterator[Problem]:
    known = {entry["id"] for entry in document["organizations"]}
    seen: set[str] = set()
    for position, entry in enumerate(document.get("sources", [])):
        path = f"sources[{position}]"
        if entry["id"] in seen:
            yield Problem(f"{path}.id", f'expected an id of its own; "{entry["id"]}" is taken')
        seen.add(entry["id"])
        if entry["organization"] not in known:
            yield Problem(
                f"{path}.organization",
                f"expected the id of an organisation of this profile; found "
                f'"{entry["organization"]}"',
            )
        if entry["enabled"] and entry.get("requires_permission"):
            yield Problem(
                f"{path}.enabled",
                "expected false: this source needs a permission, which is recorded when the "
                "source is switched on in the portal",
            )
