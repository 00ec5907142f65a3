"""What people may write into datasets, files, organisations and accounts."""

from __future__ import annotations

import json

import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories, helpers
from ckan.tests.helpers import call_action
from ckanext.mxcity.ground import links
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

SCRIPT, LOCAL = "java" + "script:x()", "fi" + "le:///etc/hostname"
NO_LINKS = (
    SCRIPT, SCRIPT.upper(), "java\tscript:x", "java\nscript:x", " \x01" + SCRIPT, "\u200b" + SCRIPT,
    "java&#115;cript:x", "java&Tab;script:x", "javascript&colon;x", "data:text/html,x",
    "vbscript:x", LOCAL, "mailto:a@example.com", "blob:https://example.com/x", "gopher://example.com",
    "http:" + SCRIPT, "ht\ttps://example.com",
)  # fmt: skip
LINKS = (
    "https://example.com/a", "HTTP://example.com", "ftp://ftp.example.com/a.csv", "datos.csv", "",
    "www.example.com/a?b=c:d", "example.com:8080/a", "//example.com/a", "enero 2024.csv",
)  # fmt: skip


@pytest.fixture
def as_editor(person):
    """Return a function that calls an action as an ordinary editor."""

    def call(action, **data):
        context = {"user": person["name"], "ignore_auth": False}
        return call_action(action, context, **data)

    return call


@pytest.fixture
def dataset(make_dataset, organisation):
    return make_dataset(owner_org=organisation["id"])


def refused(call, action, **data):
    """Return what an action refuses."""
    with pytest.raises(helpers.logic.ValidationError) as raised:
        call(action, **data)
    return raised.value.error_dict


@pytest.mark.parametrize("value", NO_LINKS)
def test_addresses_that_are_no_links(value):
    assert links.refused(value)


@pytest.mark.parametrize("value", LINKS)
def test_addresses_that_are_links(value):
    assert not links.refused(value)


@given(st.text(), st.sampled_from(("javascript", "data", "vbscript", "file", "mocha", "about")))
def test_no_disguise_makes_another_scheme_a_link(noise, scheme):
    """Whatever browsers skip before and inside a scheme."""
    skipped = "".join(sign for sign in noise if sign <= " ")
    middle = len(scheme) // 2
    assert links.refused(f"{skipped}{scheme[:middle]}{skipped}{scheme[middle:]}{skipped}:x")


def test_addresses_are_refused_at_save(as_editor, dataset, organisation, person):
    """In every place where a person may write one; the sentence shows it."""
    file = factories.Resource(package_id=dataset["id"], format="CSV")
    tries = (
        ("package_patch", {"id": dataset["id"], "url": SCRIPT}, "url"),
        ("package_patch", {"id": dataset["id"], "source_url": SCRIPT}, "source_url"),
        (
            "package_patch",
            {"id": dataset["id"], "extras": [{"key": "url", "value": SCRIPT}]},
            "url",
        ),
        ("resource_create", {"package_id": dataset["id"], "url": SCRIPT}, "url"),
        ("resource_patch", {"id": file["id"], "url": SCRIPT}, "url"),
        ("resource_patch", {"id": file["id"], "cache_url": SCRIPT}, "cache_url"),
        ("resource_patch", {"id": file["id"], "other_url": SCRIPT}, "other_url"),
        ("organization_patch", {"id": organisation["id"], "website": SCRIPT}, "website"),
        ("organization_patch", {"id": organisation["id"], "image_url": SCRIPT}, "image_url"),
        ("user_patch", {"id": person["id"], "image_url": SCRIPT}, "image_url"),
        (
            "resource_view_create",
            {
                "resource_id": file["id"],
                "view_type": "image_view",
                "title": "x",
                "image_url": SCRIPT,
            },
            "image_url",
        ),
    )
    for action, data, field in tries:
        assert SCRIPT in str(refused(as_editor, action, **data)[field]), action


def test_no_export_has_an_address_that_is_no_link(app, dataset):
    """What was stored before these checks is in no document that others read by program."""
    file = factories.Resource(package_id=dataset["id"], format="CSV")
    model.Resource.get(file["id"]).url = SCRIPT
    model.Package.get(dataset["id"]).url = SCRIPT
    model.Session.commit()
    search.rebuild(dataset["id"])
    for page in (f"/dataset/{dataset['name']}.ttl", f"/dataset/{dataset['name']}.jsonld",
                 f"/dataset/{dataset['name']}.xml", "/data.json", "/catalog.ttl",
                 "/feeds/dataset.atom", f"/dataset/{dataset['name']}"):  # fmt: skip
        answer = app.get(page)
        assert answer.status_code == 200, page
        assert f'href="{SCRIPT}' not in answer.text, page
        assert f"<{SCRIPT}" not in answer.text, page
        assert f'"{SCRIPT}' not in answer.text, page


PORTALS_OWN = {
    "created": "2001-01-01T00:00:00",
    "last_modified": "2093-01-01T00:00:00",
    "metadata_modified": "2001-01-01T00:00:00",
    "cache_last_updated": "2001-01-01T00:00:00",
    "datastore_active": True,
    "datastore_contains_all_records_of_source_file": True,
    "url_type": "datastore",
    "state": "deleted",
    "package_id": "another",
    "position": 7,
    "id": "6f2c9c3b-2f0f-4a2c-8d52-0e6f1f2a9a11",
    "tracking_summary": {"total": 9999, "recent": 9999},
}


@pytest.mark.parametrize("field", sorted(PORTALS_OWN))
def test_people_do_not_write_what_is_the_portals(as_editor, dataset, field):
    """With a new file, and in place of what is stored: ignored or refused."""
    value = PORTALS_OWN[field]
    other = factories.Resource(package_id=dataset["id"], name="other")
    link = {"url": "https://example.com/a.csv", "package_id": dataset["id"]}
    before = as_editor("resource_create", **link)
    for action, sent in (
        ("resource_create", {**link, field: value}),
        ("resource_patch", {"id": before["id"], field: value}),
        ("resource_update", {**before, field: value}),
        ("package_patch", {"id": dataset["id"], "resources": [{**link, field: value}, other]}),
    ):
        try:
            as_editor(action, **sent)
        except (helpers.logic.ValidationError, helpers.logic.NotFound):
            continue
    for stored in as_editor("package_show", id=dataset["id"])["resources"]:
        assert str(stored.get(field)) != str(value), field


@pytest.mark.parametrize("field", ["creator_user_id", "metadata_created", "id", "num_resources"])
def test_people_do_not_write_what_is_the_portals_of_a_dataset(as_editor, dataset, field):
    value = {"num_resources": 99, "metadata_created": "2001-01-01T00:00:00"}.get(field, "other")
    for action in ("package_patch", "package_update"):
        try:
            as_editor(action, **{**dataset, field: value, "title": action})
        except (helpers.logic.ValidationError, helpers.logic.NotFound):
            continue
    assert as_editor("package_show", id=dataset["name"])[field] != value


def test_the_portal_goes_on_writing_its_own(as_editor, dataset):
    """The DataStore marks the file whose table an editor makes; a round trip keeps the mark."""
    file = as_editor("resource_create", package_id=dataset["id"], url="https://example.com/a.csv")
    as_editor("datastore_create", resource_id=file["id"], force=True, records=[{"a": 1}])
    assert as_editor("resource_show", id=file["id"])["datastore_active"] is True
    shown = as_editor("package_show", id=dataset["id"])
    shown["resources"][0].pop("datastore_active")
    as_editor("package_update", **{**shown, "title": "Otro"})
    assert as_editor("resource_show", id=file["id"])["datastore_active"] is True
    made = as_editor(
        "datastore_create",
        resource={"package_id": dataset["id"]},
        fields=[{"id": "a", "type": "text"}],
    )
    assert as_editor("resource_show", id=made["resource_id"])["url_type"] == "datastore"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    "name_translated", "description_translated", "name", "description", "format", "size", "hash",
    "mimetype", "license", "issued", "modified", "table_schema", "source_file", "unknown", "extras",
    "url_type", "last_modified", "resource_type", "datastore_active", "a b", "", "__junk",
)  # fmt: skip
PAGES = (
    "/dataset/{name}", "/dataset/edit/{name}", "/dataset/resources/{name}",
    "/dataset/{name}/resource/{id}", "/dataset/{name}/resource/{id}/edit",
    "/dataset/{name}.ttl", "/dataset/{name}.jsonld",
)  # fmt: skip


def test_what_is_taken_is_shown(app, as_editor, sign_in, person, dataset):
    """Any JSON in any field of a file: refused, or every page of it answers."""
    token = factories.APIToken(user=person["name"])["token"]
    client = sign_in(person["name"])
    headers = {"Authorization": token, "Content-Type": "application/json"}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(FIELDS), JSON)
    @example("name_translated", '{"es": "x"}')
    @example("name_translated", "x")
    @example("name_translated", {"es": ["x"]})
    @example("size", 2**70)
    def check(field, value):
        sent = {"package_id": dataset["id"], "url": "https://example.com/a.csv", field: value}
        made = app.post("/api/3/action/resource_create", data=json.dumps(sent), headers=headers)
        assert made.status_code in (200, 409), made.text
        if made.status_code == 409:
            return
        found = made.json["result"]
        for page in PAGES:
            answer = client.get(page.format(name=dataset["name"], id=found["id"]))
            assert answer.status_code == 200, (page, sent)
        as_editor("resource_delete", id=found["id"])

    check()


def test_texts_by_language(app, as_editor, sign_in, person, dataset):
    """JSON of a form becomes what it says; what was stored otherwise stops no page."""
    link = {"url": "https://example.com/a.csv", "package_id": dataset["id"]}
    made = as_editor("resource_create", **link, name_translated='{"es": "Uno"}')
    assert made["name_translated"] == {"es": "Uno"}
    assert "name_translated" in refused(as_editor, "resource_create", **link, name_translated="Uno")
    stored = model.Resource.get(made["id"])
    stored.extras = {**stored.extras, "name_translated": "Uno"}
    model.Session.commit()
    search.rebuild(dataset["id"])
    client = sign_in(person["name"])
    for page in PAGES:
        answer = client.get(page.format(name=dataset["name"], id=made["id"]))
        assert answer.status_code == 200, page


def test_names_of_tables_are_the_portals(as_editor, dataset):
    """A table takes no further name, so that none takes the place of another's table."""
    file = as_editor("resource_create", package_id=dataset["id"], url="https://example.com/a.csv")
    for sent in (
        {"resource_id": file["id"], "force": True},
        {"resource": {"package_id": dataset["id"]}},
    ):
        told = {**sent, "records": [{"a": 1}], "aliases": ["11111111-1111-4111-8111-111111111111"]}
        assert "aliases" in refused(as_editor, "datastore_create", **told)


def test_the_list_of_tables_is_for_administrators(app, as_editor):
    """It tells of tables of private datasets, too."""
    address = "/api/3/action/datastore_search?resource_id=_table_metadata"
    assert app.get(address).status_code == 404
    with pytest.raises(helpers.logic.NotFound):
        as_editor("datastore_search", resource_id="_table_metadata")


@pytest.mark.parametrize("sent", ["x", {"a": 1}, ["x"], True])
def test_only_a_file_is_an_upload(as_editor, dataset, sent):
    """A word in its place makes no file of a link."""
    told = {"package_id": dataset["id"], "url": "../../x.csv", "url_type": "upload", "upload": sent}
    try:
        made = as_editor("resource_create", **told)
    except helpers.logic.ValidationError:
        return
    assert made.get("url_type") != "upload"
