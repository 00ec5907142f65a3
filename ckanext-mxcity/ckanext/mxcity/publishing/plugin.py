"""The publishing plugin."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.checks.chain import FileCheck
from ckanext.mxcity.checks.stock import STOCK
from ckanext.mxcity.interfaces import IFileCheck
from ckanext.mxcity.publishing.storing import StoringMixin
from ckanext.mxcity.publishing.upload_guard import UploadGuardMixin


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers
class PublishingPlugin(StoringMixin, UploadGuardMixin, p.SingletonPlugin):
    """The way from a file to a published dataset: upload, reading, checks, pages."""

    p.implements(p.IConfigurer)
    p.implements(p.IUploader, inherit=True)
    p.implements(IFileCheck)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_publishing")

    def file_checks(self) -> list[FileCheck]:
        """Check each table against its schema, and for what the law keeps closed."""
        return list(STOCK)
