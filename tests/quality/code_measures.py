"""Measure a tree of Python files: sizes, annotations and docstrings, from the syntax tree alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Measures:
    """Counts over a set of files; the lists name the places."""

    files: int = 0
    long_files: list[str] = field(default_factory=list)
    functions: int = 0
    long_functions: list[str] = field(default_factory=list)
    public_functions: int = 0
    undocumented: list[str] = field(default_factory=list)
    arguments: int = 0
    unannotated: list[str] = field(default_factory=list)
    #: Arguments and results whose type is ``Any`` itself.
    anything: list[str] = field(default_factory=list)

    @property
    def documented_share(self) -> float:
        """Share of public functions that have a docstring, 0 to 1."""
        return 1 - len(self.undocumented) / max(self.public_functions, 1)

    @property
    def anything_share(self) -> float:
        """Share of arguments and results that have the type Any, 0 to 1."""
        return len(self.anything) / max(self.arguments + self.functions, 1)

    @property
    def long_file_share(self) -> float:
        """Share of files of more than 400 lines, 0 to 1."""
        return len(self.long_files) / max(self.files, 1)

    @property
    def long_function_share(self) -> float:
        """Share of functions of more than 50 lines, 0 to 1."""
        return len(self.long_functions) / max(self.functions, 1)


def measure(paths: list[Path], root: Path) -> Measures:
    """Measure every file of ``paths``; places are named relative to ``root``."""
    result = Measures()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        place = str(path.relative_to(root))
        result.files += 1
        if text.count("\n") > MAX_FILE_LINES:
            result.long_files.append(f"{place}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function):
                _measure_function(node, place, result)
    return result


def _measure_function(node: Function, place: str, result: Measures) -> None:
    where = f"{place}:{node.lineno} {node.name}"
    result.functions += 1
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > MAX_FUNCTION_LINES:
        result.long_functions.append(f"{where}: {length} lines")
    if not node.name.startswith("_"):
        result.public_functions += 1
        if ast.get_docstring(node) is None:
            result.undocumented.append(where)
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    extra = [argument for argument in (node.args.vararg, node.args.kwarg) if argument]
    for argument in [*named, *extra]:
        if argument.arg in ("self", "cls"):
            continue
        result.arguments += 1
        if argument.annotation is None:
            result.unannotated.append(f"{where}({argument.arg})")
        elif _is_any(argument.annotation):
            result.anything.append(f"{where}({argument.arg})")
    if node.returns is not None and _is_any(node.returns):
        result.anything.append(f"{where} returns")


def _is_any(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Any"
