"""The wheel installs beside the other extensions and every plugin loads from it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from ckanext.sniegharvest.sources.registry import PLUGINS as HARVESTERS

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.wheel

PLUGINS = {
    "mxcity",
    "mxcity_guard",
    "mxcity_search",
    "mxcity_maps",
    "mxcity_schemas",
    "mxcity_demo",
    "mxcity_datahub",
    "mxcity_publishing",
    "mxcity_tables",
    "mxcity_table_view",
    "sniegharvest",
    *HARVESTERS.values(),
}

DESCRIBE = """
import importlib.metadata as metadata, json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
import ckan.plugins as p
make_app(CKANConfigLoader(sys.argv[1]).get_config())
import ckanext.mxcity
points = metadata.entry_points(group="ckan.plugins")
ours = [point.name for point in points if point.dist.name == "mxcity"]
print(json.dumps({
    "loaded": [name for name in ours if p.plugin_loaded(name)],
    "place": ckanext.mxcity.__file__,
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of what git tracks, built outside the checkout: nothing stale can slip in."""
    source = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    for name in filter(None, tracked):
        if (REPOSITORY / name).is_file():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target)
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(target), "."],
        cwd=source,
        check=True,
        capture_output=True,
    )
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty environment in which the locked packages and the wheel are."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet"]
    lock = REPOSITORY / "config" / "requirements.lock"
    subprocess.run([*install, "--no-deps", "--require-hashes", "-r", str(lock)], check=True)
    # Without an index: what the wheel asks for must be there already, at a version it accepts.
    subprocess.run([*install, "--no-index", str(wheel)], check=True)
    return python


def test_wheel_has_data_and_no_leftovers(wheel: Path):
    """Templates, assets, schemas and translations are in the wheel, no sources of them."""
    names = zipfile.ZipFile(wheel).namelist()
    for ending in ("dataset.yaml", "webassets.yml", "ckanext-mxcity.mo", "home/index.html"):
        assert any(name.endswith(ending) for name in names), ending
    assert not [name for name in names if name.endswith((".pyc", ".po", ".pot"))]
    assert "ckanext/__init__.py" not in names


def test_every_plugin_loads_from_the_wheel(installed: Path, tmp_path: Path):
    """CKAN starts with every plugin of the distribution, from the installed wheel alone."""
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    run = subprocess.run(
        [str(installed), "-W", "ignore", "-c", DESCRIBE, str(tmp_path / "config" / "test.ini")],
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert str(installed.parents[1]) in result["place"]
    assert set(result["loaded"]) == PLUGINS
