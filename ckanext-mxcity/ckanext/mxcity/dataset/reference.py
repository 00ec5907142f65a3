"""Files made from the vocabularies and the schema, so that nothing is written down twice.

``python -m ckanext.mxcity.dataset.reference`` writes them anew: the licences in the form that CKAN
reads and the dataset's fields as documentation. A test fails when one is out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ckanext.mxcity.dataset import fields
from ckanext.mxcity.dataset.field_guide import Row, Section, sections
from ckanext.mxcity.dataset.types import PLAIN, schema
from ckanext.mxcity.ground.vocabularies import vocabulary

#: The repository, when run from a checkout.
REPOSITORY = Path(__file__).resolve().parents[4]
LICENCES_FILE = REPOSITORY / "schemas" / "licenses.json"
FIELDS_FILE = REPOSITORY / "docs" / "reference" / "dataset-schema.md"

HEADER = """\
# Los campos de un conjunto de datos

<!-- Made from schemas/ by `python -m ckanext.mxcity.dataset.reference`; edit the YAML there. -->

Versión {version} del esquema (`schemas/dataset.yaml`); primero los campos de todo conjunto,
después los que agrega cada tipo. Los nombres en `letra fija` son los que usa
la API. Un asterisco (\\*) marca lo obligatorio.
"""
#: Said of what a type of dataset adds.
TYPE = """\
{about} Tipo `{kind}` (`schemas/{kind}.yaml`); además de los campos de todo conjunto de datos:

"""
#: Where a field is found besides its form and the API.
PLACES = """\
## Dónde se encuentra cada campo

Lo declara cada campo en su archivo de `schemas/`; una ciudad que agrega un campo no escribe código.

| campo | DCAT | `data.json` | `catalogo.json` | filtro (índice) | dato clave |
| --- | --- | --- | --- | --- | --- |"""


def licences_json() -> str:
    """Return the licences as CKAN's licence register reads them."""
    entries = [
        {
            "id": term.key,
            "title": term.label("es"),
            "url": term.extra.get("uri", ""),
            "status": "active",
            "family": "",
            "maintainer": "",
            "is_generic": "uri" not in term.extra,
            "domain_content": True,
            "domain_data": True,
            "domain_software": False,
            "od_conformance": "approved" if term.extra["open"] else "rejected",
            "osd_conformance": "not reviewed",
        }
        for term in vocabulary("licences").terms.values()
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def fields_markdown() -> str:
    """Return the documentation of datasets, files and organisations, and of their vocabularies."""
    parts = [HEADER.format(version=schema(PLAIN)["version"])]
    groups = sections("es_MX")
    parts += [_section(section) for section in groups]
    parts.append(_places())
    used = dict.fromkeys(row.vocabulary for section in groups for row in section.rows)
    parts.extend(_vocabulary_section(name) for name in filter(None, used))
    return "\n".join(parts)


def _places() -> str:
    """Return where each field is found, as the schemas declare it."""
    rows = [PLACES]
    for field in fields.every().values():
        term = f"`{field.term.property}`" if field.term else ""
        keys = (field.exports.get(form, "") for form in fields.EXPORTS)
        index = f"`{field.facet.index}`" if field.facet else ""
        fact = fields.label(field.key_fact.labels, "es_MX") if field.key_fact else ""
        cells = (f"`{field.name}`", term, *(f"`{key}`" if key else "" for key in keys), index, fact)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _section(section: Section) -> str:
    about = TYPE.format(about=section.about, kind=section.id) if section.about else ""
    return f"## {section.title}\n\n{about}{_table(section.rows)}"


def _table(rows: Iterable[Row]) -> str:
    head = "| campo | nombre | qué se escribe | norma |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(_row(row) for row in rows) + "\n"


def _row(row: Row) -> str:
    mark = " \\*" if row.required else ""
    values = f" Valores: [{row.vocabulary}](#{row.vocabulary})." if row.vocabulary else ""
    said, norms = _cell(row.help + values), _cell("; ".join(row.standards))
    return f"| `{row.name}`{mark} | {row.label} | {said} | {norms} |"


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")


def _vocabulary_section(name: str) -> str:
    found = vocabulary(name)
    rows = [
        f"| `{term.key}` | {_cell(term.label('es'))} | {_cell(term.notes.get('es', ''))} |"
        for term in found.terms.values()
    ]
    title = f'## <a id="{name}"></a>{found.title["es"]}'
    about = f"`schemas/vocabularies/{name}.yaml`, versión {found.version}."
    return "\n".join(
        [title, "", about, "", "| clave | nombre | qué es |", "| --- | --- | --- |", *rows, ""]
    )


def main() -> None:
    """Write every generated file."""
    LICENCES_FILE.write_text(licences_json(), encoding="utf-8")
    FIELDS_FILE.write_text(fields_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
