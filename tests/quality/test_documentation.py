"""What a user may set or call is in the reference, and the project speaks of itself alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import ckan.plugins as p
import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE = REPOSITORY / "docs" / "reference"


def tracked(*patterns: str) -> list[Path]:
    """The files that git tracks and that are there."""
    names = subprocess.run(
        ["git", "ls-files", "-z", *patterns],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


def declared_options() -> list[str]:
    """The keys of every configuration declaration of ours."""
    keys = []
    for path in tracked("*config_declaration.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            keys += [option["key"] for option in group.get("options", []) if "key" in option]
    return keys


def test_every_option_is_in_the_reference():
    """An option that is not documented does not exist for the operator."""
    text = (REFERENCE / "configuration.md").read_text(encoding="utf-8")
    options = declared_options()
    assert options
    assert [key for key in options if f"`{key}`" not in text] == []


@pytest.mark.usefixtures("with_plugins")
def test_every_action_is_in_the_reference():
    """Each action of ours has its line in the reference; what chains another's is told there."""
    text = (REFERENCE / "actions.md").read_text(encoding="utf-8")
    names = {
        name
        for plugin in p.PluginImplementations(p.IActions)
        if plugin.name.startswith(("mxcity", "snieg"))
        for name, action in plugin.get_actions().items()
        if not getattr(action, "chained_action", False)
        and not name.startswith("scheming_")  # ckanext-scheming's, whose plugin ours extends
    }
    assert names
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def test_links_of_the_documentation_lead_somewhere():
    """A relative link in a Markdown file names a file that is there."""
    broken = []
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(REPOSITORY)} → {target}")
    assert broken == []


def test_lock_files_name_no_registry():
    """A city may install from its own mirror: no lock file carries an address."""
    locks = tracked("*.lock")
    assert locks
    assert [str(path) for path in locks if "://" in path.read_text(encoding="utf-8")] == []


def test_generated_reference_is_current():
    """The generated pages say what the code says today."""
    script = REFERENCE / "build.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
