"""Who may create, see and list what."""

from __future__ import annotations

import uuid

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_plugins", "database")


def answer_of(app, action: str, token: str = "", **data):
    """The answer of the API to one action."""
    headers = {"Authorization": token} if token else {}
    return app.post(f"/api/3/action/{action}", json=data, headers=headers)


@pytest.fixture
def token(person) -> str:
    """An API token of the person."""
    return helpers.call_action(
        "api_token_create", {"user": person["name"]}, user=person["name"], name="t"
    )["token"]


@pytest.mark.parametrize("action", ["organization_create", "group_create"])
def test_ordinary_users_create_no_organisations(app, token, action):
    """Organisations and groups, and so harvest sources, are made by administrators."""
    name = f"propia-{uuid.uuid4().hex[:8]}"
    assert answer_of(app, action, token, name=name, title=name).status_code == 403
    assert model.Group.get(name) is None


def test_ordinary_users_create_no_harvest_sources(app, token):
    """Somebody without an organisation makes the portal fetch nothing."""
    answer = answer_of(
        app,
        "harvest_source_create",
        token,
        name="fuente",
        title="Fuente",
        url="https://example.mx/catalog.ttl",
        source_type="dcat_rdf",
    )
    assert answer.status_code == 403, answer.text


@pytest.mark.parametrize("action", ["user_list", "user_show", "user_autocomplete"])
def test_visitors_do_not_see_users(app, person, action):
    """Names, digests of addresses and dates of people are not public."""
    answer = answer_of(app, action, id=person["id"], q=person["name"][:4])
    assert answer.status_code == 403, answer.text
    page = app.get(f"/user/{person['name']}", follow_redirects=False)
    assert page.status_code in (302, 403, 404)


def test_tokens_end(app, person, token):
    """A token ends within 90 days, and no longer life can be asked for."""
    stored = helpers.call_action("api_token_list", {"user": person["name"]}, user_id=person["id"])
    assert stored[0]["expire_api_token"]["exp"] if "expire_api_token" in stored[0] else stored
    extras = model.Session.query(model.ApiToken).filter_by(user_id=person["id"]).first()
    end = tk.h.date_str_to_datetime(extras.plugin_extras["expire_api_token"]["exp"])
    assert 80 < (end - extras.created_at).days <= 90
    refused = answer_of(
        app, "api_token_create", token, user=person["name"], name="x", expires_in=91, unit=86400
    )
    assert refused.status_code == 409
    assert "90" in refused.text


def test_members_of_an_organisation_hide_private_datasets(app, person, organisation, make_dataset):
    """The list of members names public datasets only, and people to nobody without an account."""
    public = make_dataset(owner_org=organisation["id"])
    private = make_dataset(owner_org=organisation["id"], private=True)
    stranger = factories.User()

    def members(user: str) -> set[str]:
        context = {"user": user, "ignore_auth": False}
        listed = helpers.call_action("member_list", context, id=organisation["id"])
        return {member[0] for member in listed}

    assert members("") == {public["id"]}
    assert {public["id"], person["id"]} <= members(stranger["name"])
    assert private["id"] not in members(stranger["name"])
    assert {public["id"], private["id"], person["id"]} <= members(person["name"])


def test_collaborators_and_harvest_log_are_refused_cleanly(app, make_dataset, organisation, token):
    """What visitors may not see is answered 403, not with a fault."""
    dataset = make_dataset(owner_org=organisation["id"])
    assert answer_of(app, "package_collaborator_list", id=dataset["id"]).status_code == 403
    assert answer_of(app, "harvest_log_list").status_code == 403
    assert answer_of(app, "harvest_log_list", token).status_code == 403
    boss = factories.SysadminWithToken()
    assert answer_of(app, "harvest_log_list", boss["token"]).status_code == 200


def test_no_pictures_of_third_parties(app, sign_in, person):
    """The pages of people load their picture from the portal."""
    page = sign_in(person["name"]).get(f"/user/{person['name']}").text
    assert "gravatar" not in page


def test_harvested_documents_are_inert_and_guarded(app, organisation, make_dataset):
    """A harvested document is plain text, and its dataset's permission is its own."""
    from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource

    def harvested(private: bool) -> str:
        dataset = make_dataset(owner_org=organisation["id"], private=private)
        url = f"https://example.mx/{uuid.uuid4()}"
        source = HarvestSource(title="S", url=url, type="dcat_rdf")
        model.Session.add(source)
        job = HarvestJob(source=source)
        model.Session.add(job)
        found = HarvestObject(
            guid=str(uuid.uuid4()),
            source=source,
            job=job,
            package_id=dataset["id"],
            content="<html xmlns='http://www.w3.org/1999/xhtml'><b>SecretoMX</b></html>",
        )
        model.Session.add(found)
        model.Session.commit()
        return found.id

    shown = app.get(f"/harvest/object/{harvested(private=False)}", follow_redirects=False)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    hidden = harvested(private=True)
    page = app.get(f"/harvest/object/{hidden}", follow_redirects=False)
    assert page.status_code in (302, 403, 404)
    assert "SecretoMX" not in page.text
    answer = answer_of(app, "harvest_object_show", id=hidden)
    assert answer.status_code == 403
    assert "SecretoMX" not in answer.text


def test_a_hidden_dataset_is_not_there(app, token, organisation, make_dataset):
    """Whoever may not see a private dataset gets the answer for one that does not exist."""
    name = f"reservado-{uuid.uuid4().hex[:8]}"
    file = {"url": "https://datos.example/reservado.csv", "format": "CSV"}
    dataset = make_dataset(name=name, owner_org=organisation["id"], private=True, resources=[file])
    resource = dataset["resources"][0]["id"]
    stranger = factories.User()
    other = helpers.call_action(
        "api_token_create", {"user": stranger["name"]}, user=stranger["name"], name="t"
    )["token"]
    missing = str(uuid.uuid4())
    by_dataset = ("package_show", "package_update", "package_patch", "package_delete")
    by_dataset += ("package_activity_list", "package_relationships_list", "dataset_purge")
    by_file = ("resource_show", "resource_patch", "resource_delete", "resource_view_list")
    asked = [(action, dataset["id"]) for action in by_dataset]
    asked += [(action, name) for action in by_dataset]
    asked += [(action, resource) for action in by_file]
    told: list[tuple[object, ...]] = []
    for action, identifier in asked:
        for who in ("", other):
            hidden = answer_of(app, action, who, id=identifier)
            absent = answer_of(app, action, who, id=missing)
            said = hidden.json["error"], absent.json["error"]
            if (hidden.status_code, said[0]) != (absent.status_code, said[1]):
                told.append((action, *said))
    assert not told, "\n".join(map(str, told))
    assert answer_of(app, "package_show", token, id=name).status_code == 200
    assert answer_of(app, "resource_show", token, id=resource).status_code == 200
    for path in (
        "/dataset/{}", "/dataset/edit/{}", "/dataset/{}.ttl", "/dataset/activity/{}",
        "/dataset/groups/{}", "/dataset/resources/{}",
    ):  # fmt: skip
        hidden = app.get(path.format(name), follow_redirects=False)
        absent = app.get(path.format(missing), follow_redirects=False)
        assert hidden.status_code == absent.status_code, (path, absent.status_code)


def test_a_visible_dataset_is_still_refused(app, token, organisation, make_dataset):
    """Who may see a dataset and not change it is told so."""
    dataset = make_dataset(owner_org=organisation["id"])
    assert answer_of(app, "package_patch", id=dataset["id"], title="x").status_code == 403
    assert answer_of(app, "package_delete", id=dataset["id"]).status_code == 403
    assert answer_of(app, "package_patch", token, id=dataset["id"], title="x").status_code == 200
