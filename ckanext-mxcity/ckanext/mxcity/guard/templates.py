"""Hardened against inline scripts: templates are compiled without them, files do their work.

The pages' policy runs scripts from files only. Some templates of CKAN and its extensions hold
code: here each is changed as it is compiled. A variable set for a script becomes data that
``globals.js`` reads, and a handler becomes a listener of ``handlers.js``. A value that a template
translates stays a value: it is looked up, and neither formatted nor taken for HTML.
"""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension
from markupsafe import Markup

_SCRIPT = re.compile(
    r"<script(?:\s+type=[\"']?text/javascript[\"']?)?\s*>(?P<code>.*?)</script>", re.DOTALL
)
_VARIABLE = re.compile(
    r"\s*(?:var|const|let)\s+(?P<name>\w+)\s*=\s*"
    r"(?:\{\{(?P<data>.+?)\|\s*tojson\s*\}\}|'\{\{(?P<text>.+?)\}\}')\s*;?\s*",
    re.DOTALL,
)
_HANDLER = re.compile(r"\s(?:on[a-z]+|hx-on[a-z:-]*)=\"[^\"]*\"", re.DOTALL)
_ADD_TEXT = re.compile(r"href=\"javascript:MultipleText\.multiple_add\('(?P<name>[^']+)'\);?\"")
_LINK = re.compile(r"href=\"javascript:[^\"]*\"")
_CONDITIONAL_HANDLER = re.compile(r"\{%\s*if created\s*%\}\s*\{%\s*endif\s*%\}")

GLOBALS = "/mxcity-guard/globals.js"
HANDLERS = "/mxcity-guard/handlers.js"


#: Names under which templates translate.
_TRANSLATING = ("_", "gettext")


def install(app: Flask) -> None:
    """Compile the templates of ``app`` without code of their own, and leave values alone."""
    app.jinja_env.add_extension(InertTemplates)
    app.jinja_env.code_generator_class = ValuesAsValues
    app.jinja_env.mxcity_translated_value = translated_value  # type: ignore[attr-defined]


class ValuesAsValues(CodeGenerator):
    """Compiles ``_(value)`` as a look at the catalogue; ``_('a text of the template')`` as ever."""

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        """Write the code of a call."""
        if _translates_a_value(node):
            look = nodes.EnvironmentAttribute("mxcity_translated_value")
            node = nodes.Call(look, node.args, [], None, None, lineno=node.lineno)
            node.set_environment(self.environment)
        super().visit_Call(node, *args, **kwargs)


def _translates_a_value(node: nodes.Call) -> bool:
    if not isinstance(node.node, nodes.Name) or node.node.name not in _TRANSLATING:
        return False
    return len(node.args) == 1 and not node.kwargs and not isinstance(node.args[0], nodes.Const)


def translated_value(value: Any) -> Any:
    """Return the translation of a value that is in the catalogue, and any other as it is."""
    if not isinstance(value, str) or not value:
        return value
    found = tk._(str(value))
    if found == value or not isinstance(value, Markup):
        return value if found == value else found
    return Markup(found)  # noqa: S704  of the catalogue


class InertTemplates(Extension):
    """Compile every template without code of its own."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of the template ``name``, without code."""
        return without_code(source)


def without_code(source: str) -> str:
    """Return a template's source with its inline code moved to files."""
    changed, handlers = _HANDLER.subn("", source)
    changed, added = _ADD_TEXT.subn(r'href="#" data-guard-add="\g<name>"', changed)
    changed, links = _LINK.subn('href="#" data-guard-inert', changed)
    if handlers:
        changed = _CONDITIONAL_HANDLER.sub("", changed)
    if (handlers or added or links) and "{% extends" not in source:
        changed += f"\n{_script_of(HANDLERS)}\n"
    return _SCRIPT.sub(_data_of, changed)


def _data_of(script: re.Match[str]) -> str:
    """Return the variables of a script as data, or the script itself if it holds anything else."""
    code = script["code"]
    if not code.strip() or _VARIABLE.sub("", code).strip():
        return script[0]
    data = [
        f'<template data-guard-global="{variable["name"]}" data-guard-value=\'{{{{ '
        f"({variable['data'] or variable['text']}) | tojson }}}}'></template>"
        for variable in _VARIABLE.finditer(code)
    ]
    return "".join([*data, _script_of(GLOBALS)])


def _script_of(path: str) -> str:
    return f"<script src=\"{{{{ h.url_for_static('{path}') }}}}\"></script>"
