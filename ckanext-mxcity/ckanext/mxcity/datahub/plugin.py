"""The DataHub plugin."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.datahub import successions
from ckanext.mxcity.datahub.logic.action import get_actions
from ckanext.mxcity.datahub.logic.auth import get_auth_functions
from ckanext.mxcity.datahub.permission_labels import PermissionLabelsMixin


@tk.blanket.actions(get_actions)
@tk.blanket.auth_functions(get_auth_functions)
@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers
class DatahubPlugin(PermissionLabelsMixin, p.SingletonPlugin):
    """Inventory, diagnosis, sharing and plan of each ministry, with their pages."""

    p.implements(p.IConfigurer)
    p.implements(p.IPermissionLabels)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_datahub")

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Let a dataset be found by what its ministry was called before."""
        former = successions.successions().former_titles(str(pkg_dict.get("owner_org") or ""))
        return {**pkg_dict, "vocab_former_ministries": former} if former else pkg_dict
