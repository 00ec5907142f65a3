"""Types are checked up to and into CKAN, and no switch of the check is turned off."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

#: What a call into CKAN can get wrong, and what mypy says of it.
WRONG = {
    'tk.get_action("package_show")({"ignore_auth": "yes"}, {})': "typeddict-item",
    'tk.get_action("package_show")({"no_such_key": 1}, {})': "typeddict-unknown-key",
    "tk.get_action(1)": "arg-type",
    'tk.check_access("package_show", {}, [])': "arg-type",
    'tk.check_acess("package_show", {})': "attr-defined",
    "model.Package.get(1)": "arg-type",
    'model.Package.get("x").title': "union-attr",
    'tk.abort("404")': "arg-type",
}


def test_the_check_is_strict():
    """The type check is strict, and only named modules are let off one of its rules."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["mypy"]
    assert settings["strict"] is True
    rules = ("disallow_", "warn_", "check_", "no_implicit", "strict_", "extra_checks")
    assert [name for name in settings if name.startswith(rules)] == []
    skipped = [
        module
        for override in settings["overrides"]
        if override.get("follow_imports") == "skip" or override.get("ignore_errors")
        for module in override["module"]
    ]
    assert [module for module in skipped if module.startswith(("ckan.", "ckanext.mxcity"))] == []


def test_calls_into_ckan_are_checked(tmp_path: Path):
    """A wrong argument, a misspelt function and a result that may be None are found."""
    lines = ["import ckan.model as model", "import ckan.plugins.toolkit as tk", *WRONG]
    (tmp_path / "wrong.py").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "mypy", str(tmp_path / "wrong.py")]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True).stdout
    found = dict(re.findall(r"wrong\.py:(\d+): error: .*\[([\w-]+)\]$", printed, re.MULTILINE))
    assert found == {str(number): code for number, code in enumerate(WRONG.values(), 3)}, printed
