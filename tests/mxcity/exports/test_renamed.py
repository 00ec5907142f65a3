"""What has a new name has it everywhere: pages, search and exports; nobody is told "unchanged"."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.mxcity.catalogue import indexed_names
from ckanext.mxcity.city import settings
from ckanext.mxcity.city.apply import apply_city
from ckanext.mxcity.guard.index.watch import Watch
from rq import SimpleWorker

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

OLD, NEW = "Secretaría Vieja", "Secretaría Nueva"
EXPORTS = ("/data.json", "/catalogo.json", "/organization/mty-sec/data.json", "/catalog.ttl")
PAGES = ("/dataset/conjunto-0", "/dataset/", "/api/3/action/package_search?q=conjunto")
#: A change of name by each way there is, given who does it.
WAYS: dict[str, Callable[[Any, Any], None]] = {
    "organization_patch": lambda app, admin: post(
        app, admin, "/api/3/action/organization_patch", json={"id": "mty-sec", "title": NEW}
    ),
    "form": lambda app, admin: post(
        app, admin, "/organization/edit/mty-sec", data={**form(), "title": NEW}
    ),
    "datahub": lambda app, admin: post(
        app, admin, "/api/3/action/datahub_unit_change",
        json={"organization_id": "mty-sec", "kind": "renombrada", "date": "2025-05-01",
              "new_title": NEW},
    ),
    "city profile": lambda app, admin: apply_profile(),
}  # fmt: skip


def post(app: Any, admin: Any, address: str, **values: Any) -> None:
    app.post(address, headers={"Authorization": admin["token"]}, status=200, **values)


def form() -> dict[str, Any]:
    """What CKAN's form sends of the organization."""
    shown = tk.get_action("organization_show")({"ignore_auth": True}, {"id": "mty-sec"})
    return {name: shown[name] for name in ("id", "name", "government_level")}


def apply_profile() -> None:
    """Write a profile in which the organization has another name."""
    city = settings.city()
    assert city is not None
    named = replace(city.organizations[0], id="mty-sec", name=NEW, parent=None)
    changes = list(apply_city(replace(city, organizations=(named,), sources=())))
    assert [change.what for change in changes] == ["updated"]


@pytest.fixture
def admin() -> Any:
    return factories.SysadminWithToken()


@pytest.fixture
def catalogue(admin: Any) -> SimpleNamespace:
    """Four datasets of one organization; two are in a group, and have a tag of a vocabulary."""
    context = {"user": admin["name"], "ignore_auth": True}
    organization = factories.Organization(name="mty-sec", title=OLD, government_level="municipal")
    tk.get_action("group_create")(dict(context), {"name": "barrios", "title": "Barrios Viejos"})
    vocabulary = tk.get_action("vocabulary_create")(
        dict(context), {"name": "temas_viejos", "tags": [{"name": "parque"}, {"name": "calle"}]}
    )
    tags = [{"name": "parque", "vocabulary_id": vocabulary["id"]}]
    for number in range(4):
        more = {"groups": [{"name": "barrios"}], "tags": tags} if number < 2 else {}
        factories.Dataset(
            name=f"conjunto-{number}",
            title=f"Conjunto {number}",
            owner_org=organization["id"],
            snieg_subsystem="economico",
            geographic_level="municipal",
            **more,
        )
    return SimpleNamespace(vocabulary=vocabulary["id"], organization=organization["id"])


def work() -> None:
    """Do the jobs that wait, as CKAN's worker does."""
    queue = jobs.get_queue()
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("in_background", [False, True])
def test_an_organization_with_a_new_name(
    app: Any,
    admin: Any,
    catalogue: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    in_background: bool,
) -> None:
    """Whoever changes it, and however many datasets it has, the old name is nowhere after."""
    if in_background:
        monkeypatch.setattr(indexed_names, "INDEXED_NOW", 2)
    before = {address: app.get(address).headers["ETag"] for address in EXPORTS}
    for address, etag in before.items():
        app.get(address, headers={"If-None-Match": etag}, status=304)
    WAYS[way](app, admin)
    work()
    for address in (*EXPORTS, *PAGES):
        body = app.get(address, headers={"If-None-Match": before.get(address, "")}, status=200).body
        text = json.dumps(json.loads(body), ensure_ascii=False) if body[:1] == "{" else body
        assert NEW in text, address
        if way != "datahub" or address in EXPORTS:  # which tells the former name on purpose
            assert OLD not in text, address
    after = {address: app.get(address).headers["ETag"] for address in EXPORTS}
    for address, etag in after.items():
        app.get(address, headers={"If-None-Match": etag}, status=304)


def test_a_group_with_a_new_title(app: Any, admin: Any, catalogue: SimpleNamespace) -> None:
    """Datasets of a group show its new title."""
    assert "Barrios Viejos" in app.get("/api/3/action/package_show?id=conjunto-0").json["result"][
        "groups"
    ][0]["title"]  # fmt: skip
    post(app, admin, "/api/3/action/group_patch", json={"id": "barrios", "title": "Colonias"})
    for address in ("package_show?id=conjunto-0", "package_search?q=name:conjunto-1"):
        answer = app.get(f"/api/3/action/{address}").json["result"]
        shown = answer["results"][0] if "results" in answer else answer
        assert [group["title"] for group in shown["groups"]] == ["Colonias"]


def test_a_vocabulary_that_changes(app: Any, admin: Any, catalogue: SimpleNamespace) -> None:
    """Datasets are found by the vocabulary's new name, and lose the tags that it lost."""
    etag = app.get("/data.json").headers["ETag"]
    context = {"user": admin["name"], "ignore_auth": True}

    def found(field: str) -> int:
        answer = tk.get_action("package_search")({"user": ""}, {"q": f"vocab_{field}:parque"})
        return int(answer["count"])

    assert found("temas_viejos") == 2
    tk.get_action("vocabulary_update")(
        dict(context), {"id": catalogue.vocabulary, "name": "temas_nuevos"}
    )
    assert (found("temas_viejos"), found("temas_nuevos")) == (0, 2)
    etag = app.get("/data.json", headers={"If-None-Match": etag}, status=200).headers["ETag"]
    tk.get_action("vocabulary_update")(
        dict(context), {"id": catalogue.vocabulary, "tags": [{"name": "calle"}]}
    )
    assert found("temas_nuevos") == 0
    app.get("/data.json", headers={"If-None-Match": etag}, status=200)


def test_a_tag_that_is_deleted(app: Any, admin: Any, catalogue: SimpleNamespace) -> None:
    """An export without a keyword is another one."""
    context = {"user": admin["name"], "ignore_auth": True}
    tk.get_action("package_patch")(
        dict(context), {"id": "conjunto-3", "tags": [{"name": "obsoleta"}]}
    )
    etag = app.get("/data.json").headers["ETag"]
    tk.get_action("tag_delete")(dict(context), {"id": "obsoleta"})
    answer = app.get("/data.json", headers={"If-None-Match": etag}, status=200)
    assert "obsoleta" not in answer.body


def test_work_that_was_lost_is_found_again(
    app: Any, admin: Any, catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its queue, the new name comes with the next look at the index; once is enough."""
    monkeypatch.setattr(indexed_names, "INDEXED_NOW", 2)
    WAYS["organization_patch"](app, admin)
    jobs.get_queue().empty()
    assert OLD in app.get("/data.json").body
    Watch().round()
    body = app.get("/data.json").body
    assert (OLD in body, NEW in body) == (False, True)
    assert indexed_names._changed() == {}


def test_the_search_engine_may_be_away(
    app: Any, admin: Any, catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is changed all the same, and its datasets follow when the index is back."""
    with monkeypatch.context() as away:
        away.setitem(tk.config, "solr_url", "http://127.0.0.1:9/solr/none")
        WAYS["organization_patch"](app, admin)
    assert catalogue.organization in indexed_names._changed()
    indexed_names.index_changed()
    assert NEW in app.get("/data.json").body


def test_many_datasets_take_few_statements(app: Any, catalogue: SimpleNamespace) -> None:
    """What is asked of PostgreSQL does not grow with the datasets of an organization."""

    def asked() -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        changed = {"title": f"{NEW} {model.types.make_uuid()}"}
        group: Any = model.Group
        model.Session.execute(
            sa.update(group).where(group.id == catalogue.organization).values(**changed)
        )
        model.Session.commit()
        model.Session.remove()  # what it still knows would not be asked
        sa.event.listen(model.meta.engine, "before_cursor_execute", note)
        try:
            indexed_names.index_changed()
        finally:
            sa.event.remove(model.meta.engine, "before_cursor_execute", note)
        assert changed["title"] in app.get("/dataset/conjunto-3").body
        return len(seen)

    asked()  # the first time some things are read for later
    few = asked()
    for number in range(10):
        factories.Dataset(
            name=f"otro-{number}",
            owner_org=catalogue.organization,
            snieg_subsystem="economico",
            geographic_level="municipal",
        )
    assert asked() <= few
