"""Load CKAN's plugins, and make the web application, once for tests that want the same.

Loading takes half a second and the application takes as long, with every template compiled anew.
A test that wants other plugins, or another option that a plugin reads while it is loaded, gets a
load of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import ckan.config.middleware as middleware
import ckan.model as model
import ckan.plugins as p
import ckan.plugins.core as plugins_core
import pytest
from ckan.common import aslist, config, config_declaration
from ckan.config.middleware.flask_app import make_flask_stack
from ckan.lib import app_globals
from ckan.tests import helpers

#: Options that are read each time they are needed, and never while plugins are loaded. The
#: application has a part of them, so that another value makes another application.
READ_LATER = (
    "ckan.i18n_directory",
    "ckan.locale_default",
    "ckanext.sniegharvest.",
)

#: Applications that are kept beside the newest one.
KEPT = 3

Options = dict[str, Any]


class LoadedPlugins:
    """Remember with which options the plugins were loaded, and the applications made since."""

    def __init__(self) -> None:
        #: How often anybody has loaded or unloaded a plugin.
        self.changes = 0
        self._changes_then = -1
        #: Configurations that lead to what is loaded, and the one that loading made of them.
        self._wanted: list[Options] = []
        self._loaded: Options = {}
        self._applications: list[tuple[Options, Any]] = []

    def load(self) -> None:
        """Load the plugins that the configuration names, unless they are there."""
        wanted = _read_at_load(config)
        if self._changes_then == self.changes and wanted in self._wanted:
            self._take_up()
            return
        p.load_all()
        self._changes_then = self.changes
        self._wanted, self._loaded = [wanted, _read_at_load(config)], dict(config)
        self._applications.clear()

    def application(self) -> helpers.CKANTestApp:
        """Return a client of the web application of the present configuration."""
        self.load()
        config["testing"] = True
        options = {**config, **_environment()}
        there = [made for made_with, made in self._applications if made_with == options]
        application = there[0] if there else make_flask_stack()
        if not there:
            self._applications = [*self._applications[-KEPT:], (options, application)]
        middleware._internal_test_request_context = application._wsgi_app.test_request_context()
        app_globals.reset()
        changed = _read_at_load(config)  # by what is kept in the database
        if changed not in self._wanted:
            self._wanted.append(changed)
        return helpers.CKANTestApp(application)

    def _take_up(self) -> None:
        """Give the configuration what loading gave it, and begin with a fresh database session."""
        later = {name: value for name, value in config.items() if name.startswith(READ_LATER)}
        config.update({**self._loaded, **later})
        if any(self._loaded.get(name) != value for name, value in later.items()):
            config_declaration.normalize(config)
        model.Session.rollback()
        model.Session.remove()


def _read_at_load(options: Options) -> Options:
    """Return what a load depends on."""
    kept = {name: value for name, value in options.items() if not name.startswith(READ_LATER)}
    kept["ckan.plugins"] = aslist(kept["ckan.plugins"])
    return {**kept, **_environment()}


def _environment() -> Options:
    """Return the variables that CKAN takes options from."""
    return {name: value for name, value in os.environ.items() if name.startswith("CKAN_")}


LOADED = LoadedPlugins()


@pytest.fixture(scope="session", autouse=True)
def loaded_plugins(migrate_plugins: Callable[[], None]) -> Iterator[LoadedPlugins]:
    """Notice each change of the plugins, and make CKAN's own fixtures use what is there."""

    def application() -> helpers.CKANTestApp:
        LOADED.load()
        migrate_plugins()  # an application reads settings from the database
        return LOADED.application()

    update = plugins_core.plugins_update

    def plugins_update() -> None:
        LOADED.changes += 1
        update()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugins_core, "plugins_update", plugins_update)
        patch.setattr(helpers, "_get_test_app", application)
        yield LOADED


@pytest.fixture(scope="session")
def load_plugins(loaded_plugins: LoadedPlugins) -> Callable[[], None]:
    """Loads the plugins, for a fixture that many tests share."""
    return loaded_plugins.load


@pytest.fixture
def with_plugins(
    ckan_config: Options, loaded_plugins: LoadedPlugins, request: pytest.FixtureRequest
) -> None:
    """Have the plugins of ``ckan.plugins``; they stay for the next test that wants the same."""
    ckan_config["ckan.plugins"] = aslist(ckan_config["ckan.plugins"])
    loaded_plugins.load()
