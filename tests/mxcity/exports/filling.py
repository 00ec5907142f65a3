"""Fills a portal: public datasets, some that nobody may see, and some that were harvested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: A word that is in every dataset that must not go out.
SECRET = "SecretoMX"
SOURCES = {
    "estado": "https://datos.nl.example/data.json",
    "catastro": "https://catastro.example/data.json",
    "este-portal": "http://otra-puerta.example/demo/catalog.ttl",
}
FIELDS: dict[str, Any] = {
    "snieg_subsystem": "gobierno_seguridad_justicia",
    "geographic_level": "municipal",
    "notes": "Una fila por reporte; áéíóúñ «»\x0b.",
    "license_id": "CC-BY-4.0",
    "area_codes": ["19039"],
    "frequency": "MONTHLY",
    "topics": ["agua"],
    "modified": "2026-01-31",
    "temporal_coverage": [{"start": "2020", "end": "2024-12-31"}],
    "contact": [{"name": "Unidad de Datos", "email": "datos@ciudad.example"}],
}


@dataclass
class Portal:
    """What was put into the portal: ids of datasets, by kind."""

    public: list[str]
    hidden: list[str]
    harvested: dict[str, str]
    sources: dict[str, str]


def fill(count: int) -> Portal:
    """Create ``count`` public datasets of two organisations, and what has to stay inside."""
    import ckan.model as model
    import ckan.plugins.toolkit as tk
    from ckan.lib.search import commit, rebuild
    from ckan.tests import factories

    user = factories.Sysadmin()["name"]
    for name, title in (("mty-agua", "Agua y Drenaje"), ("mty-obras", "Obras «Públicas»")):
        factories.Organization(name=name, title=title, description="Una dependencia.")

    def create(number: int, **values: Any) -> str:
        base = {
            "name": f"conjunto-{number:04d}",
            "title": f"Conjunto número {number}",
            "owner_org": "mty-obras" if number % 5 == 0 else "mty-agua",
            "tags": [{"name": "agua"}, {"name": f"n{number % 7}"}],
            "resources": [_resource(number)],
        }
        context = {"user": user, "ignore_auth": True}
        return tk.get_action("package_create")(context, {**base, **FIELDS, **values})["id"]

    tk.config["ckan.search.solr_commit"] = False
    try:
        public = [create(number) for number in range(count)]
        hidden = [
            create(900, title=f"{SECRET} privado", private=True),
            create(901, title=f"{SECRET} borrador", state="draft"),
            create(902, title=f"{SECRET} borrado"),
            create(903, title=f"{SECRET} privado y borrado", private=True),
        ]
        for identifier in hidden[2:]:
            tk.get_action("package_delete")({"user": user, "ignore_auth": True}, {"id": identifier})
        sources = {name: _source(user, name, url) for name, url in SOURCES.items()}
        harvested = {}
        for number, (name, url) in enumerate(SOURCES.items()):
            page = url.rsplit("/", 1)[0] + f"/dataset/{number}"
            harvested[name] = create(800 + number, source_url=page, source_name=name)
            _object(sources[name], harvested[name])
        model.Session.commit()
        for identifier in harvested.values():
            rebuild(identifier)
        commit()
    finally:
        tk.config["ckan.search.solr_commit"] = True
    return Portal(public, hidden, harvested, sources)


def _resource(number: int) -> dict[str, Any]:
    return {
        "name": f"Archivo {number}",
        "url": f"https://datos.ciudad.example/{number}.csv",
        "format": "CSV",
        "size": 2048,
    }


def _source(user: str, name: str, url: str) -> str:
    import ckan.plugins.toolkit as tk

    return tk.get_action("harvest_source_create")(
        {"user": user, "ignore_auth": True},
        {
            "name": name,
            "title": f"Fuente {name} {SECRET}",
            "url": url,
            "source_type": "dcat_json",
            "frequency": "MANUAL",
            "owner_org": "mty-agua",
        },
    )["id"]


def _object(source: str, package: str) -> None:
    import ckan.model as model
    from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource

    found = model.Session.get(HarvestSource, source)
    job = HarvestJob(source=found, status="Finished")
    model.Session.add(job)
    model.Session.add(
        HarvestObject(
            guid=package, source=found, job=job, package_id=package, current=True, state="COMPLETE"
        )
    )
