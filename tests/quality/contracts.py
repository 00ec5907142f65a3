"""The contracts about our imports: ``python tests/quality/contracts.py`` checks them.

They stand in ``pyproject.toml`` (``[tool.importlinter]``) and are the rules of
``docs/architecture.md`` about who may import whom.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = ("ckanext-mxcity", "ckanext-sniegharvest")


def see_ours_alone() -> None:
    """Let this process find no ``ckanext`` but ours; call it where nothing else is done.

    CKAN's own ``ckanext`` has an ``__init__``, beside which readers of imports take our packages
    for parts of it.
    """
    spec = ModuleSpec("ckanext", None, is_package=True)
    spec.submodule_search_locations = [str(REPOSITORY / folder / "ckanext") for folder in FOLDERS]
    sys.modules["ckanext"] = importlib.util.module_from_spec(spec)


def main() -> int:
    """Check every contract and say which import breaks one; returns 0 if all are kept."""
    from importlinter.cli import lint_imports

    see_ours_alone()
    told = str(REPOSITORY / "pyproject.toml")
    return int(lint_imports(config_filenames=(told,), no_cache=True, no_logo=True))


if __name__ == "__main__":
    sys.exit(main())
