"""A Solr core beside the portal's, made for a test and taken away after it."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests


def solr_server() -> str:
    """The address of the Solr server the tests run on, without the core."""
    from ckan.common import config

    address = os.environ.get("CKAN_SOLR_URL") or config["solr_url"]
    return address.rstrip("/").rsplit("/", 1)[0]


def solr_core() -> str:
    """The address of the tests' own core."""
    from ckan.common import config

    return (os.environ.get("CKAN_SOLR_URL") or config["solr_url"]).rstrip("/")


def ask_solr(address: str, timeout: float = 20, **parameters: object) -> requests.Response:
    """Open an address of the Solr server, as its account; ``timeout`` in seconds."""
    account = (os.environ["CKAN_SOLR_USER"], os.environ["CKAN_SOLR_PASSWORD"])
    return requests.get(address, params=parameters, auth=account, timeout=timeout)


@contextmanager
def made_core(conf_writer) -> Iterator[str]:
    """Make a core whose configuration the function writes; gives its address, removes it after."""
    server = solr_server()
    info = ask_solr(f"{server}/admin/info/system").json()
    name = f"test-{uuid.uuid4().hex[:8]}"
    folder = Path(info.get("core_root") or info["solr_home"]) / name
    try:
        conf_writer(folder / "conf")
    except OSError as error:
        pytest.skip(f"the folder of the test Solr cannot be written: {error}")
    try:
        made = ask_solr(
            f"{server}/admin/cores",
            timeout=60,
            action="CREATE",
            name=name,
            instanceDir=str(folder),
        )
        assert made.ok, made.text
        yield f"{server}/{name}"
    finally:
        gone = {"action": "UNLOAD", "core": name, "deleteInstanceDir": "true"}
        ask_solr(f"{server}/admin/cores", timeout=60, **gone)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def pointed_at(address: str) -> Iterator[None]:
    """Let CKAN talk to another core for a while."""
    from ckan.common import config

    ours = config["solr_url"]
    config["solr_url"] = address
    try:
        yield
    finally:
        config["solr_url"] = ours
