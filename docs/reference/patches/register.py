"""What an entry of the register of patches is, and how the source of upstream is looked at."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

How = Literal[
    "replaces", "wraps", "overrides", "adds to", "calls", "runs a copy of", "stands in for"
]

#: The fingerprint of each piece of upstream's source, as it was when somebody looked at it last.
SEEN = Path(__file__).with_name("seen.yaml")


@dataclass(frozen=True)
class Patch:
    """A place where the portal changes upstream's code, or leans on a private part of it."""

    #: The module of ours, as it is imported.
    where: str
    how: How
    #: What of upstream, as dotted paths.
    targets: tuple[str, ...]
    why: str
    #: What to look at when a target changes.
    check: str
    #: The release of upstream with which the patch was found necessary: ``distribution version``.
    since: str
    #: Names in the targets that are no dotted path: attributes of objects, globals of functions.
    names: tuple[str, ...] = ()
    #: Other code of upstream on which the patch leans.
    beside: tuple[str, ...] = ()
    #: Upstream's issues and pull requests about it.
    issues: tuple[str, ...] = ()

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The dotted paths whose source is watched."""
        return tuple(path for path in (*self.targets, *self.beside) if not _is_python(path))


@cache
def seen() -> dict[str, str]:
    """Return the recorded fingerprints by dotted path."""
    found: dict[str, str] = yaml.safe_load(SEEN.read_text(encoding="utf-8"))
    return found


def fingerprint(path: str) -> str:
    """Return a short hash of the source of a dotted path; white space does not count.

    Raises:
        LookupError: upstream has nothing of this name.

    """
    text = " ".join(source_of(path).split())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def source_of(path: str) -> str:
    """Return the source of a dotted path, read from its file: a patch of ours changes nothing.

    Raises:
        LookupError: upstream has nothing of this name.

    """
    module, names = _split(path)
    text, tree = _parsed(module)
    node: ast.AST = tree
    for name in names:
        found = next((child for child in _statements(node) if name in _bound(child)), None)
        if found is None:
            raise LookupError(f"{module} has no {'.'.join(names)}")
        node = found
    if isinstance(node, ast.Import | ast.ImportFrom):
        return f"from {getattr(node, 'module', '')} import {names[-1]}"
    return ast.get_source_segment(text, node) or text


@cache
def _split(path: str) -> tuple[str, tuple[str, ...]]:
    """Return the module of a dotted path, and the names below it."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            spec = importlib.util.find_spec(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        if spec is not None:
            return ".".join(parts[:length]), tuple(parts[length:])
    raise LookupError(f"no module of {path}")


@cache
def _parsed(module: str) -> tuple[str, ast.Module]:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise LookupError(f"{module} has no source in Python")
    text = Path(spec.origin).read_text(encoding="utf-8")
    return text, ast.parse(text)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a module or class, those under an ``if`` or ``try`` included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if isinstance(child, ast.If | ast.Try | ast.With | ast.ExceptHandler):
            yield from _statements(child)


def _bound(node: ast.AST) -> set[str]:
    """Return the names that a statement gives a meaning."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()


def _is_python(path: str) -> bool:
    """Return whether a path is of Python's own library, whose source differs by its version."""
    return path.split(".")[0] in sys.stdlib_module_names
