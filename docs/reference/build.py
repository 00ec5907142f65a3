"""Write the generated parts of the reference: ``python docs/reference/build.py [--check]``.

``configuration.md`` comes from the configuration declarations, ``actions.md`` from the
docstrings of the actions, ``mappings.md`` from the files of ``schemas/mappings`` and the fields of
the schemas, ``table-schemas.md`` from ``schemas/tables``, ``roles.md`` from the table of roles,
``patches.md`` from the register in the folder ``patches`` and from the templates of CKAN, the
addresses in ``exports.md`` from the registry of the forms. ``--check`` writes nothing and fails
when a file is out of date.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ckanext.mxcity.city.roles import RoleTable, as_data, role_table
from ckanext.mxcity.datahub.logic.describe import generated_actions
from ckanext.mxcity.dataset.fields import SOURCES
from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.exchange.exports import rdf
from ckanext.mxcity.exchange.exports.forms import FORMS
from patches import REGISTER, Patch, templates

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
EXTENSIONS = ("ckanext-mxcity", "ckanext-sniegharvest")
#: Modules of a ``logic`` package that hold something else.
NO_ACTIONS = ("__init__", "auth", "schema", "table_schema", "validators", "values")
#: How the table of roles says where a right counts.
EXTENTS = {"own": "suya", "all": "todas", "yes": "sí", "no": "—"}
#: Around the generated part of a page that is written by hand.
BEGIN, END = "<!-- Written by docs/reference/build.py. -->", "<!-- Until here. -->"
NOTICE = "<!-- Written by docs/reference/build.py: edit the source, not this file. -->"


def configuration() -> str:
    """Return the options of every declaration, as Markdown."""
    lines = ["# Configuration", "", NOTICE, "", "Every option of `ckan.ini` that is ours.", ""]
    for path in _files("config_declaration.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            lines += [f"## {group['annotation']}", ""]
            for option in group.get("options", []):
                lines += [*_option(option), ""]
    return "\n".join(lines).rstrip() + "\n"


def actions() -> str:
    """Return the actions and their docstrings, as Markdown."""
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
        for path in (*_files("actions.py"), *_files("logic/*.py"))
        if path.stem not in NO_ACTIONS
        for entry in _documented_functions(path)
    ]
    for name, text in (*found, *generated_actions()):
        lines += [f"## `{name}`", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def mappings() -> str:
    """Return what each type of source gives, and where it goes, as Markdown."""
    lines = [
        "# Mappings of sources",
        "",
        NOTICE,
        "",
        "One table for each file of `schemas/mappings`: our field, or the key of `data.json` where",
        "a source is read through it, and the fields of the source, the first with a value first.",
        "A field that no file names is read where the portal itself writes it: see",
        "[dataset-schema.md](dataset-schema.md).",
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
        if part == "dataset" and name in SOURCES:
            yield from _of_fields(name, loaded[part])
        yield ""
    ignored = ", ".join(f"`{path}`" for path in loaded.get("ignored", ()))
    if ignored:
        yield from (f"Needs no place: {ignored}.", "")


def _of_fields(name: str, written: dict[str, Any]) -> Iterator[str]:
    """Yield the rules of a type of source that follow from the fields of the schemas."""
    for rule in rules_of(name).dataset:
        if rule.field not in written:
            paths = ", ".join(f"`{path}`" for path in rule.paths)
            how = ", ".join(filter(None, (rule.how, rule.vocabulary)))
            yield f"| `{rule.field}` | {paths} | {how} |"


def table_schemas() -> str:
    """Return the columns of each schema of a table, as Markdown."""
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


def roles(table: RoleTable) -> str:
    """Return the table of who may what, as Markdown in Spanish."""
    shown = as_data(table, "es")
    heads = [role["label"] for role in shown["roles"]]
    lines = [
        "# Quién puede qué",
        "",
        NOTICE,
        "",
        "Los derechos y los papeles de `ckanext/mxcity/city/roles.yaml`; un portal agrega papeles",
        "con un archivo de la misma forma, que nombra la opción `ckanext.mxcity.roles_file`. La",
        "página `/permisos` y la acción `mxcity_role_list` muestran la misma tabla, y las acciones",
        "la obedecen. «Suya»: en la organización a la que pertenece; «todas»: en todas.",
        "",
        f"| | {' | '.join(heads)} |",
        f"| --- | {' | '.join('---' for _ in heads)} |",
    ]
    for right in shown["rights"]:
        cells = [EXTENTS[right["roles"][role["name"]]] for role in shown["roles"]]
        lines.append(f"| {right['label']} (`{right['name']}`) | {' | '.join(cells)} |")
    lines += ["", "| papel | nombre |", "| --- | --- |"]
    lines += [f"| {role['label']} | `{role['name']}` |" for role in shown["roles"]]
    return "\n".join(lines) + "\n"


def exports() -> str:
    """Return the page of the exports, with the addresses that there are, as Markdown."""
    before, _, rest = (HERE / "exports.md").read_text(encoding="utf-8").partition(BEGIN)
    own = ", ".join(f"`/organization/NAME/{file}`" for file in FORMS)
    first, *others = (f".{name}" for name in rdf.FORMATS)
    formats = ", ".join([f"`/catalog{first}`", *(f"`{name}`" for name in others)])
    lines = [
        BEGIN,
        "",
        "| address | what it is |",
        "| --- | --- |",
        *(f"| `/{file}` | the whole catalogue, {form.reference} |" for file, form in FORMS.items()),
        f"| {own} | the same for one organisation; an empty list when it has published nothing |",
        f"| {formats} | the whole catalogue as DCAT-AP 3, 100 datasets a page (`?page=2`, links in"
        " the `hydra:` vocabulary) |",
        f"| `/dataset/NAME{first}` (and the other formats) | one dataset as DCAT-AP 3 |",
        "",
        END,
    ]
    return before + "\n".join(lines) + rest.partition(END)[2]


def patches() -> str:
    """Return as Markdown what of upstream is replaced or relied on, and the changed templates."""
    lines = [
        "# Patches",
        "",
        NOTICE,
        "",
        "What the portal replaces in CKAN, in its extensions and in libraries, and what it uses of",
        "them that is not documented. When upstream changes one of these, a test names it: look at",
        "what stands under “re-check”, then record the new fingerprint in `patches/seen.yaml`.",
        "“Since” is the release of upstream with which a patch was found necessary; the portal has",
        "each since its first release.",
        "",
    ]
    for patch in sorted(REGISTER, key=lambda patch: patch.where):
        lines += [*_patch(patch), ""]
    lines += [
        "## Templates",
        "",
        "Templates of CKAN and its extensions that are compiled without the scripts in them; files",
        "of the portal do their work.",
        "",
        "| template | what is changed |",
        "| --- | --- |",
    ]
    lines += [f"| `{path}` | {'; '.join(kinds)} |" for path, kinds in templates.changed().items()]
    return "\n".join(lines).rstrip() + "\n"


def _patch(patch: Patch) -> Iterator[str]:
    yield from (f"## `{patch.where}`", "", patch.why, "")
    yield f"- {patch.how}: {', '.join(f'`{target}`' for target in patch.targets)}"
    if patch.beside:
        yield f"- leans on: {', '.join(f'`{path}`' for path in patch.beside)}"
    yield f"- since: {patch.since}"
    if patch.issues:
        yield f"- upstream: {', '.join(f'<{issue}>' for issue in patch.issues)}"
    yield f"- re-check: {patch.check}"


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
        if not {"context", "data_dict"} <= {argument.arg for argument in node.args.args}:
            continue  # what the actions of the module share
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
        ("roles.md", roles(role_table())),
        ("patches.md", patches()),
        ("exports.md", exports()),
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
