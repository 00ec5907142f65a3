"""Load files that come by CKAN's own form, its API or a harvest, as publishing loads them.

ckanext-xloader queues a file and brings it here. Of what it does with a file nothing is left: the
file is read, written and checked as on the page, and copied by the same hand.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.mxcity.files import FileRefused
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.ground.messages import error_texts
from ckanext.mxcity.tables import closed_tables, unattended

log = logging.getLogger(__name__)

#: Our sentences in what the loader says of an error: of a file, and of a closed table.
_SENTENCE = re.compile(
    r"(?:Loading file raised an error: |LoaderError\(['\"])(.*?)['\"],?\)?\s*\Z", re.DOTALL
)


def install() -> None:
    """Give xloader the portal's own reader of files, where xloader is loaded."""
    if not p.plugin_loaded("xloader"):
        return
    from ckanext.mxcity.tables.copying import index_columns
    from ckanext.xloader import db, loader

    if not hasattr(db.mark_job_as_errored, "__wrapped__"):
        db.mark_job_as_errored = _for_people(db.mark_job_as_errored)
    # Quick and patient are the same: a file is understood before any row of it is loaded.
    ours: Callable[..., Any] = load_file
    loader.load_csv = loader.load_table = ours
    loader.create_column_indexes = index_columns


def _for_people(mark: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(mark)
    def marked(job_id: str, error: Any) -> Any:
        """Keep with a job what people can read of its error; the log has all of it."""
        return mark(job_id, readable(error) if isinstance(error, str) else error)

    return marked


def readable(error: str) -> str:
    """Return the sentence for people of an error of the loader, if there is one in it."""
    log.warning("A table was not loaded: %s", error)
    found = _SENTENCE.search(error)
    if found is None:
        return str(tk._("The table could not be loaded. The portal's team has the details."))
    return found[1].replace("\\'", "'")


def load_file(
    path: str, resource_id: str, *, logger: logging.Logger = log, **_given: Any
) -> list[dict[str, Any]]:
    """Put the table of a file into the DataStore; return its fields, for the loader to index.

    Args:
        path: the file.
        resource_id: its resource.
        logger: is told what was noticed of the file.
        _given: what ckanext-xloader says of the file's kind; the file itself is asked.

    Raises:
        FileCouldNotBeLoadedError: the file cannot be taken; its sentence says why.
        LoaderError: rows of a table of this kind come in by publishing alone.

    """
    from ckanext.mxcity.tables.copying import DataStore
    from ckanext.xloader.job_exceptions import FileCouldNotBeLoadedError

    _refuse_closed(resource_id)
    with TemporaryDirectory(prefix="mxcity-") as folder:
        target = Path(folder) / "table.csv"
        try:
            taken = unattended.take(Path(path), resource_id, target)
            for sentence in taken.said:
                logger.info(sentence)
            DataStore().load(resource_id, target, taken.fields)
        except FileRefused as error:
            raise FileCouldNotBeLoadedError(text(error.code, error.params)) from error
        except unattended.TableRefusedError as error:
            raise FileCouldNotBeLoadedError(str(error)) from error
        except tk.ValidationError as error:
            raise FileCouldNotBeLoadedError(" ".join(error_texts(error.error_dict))) from error
    return _searched(resource_id, logger)


def _searched(resource_id: str, logger: logging.Logger) -> list[dict[str, Any]]:
    """Let searches look into a loaded table; return its fields."""
    from ckanext.mxcity.tables import full_text

    found = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    fields: list[dict[str, Any]] = found["fields"]
    full_text.fill(resource_id, fields, logger)
    return fields


def _refuse_closed(resource_id: str) -> None:
    """Refuse to put a file's rows into a table whose rows have to be checked first."""
    from ckanext.xloader.job_exceptions import LoaderError

    try:
        closed_tables.refuse(closed_tables.columns_there(resource_id))
    except tk.ValidationError as error:
        raise LoaderError(" ".join(error_texts(error.error_dict))) from error
