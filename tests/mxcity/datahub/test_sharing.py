"""One ministry's data for another: asked for, granted, revoked, ended; for nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub.model import Agreement
from ckanext.mxcity.ground import clock

from tests.mxcity.datahub.conftest import call_as

Asset = Callable[..., dict[str, Any]]

#: How a dataset answers to whom it is not open: refused, or as if it were not there.
CLOSED = (tk.NotAuthorized, tk.ObjectNotFound)


def test_a_grant_opens_one_dataset_to_one_ministry(hub: SimpleNamespace, asset: Asset) -> None:
    """A grant opens exactly that dataset and its files, ends at once, and is in both logs."""
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())

    def dataset(**more: Any) -> dict[str, Any]:
        return factories.Dataset(
            owner_org=hub.luz, private=True, snieg_subsystem="economico",
            geographic_level="municipal",
            resources=[{"url": "https://example.gob.mx/a.csv", "format": "CSV"}], **more,
        )  # fmt: skip

    other = dataset()
    ask = {"asset_id": made["id"], "requester_id": "mty-mov", "purpose": "Cruzar choques"}
    for user in (None, hub.mov_member, hub.otra_editor):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_request_create", **ask)
    with pytest.raises(tk.ValidationError) as caught:
        call_as(hub.mov_editor, "datahub_request_create", **{**ask, "purpose": ""})
    assert set(caught.value.error_dict) == {"purpose"}
    request = call_as(hub.mov_editor, "datahub_request_create", **ask)
    assert (request["state"], request["organization_id"]) == ("pendiente", hub.luz)
    assert call_as(hub.mov_member, "datahub_request_show", id=request["id"])["id"] == request["id"]
    for user in (None, hub.otra_admin):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_request_show", id=request["id"])

    answer = {"id": request["id"], "state": "concedida", "answer_reason": "Convenio 12"}
    for user in (hub.mov_admin, hub.luz_editor):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_request_answer", **answer)
    with pytest.raises(tk.ValidationError) as caught:
        call_as(hub.luz_admin, "datahub_request_answer", **answer)
    assert set(caught.value.error_dict) == {"asset_id"}
    model.Session.rollback()
    wrong = {"id": request["id"], "state": "quizá", "ends": "2020-01-01"}
    with pytest.raises(tk.ValidationError) as caught:
        call_as(hub.luz_admin, "datahub_request_answer", **wrong)
    assert set(caught.value.error_dict) == {"state", "answer_reason", "ends"}
    model.Session.rollback()

    shared = dataset(identifier=made["inv_id"])

    def opens(user: str | None, package: dict[str, Any]) -> bool:
        file = package["resources"][0]["id"]
        seen = []
        for action, name in (("package_show", package["id"]), ("resource_show", file)):
            try:
                call_as(user, action, id=name)
                seen.append(True)
            except CLOSED:
                seen.append(False)
        found = call_as(user, "package_search", include_private=True, q=f"id:{package['id']}")
        seen.append(found["count"] == 1)
        try:
            context = {"user": user or "", "auth_user_obj": model.User.get(user) if user else None}
            tk.check_access("datastore_search", context, {"resource_id": file})
            seen.append(True)
        except CLOSED:
            seen.append(False)
        assert len(set(seen)) == 1, seen
        return seen[0]

    assert not opens(hub.mov_member, shared)
    granted = call_as(hub.luz_admin, "datahub_request_answer", **answer)
    for user in (hub.mov_member, hub.mov_editor, hub.luz_member):
        assert opens(user, shared)
    for user in (None, hub.otra_admin):
        assert not opens(user, shared)
    assert not opens(hub.mov_member, other)
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.mov_admin, "package_patch", id=shared["id"], title="Mío")
    assert call_as(hub.mov_member, "datahub_asset_show", id=made["id"])["id"] == made["id"]
    with pytest.raises(tk.ValidationError):
        call_as(hub.luz_admin, "datahub_request_answer", **answer)
    model.Session.rollback()
    with pytest.raises(tk.ValidationError):
        call_as(hub.luz_admin, "datahub_asset_delete", id=made["id"])
    model.Session.rollback()

    # Its last day ends it, without a write.
    agreement = model.Session.get(Agreement, granted["agreement_id"])
    agreement.ends = today() - dt.timedelta(days=1)
    model.Session.commit()
    assert not opens(hub.mov_member, shared)
    agreement.ends = today()
    model.Session.commit()
    assert opens(hub.mov_member, shared)

    revoke = {"id": granted["agreement_id"], "revoke_reason": "Terminó el proyecto"}
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.mov_admin, "datahub_agreement_revoke", **revoke)
    ended = call_as(hub.luz_admin, "datahub_agreement_revoke", **revoke)
    assert not opens(hub.mov_member, shared)
    assert (ended["starts"], ended["revoked"]) == (today().isoformat(), today().isoformat())
    both = [
        call_as(user, "datahub_agreement_list", organization_id="mty-luz")[0]
        for user in (hub.luz_member, hub.mov_member)
    ]
    assert both[0] == both[1]
    assert both[0]["revoke_reason"] == "Terminó el proyecto"
    log = call_as(hub.luz_member, "datahub_change_list", organization_id="mty-luz")
    kinds = [(line["kind"], line["what"]) for line in log]
    assert kinds.count(("agreement", "create")) == kinds.count(("agreement", "update")) == 1
    counts = call_as(None, "datahub_summary_show", organization_id="mty-luz")["counts"]
    assert (counts["requests"], counts["granted"], counts["median_days"]) == (1, 1, 0)


def test_a_refusal_opens_nothing(hub: SimpleNamespace, asset: Asset) -> None:
    """A refusal keeps its reason and makes no agreement."""
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())
    ask = {"asset_id": made["id"], "requester_id": "mty-mov", "purpose": "Estudiar"}
    request = call_as(hub.mov_editor, "datahub_request_create", **ask)
    told = call_as(
        hub.luz_admin, "datahub_request_answer", id=request["id"], state="negada",
        answer_reason="Datos personales",
    )  # fmt: skip
    assert (told["state"], told["agreement_id"]) == ("negada", None)
    seen = call_as(hub.mov_member, "datahub_request_show", id=request["id"])
    assert seen["answer_reason"] == "Datos personales"
    assert call_as(hub.mov_member, "datahub_agreement_list", organization_id="mty-luz") == []


def test_a_request_of_the_evening_is_of_that_day(
    hub: SimpleNamespace, asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked and answered between six and midnight, it took no day."""
    monkeypatch.setattr(clock, "utc_now", lambda: dt.datetime(2026, 11, 29, 1, 0))
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())
    request = call_as(
        hub.mov_editor, "datahub_request_create",
        asset_id=made["id"], requester_id="mty-mov", purpose="Cruzar choques",
    )  # fmt: skip
    answer = {"id": request["id"], "state": "negada", "answer_reason": "No hay convenio"}
    call_as(hub.luz_admin, "datahub_request_answer", **answer)
    found = call_as(hub.chief, "datahub_summary_show", organization_id=hub.luz)
    assert found["counts"]["median_days"] == 0
