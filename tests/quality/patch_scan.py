"""Finds where code changes, or leans on, what is private to code of others.

The search reads the syntax of our modules. What it looks for: attributes and items set on what was
imported, functions put in place of methods, collections of others that are changed, private names,
private methods that a subclass overrides, copies of functions, hooks of the interpreter.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

#: Packages of the project; the modules of ``deploy`` import each other by the last.
OURS = ("ckanext.mxcity", "ckanext.sniegharvest", "portalctl")
#: Names that begin like private ones and are documented by who made them.
DOCUMENTED = {
    "_": "gettext, as every program names it",
    "_Element": "lxml's class of an element, which its documentation names for annotations",
    "_asdict": "of named tuples and of SQLAlchemy's rows",
    "_exit": "os._exit",
    "_mapping": "of SQLAlchemy's rows",
    "_replace": "of named tuples",
}
#: What belongs to one request or is configuration: made to be set.
MADE_TO_BE_SET = (
    "ckan.plugins.toolkit.config",
    "ckan.plugins.toolkit.g",
    "flask.g",
    "flask.request",
    "flask.session",
)
#: Where programs are told to set something of their own.
DOCUMENTED_PLACES = {
    "wsgi_app": "Flask documents it as the place of middleware",
    "StartDoctypeDeclHandler": "handlers are how pyexpat is used",
    "StartElementHandler": "handlers are how pyexpat is used",
    "EndElementHandler": "handlers are how pyexpat is used",
    "CharacterDataHandler": "handlers are how pyexpat is used",
    "config": "Flask's configuration is made to be set",
}
HOOKS = {
    "atexit.register",
    "logging.setLogRecordFactory",
    "logging.setLoggerClass",
    "os.register_at_fork",
    "sys.addaudithook",
    "sys.setprofile",
    "sys.settrace",
    "threading.setprofile",
    "threading.settrace",
}
CHANGING = {
    "add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "setdefault",
    "update",
}  # fmt: skip
OF_FUNCTIONS = {"__class__", "__closure__", "__code__", "__globals__"}


@dataclass(frozen=True, order=True)
class Found:
    """A place in our code: the module, the name of upstream that it touches, and the line."""

    module: str
    name: str
    line: int = field(compare=False)
    code: str = field(compare=False)


def modules_of(repository: Path) -> Iterator[tuple[str, Path]]:
    """Yield the modules of the project as they are imported, and their files."""
    for root in ("ckanext-mxcity", "ckanext-sniegharvest", "deploy"):
        for path in sorted((repository / root).rglob("*.py")):
            if "migration" not in path.parts:
                parts = path.relative_to(repository / root).with_suffix("").parts
                yield ".".join(parts).removesuffix(".__init__"), path


def scan(repository: Path) -> list[Found]:
    """Return what is found in every module of the project."""
    scans = [_Scan(name, path.read_text(encoding="utf-8")) for name, path in modules_of(repository)]
    own = {name for scan in scans for name in scan.here}
    return sorted({found for scan in scans for found in scan.found(own)})


def scan_source(source: str, module: str = "ckanext.mxcity.example") -> set[str]:
    """Return the names that are found in a piece of source."""
    scan = _Scan(module, source)
    return {found.name for found in scan.found(scan.here)}


def _defined(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("self", "cls")
        ):
            yield node.attr


class _Scan:
    def __init__(self, module: str, source: str) -> None:
        self.module = module
        self.nodes = list(ast.walk(ast.parse(source)))
        #: Names that this module defines, and names that the whole project does.
        self.here = set(_defined(self.nodes))
        self.own = self.here
        self.callables = {
            node.name for node in self.nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name of others means, as a dotted path."""
        names = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.split(".")[0]
                    names[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return {name: path for name, path in names.items() if not path.startswith(OURS)}

    @cached_property
    def applications(self) -> set[str]:
        """Arguments that are a Flask application."""
        return {
            node.arg
            for node in self.nodes
            if isinstance(node, ast.arg)
            and isinstance(node.annotation, ast.Name)
            and self.imported.get(node.annotation.id) == "flask.Flask"
        }

    def found(self, own: set[str]) -> Iterator[Found]:
        """Yield each place; ``own`` are the names that the whole project defines."""
        self.own = own
        for node in self.nodes:
            for name in self._names(node):
                if name not in DOCUMENTED and name not in DOCUMENTED_PLACES:
                    line = getattr(node, "lineno", 0)
                    yield Found(self.module, name, line, ast.unparse(node)[:80])

    def _names(self, node: Any) -> Iterator[str]:
        match node:
            case ast.ImportFrom(module=str(module), level=0) if not module.startswith(OURS):
                yield from (alias.name for alias in node.names if _is_private(alias.name))
            case ast.Assign():
                yield from (name for target in node.targets for name in self._set(target, node))
            case ast.AugAssign() | ast.AnnAssign():
                yield from self._set(node.target, node)
            case ast.Delete():
                yield from (name for target in node.targets for name in self._set(target, node))
            case ast.Attribute():
                yield from self._attribute(node)
            case ast.Name(id=name) if self.imported.get(name) == "types.FunctionType":
                yield "FunctionType"
            case ast.Call():
                yield from self._call(node)
            case ast.ClassDef():
                yield from self._class(node)
            case _:
                return

    def _set(self, target: Any, node: Any) -> Iterator[str]:
        """Where something is set: on what was imported, on an application, or a function."""
        path = _path(target)
        if not path or len(path) < 2 and not isinstance(target, ast.Subscript):
            return
        if path[0] in self.applications:
            yield path[1]
        elif path[0] in self.imported:
            if not self._dotted(path).startswith(MADE_TO_BE_SET):
                yield path[-1]
        elif isinstance(target, ast.Attribute) and path[0] not in ("self", "cls"):
            value = getattr(node, "value", None)
            if isinstance(value, ast.Lambda) or self._is_callable(value):
                yield target.attr

    def _is_callable(self, value: Any) -> bool:
        if isinstance(value, ast.Call):
            return _path(value.func)[-1:] == ["partial"]
        return isinstance(value, ast.Name) and value.id in self.callables

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        if node.attr in OF_FUNCTIONS and not (
            node.attr == "__class__" and isinstance(node.ctx, ast.Load)
        ):
            yield node.attr
        if not _is_private(node.attr):
            return
        root = (_path(node) or [""])[0]
        if root in self.imported:
            yield node.attr
        elif root in ("self", "cls"):
            if node.attr not in self.own:
                yield node.attr
        elif node.attr not in self.here and not _is_of_super(node):
            yield node.attr

    def _call(self, node: ast.Call) -> Iterator[str]:
        path = _path(node.func)
        if not path:
            return
        dotted = self._dotted(path)
        if dotted in HOOKS:
            yield path[-1]
        if path == ["bound"]:
            yield "bound"
        if path == ["super"] and node.args:
            yield "super"
        if path[-1] in CHANGING and path[0] in self.imported and self._is_collection(path[:-1]):
            yield path[-2]
        strings = [
            value.value
            for value in node.args
            if isinstance(value, ast.Constant) and isinstance(value.value, str)
        ]
        reads = path[0] in ("getattr", "setattr", "delattr", "hasattr") and node.args
        on = _path(node.args[0]) if reads else path
        if on and on[0] in self.imported and (reads or path[-1] in CHANGING | {"get"}):
            yield from (text for text in strings if _is_private(text) and text.isidentifier())
        sets = path[0] in ("setattr", "delattr") and on and on[0] in self.imported
        if sets and not self._dotted(on).startswith(MADE_TO_BE_SET):
            yield path[0]

    def _class(self, node: ast.ClassDef) -> Iterator[str]:
        """Private names that a class has from others, and defines anew."""
        bases = [self._value(_path(base)) for base in node.bases]
        named = [name for statement in node.body for name in _bound(statement)]
        named += [name for name in _defined(ast.walk(node)) if name not in named]
        for name in named:
            if _is_private(name) and any(hasattr(base, name) for base in bases):
                yield name

    def _dotted(self, path: list[str]) -> str:
        return ".".join([self.imported.get(path[0], path[0]), *path[1:]])

    def _is_collection(self, path: list[str]) -> bool:
        return type(self._value(path)) in (dict, list, set)

    def _value(self, path: list[str]) -> Any:
        """What a path of names means, if it was imported from others; else None."""
        if not path or path[0] not in self.imported:
            return None
        parts = self._dotted(path).split(".")
        for length in range(len(parts), 0, -1):
            try:
                value: Any = importlib.import_module(".".join(parts[:length]))
            except ImportError:
                continue
            for part in parts[length:]:
                value = getattr(value, part, None)
            return value
        return None


def _path(node: Any) -> list[str]:
    """The names of ``a.b[c].d``; empty where it begins with something else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    return [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _is_of_super(node: ast.Attribute) -> bool:
    """Whether this is ``super()._name``: then a method of the class overrides it."""
    return isinstance(node.value, ast.Call) and _path(node.value.func) == ["super"]
