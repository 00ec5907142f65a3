"""Actions on the bytes of files: are they what their source says?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.sniegharvest import config as options
from ckanext.sniegharvest.files import checksums


@tk.side_effect_free
def sniegharvest_file_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show what is known of the bytes of a file.

    Args:
        id: id of the resource.

    Returns:
        ``state``: ``same``, ``differs`` (from what its source declares, or from the copy that the
        portal fetched), ``new`` (fetched, with nothing to compare with), ``unreachable``, or
        ``unknown`` where it was never looked at. Then ``expected`` and ``found`` (checksums in
        hexadecimal digits), ``declared`` (by the source), ``size`` in bytes, ``address``,
        ``reason`` and ``checked`` (ISO 8601, UTC).

    Example::

        ckanapi action sniegharvest_file_show id=…

    """
    tk.check_access("sniegharvest_file_show", context, data_dict)
    resource = _resource(context, data_dict)
    return _dictized(resource["id"], checksums.current(resource))


def sniegharvest_file_verify(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Fetch a file again and compare it, byte for byte, with the checksum that is kept of it.

    What came out is kept, and shown on the page of the file. Nothing else changes.

    Args:
        id: id of the resource.
        polite: whether the site's robots.txt is obeyed, as a program has to that asks for
            many files (false).

    Returns:
        As ``sniegharvest_file_show``.

    Example::

        ckanapi action sniegharvest_file_verify id=…

    """
    tk.check_access("sniegharvest_file_verify", context, data_dict)
    resource = _resource(context, data_dict)
    if not resource.get("url"):
        raise tk.ValidationError({"id": [tk._("This file has no address.")]})
    client = options.client(options.network_policy())
    try:
        check = checksums.verify(resource, client, polite=tk.asbool(data_dict.get("polite", False)))
    finally:
        client.close()
    return _dictized(resource["id"], check)


def _resource(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tk.get_action("resource_show")(
        {"user": context.get("user", ""), "ignore_auth": True},
        {"id": tk.get_or_bust(data_dict, "id")},
    )
    return found


def _dictized(resource_id: str, check: checksums.FileCheck | None) -> dict[str, Any]:
    if check is None:
        return {"resource_id": resource_id, "state": "unknown"}
    checked = check.checked.isoformat() if check.checked else None
    return {**asdict(check), "checked": checked}
