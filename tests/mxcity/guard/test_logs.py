"""What comes from outside cannot forge a line of the log."""

from __future__ import annotations

import io
import logging

import pytest
from ckan.config.middleware import flask_app

FORGED = "\n2026-11-23 00:00:00 INFO  [ckan] root signed in\x1b[31m"


def written(*message: object) -> str:
    """What a handler writes for a record."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log = logging.getLogger("test.of.the.guard")
    log.propagate = False
    log.addHandler(handler)
    try:
        log.warning(*message)
    finally:
        log.removeHandler(handler)
    return stream.getvalue()


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize("message", [("%s asked", FORGED), ("%(a)s", {"a": FORGED}), (FORGED,)])
def test_a_record_is_one_line(message):
    """A line break inside a value is written out, one of a message is indented."""
    lines = written(*message).splitlines()
    assert all(not line.startswith("2026-") for line in lines), lines
    assert message == (FORGED,) or len(lines) == 1


@pytest.mark.usefixtures("with_plugins", "database")
def test_a_path_forges_no_line(app, caplog, monkeypatch):
    """CKAN's own line about a request keeps its path on one line."""
    monkeypatch.setattr(flask_app.log, "disabled", False)
    with caplog.at_level(logging.INFO, logger="ckan"):
        app.get("/missing%0a2026-11-23%20forged", follow_redirects=False)
    about_it = [record.getMessage() for record in caplog.records if "forged" in record.getMessage()]
    assert about_it
    assert all("\n2026" not in message for message in about_it)
