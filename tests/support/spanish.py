"""A portal that speaks the Spanish of Mexico."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ckan.lib import i18n
from ckanext.mxcity.translation import build_locale_folder


@pytest.fixture(scope="session")
def spanish_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The translations, made once."""
    folder = tmp_path_factory.mktemp("i18n")
    build_locale_folder(folder)
    return folder


@pytest.fixture
def spanish(ckan_config: Any, monkeypatch: pytest.MonkeyPatch, spanish_folder: Path) -> None:
    """Make the portal speak the Spanish of Mexico, as a portal of a city does."""
    monkeypatch.setitem(ckan_config, "ckan.i18n_directory", str(spanish_folder))
    monkeypatch.setitem(ckan_config, "ckan.locale_default", "es_MX")
    for name in ("locales", "locales_dict", "available_locales", "_non_translated_locals"):
        monkeypatch.setattr(i18n, name, None)
