"""Who may what is one table: page, API, documentation and the auth functions read it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.mxcity.city import rights
from ckanext.mxcity.city.roles import ORGANIZATION, RolesError, role_table

from tests.mxcity.datahub.conftest import asset, call_as, hub

__all__ = ["asset", "hub"]

REPOSITORY = Path(__file__).resolve().parents[3]
COORDINATOR = "ckanext.mxcity.datahub.coordinator"
AUDITOR = """
roles:
  auditor:
    label: {en: Auditors of the city, es: Contraloría de la ciudad}
    held_by: {permission: read, organization: mty-contraloria}
    includes: visitor
    rights: [datahub_records_read, files_publish, harvest_source_manage]
"""


@pytest.fixture
def roles_file(
    tmp_path: Path, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Return a function that gives the portal a file of further roles."""

    def written(text: str) -> Path:
        path = tmp_path / "roles.yaml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setitem(ckan_config, rights.ROLES_FILE, str(path))
        return path

    return written


def documented(table: Any) -> str:
    """The page of the reference that is made from a table."""
    place = REPOSITORY / "docs" / "reference" / "build.py"
    spec = importlib.util.spec_from_file_location("reference_build", place)
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return build.roles(table)


def allowed(user: str | None, action: str, **data: Any) -> bool:
    """Whether somebody may call an action."""
    try:
        tk.check_access(action, {"user": user or ""}, data)
    except tk.NotAuthorized:
        return False
    return True


def test_rights_are_those_of_ckans_roles(
    hub: SimpleNamespace, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the table gives is what CKAN's permissions and the coordination gave, for everybody."""
    monkeypatch.setitem(ckan_config, COORDINATOR, "mty-otra")
    permissions = {
        "datahub_records_read": "read",
        "datahub_records_edit": "update_dataset",
        "datahub_data_request": "update_dataset",
        "datahub_decide": "membership",
        "harvested_file_verify": "update_dataset",
        "harvest_source_manage": "update_dataset",
    }
    scoped = [name for name, right in rights.table().rights.items() if right.scope == ORGANIZATION]
    assert sorted(permissions) == sorted(scoped)
    nobody = factories.User(name="nadie")["name"]
    people = [None, nobody, hub.chief]
    people += [getattr(hub, f"{o}_{r}") for o in ("luz", "mov", "otra")
               for r in ("admin", "editor", "member")]  # fmt: skip
    for user in people:
        context: Any = {"user": user or ""}
        chief = bool(user) and authz.is_sysadmin(user)
        coordinates = bool(user) and (chief or user == hub.otra_admin)
        for name, permission in permissions.items():
            for organization in (hub.luz, hub.mov, hub.otra):
                own = bool(user) and authz.has_user_permission_for_group_or_org(
                    organization, user, permission
                )
                expected = own or (coordinates and name.startswith("datahub_"))
                assert rights.may(context, name, organization) is expected, (user, name)
        publishes = authz.has_user_permission_for_some_org(user or "", "create_dataset")
        assert rights.may(context, "files_publish") is bool(publishes), user
        assert rights.may(context, "datahub_figures_read") is True
        assert rights.may(context, "datahub_units_change") is coordinates, user
        assert rights.may(context, "harvest_source_enable") is chief, user
        member = bool(user) and user != nobody
        assert rights.may(context, "datahub_shared_read") is member, user


def test_a_role_of_the_configuration_is_shown_and_in_force(
    hub: SimpleNamespace,
    asset: Callable[..., dict[str, Any]],
    roles_file: Callable[[str], Path],
    make_app: Any,
) -> None:
    """A role in a file of the portal is on the page, in the API, in the reference, and obeyed."""
    auditor = factories.User(name="auditora")["name"]
    factories.Organization(name="mty-contraloria", users=[{"name": auditor, "capacity": "member"}])
    made = call_as(hub.luz_editor, "datahub_asset_create", organization_id=hub.luz, **asset())
    source = tk.get_action("harvest_source_create")(
        {"user": hub.chief, "ignore_auth": True},
        {
            "name": "fuente",
            "title": "Fuente",
            "url": "https://example.org/data.json",
            "source_type": "dcat_json",
            "owner_org": hub.luz,
        },
    )["id"]
    seen = {"organization_id": "mty-luz"}
    assert call_as(auditor, "datahub_asset_list", **seen) == []
    assert not allowed(auditor, "datahub_change_list", **seen)
    assert not allowed(auditor, "mxcity_upload_create")
    assert not allowed(auditor, "sniegharvest_source_disable", id=source)
    assert "auditor" not in [role["name"] for role in call_as(None, "mxcity_role_list")["roles"]]

    path = roles_file(AUDITOR)

    # In force: what the role has, and nothing else.
    assert [row["id"] for row in call_as(auditor, "datahub_asset_list", **seen)] == [made["id"]]
    assert allowed(auditor, "datahub_change_list", **seen)
    assert call_as(auditor, "datahub_ministry_show", **seen)["everything"] is True
    assert allowed(auditor, "mxcity_upload_create")
    assert allowed(auditor, "sniegharvest_source_disable", id=source)
    assert not allowed(auditor, "sniegharvest_source_enable", id=source)
    assert not allowed(hub.mov_editor, "sniegharvest_source_disable", id=source)
    assert not allowed(auditor, "datahub_asset_update", id=made["id"])
    assert not allowed(auditor, "datahub_unit_change")
    assert not allowed(hub.mov_member, "datahub_change_list", **seen)

    # Shown: by the API, on the page, in the reference.
    listed = call_as(None, "mxcity_role_list")
    assert "auditor" in [role["name"] for role in listed["roles"]]
    extents = {right["name"]: right["roles"]["auditor"] for right in listed["rights"]}
    assert extents["datahub_records_read"] == "all"
    assert extents["files_publish"] == "yes"
    assert extents["datahub_decide"] == "no"
    answer = make_app().get("/permisos", headers={"Accept-Language": "es"})
    page = BeautifulSoup(answer.body, "html.parser")
    heads = [head.get_text(strip=True) for head in page.select("thead th")]
    assert len(heads) == len(listed["roles"]) + 1
    assert {"Contraloría de la ciudad", "Auditors of the city"} & set(heads)
    assert [code.get_text() for code in page.select("tbody th code")] == list(extents)
    text = documented(role_table(path))
    assert "Contraloría de la ciudad" in text
    assert "Contraloría de la ciudad" not in documented(role_table())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("roles: [", "cannot be read"),
        ("[]", "expected “roles:”"),
        ("roles: {editor: {}}", "a role of this name already"),
        ("roles: {a: {label: {en: A, es: A}}}", "expected “label”, “held_by” and “rights”"),
        (
            "roles: {a: {label: {es: A}, held_by: sysadmin, rights: []}}",
            "a text in “en” and in “es”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: sysadmin, rights: [fly]}}",
            "there is no right “fly”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: nobody, rights: []}}",
            "“held_by” is “everybody”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: sysadmin, rights: [], includes: b}}",
            "there is no role “b”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: {permission: read}, rights: [],"
            " includes: coordinator}}",
            "is of no organization",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: {permission: read, organization: },"
            " rights: []}}",
            "“held_by” is “everybody”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: sysadmin, rights: [[a]]}}",
            "“rights” to be a list of names",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: sysadmin, rights: [], includes: [a]}}",
            "there is no role",
        ),
        (
            "roles: {a: {label: {en: 1, es: A}, held_by: sysadmin, rights: []}}",
            "a text in “en” and in “es”",
        ),
        (
            "roles: {a: {label: {en: A, es: A}, held_by: {permission: read},"
            " rights: [harvest_source_enable]}}",
            "is of no organization",
        ),
        ("roles: {a: {label: {}, held_by: 1, rights: [], x: 1}}", "no role has a “x”"),
    ],
)
def test_what_is_wrong_with_a_file_of_roles_is_said(
    tmp_path: Path, text: str, expected: str
) -> None:
    """The sentence names the file and what is expected there."""
    path = tmp_path / "roles.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RolesError) as refused:
        role_table(path)
    assert expected in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_of_roles_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong path is no silent default."""
    with pytest.raises(RolesError, match=r"nowhere\.yaml"):
        role_table(tmp_path / "nowhere.yaml")


def test_an_unknown_right_is_nobodys() -> None:
    """Code that asks for a right that the table does not have fails, and allows nothing."""
    with pytest.raises(KeyError):
        rights.may({"user": ""}, "fly")


def test_a_permission_that_ckan_does_not_have_is_nobodys(tmp_path: Path) -> None:
    """A misspelt permission stops the portal as it starts; CKAN would give it to administrators."""
    path = tmp_path / "roles.yaml"
    path.write_text(
        "roles: {a: {label: {en: A, es: A}, held_by: {permission: updat_dataset}, rights: []}}",
        encoding="utf-8",
    )
    with pytest.raises(RolesError, match="CKAN has no permission “updat_dataset”"):
        rights.check({rights.ROLES_FILE: str(path)})


def test_a_source_is_switched_on_by_those_alone_who_have_the_right(hub: SimpleNamespace) -> None:
    """No other action sets what the table gives to administrators."""
    source = tk.get_action("harvest_source_create")(
        {"user": hub.chief, "ignore_auth": True},
        {
            "name": "fuente-apagada",
            "title": "Fuente reservada",
            "url": "https://example.org/otra.json",
            "source_type": "dcat_json",
            "owner_org": hub.luz,
            "private": True,
        },
    )["id"]
    call_as(hub.luz_editor, "sniegharvest_source_disable", id=source)
    with pytest.raises(tk.NotAuthorized):
        call_as(hub.luz_editor, "sniegharvest_source_enable", id=source)
    for settings in ('{"enabled": true}', "{}"):
        with pytest.raises(tk.ValidationError) as refused:
            call_as(hub.luz_editor, "harvest_source_patch", id=source, config=settings)
        assert "enabled" in str(refused.value.error_dict["config"])
    # A private source is no business of visitors on the page of its ministry either.
    for user, seen in ((None, []), (hub.mov_editor, []), (hub.luz_editor, ["Fuente reservada"])):
        shown = call_as(user, "datahub_ministry_show", organization_id="mty-luz")
        lists = next(part["lists"] for part in shown["sections"] if "sources" in part["lists"])
        assert [row["title"] for row in lists["sources"]] == seen
