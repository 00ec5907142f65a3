"""Write the generated parts of the reference: ``python docs/reference/build.py [--check]``.

``configuration.md`` comes from the configuration declarations, ``actions.md`` from the
docstrings of the actions, ``mappings.md`` from the files of
``schemas/mappings``, ``table-schemas.md`` from those of ``schemas/tables``. ``--check`` writes
nothing and fails when a file is out of date.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ckanext.mxcity.datahub.logic.describe import generated_actions

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
EXTENSIONS = ("ckanext-mxcity", "ckanext-sniegharvest")
#: Modules of a ``logic`` package that hold something else.
NO_ACTIONS = ("__init__", "auth", "schema", "table_schema", "validators", "values")
NOTICE = "<!-- Written by docs/reference/build.py: edit the source, not this file. -->"


def configuration() -> str:
    """The options of every declaration, as Markdown."""
    lines = ["# Configuration", "", NOTICE, "", "Every option of `ckan.ini` that is ours.", ""]
    for path in _files("config_declaration.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            lines += [f"## {group['annotation']}", ""]
            for option in group.get("options", []):
                lines += [*_option(option), ""]
    return "\n".join(lines).rstrip() + "\n"


def actions() -> str:
    """The actions and their docstrings, as Markdown."""
    lines = [
        "# Actions",
        "",
        NOTICE,
        "",
        "What our plugins add to CKAN's action API (`/api/3/action/NAME`).",
        "Each has an auth function of the same name.",
        "",
    ]
    found = [
        entry
        for path in _files("logic/*.py")
        if path.stem not in NO_ACTIONS
        for entry in _documented_functions(path)
    ]
    for name, text in (*found, *generated_actions()):
        lines += [f"## `{name}`", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def mappings() -> str:
    """What each type of source gives, and where it goes, as Markdown."""
    lines = [
        "# Mappings of sources",
        "",
        NOTICE,
        "",
        "One table for each file of `schemas/mappings`: our field, or the key of `data.json` where",
        "a source is read through it, and the fields of the source, the first with a value first.",
        "",
    ]
    for path in sorted((REPOSITORY / "schemas" / "mappings").glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "dataset" in loaded:
            lines += [*_mapping(path.stem, loaded)]
    return "\n".join(lines).rstrip() + "\n"


def _mapping(name: str, loaded: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `{name}`", "", f"{' '.join(loaded['source'].split())}.", "")
    if "type" in loaded:
        yield from (f"Its datasets are of the type `{loaded['type']}`.", "")
    for part in ("dataset", "resource", "distribution"):
        if part not in loaded:
            continue
        yield from (f"| {part} | from | read as |", "| --- | --- | --- |")
        for field, rule in loaded[part].items():
            known = isinstance(rule, dict)
            paths = ", ".join(f"`{path}`" for path in (rule["from"] if known else rule))
            how = [rule["as"], rule.get("vocabulary", ""), rule.get("note", "")] if known else []
            yield f"| `{field}` | {paths} | {', '.join(filter(None, how))} |"
        yield ""
    ignored = ", ".join(f"`{path}`" for path in loaded.get("ignored", ()))
    if ignored:
        yield from (f"Needs no place: {ignored}.", "")


def table_schemas() -> str:
    """The columns of each schema of a table, as Markdown."""
    lines = [
        "# Schemas of tables",
        "",
        NOTICE,
        "",
        "One table for each file of `schemas/tables`. A list of the Plataforma Digital Nacional",
        "(PDN) is one cell with semicolons, of which the key is kept; of an object each part is a",
        "column; of several documents, the first. What stands under “never” may not be published,",
        "whatever the column is called.",
        "",
    ]
    for path in sorted((REPOSITORY / "schemas" / "tables").glob("*.yaml")):
        lines += _table_schema(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    return "\n".join(lines).rstrip() + "\n"


def _table_schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `{name}`", "", f"{schema['title']}. {schema['description']}", "")
    yield from ("| column | type | | what it holds | PDN |", "| --- | --- | --- | --- | --- |")
    for field in schema["fields"]:
        needed = field.get("constraints", {}).get("required")
        mark = "required" if needed else "optional" if field.get("mxcity:optional") else ""
        told = f"{field['title']}: {field['description']}".replace("|", "\\|")
        place = f"`{field['mxcity:path']}`" if "mxcity:path" in field else ""
        yield f"| `{field['name']}` | {field['type']} | {mark} | {told} | {place} |"
    yield ""
    if shut := schema.get("mxcity:closed"):
        yield from (f"Never: {', '.join(shut)}.", "")


def _files(pattern: str) -> list[Path]:
    return sorted(path for folder in EXTENSIONS for path in (REPOSITORY / folder).rglob(pattern))


def _option(option: dict[str, Any]) -> Iterator[str]:
    yield f"### `{option['key']}`"
    yield ""
    yield " ".join(str(option.get("description", "")).split())
    yield ""
    yield f"Type: {option.get('type', 'text')}. Default: `{option.get('default', '')}`."


def _documented_functions(path: Path) -> Iterator[tuple[str, str]]:
    # The DataHub's package holds what its actions share, too.
    prefix = (
        ("datahub_", "organization_autocomplete", "organization_list")
        if "datahub" in path.parts
        else ""
    )
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if node.name.startswith(prefix):
            yield node.name, inspect.cleandoc(ast.get_docstring(node) or "")


def main(check: bool) -> int:
    """Write the files, or with ``check`` say which are out of date."""
    stale = []
    written = (
        ("configuration.md", configuration()),
        ("actions.md", actions()),
        ("mappings.md", mappings()),
        ("table-schemas.md", table_schemas()),
    )
    for name, text in written:
        path = HERE / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run docs/reference/build.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
