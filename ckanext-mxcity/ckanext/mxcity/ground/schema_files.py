"""Where the schemas, vocabularies and mappings are read from. No CKAN import.

The files of the portal are the package ``ckanext.mxcity.schemas``. A city may put packages of its
own before it: what one of them holds is taken from there, everything else from the portal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

#: The package that ``schemas/`` is installed as.
PACKAGE = "ckanext.mxcity.schemas"

Read = TypeVar("Read", bound=Callable[..., object])


class _Searched:
    """The packages that are searched, and what was read from them."""

    def __init__(self) -> None:
        self.packages: tuple[str, ...] = (PACKAGE,)
        #: Where packages are that are not imported.
        self.places: Mapping[str, str] = {}
        self.forget: list[Callable[[], None]] = []


_searched = _Searched()


def packages() -> tuple[str, ...]:
    """Return the packages that hold schema files, those of the city first."""
    return _searched.packages


def places() -> dict[str, str]:
    """Return the folder of each package, for a process that cannot import them all."""
    return {name: str(_folder(name)) for name in packages()}


def use(names: Iterable[str], places: Mapping[str, str] | None = None) -> None:
    """Search these packages before the portal's own; what was read before is read anew.

    Args:
        names: packages; the portal's own need not be among them.
        places: the folders of those that are not to be imported.

    """
    given = tuple(dict.fromkeys((*(name for name in names if name != PACKAGE), PACKAGE)))
    if (given, places or {}) != (_searched.packages, _searched.places):
        _searched.packages, _searched.places = given, places or {}
        for forget in _searched.forget:
            forget()


def _folder(package: str) -> Traversable:
    place = _searched.places.get(package)
    return Path(place) if place else resources.files(package)


def kept(function: Read, size: int = 256) -> Read:
    """Keep the results of a function that reads schema files, until other packages are used."""
    wrapped = lru_cache(maxsize=size)(function)
    _searched.forget.append(wrapped.cache_clear)
    return wrapped  # type: ignore[return-value]


def find(path: str) -> Traversable | None:
    """Return the file of a path such as ``vocabularies/topics.yaml``, None if nobody has it.

    Args:
        path: below the folder of a package, or ``package:path`` for that of one package alone.

    """
    name, _, below = path.rpartition(":")
    for package in [name] if name else packages():
        found = _folder(package).joinpath(*below.split("/"))
        if found.is_file():
            return found
    return None


def folders(name: str) -> list[Traversable]:
    """Return the folders of a name, such as ``mappings``, that packages have."""
    found = (_folder(package) / name for package in packages())
    return [folder for folder in found if folder.is_dir()]


def read(path: str) -> str:
    """Return the text of a file, found as ``find`` does.

    Raises:
        FileNotFoundError: no package has it.

    """
    found = find(path)
    if found is None:
        raise FileNotFoundError(f"{path} is in none of {', '.join(packages())}")
    return found.read_text(encoding="utf-8")
