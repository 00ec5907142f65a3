"""Which files of a dataset are one: the same table in several formats. No CKAN import.

Files are one by evidence: they have the same name, the same description and the same dates, their
addresses are alike but for the format, and no two have the same format. Whatever differs in any of
these stays apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ckanext.mxcity.dataset.formats import is_dictionary
from ckanext.mxcity.ground.text import folded, folded_words

Resource = Mapping[str, Any]
#: What CKAN puts into the address of each resource.
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class OneFile:
    """A file in one or more formats, each a resource."""

    resources: tuple[Resource, ...]

    @property
    def first(self) -> Resource:
        """The resource that a link leads to: the one whose rows can be seen."""
        return next(
            (one for one in self.resources if one.get("datastore_active")), self.resources[0]
        )

    @property
    def is_dictionary(self) -> bool:
        """Whether it tells what the columns of another mean."""
        return is_dictionary(_text(self.first, "name"), _text(self.first, "format"))


def files_of(resources: Iterable[Resource]) -> list[OneFile]:
    """Return the files of a dataset, in the order of the first format of each."""
    groups: dict[tuple[str, ...], list[Resource]] = {}
    for number, resource in enumerate(resources):
        groups.setdefault(_evidence(resource) or (str(number),), []).append(resource)
    found = []
    for group in groups.values():
        formats = [_format(one) for one in group]
        together = len(group) == 1 or (all(formats) and len(set(formats)) == len(formats))
        found += [OneFile(tuple(group))] if together else [OneFile((one,)) for one in group]
    return found


def _evidence(resource: Resource) -> tuple[str, ...]:
    """Return what is the same in all formats of a file; nothing where a name or address lacks."""
    name, address = _name(resource), _address(resource)
    if not name or not address:
        return ()
    dates = (_text(resource, "modified")[:10], _text(resource, "issued")[:10])
    return (name, address, folded_words(_text(resource, "description")), *dates)


def _name(resource: Resource) -> str:
    """Return the name without the format that it may end with: ``Parques (CSV)``, ``a.csv``."""
    words = folded_words(_text(resource, "name")).split()
    if len(words) > 1 and words[-1] in {_format(resource), _suffix(resource)}:
        words.pop()
    return " ".join(words)


def _address(resource: Resource) -> str:
    """Return the address without the format, and without what a portal calls the resource."""
    formats = {_format(resource), _suffix(resource)} - {""}
    parts = folded(_ID.sub("", _path(resource))).split("/")
    parts[-1] = parts[-1].removesuffix(f".{_suffix(resource)}")
    return "/".join(part for part in parts if part not in formats)


def _suffix(resource: Resource) -> str:
    return PurePosixPath(_path(resource)).suffix.lstrip(".").lower()


def _path(resource: Resource) -> str:
    """Return host and path of the address; "" where it has no file in it."""
    try:
        parts = urlsplit(_text(resource, "url"))
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/")
    # What is asked for after the path may be another file.
    return f"{parts.netloc}{path}" if path and not parts.query else ""


def _format(resource: Resource) -> str:
    return folded(_text(resource, "format")) or _suffix(resource)


def _text(resource: Resource, name: str) -> str:
    return str(resource.get(name) or "").strip()
