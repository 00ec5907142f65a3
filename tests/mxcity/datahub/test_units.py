"""Ministries that are renamed, merged or closed: addresses, datasets, names, people, records."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.mxcity.catalogue import indexed_names
from ckanext.mxcity.datahub.cli import datahub as command
from ckanext.mxcity.datahub.model import Change
from ckanext.mxcity.datahub.successions import Succession, Successions
from click.testing import CliRunner

from tests.mxcity.datahub.conftest import Statements, call_as

Asset = Callable[..., dict[str, Any]]
DAY = "2025-05-01"


def publish(organization_id: str, **more: Any) -> dict[str, Any]:
    """Add a dataset to a ministry."""
    return factories.Dataset(
        owner_org=organization_id, snieg_subsystem="economico", geographic_level="municipal", **more
    )


def found(words: str) -> set[str]:
    """Search the catalogue as a resident, and return the names of what is found."""
    return {row["name"] for row in call_as(None, "package_search", q=words)["results"]}


def test_ministry_merged(
    hub: SimpleNamespace, asset: Asset, make_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old addresses redirect, datasets keep id and asset, both names are found, nothing is lost."""
    merge = {"organization_id": "mty-luz", "kind": "fusionada", "date": DAY}
    datasets = [publish(hub.luz, identifier="SSP-1"), publish(hub.luz, private=True)]
    theirs = publish(hub.mov, identifier="SSP-1")
    for user, name in ((hub.luz_editor, "mty-luz"), (hub.mov_editor, "mty-mov")):
        call_as(user, "datahub_asset_create", organization_id=name, **asset(inv_id="SSP-1"))
    moved = call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")[0]
    step = {"asset_id": moved["id"], "title": "Abrir", "owner_role": "Jefatura", "due": DAY}
    call_as(hub.luz_editor, "datahub_milestone_create", organization_id="mty-luz", **step)

    for user in (hub.luz_admin, hub.mov_admin, None):
        with pytest.raises(tk.NotAuthorized):
            call_as(user, "datahub_unit_change", **merge, successor_id="mty-mov")
    for successor in ("", "mty-luz", "no-existe"):
        with pytest.raises(tk.ValidationError) as refused:
            call_as(hub.chief, "datahub_unit_change", **merge, successor_id=successor)
        assert list(refused.value.error_dict) == ["successor_id"]
        model.Session.rollback()
    with pytest.raises(tk.ValidationError) as refused:
        call_as(hub.chief, "datahub_unit_change", **{**merge, "kind": "cerrada"})
    assert "2" in refused.value.error_dict["successor_id"][0]
    model.Session.rollback()

    answer = call_as(hub.chief, "datahub_unit_change", **merge, successor_id="mty-mov")
    assert answer["moved"] == {"datasets": 2, "assets": 1, "people": 4}  # the portal itself is one
    for dataset in datasets:
        shown = call_as(hub.chief, "package_show", id=dataset["name"])
        assert (shown["id"], shown["organization"]["name"]) == (dataset["id"], "mty-mov")
    assets = call_as(hub.luz_editor, "datahub_asset_list", organization_id="mty-mov")
    links = {row["inv_id"]: row["dataset_id"] for row in assets}
    assert links == {"SSP-1-mty-luz": datasets[0]["id"], "SSP-1": theirs["id"]}
    counts = call_as(None, "datahub_summary_show", organization_id="mty-mov")["counts"]
    assert (counts["assets"], counts["catalogued"], counts["milestones"]) == (2, 2, 1)
    log = call_as(hub.mov_member, "datahub_change_list", organization_id="mty-mov")
    assert {"succession", "asset", "milestone"} <= {line["kind"] for line in log}
    # An administrator of the old ministry is no administrator of the new one.
    members = dict(
        model.Session.execute(
            sa.select(model.User.name, model.Member.capacity)
            .join(model.Member, model.Member.table_id == model.User.id)
            .where(model.Member.group_id == hub.mov, model.Member.state == "active")
        ).all()
    )
    assert (members[hub.luz_admin], members[hub.mov_admin]) == ("editor", "admin")

    for words in ("Secretaría luz", "Secretaría mov"):
        assert datasets[0]["name"] in found(f'"{words}"'), words
        for action in ("organization_autocomplete", "organization_list"):
            names = call_as(None, action, q=words)
            assert "mty-mov" in [n if isinstance(n, str) else n["name"] for n in names], action

    app = make_app()
    for old, new in (
        ("/datahub/mty-luz", "/datahub/mty-mov"),
        ("/datahub/mty-luz/plan.csv", "/datahub/mty-mov/plan.csv"),
        ("/organization/mty-luz?q=agua", "/organization/mty-mov?q=agua"),
        ("/organization/about/mty-luz", "/organization/about/mty-mov"),
        ("/feeds/organization/mty-luz.atom", "/feeds/organization/mty-mov.atom"),
    ):
        gone = app.get(old, status=301, follow_redirects=False)
        assert gone.headers["Location"].endswith(new)
    assert "Secretaría luz" in app.get("/datahub/mty-mov").body
    assert "Secretaría luz" in app.get(f"/dataset/{datasets[0]['name']}").body

    # The successor changes its name later, by command: the first address leads to the last.
    arguments = [
        "unit", "--org", "mty-mov", "--kind", "renombrada", "--title", "Secretaría de Todo",
        "--name", "mty-todo", "--date", "2026-01-01",
    ]  # fmt: skip
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 0, ran.output
    assert model.Group.get("mty-todo").id == hub.mov
    for old in ("mty-luz", "mty-mov"):
        gone = app.get(f"/datahub/{old}", status=301, follow_redirects=False)
        assert gone.headers["Location"].endswith("/datahub/mty-todo")
    for words in ("Secretaría luz", "Secretaría mov", "Secretaría de Todo"):
        assert datasets[0]["name"] in found(f'"{words}"'), words

    # An empty ministry may simply close; a taken address or no name is refused by field.
    rename = {"organization_id": "mty-otra", "kind": "renombrada", "date": DAY}
    with pytest.raises(tk.ValidationError) as refused:
        call_as(hub.chief, "datahub_unit_change", **rename, new_title="X", new_name="mty-todo")
    assert list(refused.value.error_dict) == ["new_name"]
    model.Session.rollback()
    with pytest.raises(tk.ValidationError) as refused:
        call_as(hub.chief, "datahub_unit_change", **rename)
    assert list(refused.value.error_dict) == ["new_title"]
    model.Session.rollback()
    call_as(hub.chief, "datahub_unit_change", **{**rename, "kind": "cerrada"})
    assert model.Group.get("mty-otra").state == "deleted"
    app.get("/datahub/mty-otra", status=404)


def test_many_datasets_move_in_few_statements(
    hub: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merger of 300 datasets asks what one of none asks; they are indexed by a job."""
    jobs: list[Any] = []
    monkeypatch.setattr(tk, "enqueue_job", lambda job, args, **more: jobs.append((job, args)))
    with Statements() as few:
        call_as(
            hub.chief, "datahub_unit_change", organization_id="mty-otra", kind="fusionada",
            successor_id="mty-mov", date=DAY,
        )  # fmt: skip
    package: Any = model.Package
    rows = [{"id": f"p{n}", "name": f"p{n}", "owner_org": hub.luz} for n in range(300)]
    model.Session.execute(
        sa.insert(package.__table__).values(state="active", type="dataset", private=False), rows
    )
    model.Session.commit()
    with Statements() as many:
        call_as(
            hub.chief, "datahub_unit_change", organization_id="mty-luz", kind="fusionada",
            successor_id="mty-mov", date=DAY,
        )  # fmt: skip
    assert len(many.seen) <= len(few.seen)
    assert jobs == [(indexed_names.index_changed, [[]])]
    assert hub.mov in indexed_names._changed()
    owned = sa.select(sa.func.count(package.id)).where(package.owner_org == hub.mov)
    assert model.Session.scalar(owned) == 300
    written = model.Session.scalars(sa.select(Change.kind)).all()
    assert written == ["succession", "succession"]


def test_successions_follow_every_change() -> None:
    """Names and addresses lead through several changes; a circle ends."""
    steps = [
        Succession("a", "b", "old-a", "Vial"),
        Succession("b", "b", "old-b", "Obras"),
        Succession("b", "c", "new-b", "Infraestructura"),
        Succession("x", "y", "old-x", "Equis"),
        Succession("y", "x", "old-y", "Ye"),
        Succession("z", None, "old-z", "Zeta"),
    ]
    found = Successions(steps)
    assert [found.of_address(name) for name in ("old-a", "old-b", "new-b", "old-z", "no")] == [
        "c", "c", "c", "z", None,
    ]  # fmt: skip
    assert found.former_titles("c") == ["Vial", "Obras", "Infraestructura"]
    assert found.called("obras") == ["c"]
    assert found.last("x") in ("x", "y")
