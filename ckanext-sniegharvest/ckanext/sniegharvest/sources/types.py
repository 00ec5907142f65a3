"""The types of source with their readers, made from the registry."""

from __future__ import annotations

from importlib import import_module

from ckanext.sniegharvest.readers.source_type import SourceType
from ckanext.sniegharvest.sources.registry import READERS


def _type_of(reader: str) -> SourceType:
    found: SourceType = import_module(f"ckanext.sniegharvest.readers.{reader}").TYPE
    return found


SOURCE_TYPES: dict[str, SourceType] = {kind: _type_of(reader) for kind, reader in READERS.items()}
