"""Records: checks by field, rights, the log, and two editors at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa

from tests.mxcity.datahub.conftest import call_as

Asset = Callable[..., dict[str, Any]]


def refused(user: str | None, action: str, **data: Any) -> dict[str, Any]:
    """Return the errors by field of a call that has to be refused."""
    with pytest.raises(tk.ValidationError) as caught:
        call_as(user, action, **data)
    return caught.value.error_dict


def test_rights_of_each_kind_of_record(hub: SimpleNamespace, asset: Asset) -> None:
    """Own editors write, own people read, others get what is shared, residents nothing of it."""
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())
    assert made["inv_id"] == "INV-0001"
    assert made["organization_id"] == hub.luz
    for user in (None, hub.mov_editor, hub.mov_admin, hub.luz_member):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_asset_create", organization_id="mty-luz", **asset())
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_asset_patch", id=made["id"], title="Otro")
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_asset_delete", id=made["id"])
    for user in (hub.luz_member, hub.luz_editor, hub.chief):
        assert call_as(user, "datahub_asset_show", id=made["id"])["title"] == made["title"]
        assert len(call_as(user, "datahub_asset_list", organization_id="mty-luz")) == 1
    for user in (None, hub.mov_admin):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_asset_show", id=made["id"])
    with pytest.raises(tk.NotAuthorized):
        call_as(None, "datahub_asset_list", organization_id="mty-luz")
    assert call_as(hub.mov_editor, "datahub_asset_list", organization_id="mty-luz") == []

    # The editor proposes, the administrator decides.
    share = {"organization_id": "mty-luz", "asset_id": made["id"], "legal_ground": "art. 112"}
    with pytest.raises(tk.NotAuthorized):
        call_as(
            hub.luz_editor,
            "datahub_sharing_create",
            **share,
            proposed_class="entre_dependencias",
            sharing_class="entre_dependencias",
        )
    model.Session.rollback()
    shared = call_as(
        hub.luz_editor, "datahub_sharing_create", **share, proposed_class="Entre dependencias"
    )
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.luz_editor, "datahub_sharing_patch", id=shared["id"], sharing_class="publico")
    model.Session.rollback()
    decided = call_as(
        hub.luz_admin, "datahub_sharing_decide", id=shared["id"], sharing_class="entre_dependencias"
    )
    assert decided["sharing_class"] == "entre_dependencias"
    assert call_as(hub.mov_editor, "datahub_asset_show", id=made["id"])["title"] == made["title"]
    assert len(call_as(hub.mov_editor, "datahub_asset_list", organization_id="mty-luz")) == 1

    # Residents: the plan without its asset, decisions once approved, allies with their consent.
    call_as(
        hub.luz_editor,
        "datahub_milestone_create",
        organization_id="mty-luz",
        asset_id=made["id"],
        title="Publicar el diccionario",
        owner_role="Jefatura",
        due="31/12/2030",
    )
    call_as(
        hub.luz_editor, "datahub_stakeholder_create", organization_id="mty-luz", name="UANL",
        type="universidad",
    )  # fmt: skip
    decision = call_as(
        hub.luz_editor, "datahub_decision_create", organization_id="mty-luz", date="2026-01-02",
        decision="Cambiar lámparas", assets="INV-0001",
    )  # fmt: skip
    assert decision["assets"] == [made["id"]]
    plan = call_as(None, "datahub_milestone_list", organization_id="mty-luz")
    assert plan[0]["due"] == "2030-12-31"
    assert "asset_id" not in plan[0]
    for kind in ("stakeholder", "decision"):
        assert call_as(None, f"datahub_{kind}_list", organization_id="mty-luz") == []
        assert len(call_as(hub.luz_member, f"datahub_{kind}_list", organization_id="mty-luz")) == 1
    with pytest.raises(tk.NotAuthorized):
        call_as(None, "datahub_decision_show", id=decision["id"])
    call_as(hub.luz_admin, "datahub_decision_decide", id=decision["id"], approved="Sí")
    assert "assets" not in call_as(None, "datahub_decision_show", id=decision["id"])

    # Changes of ministries are for whoever coordinates.
    change = {"organization_id": "mty-luz", "kind": "renombrada", "old_name": "mty-focos",
              "old_title": "Secretaría de Focos", "date": "2025-05-01"}  # fmt: skip
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.luz_admin, "datahub_succession_create", **change)
    call_as(hub.chief, "datahub_succession_create", **change)
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.mov_admin, "datahub_change_list", organization_id="mty-luz")


def test_wrong_values_are_named(hub: SimpleNamespace, asset: Asset) -> None:
    """Each wrong field is named with what was expected, and nothing is written."""
    errors = refused(
        hub.luz_editor,
        "datahub_asset_create",
        organization_id="mty-luz",
        **asset(
            title=" ",
            update_frequency="a veces",
            classification="confidencial",
            contact_email="nadie",
            rows_est="muchos",
            value_score=9,
            target_date="31/02/2027",
            dataset_id="no-existe",
            has_dictionary="quizá",
            description="x" * 20_001,
            color="rojo",
        ),
    )
    assert set(errors) == {
        "title", "update_frequency", "classification_reason", "contact_email", "rows_est",
        "value_score", "target_date", "dataset_id", "has_dictionary", "description", "color",
    }  # fmt: skip
    assert "31/02/2027" in errors["target_date"][0]
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id=hub.luz, **asset())
    errors = refused(
        hub.luz_editor, "datahub_diagnosis_create", organization_id="mty-luz",
        asset_id=made["id"], kind="registro", collected_how="ventanilla", usable="no",
    )  # fmt: skip
    assert set(errors) == {"obstacle"}
    assert "No" in errors["obstacle"][0]
    errors = refused(
        hub.mov_editor, "datahub_diagnosis_create", organization_id="mty-mov",
        asset_id=made["id"], kind="registro", collected_how="ventanilla", usable="sí",
    )  # fmt: skip
    assert set(errors) == {"asset_id"}
    call_as(hub.luz_editor, "datahub_asset_create", organization_id=hub.luz, **asset(inv_id="A-1"))
    again = asset(inv_id="A-1", title="Otro")
    errors = refused(hub.luz_editor, "datahub_asset_create", organization_id=hub.luz, **again)
    assert "Reportes de alumbrado" in errors["inv_id"][0]
    diagnosis = {"organization_id": hub.luz, "asset_id": made["id"], "kind": "registro",
                 "collected_how": "ventanilla", "usable": "sí"}  # fmt: skip
    call_as(hub.luz_editor, "datahub_diagnosis_create", **diagnosis)
    assert set(refused(hub.luz_editor, "datahub_diagnosis_create", **diagnosis)) == {"asset_id"}
    assert len(call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")) == 2
    with pytest.raises(tk.ObjectNotFound):
        call_as(hub.luz_editor, "datahub_asset_show", id="nada")
    assert set(refused(hub.luz_editor, "datahub_asset_list")) == {"organization_id"}


def test_log_and_two_editors(hub: SimpleNamespace, asset: Asset) -> None:
    """Every change is in the log; the later of two editors is told who changed what."""
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())
    first = {**made, "title": "Reportes de lámparas"}
    assert call_as(hub.luz_editor, "datahub_asset_update", **first)["version"] == 2
    errors = refused(hub.luz_admin, "datahub_asset_update", **{**made, "title": "Quejas"})
    text = errors["version"][0]
    for part in ("editor de luz", "«Reportes de alumbrado»", "«Reportes de lámparas»"):
        assert part in text
    stored = call_as(hub.luz_admin, "datahub_asset_show", id=made["id"])
    assert stored["title"] == "Reportes de lámparas"
    unchanged = call_as(hub.luz_editor, "datahub_asset_update", **stored)
    assert unchanged["version"] == 2
    call_as(
        hub.luz_editor, "datahub_diagnosis_create", organization_id=hub.luz, asset_id=made["id"],
        kind="archivo", collected_how="ventanilla", usable="si",
    )  # fmt: skip
    call_as(hub.luz_admin, "datahub_asset_delete", id=made["id"])
    log = call_as(hub.luz_member, "datahub_change_list", organization_id="mty-luz")
    assert [(line["kind"], line["what"]) for line in log] == [
        ("asset", "delete"), ("diagnosis", "delete"), ("diagnosis", "create"),
        ("asset", "update"), ("asset", "create"),
    ]  # fmt: skip
    assert log[3]["before"] == {"title": "Reportes de alumbrado"}
    assert log[3]["after"] == {"title": "Reportes de lámparas"}
    assert log[0]["before"]["title"] == "Reportes de lámparas"
    assert log[3]["user_name"] == "editor de luz"


def test_tables_are_as_the_models_say(hub: SimpleNamespace) -> None:
    """What the migrations made is what the models describe, column by column."""
    from ckanext.mxcity.datahub.model import MODELS, Change

    inspector = sa.inspect(model.meta.engine)
    for table in (Change.__table__, *(found.__table__ for found in MODELS.values())):
        stored = {c["name"]: c for c in inspector.get_columns(table.name)}
        assert set(stored) == set(table.columns.keys()), table.name
        for column in table.columns:
            kind = column.type.compile(model.meta.engine.dialect)
            assert stored[column.name]["type"].compile(model.meta.engine.dialect) == kind
            assert stored[column.name]["nullable"] == column.nullable, column
