"""Visitors cannot find out who has an account."""

from __future__ import annotations

import re
import socketserver
import threading

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckanext.mxcity.guard import reset

pytestmark = pytest.mark.usefixtures("with_plugins", "database", "clean_throttle")

UNKNOWN = {"name": "nadie-de-aqui", "email": "nadie-de-aqui@example.com", "id": "0" * 36}
QUESTIONS = (
    ("GET", "/user/{name}", None),
    ("GET", "/user/activity/{name}", None),
    ("GET", "/user/edit/{name}", None),
    ("GET", "/user/reset/{id}?key=x", None),
    ("POST", "/user/reset", {"user": "{name}"}),
    ("POST", "/user/reset", {"user": "{email}"}),
    ("POST", "/user/login", {"login": "{name}", "password": "wrong-password"}),
    ("POST", "/user/login", {"login": "{email}", "password": "wrong-password"}),
    ("POST", "/user/register", {"name": "{name}", "email": "{email}", "fullname": "x",
                                "password1": "long-enough-1", "password2": "long-enough-1"}),
    ("GET", "/api/3/action/user_show?id={name}", None),
    ("GET", "/api/3/action/user_show?id={id}", None),
    ("GET", "/api/3/action/user_list?q={name}", None),
    ("GET", "/api/3/action/user_list?email={email}", None),
    ("GET", "/api/3/action/user_autocomplete?q={name}", None),
    ("GET", "/api/3/action/user_activity_list?id={name}", None),
    ("GET", "/api/3/action/organization_list_for_user?id={name}", None),
    ("GET", "/api/3/action/user_follower_count?id={id}", None),
    ("GET", "/api/3/action/user_followee_count?id={id}", None),
    ("GET", "/api/3/action/dataset_followee_count?id={id}", None),
    ("GET", "/api/3/action/followee_count?id={id}", None),
    ("GET", "/api/3/action/am_following_user?id={name}", None),
    ("GET", "/api/2/util/user/autocomplete?q={name}", None),
    ("GET", "/dataset/?creator_user_id={id}", None),
)  # fmt: skip


@pytest.fixture(params=["", "portal@example.com"], ids=["without mail", "with mail"])
def mail(request, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "smtp.mail_from", request.param)
    return request.param


def answered(app, question, account):
    """Return the status, the place and the text of an answer, without what was asked."""
    method, address, form = question
    filled = {key: value.format(**account) for key, value in (form or {}).items()}
    client = app.flask_app.test_client()
    answer = client.open(address.format(**account), method=method, data=filled or None)
    text = answer.text
    if answer.status_code in (301, 302):
        text = client.get(answer.headers["Location"]).text
    for value in account.values():
        text = text.replace(value, "*")
    text = re.sub(r"\d+ms|[\w.-]{80,}|[0-9a-f]{10,}|\"csrf[^>]*>", "", text)
    place = answer.headers.get("Location", "").replace(account["name"], "*")
    return answer.status_code, place, text


def test_nobody_learns_who_has_an_account(app, mail):
    """Answers about an account and about a name that nobody has are the same."""
    user = factories.User(password="correct-horse-battery-staple")
    known = {"name": user["name"], "email": model.User.get(user["id"]).email, "id": user["id"]}
    for question in QUESTIONS:
        found, other = (answered(app, question, account) for account in (known, UNKNOWN))
        assert found[0] < 500, question
        assert found == other, question


def test_a_forgotten_password_is_the_same_work_for_every_name(app, mail):
    """Without mail none; with mail a job, before anybody looks for the account."""
    redis = connect_to_redis()
    waiting = []
    for name in (factories.User()["name"], UNKNOWN["name"]):
        before = sum(redis.llen(key) for key in redis.scan_iter("rq:queue:*"))
        app.flask_app.test_client().post("/user/reset", data={"user": name})
        waiting.append(sum(redis.llen(key) for key in redis.scan_iter("rq:queue:*")) - before)
    assert waiting == ([1, 1] if mail else [0, 0])


def test_where_no_mail_is_sent_the_page_says_whom_to_ask(app, monkeypatch, ckan_config):
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "")
    for answer in (app.get("/user/reset"), app.post("/user/reset", data={"user": "x"})):
        assert answer.status_code == 200
        assert "does not send mail" in answer.text


class Letters(socketserver.StreamRequestHandler):
    """A mail server that takes whatever it is given."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        inside = False
        for line in self.rfile:
            word = line.strip().upper()
            if inside and word != b".":
                continue
            if word == b".":
                self.server.letters += 1
            inside = word == b"DATA"
            self.wfile.write(b"354 go\r\n" if inside else b"250 ok\r\n")


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letters) as server:
        server.letters = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_link_arrives(app, mail_server, monkeypatch, ckan_config):
    """The job mails an account its link, by name and by address, and nobody else anything."""
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portal@example.com")
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{mail_server.server_address[1]}")
    user = factories.User()
    for name in (user["name"], model.User.get(user["id"]).email, UNKNOWN["name"], "%@%"):
        reset.send(name)
    assert mail_server.letters == 2
