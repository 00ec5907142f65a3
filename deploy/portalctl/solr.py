"""The Solr node: built once a checkout with Maven, started for an instance."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
from http import HTTPStatus
from pathlib import Path
from typing import Any

from . import ports
from .commands import run
from .errors import PortalError
from .instance import CACHE, REPOSITORY, Instance, fingerprint, write_private

SOURCE = REPOSITORY / "deploy" / "solr"
CORE = "ckan"
USER = "portal"
HEAP = "512m"

SOLR_XML = """<?xml version="1.0" encoding="UTF-8"?>
<solr>
  <int name="maxBooleanClauses">4096</int>
</solr>
"""


def node_folder() -> Path:
    """Return where the built node of the present sources is."""
    return CACHE / f"solr-{fingerprint(SOURCE / 'pom.xml', SOURCE / 'src')}"


def build(log: Path | None = None) -> Path:
    """Build the node unless it is there. It appears under its name only when complete."""
    folder = node_folder()
    if not folder.exists():
        CACHE.mkdir(exist_ok=True)
        work = CACHE / f"{folder.name}.part"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(SOURCE, work, ignore=shutil.ignore_patterns("target"))
        run(
            ["mvn", "--batch-mode", "--quiet", "package"], cwd=work, log=log,
            what="the build of the Solr node",
            remedy="Check the connection to the Maven repository, then repeat the command.",
        )  # fmt: skip
        target = work / "target"
        for unwanted in ("classes", "generated-sources", "maven-archiver", "maven-status"):
            shutil.rmtree(target / unwanted, ignore_errors=True)
        target.rename(folder)
        shutil.rmtree(work)
    return folder


def command(instance: Instance) -> list[str]:
    """Return the command that runs the node of an instance."""
    node = node_folder()
    logs = instance.folder / "logs"
    return [
        "java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError",
        f"-Dsolr.log.dir={logs}", "-Dsolr.install.dir=.", "-Djava.awt.headless=true",
        "-cp", f"{node}/mxcity-solr.jar:{node}/lib/*",
        "mx.mxcity.solr.SolrNode", str(home(instance)), str(instance.port("solr")),
        str(credentials(instance)), "127.0.0.1",
    ]  # fmt: skip


def home(instance: Instance) -> Path:
    """Solr's home folder."""
    return instance.folder / "solr"


def credentials(instance: Instance) -> Path:
    """Return the file with the name and the password of the one account that the node has."""
    return instance.folder / "run" / "solr.credentials"


def write_credentials(instance: Instance) -> None:
    """Write the node's account; its owner alone may read it."""
    write_private(credentials(instance), f"{USER}:{instance.secret('solr')}\n")


def write_core(instance: Instance, python: Path) -> None:
    """Write the core's configuration; what it has indexed stays."""
    core = home(instance) / CORE
    (home(instance) / "solr.xml").write_text(SOLR_XML, encoding="utf-8")
    core.mkdir(parents=True, exist_ok=True)
    run(
        [python, "-m", "ckanext.mxcity.catalogue.solr.solr_config", core / "conf"],
        what="the writing of Solr's configuration",
    )
    (core / "core.properties").write_text(f"name={CORE}\n", encoding="utf-8")


def has_core(instance: Instance) -> bool:
    """Return whether the core's folder is whole: its name and its configuration."""
    core = home(instance) / CORE
    return all((core / name).is_file() for name in ("core.properties", "conf/schema.xml"))


def open_core(instance: Instance) -> bool:
    """Let a running node open the core from its folder again; returns whether it did."""
    properties = home(instance) / CORE / "core.properties"
    text = properties.read_text("utf-8")
    properties.unlink()  # the node writes it itself, and takes it for another core
    try:
        _administer(instance, f"action=CREATE&name={CORE}&instanceDir={CORE}")
    except OSError:
        properties.write_text(text, "utf-8")
        return False
    return True


def url(instance: Instance) -> str:
    """Return the address of the core."""
    return f"http://127.0.0.1:{instance.port('solr')}/solr/{CORE}"


def wait(instance: Instance, seconds: int = 60) -> bool:
    """Wait until the core answers; a node that has none is given it again.

    Returns whether that was done. PortalError has Solr's own reason when the core does not load.
    """
    reason = "no answer"
    tried = opened = False
    for _ in range(seconds * 4):
        try:
            with ask(instance, f"{CORE}/admin/ping?wt=json", timeout=5) as answer:
                json.load(answer)
                return opened
        except urllib.error.HTTPError as error:
            reason = error.read().decode(errors="replace")[:500]
            if error.code == HTTPStatus.NOT_FOUND and not tried:
                tried, opened = True, open_core(instance)
        except (OSError, ValueError) as error:
            reason = str(error)
        time.sleep(0.25)
    raise PortalError(
        f"Solr does not answer at {url(instance)}: {reason}", f"See {instance.log('solr')}."
    )


def reload(instance: Instance) -> None:
    """Make the node read the configuration again."""
    _administer(instance, f"action=RELOAD&core={CORE}")


def empty(instance: Instance) -> None:
    """Give the core an index without documents."""
    _administer(instance, f"action=UNLOAD&core={CORE}&deleteIndex=true")
    (home(instance) / CORE / "core.properties").unlink(missing_ok=True)
    _administer(instance, f"action=CREATE&name={CORE}&instanceDir={CORE}")


def _administer(instance: Instance, query: str) -> None:
    """Ask the node for a change of its cores."""
    with ask(instance, f"admin/cores?{query}", timeout=60):
        pass


def ask(instance: Instance, what: str, timeout: float) -> Any:
    """Open an address below ``/solr/`` of the node, as its account; ``timeout`` in seconds."""
    return ports.open_local(
        f"http://127.0.0.1:{instance.port('solr')}/solr/{what}",
        timeout=timeout, account=(USER, instance.secret("solr")),
    )  # fmt: skip
