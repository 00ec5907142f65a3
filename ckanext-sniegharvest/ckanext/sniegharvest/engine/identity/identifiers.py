"""Identifiers that a record keeps for ever, and names of datasets that people can read."""

from __future__ import annotations

import re
import uuid
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ckanext.mxcity.ground.text import folded_words

NAMESPACE = uuid.UUID("7f0a2c1e-4f0e-5d5a-9d2b-19039011020a")
NAME_LENGTH = 85  # CKAN takes 100; a suffix may follow
#: Parts of CKAN's own addresses, which no dataset may have as its name.
RESERVED = frozenset({"new", "edit", "search"})


def package_id(source_id: str, guid: str) -> str:
    """Return the id of the dataset that a source's record becomes: the same in every run."""
    return str(uuid.uuid5(NAMESPACE, f"{source_id}\n{guid}"))


def resource_ids(package: str, urls: list[str]) -> list[str]:
    """Return ids of the resources of a dataset, by address; a repeated address counts up."""
    seen: dict[str, int] = {}
    found = []
    for url in urls:
        seen[url] = seen.get(url, 0) + 1
        found.append(str(uuid.uuid5(uuid.UUID(package), f"{url}\n{seen[url]}")))
    return found


def free_name(wanted: str, package: str, taken: Container[str]) -> str:
    """Return a free name: the wanted name, else the name with a piece of the dataset's id.

    Args:
        wanted: already in the form of a name (lower case, hyphens).
        package: the id, from which the suffix comes, so that every run gives the same.
        taken: names of all datasets that are not ours to rename.

    """
    name = wanted[:NAME_LENGTH].strip("-_") or "conjunto"
    if len(name) < 2 or name in RESERVED or name in taken:
        name = f"{name}-{package[:8]}"
    return name


#: Identifiers that mean the same thing everywhere; a number of a source's own does not.
_GLOBAL = re.compile(
    r"(https?://[^/]+/.+|urn:[a-z0-9][a-z0-9-]*:.+|(doi:|https?://doi\.org/)?10\.\d{4,9}/.+"
    r"|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})",
    re.IGNORECASE,
)
#: So many addresses of files are looked for; all of them are compared.
FILES_ASKED = 5


@dataclass(frozen=True)
class Marks:
    """By what a dataset can be recognised in another source."""

    title: str
    identifiers: frozenset[str]
    page: str
    files: frozenset[str]


def marks(title: str, identifiers: Iterable[str], page: str, files: Iterable[str]) -> Marks:
    """Work out by what a dataset can be recognised.

    Args:
        title: of it.
        identifiers: that it has; those that mean something only within their source are left out.
        page: address of its page; the home page of a site tells nothing.
        files: addresses of its files.

    """
    return Marks(
        folded_words(title),
        frozenset(text for text in identifiers if _GLOBAL.fullmatch(text.strip())),
        page if _has_path(page) else "",
        frozenset(file for file in files if _has_path(file)),
    )


def alike(mine: Marks, theirs: Marks) -> str:
    """Say by what two datasets are one: "identifier", "page" or "files"; "" if they are not.

    An identifier that means the same everywhere is enough. The same page, or exactly the same
    files, say so only together with the same title: a page may be that of many datasets.
    """
    if mine.identifiers & theirs.identifiers:
        return "identifier"
    if mine.page in theirs.identifiers or theirs.page in mine.identifiers:
        return "identifier"
    if mine.title and mine.title == theirs.title:
        if mine.page and mine.page == theirs.page:
            return "page"
        if mine.files and mine.files == theirs.files:
            return "files"
    return ""


def recognise(mine: Marks, candidates: Mapping[str, Marks]) -> tuple[str, str] | None:
    """Return the only candidate that is the same dataset, and by what; None without exactly one."""
    found = [(key, how) for key, theirs in candidates.items() if (how := alike(mine, theirs))]
    return found[0] if len(found) == 1 else None


def _has_path(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return bool(parts.netloc and (parts.path.strip("/") or parts.query))
