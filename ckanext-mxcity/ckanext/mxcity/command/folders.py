"""The folders that ``mxcity push`` publishes, as they lie on the disk; no CKAN is imported.

Each folder with a ``dataset.yaml`` is a dataset: that file has its metadata, under the names of
the dataset schema, and every other file beside it is published. A ``metadata.xml`` (a sheet of
metadata: DDI Codebook or NTM 2010) does as well, or besides: what ``dataset.yaml`` says goes before
what the portal reads in it. ``reportes.schema.json`` (or ``.yaml``) is the Table Schema of the
table in ``reportes.csv``, and ``reportes.recipe.json`` (or ``.yaml``) says how the file is read: by
the name of each table, a recipe (see ``ckanext.mxcity.files.recipes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ckanext.mxcity.checks.descriptor import DescriptorError, read_descriptor
from ckanext.mxcity.ground.yaml import load_yaml

SETTINGS = "dataset.yaml"
SHEET = "metadata.xml"
#: How the name of a file's Table Schema ends.
SCHEMAS = (".schema.json", ".schema.yaml", ".schema.yml")
#: How the name of a file's recipes ends.
RECIPES = (".recipe.json", ".recipe.yaml", ".recipe.yml")


class PushError(Exception):
    """A file or a dataset was not published; the text says why, for a person."""


class NotThereError(PushError):
    """The portal does not have what was asked for."""


@dataclass(frozen=True)
class Folder:
    """A dataset on the disk: its metadata and its files."""

    path: Path
    metadata: dict[str, Any]
    files: tuple[Path, ...]
    #: Table Schemas of the files, by the name of the file without its end.
    schemas: Mapping[str, Path]
    #: Recipes of the files, in the same way.
    recipes: Mapping[str, Path] = field(default_factory=dict)
    #: A sheet of metadata beside them.
    sheet: Path | None = None

    @property
    def name(self) -> str:
        """The dataset's address in the portal."""
        return str(self.metadata["name"])


def folders(root: Path) -> list[Folder]:
    """Return the datasets under a folder; PushError for one that cannot be read."""
    named = {path.parent for name in (SETTINGS, SHEET) for path in root.rglob(name)}
    if not named:
        raise PushError(f"{root}: no {SETTINGS} nor {SHEET} in it or below")
    return [_folder(path) for path in sorted(named)]


def _folder(path: Path) -> Folder:
    settings, sheet = path / SETTINGS, path / SHEET
    try:
        metadata = load_yaml(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PushError(f"{path / SETTINGS}: {error}") from error
    if not isinstance(metadata, dict):
        raise PushError(f"{path / SETTINGS}: names and values are expected")
    metadata.setdefault("name", path.name.lower())
    files = sorted(
        item
        for item in path.iterdir()
        if item.is_file() and item.name not in (SETTINGS, SHEET) and not item.name.startswith(".")
    )
    schemas, recipes = _beside(files, SCHEMAS), _beside(files, RECIPES)
    companions = {*schemas.values(), *recipes.values()}
    tables = tuple(item for item in files if item not in companions)
    for named in (schemas, recipes):
        if alone := named.keys() - {item.stem for item in tables}:
            raise PushError(f"{named[min(alone)]}: there is no file {min(alone)} beside it")
    found = sheet if sheet.is_file() else None
    return Folder(path, metadata, tables, schemas, recipes, found)


def _beside(files: list[Path], ends: tuple[str, ...]) -> dict[str, Path]:
    """Return the files that say something of others, by the names of these without their ends."""
    return {
        item.name.removesuffix(end): item
        for item in files
        for end in ends
        if item.name.endswith(end)
    }


def schema_of(folder: Folder, path: Path) -> dict[str, Any] | None:
    """Return the Table Schema beside a file, None where there is none."""
    own = folder.schemas.get(path.stem)
    if own is None:
        return None
    try:
        return read_descriptor(own.read_bytes())
    except DescriptorError as error:
        raise PushError(f"{own.name}: {error}") from error


def recipes_of(folder: Folder, path: Path) -> dict[str, Any] | None:
    """Return the recipes beside a file, None where there are none."""
    own = folder.recipes.get(path.stem)
    if own is None:
        return None
    try:
        told = load_yaml(own.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PushError(f"{own.name}: {error}") from error
    if not isinstance(told, dict) or not all(isinstance(one, dict) for one in told.values()):
        raise PushError(f"{own.name}: a recipe is expected for the name of each table")
    return told
