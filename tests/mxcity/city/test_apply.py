"""Applying a profile to a real portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import yaml
from ckan.cli.cli import ckan
from ckanext.mxcity.city import load_city
from ckanext.mxcity.city.apply import apply_city

CITIES = Path(__file__).resolve().parents[3] / "config" / "cities"

MERIDA = """
version: 1
slug: merida
name: Mérida
state_code: "31"
municipality_code: "31050"
bbox: [-89.81, 20.68, -89.43, 21.21]
time_zone: America/Merida
language: es_MX
portal: {title: Datos Abiertos Mérida, description: Los datos públicos de Mérida.}
colours: {primary: "#004b87", on_primary: "#ffffff", accent: "#005fa8"}
logo: {file: logo.svg, alt: Datos Abiertos Mérida}
organizations:
- id: mid-catastro
  name: Dirección de Catastro
  description: Lleva el catastro.
  level: municipal
  area_code: "31050"
  parent: mid-finanzas
  contact: {name: Área de datos, email: datos@example.gob.mx}
- id: mid-finanzas
  name: Dirección de Finanzas
  description: Lleva las finanzas.
  level: municipal
  area_code: "31050"
  acronym: DF
  founding_year: 1990
sources:
- id: mid-fuente
  title: Fuente
  url: https://datos.example.gob.mx
  type: ckan
  organization: mid-finanzas
  enabled: false
  requires_permission: true
  note: Falta permiso.
"""

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def merida(tmp_path: Path) -> Path:
    """Return the profile of a third city: a new file and its logo, nothing else."""
    (tmp_path / "logo.svg").write_bytes((CITIES / "logos" / "leon.svg").read_bytes())
    path = tmp_path / "merida.yaml"
    path.write_text(MERIDA, encoding="utf-8")
    return path


def apply(path: Path) -> dict[str, str]:
    return {change.id: str(change) for change in apply_city(load_city(path))}


def organization(name: str) -> dict[str, Any]:
    return tk.get_action("organization_show")({"ignore_auth": True}, {"id": name})


def test_third_city_is_one_new_file(merida: Path, cli: Any) -> None:
    """A new city's organisations and sources come from its file, without any change of code."""
    result = cli.invoke(ckan, ["mxcity", "city", "apply", str(merida)])
    assert result.exit_code == 0, result.output
    assert "organization mid-catastro: created" in result.output
    stored = organization("mid-catastro")
    assert stored["city"] == "Mérida"
    assert stored["area_codes"] == ["31050"]
    assert stored["contact_email"] == "datos@example.gob.mx"
    assert [group["name"] for group in stored["groups"]] == ["mid-finanzas"]
    assert organization("mid-finanzas")["founding_year"] == "1990"
    source = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": "mid-fuente"})
    assert source["source_type"] == "ckan"
    assert '"requires_permission": true' in source["config"]


def test_second_run_writes_nothing(merida: Path) -> None:
    """Applying the same profile again changes nothing, not even the time of change."""
    apply(merida)
    source = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": "mid-fuente"})
    again = apply(merida)
    assert set(again.values()) == {
        "organization mid-finanzas: unchanged",
        "organization mid-catastro: unchanged",
        "source mid-fuente: unchanged",
    }
    after = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": "mid-fuente"})
    assert after["metadata_modified"] == source["metadata_modified"]


def test_change_of_the_profile_is_reported(merida: Path) -> None:
    """Only what changed in the file is written, and each change is named."""
    apply(merida)
    document = yaml.safe_load(MERIDA)
    document["organizations"][1]["name"] = "Tesorería"
    document["sources"][0]["title"] = "Otra fuente"
    merida.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    changes = apply(merida)
    assert changes["mid-finanzas"] == "organization mid-finanzas: updated (title)"
    assert changes["mid-catastro"] == "organization mid-catastro: unchanged"
    assert changes["mid-fuente"] == "source mid-fuente: updated (title)"
    assert organization("mid-finanzas")["title"] == "Tesorería"
    assert organization("mid-finanzas")["acronym"] == "DF"


def test_broken_profile_is_refused_by_the_command(merida: Path, cli: Any) -> None:
    """The command names every problem, writes nothing and ends with an error."""
    merida.write_text(MERIDA.replace('"31050"', '"3105"'), encoding="utf-8")
    result = cli.invoke(ckan, ["mxcity", "city", "apply", str(merida)])
    assert result.exit_code == 1
    assert "municipality_code: expected an INEGI code that exists" in result.output
    assert tk.get_action("organization_list")({"ignore_auth": True}, {}) == []


def test_check_and_show(merida: Path, cli: Any) -> None:
    """The other two commands read the profile and write nothing."""
    assert "is in order" in cli.invoke(ckan, ["mxcity", "city", "check", str(merida)]).output
    shown = cli.invoke(ckan, ["mxcity", "city", "show", str(merida)]).output
    assert "Mérida (31050), Yucatán" in shown
    assert tk.get_action("organization_list")({"ignore_auth": True}, {}) == []


@pytest.mark.parametrize("slug", ["monterrey", "leon"])
def test_shipped_cities_apply(slug: str) -> None:
    """Both cities that we ship are applied whole."""
    changes = apply(CITIES / f"{slug}.yaml")
    assert {text.rpartition(": ")[2] for text in changes.values()} == {"created"}


def test_a_renamed_ministry_is_not_made_again(merida: Path) -> None:
    """The profile that names a former address is told today's, by an action of the DataHub."""
    assert apply(merida)["mid-finanzas"].startswith("organization mid-finanzas: created")
    renamed = {"organization_id": "mid-finanzas", "kind": "renombrada", "new_name": "mid-tesoreria",
               "new_title": "Tesorería", "date": "2026-01-01", "ground": "Decreto 1"}  # fmt: skip
    tk.get_action("datahub_unit_change")({"ignore_auth": True, "user": ""}, renamed)
    told = apply(merida)["mid-finanzas"]
    assert told.startswith("organization mid-finanzas: skipped (it is mid-tesoreria today")
    found = tk.get_action("datahub_successor_show")({"user": ""}, {"name": "mid-finanzas"})
    assert found == {"name": "mid-tesoreria"}
    for name in ("mid-tesoreria", "mid-catastro", "no-existe"):
        with pytest.raises(tk.ObjectNotFound):
            tk.get_action("datahub_successor_show")({"user": ""}, {"name": name})


def test_a_profile_is_applied_without_the_datahub(merida: Path) -> None:
    """A portal that leaves the DataHub out has no former addresses to ask for."""
    p.unload("mxcity_datahub")
    try:
        assert apply(merida)["mid-finanzas"].startswith("organization mid-finanzas: created")
    finally:
        p.load("mxcity_datahub")
