"""A new type of source is a reader's module, a line of the registry and a file of mappings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = ("ckanext-mxcity", "ckanext-sniegharvest", "schemas", "config", "deploy", "portal")
PLUGIN = "snieg_json_lines_harvester"

READER = '''\
"""Reads catalogues of one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading import assemble, mappings
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Draft, Fetch, Item
from ckanext.sniegharvest.readers import dcat_json
from ckanext.sniegharvest.readers.source_type import SourceType


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield a record for each line."""
    assembler = assemble.Assembler(caps)
    for line in document.content().splitlines():
        draft, raw = Draft(), assemble.as_canonical(json.loads(line))
        entry, draft.unmapped = mappings.translate(raw, "json_lines")
        dcat_json.map_dataset(draft, entry, {})
        yield assembler.finish(draft, raw, entry["identifier"], entry["title"])


TYPE = SourceType(N_("JSON lines"), N_("A JSON object a line: give its address."), read)
'''
MAPPING = """\
version: "0.1.0"
source: a test's own
dataset:
  identifier: [clave]
  title: [nombre]
  description: [texto]
"""
#: What Python does at its start: our packages are those of the copy, not of the checkout.
FIRST = """
import ckanext
ckanext.__path__.insert(0, {!r})
"""
PROFILE = """
import json, sys
from importlib import metadata
from ckanext.mxcity.city.schema import schema_problems
from portalctl import cli, source_types
(point,) = metadata.entry_points(group="ckan.plugins", name=sys.argv[1])
told = [problem.expected for problem in schema_problems({"sources": [{"type": "no_such"}]})]
asked = cli._parse(["harvest", "https://e.org", "--type", "json_lines", "--org", "x"])[0]
print(json.dumps({
    "plugin": point.load().source_type,
    "profile": [text for text in told if "json_lines" in text],
    "portal": source_types.plugins().split(),
    "asked": asked.type,
}))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with one more type of source, and its installation in ``site``."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in SHIPPED:
        source = REPOSITORY / name
        ignored = shutil.ignore_patterns("__pycache__", "*.po", "*.pot", "target")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(REPOSITORY / name, folder)
    harvest = folder / "ckanext-sniegharvest/ckanext/sniegharvest"
    (harvest / "readers/json_lines.py").write_text(READER, encoding="utf-8")
    (folder / "schemas/mappings/json_lines.yaml").write_text(MAPPING, encoding="utf-8")
    registry = harvest / "sources/registry.py"
    last = '    "spreadsheet": "spreadsheet",\n'
    text = registry.read_text(encoding="utf-8")
    assert last in text
    added = text.replace(last, last + '    "json_lines": "json_lines",\n')
    registry.write_text(added, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*pip, "--target", str(folder / "site"), str(folder)], check=True, capture_output=True
    )
    (folder / "site/sitecustomize.py").write_text(FIRST.format(str(folder / "site/ckanext")))
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Run Python with the copy in the place of the checkout; returns the last line printed."""
    path = os.pathsep.join(str(folder / name) for name in ("site", "deploy"))
    kept = {key: value for key, value in os.environ.items() if key != "CKAN_HARVESTER_PLUGINS"}
    listed = "from portalctl import source_types; print(source_types.plugins())"
    environment = {**kept, "PYTHONPATH": path}
    plugins = subprocess.run(
        [sys.executable, "-c", listed], env=environment, check=True, capture_output=True, text=True
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env={**environment, "CKAN_HARVESTER_PLUGINS": plugins.stdout.strip()},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def test_everything_that_knows_types_knows_the_new_one(checkout: Path) -> None:
    """The plugin, the profiles' check, the configuration's plugins and the command line."""
    found = json.loads(run(checkout, "-c", PROFILE, PLUGIN))
    assert found["plugin"] == found["asked"] == "json_lines"
    assert PLUGIN in found["portal"]
    assert len(found["profile"]) == 1


@pytest.mark.usefixtures("with_plugins")
def test_the_new_type_is_harvested(checkout: Path, site: Any, organization: str) -> None:
    """A source of the new type is harvested like any other, its lines read in their own room."""
    lines = [{"clave": "l-1", "nombre": "Luminarias", "texto": "Postes."}, {"clave": "l-2"}]
    lines[1] |= {"nombre": "Mercados", "texto": "Puestos.", "sobra": "x"}
    url = site.put("catalogo.jsonl", "\n".join(map(json.dumps, lines)).encode())
    ini = str(checkout / "config/test.ini")
    command = ["-c", "from ckan.cli.cli import ckan; ckan()", "-c", ini]
    asked = ["--type", "json_lines", "--org", organization, "--allow-loopback", "--json"]
    report = json.loads(run(checkout, *command, "sniegharvest", "harvest", url, *asked))
    assert (report["added"], report["failed"]) == (2, 0), report
    assert [row["field"] for row in report["losses"]] == ["sobra"]
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": "mercados"})
    assert shown["notes"] == "Puestos."
