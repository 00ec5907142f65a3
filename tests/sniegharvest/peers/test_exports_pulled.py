"""Others pull our exports twice and get everything once: stock CKAN's harvesters, our engine."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
COUNT = 12
#: Public datasets: the city's own, and the demo's.
OWN = COUNT + 1
INI = """\
[app:main]
use = egg:ckan
ckan.site_id = peers-stock
ckan.site_url = http://stock.example
SECRET_KEY = only-for-tests-only-for-tests-only-for-tests
api_token.jwt.encode.secret = string:another-secret-only-for-tests-and-nothing-else
api_token.jwt.decode.secret = string:another-secret-only-for-tests-and-nothing-else
WTF_CSRF_SECRET_KEY = a-third-secret-only-for-tests-and-nothing-else
sqlalchemy.url = postgresql://replaced
ckan.plugins = harvest ckan_harvester dcat dcat_rdf_harvester dcat_json_harvester
ckanext.dcat.rdf.profiles = euro_dcat_ap_3
ckan.harvest.mq.type = redis
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""


@pytest.fixture(scope="module")
def portal(
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> Iterator[str]:
    """The address of a portal of ours that runs, with public, hidden and harvested datasets."""
    from tests.mxcity.exports.filling import fill

    spec = importlib.util.spec_from_file_location("live", HERE / "live.py")
    live = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(live)
    with live.running_portal(empty_db, reset_index, lambda: fill(COUNT)) as (
        url,
        _made,
    ):
        yield url


@pytest.fixture(scope="module")
def pulled(
    portal: str, database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What a stock CKAN with its own database says of two pulls by each of its harvesters."""
    ini = tmp_path_factory.mktemp("stock") / "stock.ini"
    ini.write_text(INI)
    done = subprocess.run(
        [sys.executable, str(HERE / "stock.py"), str(ini), portal],
        env={**os.environ, "CKAN_SQLALCHEMY_URL": database("mxcity_peers_stock")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with the path that leads to it, so that a difference is shown by name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from flat(inner, f"{path}/{number}")
    else:
        yield path, value


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ckan", "dcat_json", "dcat_rdf"])
def test_stock_harvesters_pull_twice(pulled: dict[str, Any], kind: str) -> None:
    """A stock harvester gets every dataset without error; the second time nothing changes."""
    first, second = pulled[kind]
    # CKAN's own API is not an export of ours: it also shows what was harvested.
    wanted = OWN + 2 if kind == "ckan" else OWN
    assert (first["errors"], second["errors"]) == ([], [])
    assert len(first["datasets"]) == wanted
    assert first["states"] == [["COMPLETE", "added"]] * wanted
    assert set(second["datasets"]) == set(first["datasets"])
    after = dict(flat(second["datasets"]))
    before = dict(flat(first["datasets"]))
    # CKAN guesses the media type of a file when a dataset is updated, not when it is created.
    guessed = {key for key in before if key.endswith("/mimetype") and before[key] is None}
    kept = {key: value for key, value in after.items() if key not in guessed}
    wanted_again = {key: value for key, value in before.items() if key not in guessed}
    assert sorted(kept.items() ^ wanted_again.items()) == []
    assert {entry["title"] for entry in first["datasets"].values()} >= {
        f"Conjunto número {number}" for number in range(COUNT)
    }


@pytest.mark.slow
def test_pydatajson_pulls_twice(portal: str, apart: Callable[[str], Path]) -> None:
    """Argentina's reader finds every dataset with its files; the second time the same."""
    # -S: it does not see our environment, whose CKAN its own CKAN client would import.
    command = [sys.executable, "-S", str(HERE / "read_data_json.py"), f"{portal}/data.json"]
    pulls = [
        subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": str(apart("pydatajson"))},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        for _ in range(2)
    ]
    assert [pull.returncode for pull in pulls] == [0, 0], pulls[0].stderr[-3000:]
    first, second = (json.loads(pull.stdout.splitlines()[-1]) for pull in pulls)
    assert first == second
    assert len(first) == OWN
    titles = {title for title, _ in first.values()}
    assert titles >= {f"Conjunto número {number}" for number in range(COUNT)}
    assert all(files for title, files in first.values() if title.startswith("Conjunto número"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("dcat_json", "/data.json"),
        ("dcat_json", "/catalogo.json"),
        ("dcat_rdf", "/catalog.ttl"),
        ("dcat_rdf", "/catalog.jsonld"),
        ("dcat_rdf", "/catalog.rdf"),
    ],
)
def test_our_engine_pulls_twice(pulled: dict[str, Any], portal: str, kind: str, path: str) -> None:
    """Our engine lands every dataset of an export of ours; a second run writes nothing.

    What was harvested does not go out again, or the portal would grow with every run. A dataset
    that came by another export of the portal already is joined to it, not made again. Stock
    harvesters have pulled before: they count what is there.
    """
    from ckan.tests import factories
    from ckanext.sniegharvest import cli

    organization = factories.Organization(name=f"copia-{path[1:].replace('.', '-')}")["name"]
    for expected in ((OWN, 0), (0, OWN)):
        source = cli._source(portal + path, kind, organization, True, False)
        report = cli._run(source, allow_loopback=True)
        found = (report.added + report.updated, report.unchanged)
        assert (found, report.failed) == (expected, 0), report.as_dict()
