"""Solr answers to its account alone, and its password is told nowhere."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk
import pysolr
import pytest
import requests
from ckan.lib.search.common import is_available, make_connection

pytestmark = pytest.mark.usefixtures("with_plugins")

CORE = "admin/cores"
ASKED = (
    "{core}/select?q=*:*",
    "{core}/admin/ping",
    "{core}/update?commit=true",
    "{core}/schema",
    f"{CORE}?action=STATUS",
    f"{CORE}?action=UNLOAD&core=none",
    "admin/info/system",
    "admin/metrics",
    "",
)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("account", [None, ("portal", "another"), ("", "")])
def test_without_the_password_nothing_is_answered(asked, account):
    """Whatever is asked of the node, from this machine too, needs its account."""
    server, core = tk.config["solr_url"].rstrip("/").rsplit("/", 1)
    address = f"{server}/{asked.format(core=core)}"
    assert requests.get(address, auth=account, timeout=10).status_code == 401
    assert requests.post(address, auth=account, timeout=10).status_code == 401


def test_the_portal_has_the_password():
    """CKAN's own connections go on working."""
    assert is_available()


@pytest.mark.parametrize("password", ["p4ssw0rd-of-solr", "con espacios: @ñ/%"])
def test_errors_and_logs_do_not_tell_the_password(caplog, monkeypatch, password):
    """What is raised and logged where Solr is away names the server, not the password."""
    monkeypatch.setitem(tk.config, "solr_url", "http://127.0.0.1:9/solr/none")
    monkeypatch.setitem(tk.config, "solr_user", "portal")
    monkeypatch.setitem(tk.config, "solr_password", password)
    connection = make_connection()
    assert connection.auth == ("portal", password)
    with caplog.at_level(logging.DEBUG), pytest.raises(pysolr.SolrError) as raised:
        connection.search("*:*")
    assert "127.0.0.1:9" in str(raised.value)
    assert "portal:" not in str(raised.value) + caplog.text
    assert password not in str(raised.value) + caplog.text
