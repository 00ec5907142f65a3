"""The portal starts with safe settings or says which one is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from ckan.exceptions import CkanConfigurationException
from ckanext.mxcity.guard import secrets, settings

REPOSITORY = Path(__file__).resolve().parents[3]
GOOD = "0123456789abcdefghijABCDEFGHIJ0123456789"
GOOD_ONES = {
    "SECRET_KEY": GOOD,
    "WTF_CSRF_SECRET_KEY": GOOD[::-1],
    "api_token.jwt.encode.secret": "string:" + GOOD.swapcase(),
}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("SECRET_KEY", "", "is not set"),
        ("SECRET_KEY", "short", "shorter than 32"),
        ("SECRET_KEY", "a" * 60, "repeats"),
        ("SECRET_KEY", "change-me-0123456789abcdefghij0123456789", "placeholder"),
        ("WTF_CSRF_SECRET_KEY", GOOD, "are the same"),
        ("WTF_CSRF_SECRET_KEY", "${WTF_CSRF_SECRET_KEY}", "placeholder"),
        ("api_token.jwt.encode.secret", "string:" + GOOD, "are the same"),
        ("api_token.jwt.encode.secret", "file:/no/such/file", "is not set"),
        ("sqlalchemy.url", "postgresql://ckan_default:pass@localhost/ckan_default", "examples"),
        ("ckan.datastore.read_url", "postgresql://datos:p%61ss@localhost/datastore", "examples"),
    ],
)
def test_weak_secrets_are_named(option, value, said):
    """Each weakness is told with the option's name and without its value."""
    assert secrets.problems(GOOD_ONES) == []
    found = "\n".join(secrets.problems({**GOOD_ONES, option: value}))
    assert option in found
    assert said in found
    assert len(value) < 20 or value not in found
    if said != "are the same":
        assert secrets.problems({**GOOD_ONES, option: value}, allowed=[option]) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("debug", True),
        ("WTF_CSRF_ENABLED", False),
        ("ckan.datastore.sqlsearch.enabled", True),
        ("ckan.auth.create_user_via_api", True),
        ("ckan.auth.anon_create_dataset", True),
        ("ckan.plugins", "expire_api_token resource_proxy"),
        ("ckan.plugins", "datastore"),
    ],
)
def test_dangerous_settings_are_named(option, value):
    """What somebody opened stops the start, unless it was named as a decision."""
    config = {**GOOD_ONES, "ckan.plugins": "mxcity_guard expire_api_token", option: value}
    found = settings.problems(config, ())
    assert len(found) == 1
    assert option in found[0]
    assert settings.ALLOW in found[0]
    decisions = [option, "plugin:resource_proxy", "plugin:expire_api_token"]
    assert settings.problems(config, decisions) == []
    with pytest.raises(CkanConfigurationException, match="does not start"):
        settings.enforce(dict(config))


@pytest.mark.usefixtures("with_plugins")
def test_safe_values_hold():
    """The running portal has the safe values, whatever CKAN's defaults are."""
    for option, value in settings.safe_values().items():
        assert tk.config[option] == value, option
    assert tk.config["PERMANENT_SESSION_LIFETIME"] == 12 * 3600
    assert tk.config["expire_api_token.default_lifetime"] <= 90 * 86400
    assert "resource_proxy" not in tk.config["ckan.plugins"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("SECRET_KEY = change_me_change_me_change_me_change_me_12", "SECRET_KEY"),
        ("debug = true", "debug"),
    ],
)
def test_the_command_refuses_to_start(tmp_path, line, named):
    """The real command stops with the option's name in its message."""
    ini = tmp_path / "weak.ini"
    text = (REPOSITORY / "config" / "test.ini").read_text(encoding="utf-8")
    option = line.split(" = ")[0]
    lines = [row for row in text.splitlines() if row.split(" = ")[0] != option]
    place = lines.index("[app:main]") + 1
    lines[place:place] = [line]
    body = "\n".join(lines).replace("testing = true", "testing = false")
    body = body.replace("%(here)s", str(REPOSITORY / "config"))
    plugins = next(row for row in lines if row.startswith("ckan.plugins = "))
    body = body.replace(plugins, "ckan.plugins = mxcity_guard expire_api_token")
    ini.write_text(body, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ckan"), "-c", str(ini), "user", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "does not start" in done.stderr + done.stdout
    assert named in done.stderr + done.stdout
