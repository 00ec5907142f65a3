"""Hardened against a lost token: the loader of tables has none.

ckanext-xloader works in a process of the portal, with the portal's database and files at hand, and
yet it asks the portal over HTTP for uploaded files and reports to it there, as the owner of a token
that may see every dataset. Here it does both in its own process, so that no such token exists: not
in the configuration, not in the queue, not in the table of its jobs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan.lib import files as files_of_ckan
from flask_babel import force_locale

from ckanext.mxcity.dataset.uploaded import uploaded

log = logging.getLogger(__name__)

OPTION = "ckanext.xloader.api_token"
#: The loader refuses to start without a text here; it opens nothing.
NO_TOKEN = "none-is-needed"  # noqa: S105


def install() -> None:
    """Let the loader read and report in its own process; whatever token is set is dropped."""
    from ckanext.xloader import jobs

    tk.config[OPTION] = NO_TOKEN
    jobs.callback_xloader_hook = report
    jobs._get_user_from_key = _portal_itself


def report(result_url: str, api_key: str, job_dict: dict[str, Any]) -> bool:  # noqa: ARG001
    """Note the state of a job, as ``xloader_hook`` does; returns whether it was noted.

    Takes what ckanext-xloader gives: an address and a token, which are not used, and the state.
    """
    try:
        # A step that failed leaves a transaction behind that takes nothing more.
        model.Session.rollback()
        context: Any = {"ignore_auth": True, "user": _portal_itself().name}
        with _in_the_portals_language():
            tk.get_action("xloader_hook")(context, dict(job_dict))
    except Exception:
        model.Session.rollback()
        log.exception("The state of a loading job could not be noted")
        return False
    return True


@contextmanager
def _in_the_portals_language() -> Iterator[None]:
    """Have what is named on the way, such as the views of a table, named as on a page."""
    command = click.get_current_context(silent=True)
    app = command.meta.get("flask_app") if command else None
    if app is None:
        yield
        return
    with app.app_context(), force_locale(tk.config["ckan.locale_default"]):
        yield


def _portal_itself(_token: str = "") -> SimpleNamespace:
    """Return the portal's own user, with its name, whatever the token."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return SimpleNamespace(name=site["name"])


def from_store(download: Callable[..., Any]) -> Callable[..., Any]:
    """Return the loader's ``download`` for files of others; those of the portal are copied."""

    def copy_or_download(
        resource: dict[str, Any], data: dict[str, Any], api_key: str, logger: logging.Logger
    ) -> tuple[Any, str]:
        """Copy a file that was uploaded here from where it is kept; download any other.

        Returns a file that disappears when it is closed, and its checksum, "" for a copy.

        Raises:
            JobError: the file is not there, or too large to load.

        """
        if resource.get("url_type") != "upload":
            file, checksum = download(resource, data, api_key, logger)
            return file, checksum
        copy = _copied(resource)
        data["datastore_contains_all_records_of_source_file"] = True
        return copy, ""

    return copy_or_download


def _copied(resource: dict[str, Any]) -> Any:
    from ckanext.xloader import jobs
    from ckanext.xloader.job_exceptions import JobError

    size, most = 0, jobs.max_content_length or 0
    copy = jobs.get_tmp_file(resource["url"])
    try:
        for piece in uploaded(resource):
            size += len(piece)
            if size > most:
                raise JobError(f"The file has more than {most} bytes")  # noqa: TRY301
            copy.write(piece)
    except (files_of_ckan.exc.FilesError, OSError) as error:
        copy.close()
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise JobError(f"The file that was uploaded cannot be copied: {reason}") from error
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy
