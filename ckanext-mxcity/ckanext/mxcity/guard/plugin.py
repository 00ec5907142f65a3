"""The guard plugin: first in ``ckan.plugins``, so that it has the last word on settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Context
from flask import Flask, Response

from ckanext.mxcity.ground import links
from ckanext.mxcity.guard import (
    csrf,
    loading,
    logs,
    mail,
    outgoing,
    settings,
    solr_account,
    throttle,
    web,
)
from ckanext.mxcity.guard.index import connection, query, watch
from ckanext.mxcity.guard.logic import action, auth, hidden, people, shapes, tags, written


@tk.blanket.config_declarations
class GuardPlugin(p.SingletonPlugin):
    """Safe settings and small hardenings; each is a module of this package."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IAuthenticator, inherit=True)
    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.ISignal)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IResourceController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Set safe values, refuse dangerous ones, and put the process-wide guards in place."""
        settings.enforce(config)
        tk.add_public_directory(config, "public")
        guards = (csrf, loading, logs, mail, outgoing, solr_account, throttle, connection, query)
        for guard in guards:
            guard.install()

    def make_middleware(self, app: Flask, config: CKANConfig) -> Flask:
        """Guard the web application."""
        return web.install(app)

    def login(self) -> Response | None:
        """Refuse a sign-in that failed too often."""
        return throttle.refuse_when_guessing()

    def authenticate(self, identity: dict[str, Any]) -> None:
        """Let CKAN check the password, and let unknown accounts take as long."""
        throttle.take_as_long(identity)

    def get_actions(self) -> dict[str, Callable[..., Any]]:
        """Return the chained actions."""
        chained = [action.member_list, action.api_token_create]
        chained += [tags.tag_list, tags.tag_autocomplete, tags.tag_search, tags.tag_show]
        if p.plugin_loaded("harvest"):
            chained += [action.harvest_log_list, action.harvest_job_list]
        named = {function.__name__: function for function in chained}
        return {**named, **people.chained(), **written.chained()}

    def before_resource_show(self, resource_dict: dict[str, Any]) -> dict[str, Any]:
        """Show no texts by language that are none, and no address that is no link."""
        return links.without_refused(shapes.without_broken(resource_dict))

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Show no address that is no link, of before they were looked at."""
        links.without_refused(pkg_dict)

    def get_signal_subscriptions(self) -> dict[Any, list[Callable[..., Any]]]:
        """Watch the search index in the process of the scheduler, which always runs."""
        return {tk.signals.ckanext.signal("sniegharvest:scheduler"): [watch.start]}

    def get_auth_functions(self) -> dict[str, Callable[..., Any]]:
        """Return the chained permissions."""
        chained = [auth.package_collaborator_list]
        if p.plugin_loaded("harvest"):
            chained.append(auth.harvest_object_show)
        return {**hidden.chained(), **{function.__name__: function for function in chained}}
