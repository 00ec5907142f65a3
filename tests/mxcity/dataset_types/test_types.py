"""Datasets of each type: what is asked of people, what is taken, what is refused and why."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.dataset.types import TYPES, own_fields
from type_examples import BASE, OWN, required

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db")

KINDS = TYPES[1:]


@pytest.fixture
def editor() -> dict[str, Any]:
    """A person who may create datasets of a ministry."""
    user = factories.User()
    organization = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    return {"user": user["name"], "owner_org": organization["id"]}


def fresh_name() -> str:
    """Return a name that no dataset has."""
    return f"conjunto-{uuid.uuid4()}"


def make(editor: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Create a dataset as a person does."""
    context = {"user": editor["user"], "ignore_auth": False}
    data = {"name": fresh_name(), "owner_org": editor["owner_org"], **BASE, **values}
    return tk.get_action("package_create")(context, data)


def harvested(editor: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Create a dataset as the harvest does."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    data = {**BASE, "source_identifier": "x-1", "owner_org": editor["owner_org"], **values}
    context = {"user": user, "ignore_auth": True}
    return tk.get_action("package_create")(context, {"name": fresh_name(), **data})


def patch(editor: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Change a dataset as a person does."""
    return tk.get_action("package_patch")({"user": editor["user"], "ignore_auth": False}, values)


def refused(editor: dict[str, Any], **values: Any) -> dict[str, list[str]]:
    """Return why a dataset is refused."""
    with pytest.raises(tk.ValidationError) as raised:
        make(editor, **values)
    return raised.value.error_dict


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_kept(editor: dict[str, Any], kind: str) -> None:
    """A dataset with everything filled in is given back as it was written, and again changed."""
    made = make(editor, type=kind, **OWN[kind])
    assert made["type"] == kind
    assert {name: made[name] for name in OWN[kind]} == OWN[kind]
    changed = patch(editor, id=made["id"], notes="Otra descripción")
    assert {name: changed[name] for name in OWN[kind]} == OWN[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_required_of_people_and_not_of_a_harvest(editor: dict[str, Any], kind: str) -> None:
    """Each required field is named where it is missing; a harvest brings what there is."""
    needed = {field["field_name"] for field in own_fields(kind) if field.get("required")}
    assert needed
    errors = refused(editor, type=kind)
    assert set(errors) == needed
    assert all(texts == ["Missing value"] for texts in errors.values())
    assert make(editor, **required(kind))["type"] == kind
    poor = harvested(editor, type=kind)
    assert poor["type"] == kind
    mended = patch(editor, id=poor["id"], notes="Con nota")
    assert mended["notes"] == "Con nota", "who corrects what was harvested is not asked either"


def test_the_type_of_a_dataset_stays(editor: dict[str, Any]) -> None:
    """CKAN does not change types, and one that there is not is refused."""
    made = make(editor, **required("indicator"))
    assert patch(editor, id=made["id"], type="live-feed")["type"] == "indicator"
    with pytest.raises(tk.ValidationError, match="Unsupported dataset type: hologram"):
        make(editor, type="hologram")


def test_kinds_of_statistical_operation(editor: dict[str, Any]) -> None:
    """Only censuses, surveys and records; and only a survey has a sample."""
    base = {**required("statistical-operation")}
    said = refused(editor, **{**base, "information_type": "indicador"})["information_type"][0]
    assert '"indicador" is not one of the values allowed: censo (' in said
    assert "geografica" not in said
    sample = {"sampling_unit": "Vivienda", "sample_design": "Por cuota", "sample_size": "30"}
    errors = refused(editor, **{**base, "information_type": "censo", **sample})
    assert set(errors) == set(sample)
    assert "Only a survey has a sample" in errors["sample_size"][0]
    assert make(editor, **{**base, "information_type": "Encuesta", **sample})["sample_size"] == "30"
    plain = make(editor, information_type="indicador")
    assert plain["information_type"] == "indicador", "the plain dataset has all kinds"


def test_execution_ends_after_it_begins(editor: dict[str, Any]) -> None:
    """The dates are compared as far as both are told."""
    base = required("statistical-operation")
    errors = refused(editor, **base, execution_start="2025-03", execution_end="2024-12-31")
    assert errors["execution_end"] == ["The period ends (2024-12-31) before it starts (2025-03)."]
    made = make(editor, **base, execution_start="2025-03-15", execution_end="2025-03")
    assert made["execution_end"] == "2025-03"


def test_reference_systems(editor: dict[str, Any]) -> None:
    """Any way of writing one is kept as its EPSG code; what is none is refused with an example."""
    base = required("geographic-information")
    urn = "urn:ogc:def:crs:EPSG::32614"
    assert make(editor, **{**base, "reference_system": urn})["reference_system"] == "EPSG:32614"
    said = refused(editor, **{**base, "reference_system": "UTM"})["reference_system"]
    assert said[0].startswith('"UTM" is not the EPSG code')


VALUES: list[tuple[str, str, Any, Any]] = [
    ("geographic-information", "scale_denominator", "10,000", 10000),
    ("geographic-information", "scale_denominator", "12345678901234567", 12345678901234567),
    ("geographic-information", "scale_denominator", "0,100", None),
    ("geographic-information", "scale_denominator", "0", None),
    ("geographic-information", "scale_denominator", "1:10000", None),
    ("geographic-information", "scale_denominator", "2.5", None),
    ("geographic-information", "spatial_resolution", "0.50", 0.5),
    ("geographic-information", "spatial_resolution", -1, None),
    ("geographic-information", "positional_accuracy", "mucha", None),
    ("indicator", "baseline_value", "-3.25", -3.25),
    ("indicator", "baseline_value", 0, 0),
    ("indicator", "target_value", "nan", None),
    ("indicator", "target_value", "61.5 %", None),
    ("indicator", "baseline_year", "21", None),
    ("indicator", "target_year", "2035", "2035"),
    ("live-feed", "update_interval", "-5", None),
    ("live-feed", "update_interval", 15, 15),
    ("live-feed", "sensor_count", True, None),
    ("live-feed", "feed_url", "javascript:alert(1)", None),
    ("live-feed", "feed_url", "sensores", None),
    (
        "live-feed",
        "feed_url",
        "mqtts://mq.example.gob.mx:8883/a",
        "mqtts://mq.example.gob.mx:8883/a",
    ),
    ("live-feed", "feed_protocol", "telegrama", None),
    ("live-feed", "service", "gas", None),
    ("indicator", "dimension", "Eficacia", "eficacia"),
    ("geographic-information", "iso_topics", ["transportation", "nada"], None),
]


def test_values_of_fields(editor: dict[str, Any]) -> None:
    """Each field takes what it can be, and refuses the rest naming it."""
    for kind, field, value, kept in VALUES:
        values = {**required(kind), field: value}
        if kept is not None:
            made = make(editor, **values)[field]
            assert (made, type(made)) == (kept, type(kept)), (field, value)
            continue
        errors = refused(editor, **values)
        assert set(errors) - {"stale_after"} == {field}, value
        assert str(value[-1] if isinstance(value, list) else value) in errors[field][0]


def test_years_of_an_indicator(editor: dict[str, Any]) -> None:
    """A target is not of before its baseline."""
    errors = refused(editor, **required("indicator"), baseline_year="2021", target_year="2020")
    assert errors["target_year"] == ["The period ends (2020) before it starts (2021)."]


def test_when_a_feed_is_stale(editor: dict[str, Any]) -> None:
    """Three intervals where nothing is said; never before the next reading."""
    base = required("live-feed")
    assert make(editor, **{**base, "update_interval": 10})["stale_after"] == 30
    errors = refused(editor, **{**base, "update_interval": 10, "stale_after": 9})
    assert "Give at least 10." in errors["stale_after"][0]


def test_the_kind_of_information_follows(editor: dict[str, Any]) -> None:
    """A type of one kind of information has it by itself."""
    for kind, said in (
        ("geographic-information", "geografica"),
        ("indicator", "indicador"),
        ("live-feed", "sensor"),
    ):
        made = make(editor, **required(kind))
        assert made["information_type"] == said


def test_retired_terms_stay_in_datasets_of_any_type(editor: dict[str, Any]) -> None:
    """A value that left its list is kept where it was and chosen nowhere else."""
    old = harvested(editor, **required("indicator"), pnd_axes=["pnd2019_social"])
    kept = patch(editor, id=old["id"], notes="Nota")
    assert kept["pnd_axes"] == ["pnd2019_social"]
    errors = refused(editor, **required("live-feed"), pnd_axes=["pnd2019_social"])
    assert "is no longer used" in errors["pnd_axes"][0]


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_search_finds_every_type(app: Any, editor: dict[str, Any]) -> None:
    """The page of datasets has them all, each other page its own; no source of the harvest."""
    for kind in TYPES:
        make(editor, **{**required(kind), "title": f"Título {kind}"})
    factories.Dataset(
        type="harvest", title="Una fuente", owner_org=editor["owner_org"],
        url="https://e.example", source_type="ckan",
    )  # fmt: skip
    page = app.get("/dataset/").body
    assert all(f"Título {kind}" in page for kind in TYPES)
    assert "Una fuente" not in page
    assert "Título indicator" in app.get("/indicator/").body
    assert "Título live-feed" not in app.get("/indicator/").body
    narrowed = app.get("/dataset/?dataset_type=live-feed").body
    assert "Título live-feed" in narrowed
    assert "Título indicator" not in narrowed
