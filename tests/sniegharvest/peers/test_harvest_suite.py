"""ckanext-harvest's own tests pass with our plugins loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUPPORT = Path(__file__).parents[2] / "support"
#: Tests in ckanext-harvest's wheel.
EXPECTED = 103
#: Theirs, and the mock harvesters of the tests themselves.
PLUGINS = "harvest ckan_harvester test_harvester test_harvester2 test_action_harvester"
INI = """\
[app:main]
use = egg:ckan
testing = true
ckan.site_id = peers-harvest
ckan.site_url = http://test.ckan.net
SECRET_KEY = only-for-tests-only-for-tests-only-for-tests
api_token.jwt.encode.secret = string:another-secret-only-for-tests-and-nothing-else
api_token.jwt.decode.secret = string:another-secret-only-for-tests-and-nothing-else
WTF_CSRF_SECRET_KEY = a-third-secret-only-for-tests-and-nothing-else
sqlalchemy.url = postgresql://replaced
ckan.plugins = {plugins}
ckan.harvest.mq.type = redis
ckan.auth.create_unowned_dataset = true
ckan.auth.user_create_groups = true
ckan.auth.user_create_organizations = true
"""


@pytest.mark.slow
def test_harvests_own_tests_pass(database: Callable[[str], str], tmp_path: Path) -> None:
    """Every test in ckanext-harvest's wheel passes with our plugins on, and none is skipped."""
    sys.path.insert(0, str(HERE))
    try:
        from beside import with_ours
    finally:
        sys.path.remove(str(HERE))
    ini = tmp_path / "peers.ini"
    ini.write_text(INI.format(plugins=with_ours(PLUGINS)))
    environment = {
        **os.environ,
        "CKAN_SQLALCHEMY_URL": database("mxcity_peers_harvest"),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(SUPPORT), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "beside", "-p", "quick_loading"),
            *("-p", "no:cacheprovider", "-q"),
            *(f"--ckan-ini={ini}", "--rootdir", str(tmp_path)),
            *("--pyargs", "ckanext.harvest.tests"),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert re.search(rf"^{EXPECTED} passed(?!.*skipped)", done.stdout, re.MULTILINE), (
        done.stdout[-6000:] + done.stderr[-2000:]
    )
