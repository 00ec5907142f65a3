"""The auth functions of publishing: each asks the table of roles for one right."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.mxcity.city.rights import may

#: The right of the table of roles that publishing asks for.
PUBLISH = "files_publish"


def mxcity_upload_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever has the right to publish files, in some organisation, to send them."""
    if may(context, PUBLISH):
        return {"success": True}
    message = tk._("Only members of an organization who may add datasets publish files.")
    return {"success": False, "msg": message}


def mxcity_upload_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files; the store finds nobody else's upload."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files; the list has the caller's own uploads only."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_append(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files."""
    return mxcity_upload_create(context, data_dict)


def mxcity_upload_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files."""
    return mxcity_upload_create(context, data_dict)


def mxcity_file_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files."""
    return mxcity_upload_create(context, data_dict)


def mxcity_reading_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files."""
    return mxcity_upload_create(context, data_dict)


def mxcity_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files; the action asks for the right to the dataset besides."""
    return mxcity_upload_create(context, data_dict)


def mxcity_metadata_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow whoever may send files to have a sheet of metadata read."""
    return mxcity_upload_create(context, data_dict)
