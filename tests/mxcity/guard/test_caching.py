"""What is personal is in no cache, and what is everybody's may be kept as long as it says."""

from __future__ import annotations

import pytest
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

#: What every visitor sees alike, on pages that only read.
PAGES = ("/", "/dataset/", "/dataset/?q=agua", "/organization/", "/about", "/campos", "/datahub")
ACCOUNTS = ("/user/login", "/user/reset")
FORGED = "_csrf_token"
#: CKAN's bundles.
STOCK = ("/base/", "/vendor/", "/webassets/base", "/webassets/vendor", "jquery", "bootstrap")


@pytest.fixture
def visitor(app):
    """A browser without a cookie."""
    return app.flask_app.test_client()


@pytest.fixture
def token() -> dict[str, str]:
    """The headers of somebody who has an API token."""
    user = factories.SysadminWithToken()
    return {"Authorization": user["token"]}


def problems_of_a_page(answer) -> list[str]:
    """What keeps a page from being light, or from being kept."""
    head = answer.text.partition("</head>")[0]
    loaded = [name for name in STOCK if f'"{name}' in answer.text or f"{name}." in head]
    checks = {
        f"status {answer.status_code}": answer.status_code == 200,
        "cookie": "Set-Cookie" not in answer.headers,
        "kept": answer.headers["Cache-Control"] == "public, max-age=60",
        "Vary": {"Cookie", "Accept"} <= {n.strip() for n in answer.headers["Vary"].split(",")},
        "token in the page": FORGED not in answer.text,
        **{f"loads {name}": False for name in loaded},
    }
    return [name for name, holds in checks.items() if not holds]


def test_pages_that_all_see_alike(visitor):
    """Visitors' pages start no session, load nothing of CKAN's, and may be kept for a minute."""
    found = {path: problems_of_a_page(visitor.get(path)) for path in PAGES}
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_what_is_said_to_a_person_is_private(app, token):
    """Whoever has signed in gets private answers, of pages, files and the API."""
    paths = (*PAGES, *ACCOUNTS, "/api/3/action/status_show", "/api/3/action/organization_list")
    kept = {path: app.get(path, headers=token).headers.get("Cache-Control") for path in paths}
    assert {path: policy for path, policy in kept.items() if policy != "private"} == {}


def test_pages_of_accounts_are_private(app):
    """Forms with a token against forged requests, and addresses with a key, are in no cache."""
    user = factories.User()
    key = f"/user/reset/{user['id']}?key=abc"
    for path in (*ACCOUNTS, key):
        assert "public" not in app.get(path).headers["Cache-Control"], path


def test_what_a_view_says_of_its_answer_stands(visitor):
    """The city's colours may be kept for a week, suggestions for a minute."""
    colours = visitor.get("/mxcity/ciudad.css")
    assert "max-age=604800" in colours.headers["Cache-Control"]
    assert "public" in colours.headers["Cache-Control"]


def test_errors_are_light_and_not_kept(app):
    """A page that tells of an error loads nothing of CKAN's, and is asked for again."""
    for path in ("/dataset/no-such-dataset", "/no-such-page"):
        answer = app.get(path, status=404)
        problems = problems_of_a_page(answer)
        assert not [p for p in problems if p.startswith(("loads", "token"))], path
        assert "max-age=60" not in answer.headers["Cache-Control"]
