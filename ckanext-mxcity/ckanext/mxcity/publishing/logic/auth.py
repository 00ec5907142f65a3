"""Who may publish: members of an organisation who may add datasets to it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.authz import has_user_permission_for_some_org
from ckan.types import AuthResult, Context, DataDict


def mxcity_upload_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow who may create datasets in an organisation to send files."""
    if has_user_permission_for_some_org(context.get("user") or "", "create_dataset"):
        return {"success": True}
    message = tk._("Only members of an organization who may add datasets publish files.")
    return {"success": False, "msg": message}


def mxcity_upload_show(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending: whose upload it is, is looked up by the store, which knows no other's."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_list(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending: the list has nobody else's."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_append(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending."""
    return mxcity_upload_create(context, data_dict)


def mxcity_file_read(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending."""
    return mxcity_upload_create(context, data_dict)


def mxcity_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending; the dataset's own rights are asked besides."""
    return mxcity_upload_create(context, data_dict)


def mxcity_metadata_read(context: Context, data_dict: DataDict) -> AuthResult:
    """As sending: who may create datasets may have a sheet of metadata read."""
    return mxcity_upload_create(context, data_dict)
