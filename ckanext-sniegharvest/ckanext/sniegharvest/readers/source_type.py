"""What a reader's module says of its type of source; the registry is ``sources/registry.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.reading.records import Document, Reader

#: From the address and the settings of a source and the address of this portal to where reading
#: begins: the first that exists is read.
Begin = Callable[[str, Any, str], Sequence[str | Document]]


def at_address(url: str, settings: Any, portal: str) -> list[str]:
    """Begin at the address of the source itself."""
    return [url]


@dataclass(frozen=True)
class SourceType:
    """A type of source that can be harvested; a reader's module has one as ``TYPE``."""

    title: str
    description: str
    read: Reader
    begin: Begin = at_address
    #: The service wants a token in its addresses; see :mod:`ckanext.sniegharvest.readers.inegi`.
    token: bool = False
    #: It gives just the areas that it is asked for, so that nothing is left to filter.
    exact_areas: bool = False
