"""Every action of ours is guarded, documented and of CKAN's form."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import ckan.authz as authz
import ckan.plugins as p
import pytest

pytestmark = pytest.mark.usefixtures("with_plugins")

#: Plugins of ours that are those of another extension: their actions are that extension's.
OF_OTHERS = ("mxcity_schemas",)


def of_ours(interface: type, method: str) -> dict[str, Callable]:
    """The functions that our plugins give through one CKAN interface, by name."""
    return {
        name: function
        for plugin in p.PluginImplementations(interface)
        if plugin.name.startswith(("mxcity", "snieg")) and plugin.name not in OF_OTHERS
        for name, function in getattr(plugin, method)().items()
    }


def test_every_action_has_an_auth_function():
    """An action of ours without an auth function of the same name would be open to all.

    What chains another's action calls it, and its permission with it.
    """
    actions, auths = of_ours(p.IActions, "get_actions"), authz.auth_functions_list()
    own = [name for name, action in actions.items() if not getattr(action, "chained_action", False)]
    assert own, "no action of ours was found: the test would prove nothing"
    assert [name for name in own if name not in auths] == []


def test_every_auth_function_has_an_action():
    """An auth function without an action guards nothing."""
    from ckan.logic import get_action

    for name in of_ours(p.IAuthFunctions, "get_auth_functions"):
        assert get_action(name)


def test_actions_say_what_they_do():
    """The docstring of an action is its documentation."""
    actions = of_ours(p.IActions, "get_actions")
    assert [name for name, function in actions.items() if not inspect.getdoc(function)] == []


def test_actions_are_named_for_their_extension():
    """CKAN has one namespace: a name of ours carries ours, or chains one that exists."""
    actions = of_ours(p.IActions, "get_actions")
    foreign = [
        name
        for name, function in actions.items()
        if not name.startswith(("mxcity_", "datahub_", "sniegharvest_"))
        and not getattr(function, "chained_action", False)
    ]
    assert foreign == []
