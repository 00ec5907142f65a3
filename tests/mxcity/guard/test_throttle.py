"""Guessing passwords is slow, and does not tell who has an account."""

from __future__ import annotations

from typing import Any

import pytest
from passlib.handlers import pbkdf2

pytestmark = pytest.mark.usefixtures("with_plugins", "database", "clean_throttle")


def try_password(app, name: str, password: str = "wrong-one", address: str = "192.0.2.1"):
    return app.flask_app.test_client().post(
        "/user/login",
        data={"login": name, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def test_the_eleventh_failure_waits(app, person):
    """Ten failures are answered, the next waits, even with the right password; others go on."""
    assert [try_password(app, person["name"]).status_code for _ in range(10)] == [200] * 10
    answer = try_password(app, person["name"].upper(), "correct-horse-battery-staple")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    elsewhere = try_password(
        app, person["name"], "correct-horse-battery-staple", address="192.0.2.2"
    )
    assert elsewhere.status_code == 302


def test_many_accounts_from_one_address_wait_too(app):
    """Trying one password on many accounts is stopped at the address."""
    answers = [try_password(app, f"cuenta-{number}").status_code for number in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_a_sign_in_forgets_the_failures(app, person):
    """Who signs in at last starts anew."""
    for _ in range(9):
        try_password(app, person["name"])
    right = "correct-horse-battery-staple"
    assert try_password(app, person["name"], right).status_code == 302
    assert [try_password(app, person["name"]).status_code for _ in range(3)] == [200] * 3


def test_unknown_accounts_take_as_long(app, person, monkeypatch):
    """The work done for an answer does not tell whether the account exists."""
    work: list[tuple[Any, ...]] = []
    derive = pbkdf2.pbkdf2_hmac

    def watched(digest: str, secret: bytes, salt: bytes, rounds: int, *rest: Any) -> bytes:
        work.append((digest, rounds))
        return derive(digest, secret, salt, rounds, *rest)

    try_password(app, "warm-up")  # makes the password of nobody, once for all
    monkeypatch.setattr(pbkdf2, "pbkdf2_hmac", watched)
    try_password(app, person["name"])
    known, work[:] = list(work), []
    try_password(app, "nobody-at-all")
    assert known
    assert work == known


@pytest.mark.parametrize("sent", [{}, {"login": "alguien"}, {"password": "x"}])
def test_a_form_without_its_fields_is_a_failure_like_another(app, sent):
    """What was not sent is empty."""
    assert app.flask_app.test_client().post("/user/login", data=sent).status_code == 200
