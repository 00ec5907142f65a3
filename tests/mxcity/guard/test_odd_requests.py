"""Odd requests are answered with a plain refusal, never with a fault."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from ckan.tests import factories, helpers
from markupsafe import escape

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

ODD_VALUES = (
    "", "%00", "%ff%fe", "%0d%0aX-Odd:1", "-1", "99999999999999999999", "1e400", "NaN", "null",
    "'", "\"", "*:*", "{!join}", "title:[* TO", "AND OR NOT", "((((((", "../../etc/passwd",
    "%F0%9F%8C%AE", "a" * 3000, "<b>x</b>",
)  # fmt: skip
PARAMETERS = ("q", "sort", "page", "tags", "organization", "ext_bbox", "res_format", "_x_limit")

ODD_ADDRESSES = (
    "/catalog.json", "/catalog.xml?page=0", "/catalog.ttl?page=-1", "/catalog.ttl?page=x",
    "/catalog.jsonld?modified_since=nonsense", "/dataset/{name}.json", "/dataset/{name}.ttl",
    "/dataset/{name}.odd", "/dataset/{name}.jsonld?profiles=none", "/feeds/dataset.atom?page=-1",
    "/feeds/tag/missing.atom", "/feeds/custom.atom?q=%7B!x", "/feeds/organization/missing.atom",
    "/dataset/%00", "/dataset/activity/missing", "/dataset/groups/missing", "/organization/missing",
    "/group/missing", "/user/missing", "/user/activity/missing", "/dataset/{name}/resource/missing",
    "/dataset/{name}/resource/missing/download/a", "/datastore/dump/missing", "/harvest",
    "/harvest/missing", "/harvest/about/missing", "/harvest/object/missing",
    "/harvest/admin/missing",
    "/dataset/harvest_object/missing", "/api/3/action/package_search?rows=x",
    "/api/3/action/package_search?start=-1", "/api/3/action/package_search?fq={!x",
    "/api/3/action/package_search?sort=nothing", "/api/3/action/package_show",
    "/api/3/action/package_show?id=%00", "/api/3/action/resource_search?query=x",
    "/api/3/action/datastore_search?resource_id=missing",
    "/api/3/action/organization_list?limit=x", "/api/3/action/tag_search",
    "/api/3/action/package_list?limit=-1", "/api/3/action/member_list?id=missing",
    "/api/3/action/package_collaborator_list?id={name}", "/api/3/action/harvest_log_list",
    "/api/3/action/harvest_source_show?id=missing", "/api/3/action/harvest_object_show?id=missing",
    "/api/3/action/harvest_job_list?limit=x",
    "/api/3/action/recently_changed_packages_activity_list",
    "/api/3/action/resource_view_list?id=missing",
    "/api/2/util/dataset/autocomplete?incomplete=%00",
    "/api/util/snippet/..%2f..%2fpage.html", "/webassets/..%2f..%2f..%2fetc%2fpasswd",
    "/uploads/..%2f..%2f..%2f..%2fetc%2fpasswd", "/base/%2e%2e/%2e%2e/etc/passwd",
    "/es/dataset/", "/dataset/?page=0&q=%20&sort=views_recent%20desc",
)  # fmt: skip

ODD_TARGETS = (
    "//example.org", "///example.org", "\\\\example.org", "/\\example.org", "\t//example.org",
    " //example.org", "http://example.org", "https:example.org", "http:///example.org",
    "javascript:alert(1)", "data:text/html,x", "//example.org@test.ckan.net", "/%09/example.org",
    "http://test.ckan.net@example.org/", "http://[", "\x00//example.org", "/dataset\r\nX-A: b",
)  # fmt: skip


def test_odd_addresses_meet_no_fault(app, make_dataset, organisation):
    """Sixty odd addresses and as many odd searches give an answer under 500."""
    dataset = make_dataset(owner_org=organisation["id"])
    addresses = [address.replace("{name}", dataset["name"]) for address in ODD_ADDRESSES]
    for number, value in enumerate(ODD_VALUES):
        for parameter in {"q", PARAMETERS[number % len(PARAMETERS)]}:
            addresses.append(f"/dataset/?{parameter}={value}")
    faults = []
    for address in addresses:
        try:
            answer = app.get(address, follow_redirects=False)
        except Exception as error:
            faults.append((address, repr(error)[:200]))
            continue
        if answer.status_code >= 500 or "root:x" in answer.text or "X-Odd" in answer.headers:
            faults.append((address, answer.status_code))
    assert len(addresses) > 90
    assert faults == []


#: Values that a second look would format, and syntax of the search engine and of the database.
FORMATS = ("%", "%s", "%(x)s", "%d%%", "{x}", "{0.__class__}", "{{ 2741*3571 }}", "${2741*3571}")
#: What an answer shows if the last two were computed: too long for a time of day or a count.
COMPUTED = str(2741 * 3571)
SYNTAX = (
    "{!join from=id to=id}*:*", "{!lucene}private:true", "{!func}1", "{!term f=state}draft",
    '_query_:"{!lucene}*:*"', "+private:true", "capacity:private", "state:(draft OR deleted)",
    "*:* OR private:true", ") OR (private:true", '" OR private:"true', "title:[* TO", "a AND",
    "NOT", "((((", "a^1e9", "a~99", "/[/", "/.*.*.*/", "*?*?*?", "id:*&shards=x", "a&qt=/admin",
    "a\\", "permission_labels:*", "a;drop", "' OR '1'='1", "1) OR 1=1 --", '"', "''",
    "sum(1,1) desc", "score desc,", "private desc", "id:{* TO *}", "a && b ||", "!a", "-", "+",
    "[a TO b]", "<b>", "\u202e",
)  # fmt: skip
PLACES = (
    "/dataset/?q={}", "/organization/{organisation}?q={}", "/organization/{organisation}?sort={}",
    "/dataset/?sort={}", "/dataset/?organization={}", "/dataset/?topics={}",
    "/api/3/action/package_search?q={}", "/api/3/action/package_search?fq={}",
    "/api/3/action/package_search?sort={}", "/feeds/custom.atom?q={}", "/catalog.ttl?profiles={}",
    "/table/{file}.csv?sort={}", "/table/{file}.csv?limit={}", "/table/{file}/join/{file}?on={}",
    "/api/3/action/resource_search?query={}", "/api/3/action/organization_list?sort={}",
)  # fmt: skip
MARK = "oculto-a-las-visitas"


def test_values_stay_values(app, make_dataset, organisation):
    """Three hundred odd questions: no fault, nothing computed, nothing hidden told."""
    make_dataset(owner_org=organisation["id"], private=True, title=MARK, notes=MARK)
    file = factories.Resource(package_id=make_dataset(owner_org=organisation["id"])["id"])
    faults, asked = [], 0
    for number, place in enumerate(PLACES):
        known = place.replace("{organisation}", organisation["name"]).replace("{file}", file["id"])
        for value in (*FORMATS, *SYNTAX[number % 3 :: 3]):
            address = known.replace("{}", quote(value))
            asked += 1
            answer = app.get(address, follow_redirects=False)
            if answer.status_code >= 500 or MARK in answer.text:
                faults.append((address, answer.status_code))
            if COMPUTED in answer.text:
                faults.append((address, "computed"))
    assert asked > 300
    assert faults == []


def test_a_value_that_a_template_translates_stays_a_value(app):
    """It is not formatted, and not taken for HTML."""
    template = app.flask_app.jinja_env.from_string("{{ _(value) }}")
    with app.flask_app.test_request_context():
        for value in FORMATS:
            assert template.render(value=value) == str(escape(value))
        assert template.render(value="<b>") == "&lt;b&gt;"
        kept = app.flask_app.jinja_env.from_string("{{ _('Hello %(name)s', name=value) }}")
        assert kept.render(value="<b>%s") == "Hello &lt;b&gt;%s"


def test_sign_in_leads_nowhere_else(app, sign_in, person):
    """Whatever ``next`` says, a sign-in ends on this portal, without a fault."""
    for target in ODD_TARGETS:
        client = app.flask_app.test_client()
        for name in ("next", "came_from"):
            answer = client.post(
                "/user/login",
                query_string={name: target},
                data={"login": person["name"], "password": "correct-horse-battery-staple"},
            )
            assert answer.status_code == 302, (target, answer.status_code)
            place = answer.headers["Location"]
            assert place.startswith(("/", "http://test.ckan.net/")), (target, place)
            assert not place.startswith(("//", "/\\")), (target, place)
            out = client.get("/user/_logout", query_string={name: target})
            assert out.status_code == 302, (target, out.status_code)
            there = out.headers["Location"]
            assert there.startswith("http://test.ckan.net/") or "example.org" not in there, target


def test_a_good_target_is_kept(app, person, clean_throttle):
    """A path of this portal is where the sign-in leads."""
    answer = app.flask_app.test_client().post(
        "/user/login?next=/dataset/%3Fq%3Dagua",
        data={"login": person["name"], "password": "correct-horse-battery-staple"},
    )
    assert answer.headers["Location"].endswith("/dataset/?q=agua")


@pytest.mark.parametrize("page", ["delete/x", "refresh/x", "clear/x", "x/job/1/abort"])
def test_links_change_no_harvest_source(app, sign_in, page):
    """Following a link to a change of a harvest source is refused, even for administrators."""
    boss = factories.Sysadmin(password="correct-horse-battery-staple")
    assert sign_in(boss["name"]).get(f"/harvest/{page}").status_code == 405


def test_large_bodies_are_not_read(app):
    """A body over the limit is refused by its announcement; so is one that grows past it."""

    class Counted:
        """A body that counts what is read of it."""

        def __init__(self, size: int) -> None:
            self.left, self.read_bytes = size, 0

        def read(self, size: int = -1) -> bytes:
            size = min(size if size >= 0 else self.left, self.left)
            self.left -= size
            self.read_bytes += size
            return b"x" * size

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

    limit = app.flask_app.config["MAX_CONTENT_LENGTH"]
    body = Counted(10 * limit)
    answer = app.flask_app.test_client().open(
        "/dataset/new",
        method="POST",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(limit + 1)},
    )
    assert answer.status_code == 413
    assert "MB" in answer.text
    assert body.read_bytes == 0


@pytest.mark.parametrize(("proxies", "seen"), [(0, "203.0.113.9"), (1, "198.51.100.7")])
def test_forwarded_addresses(proxies, seen):
    """The address of a client is what the operator's own proxy says, and nobody else."""
    from ckanext.mxcity.guard.requests import ForwardedHeaders

    asked = {}

    def application(environ, start_response):
        asked.update(environ)
        return []

    environ = {
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.7",
        "HTTP_X_FORWARDED_HOST": "example.org",
        "wsgi.url_scheme": "http",
    }
    ForwardedHeaders(application, proxies)(environ, None)
    assert asked["REMOTE_ADDR"] == seen
    assert not [name for name in asked if name.startswith("HTTP_X_FORWARDED")]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000])
@pytest.mark.parametrize("action", ["package_search", "status_show", "package_create"])
def test_a_body_of_many_levels_is_no_request(app, action, body):
    """What is nested deeper than anything that is meant is refused before it is read."""
    answer = app.post(
        f"/api/3/action/{action}", data=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json["success"] is False


@pytest.mark.parametrize("address", ["/user/login", "/grafica", "/user/reset"])
def test_a_form_with_what_no_text_has_is_no_request(app, address):
    """A character that the database cannot keep is refused in any field, in plain words."""
    fields = {"login": "a\x00b", "resource_id": "a\x00b", "user": "a\x00b", "password": "x"}
    answer = app.post(address, data=fields)
    assert answer.status_code == 400
    assert "server could not understand" not in answer.text


@pytest.mark.parametrize("target", ODD_TARGETS)
def test_the_filter_by_map_leads_to_this_portal(app, target):
    """Whatever page the form says that it came from, the answer leads to one of ours."""
    sides = "west=-100.5&east=-100.1&south=25.5&north=25.9"
    answer = app.get(f"/map-filter?{sides}&return_to={quote(target)}", follow_redirects=False)
    assert answer.status_code == 302
    place = urlsplit(answer.headers["Location"])
    assert place.netloc in ("", "test.ckan.net")
    assert not place.path.startswith("//")


@pytest.mark.parametrize("action", ["datastore_search", "datastore_info"])
def test_a_hidden_table_is_told_as_one_that_is_not_there(app, make_dataset, organisation, action):
    """The answer about a table of a private dataset is word for word that of a missing one."""
    dataset = make_dataset(owner_org=organisation["id"], private=True)
    as_admin = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    file = {"package_id": dataset["id"], "url": "https://datos.example/a.csv", "format": "CSV"}
    hidden = helpers.call_action("resource_create", as_admin, **file)["id"]
    rows = {"resource_id": hidden, "records": [{"a": "1"}], "force": True}
    helpers.call_action("datastore_create", as_admin, **rows)
    there, missing = (
        app.get(f"/api/3/action/{action}?id={name}&resource_id={name}")
        for name in (hidden, "00000000-0000-4000-8000-000000000000")
    )
    assert there.status_code == missing.status_code == 404
    assert there.json["error"] == missing.json["error"]
