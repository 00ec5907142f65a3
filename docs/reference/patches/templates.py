"""Which templates of CKAN and its extensions are compiled otherwise than they are written."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from ckanext.mxcity.guard.templates import without_code

REPOSITORY = Path(__file__).resolve().parents[3]
CONFIGURATION = REPOSITORY / "config" / "ckan.ini.template"
#: Plugins of the project; their templates need no change, and a test says so.
OURS = ("ckanext.mxcity", "ckanext.sniegharvest")
#: What of a template is changed, by what stands in the compiled one in its place.
KINDS: dict[str, str] = {
    "a variable for a script": "data-guard-global",
    "a link that calls a script": "data-guard-(?:add|inert)",
    "a handler of an element": r"\s(?:on[a-z]+|hx-on[a-z:-]*)=\"",
}


@cache
def changed() -> dict[str, list[str]]:
    """Return what is changed in each template that is, by its path below ``site-packages``."""
    found = {}
    for root, path in sorted(_templates()):
        kinds = changes_of(path.read_text(encoding="utf-8"))
        if kinds:
            found[path.relative_to(root).as_posix()] = kinds
    return found


def changes_of(source: str) -> list[str]:
    """Return the kinds of change that a template needs."""
    compiled = without_code(source)
    if compiled == source:
        return []
    kinds = []
    for kind, sign in KINDS.items():
        before, after = len(re.findall(sign, source)), len(re.findall(sign, compiled))
        if before != after:
            kinds.append(kind)
    return kinds


def _templates() -> Iterator[tuple[Path, Path]]:
    """Yield the templates of CKAN and of the plugins that a portal loads, each with its root."""
    for package in ("ckan", *_packages()):
        spec = importlib.util.find_spec(package)
        for folder in map(Path, (spec and spec.submodule_search_locations) or ()):
            root = folder.parents[package.count(".")]
            for pattern in ("templates*/**/*.html", "*/templates*/**/*.html"):
                if package != "ckan" or not pattern.startswith("*"):
                    yield from ((root, path) for path in folder.glob(pattern))


def _packages() -> set[str]:
    """Return the packages of the plugins that a portal loads, without ours."""
    line = re.search(r"^ckan\.plugins = (.*)$", CONFIGURATION.read_text("utf-8"), re.MULTILINE)
    names = set(line[1].split()) if line else set()
    modules = {point.module for point in entry_points(group="ckan.plugins") if point.name in names}
    return {".".join(module.split(".")[:2]) for module in modules if not module.startswith(OURS)}
