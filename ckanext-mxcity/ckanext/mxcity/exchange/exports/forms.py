"""The registry of the forms of the catalogue that leave as one file.

A form is a module that writes the head of the document and a dataset, and an entry of ``FORMS``.
Its addresses, the links of the pages, the description of the API and ``docs/reference/exports.md``
derive from the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.exchange.exports import adela, dcat_us, stream
from ckanext.mxcity.exchange.exports.publisher import Publisher
from ckanext.mxcity.exchange.exports.select import INCLUDE

#: From a dataset as ``package_show`` gives it to its entry in the document.
Entry = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Form:
    """A form of the catalogue."""

    #: The name of the file, with which its addresses end.
    file: str
    #: What pages and the description of the API call it, by language.
    title: Mapping[str, str]
    #: What the reference calls it, in English.
    reference: str
    #: From the publisher and the address of the document to everything but the datasets.
    head: Callable[[Publisher, str], dict[str, Any]]
    entry: Entry
    media_type: str = "application/json"
    #: From the head, chunks of datasets and ``entry`` to the bytes of the document.
    write: Callable[[dict[str, Any], Iterable[list[dict[str, Any]]], Entry], Iterator[bytes]] = (
        stream.json_document
    )

    @property
    def endpoint(self) -> str:
        """The name of its address in the blueprint ``mxcity_exports``."""
        return self.file.replace(".", "_")


#: The forms by file, in the order in which pages show them.
FORMS: dict[str, Form] = {
    form.file: form
    for form in (
        Form(
            "data.json",
            {"en": "The catalogue as data.json", "es_MX": "El catálogo como data.json"},
            "DCAT-US 1.1",
            dcat_us.catalogue,
            dcat_us.dataset,
        ),
        Form(
            "catalogo.json",
            {
                "en": "The catalogue in the shape of the federal agencies",
                "es_MX": "El catálogo en la forma de las dependencias federales",
            },
            "in the shape of the federal agencies' `catalogo.json`",
            adela.catalogue,
            adela.dataset,
        ),
    )
}


def operations() -> list[dict[str, Any]]:
    """Return what the description of the API says of the forms, as ``IApiOperations`` asks."""
    include = {
        "name": "include",
        "type": "string",
        "enum": list(INCLUDE),
        "example": INCLUDE[0],
        "about": {
            "en": "What came from other portals as well",
            "es_MX": "También lo que vino de otros portales",
        },
    }
    return [
        {
            "path": f"/{form.file}",
            "group": "catalogue",
            "answer": "file",
            "summary": dict(form.title),
            "parameters": [include],
        }
        for form in FORMS.values()
    ]
