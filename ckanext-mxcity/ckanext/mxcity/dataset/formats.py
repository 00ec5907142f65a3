"""The formats of a dataset: those of its data, not of what describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: How the name of a file begins that describes the columns of another, and its format.
DICTIONARY, DICTIONARY_FORMAT = "Diccionario de datos", "JSON"


def is_dictionary(name: str, file_format: str) -> bool:
    """Return whether a file is a data dictionary: a Table Schema, which is no data."""
    return name.startswith(DICTIONARY) and file_format == DICTIONARY_FORMAT


def data_formats(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the formats of the files of a dataset, each once."""
    told = [(str(file.get("name") or ""), str(file.get("format") or "")) for file in resources]
    return list(
        dict.fromkeys(found for name, found in told if found and not is_dictionary(name, found))
    )
