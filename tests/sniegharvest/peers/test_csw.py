"""A real CSW server, loaded with real ISO records, is harvested over HTTP by CSW 2 and 3."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
#: ISO 19139 metadata in its plain form and with the extension for imagery.
ROOTS = (f"{{{GMD}}}MD_Metadata", "{http://www.isotc211.org/2005/gmi}MI_Metadata")
QUERY_3 = (
    "service=CSW&version=3.0.0&request=GetRecords&typeNames=gmd:MD_Metadata"
    "&elementSetName=full&outputSchema=http://www.isotc211.org/2005/gmd"
    "&startPosition=1&maxRecords=20"
)


@pytest.fixture(scope="module")
def pycsw(apart: Callable[[str], Path]) -> Path:
    """The folder of pycsw and the older libraries that it needs."""
    return apart("pycsw")


@pytest.fixture(scope="module")
def service(
    pycsw: Path, shared_inputs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """The address of the server, and how many records it holds."""
    folder = tmp_path_factory.mktemp("records")
    assert write_records(shared_inputs, folder) >= 40
    path = os.pathsep.join([str(pycsw), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(HERE / "catalogue_service.py"), str(folder)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=(folder / "pycsw.log").open("w"),
        text=True,
    )
    try:
        said = process.stdout.readline().split()
        assert len(said) == 2, (folder / "pycsw.log").read_text()[-3000:]
        yield f"http://127.0.0.1:{said[0]}/", int(said[1])
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def write_records(inputs: Path, folder: Path) -> int:
    """Write each ISO record of the real files into a file of its own; gives how many."""
    seen: set[str] = set()
    for path in sorted([*(inputs / "iso19139").rglob("*.xml"), *(inputs / "csw").rglob("*.xml")]):
        try:
            root = etree.parse(str(path), etree.XMLParser(resolve_entities=False)).getroot()
        except (etree.XMLSyntaxError, OSError):  # among the files are broken ones
            continue
        for node in root.iter(*ROOTS):
            said = node.findtext(f"{{{GMD}}}fileIdentifier/{{{GCO}}}CharacterString") or ""
            if said.strip() and said.strip() not in seen:
                seen.add(said.strip())
                (folder / f"{len(seen):03d}.xml").write_bytes(etree.tostring(node, with_tail=False))
    return len(seen)


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", QUERY_3], ids=["csw-2.0.2", "csw-3.0.0"])
@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
def test_every_record_is_read(
    service: tuple[str, int], query: str, with_plugins: None, clean_db: None, clean_index: None
) -> None:
    """At least 99 of 100 records land, each other one is named with its reason; twice is once."""
    from ckan.tests import factories
    from ckanext.sniegharvest import cli

    url, count = service
    organization = factories.Organization(name="geografia")["name"]
    address = f"{url}?{query}" if query else url
    source = cli._source(address, "csw", organization, True, False)
    first = cli._run(source, allow_loopback=True)
    assert first.added + first.failed == count, first.as_dict()
    assert first.added >= 0.99 * count, first.as_dict()
    assert len(first.as_dict()["errors"]) >= first.failed
    second = cli._run(source, allow_loopback=True)
    assert (second.added, second.updated, second.unchanged) == (0, 0, first.added)
