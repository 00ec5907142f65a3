"""Files made from the vocabularies and the schema, so that nothing is written down twice.

``python -m ckanext.mxcity.reference`` writes them anew: the licences in the form that CKAN reads
and the dataset's fields as documentation. A test fails when one is out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from ckanext.mxcity.vocabularies import PACKAGE, vocabulary

#: The repository, when run from a checkout.
REPOSITORY = Path(__file__).resolve().parents[3]
LICENCES_FILE = REPOSITORY / "schemas" / "licenses.json"
FIELDS_FILE = REPOSITORY / "docs" / "reference" / "dataset-schema.md"

HEADER = """\
# Los campos de un conjunto de datos

<!-- Made from schemas/ by `python -m ckanext.mxcity.reference`; edit the YAML, not this file. -->

Versión {version} del esquema (`schemas/dataset.yaml`). Los nombres en `letra fija` son los que usa
la API. Un asterisco (\\*) marca lo obligatorio.
"""


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
    dataset = _document("dataset.yaml")
    organization = _document("organization.yaml")
    parts = [HEADER.format(version=dataset["version"])]
    for group in dataset["field_groups"]:
        fields = [f for f in dataset["dataset_fields"] if f.get("field_group") == group["name"]]
        parts.append(f"## {group['label']['es_MX']}\n\n{_table(fields)}")
    parts.append(f"## Cada archivo o enlace\n\n{_table(dataset['resource_fields'])}")
    parts.append(f"## Una organización\n\n{_table(organization['fields'])}")
    used = _vocabularies([*dataset["dataset_fields"], *organization["fields"]])
    parts.extend(_vocabulary_section(name) for name in (*used, "licences"))
    return "\n".join(parts)


def _document(name: str) -> dict[str, Any]:
    text = (resources.files(PACKAGE) / name).read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _table(fields: list[dict[str, Any]]) -> str:
    rows = [row for field in fields for row in _rows(field, "")]
    return "| campo | nombre | qué se escribe |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _rows(field: Mapping[str, Any], prefix: str) -> Iterator[str]:
    name = f"{prefix}{field['field_name']}"
    mark = " \\*" if field.get("required") else ""
    help_text = field.get("help_text", {}).get("es_MX", "")
    if field.get("preset") == "mxcity_provenance":
        help_text = "Lo escribe la recolección; no se puede cambiar a mano."
    listed = field.get("vocabulary")
    values = f" Valores: [{listed}](#{listed})." if listed and listed != "yes_no" else ""
    yield f"| `{name}`{mark} | {field['label']['es_MX']} | {_cell(help_text + values)} |"
    for subfield in field.get("repeating_subfields", []):
        yield from _rows(subfield, f"{name}[].")


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")


def _vocabularies(fields: list[dict[str, Any]]) -> list[str]:
    names = (field.get("vocabulary") for field in fields)
    return list(dict.fromkeys(name for name in names if name and name != "yes_no"))


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
