"""The wheel installs beside the other extensions and every plugin loads from it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.wheel

LOAD_PLUGINS = """
import json, importlib.metadata as metadata, ckanext.mxcity, ckanext.harvest
points = [p for p in metadata.entry_points(group="ckan.plugins") if p.dist.name == "mxcity"]
print(json.dumps({
    "plugins": {p.name: p.load().__module__ for p in points},
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
    """The interpreter of an empty environment with the wheel and this one's dependencies.

    The dependencies come from the running environment by a path file, so that the test needs
    no network; the editable install is kept out by a copy of its packages' list.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    here = Path(sysconfig.get_paths()["purelib"])
    site = next((folder / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for entry in here.iterdir():
        if "mxcity" in entry.name or entry.suffix == ".pth" or (site / entry.name).exists():
            continue
        (site / entry.name).symlink_to(entry)
    # ``ckanext`` exists on both sides: its other members are linked one by one.
    for entry in (here / "ckanext").iterdir():
        if not (site / "ckanext" / entry.name).exists():
            (site / "ckanext" / entry.name).symlink_to(entry)
    return python


def test_wheel_has_data_and_no_leftovers(wheel: Path):
    """Templates, assets, schemas and translations are in the wheel; sources of translations are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for ending in ("dataset.yaml", "webassets.yml", "ckanext-mxcity.mo", "home/index.html"):
        assert any(name.endswith(ending) for name in names), ending
    assert not [name for name in names if name.endswith((".pyc", ".po", ".pot"))]
    assert "ckanext/__init__.py" not in names


def test_every_plugin_loads_from_the_wheel(installed: Path):
    """Each entry point of the distribution loads from the installed wheel."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run(
        [str(installed), "-W", "ignore", "-c", LOAD_PLUGINS],
        capture_output=True,
        text=True,
        env=environment,
        cwd=installed.parent,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert str(installed.parents[1]) in result["place"]
    assert set(result["plugins"]) == {
        "mxcity",
        "mxcity_guard",
        "mxcity_search",
        "mxcity_maps",
        "mxcity_demo",
        "sniegharvest",
        "snieg_ckan_harvester",
        "snieg_dcat_json_harvester",
        "snieg_dcat_rdf_harvester",
        "snieg_csw_harvester",
    }
