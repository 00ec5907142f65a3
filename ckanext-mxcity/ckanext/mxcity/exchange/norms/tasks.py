"""What is done with a sheet of metadata inside the reading room: see ``apart``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.mxcity.exchange.norms.errors import SheetRefusedError
from ckanext.mxcity.exchange.norms.model import MetadataReading
from ckanext.mxcity.exchange.norms.reading import read_metadata


@dataclass(frozen=True)
class Answer:
    """A reading, or the name of the class of a ``SheetRefusedError`` with its params."""

    reading: MetadataReading | None = None
    refused: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def read(file: str, name: str) -> Answer:
    """Read a sheet."""
    try:
        return Answer(reading=read_metadata(Path(file).read_bytes(), name))
    except SheetRefusedError as error:
        return Answer(refused=type(error).__name__, params=dict(error.params))
