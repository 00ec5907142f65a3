"""What the table loader does besides copying: types, and a user for what it writes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

from ckanext.mxcity.files import FileRefused, messages, write_plain
from ckanext.mxcity.tables import closed_tables, types

log = logging.getLogger(__name__)

#: Our sentences in what the loader says of an error: of a file, and of a closed table.
_SENTENCE = re.compile(
    r"(?:Loading file raised an error: |LoaderError\(['\"])(.*?)['\"],?\)?\s*\Z", re.DOTALL
)


def install() -> None:
    """Let xloader give columns their types, once, where xloader is loaded."""
    if not p.plugin_loaded("xloader"):
        return
    from ckanext.xloader import db, loader

    if not hasattr(db.mark_job_as_errored, "__wrapped__"):
        db.mark_job_as_errored = _for_people(db.mark_job_as_errored)
    if hasattr(loader.load_csv, "__wrapped__"):
        return
    loader.load_csv = _typed_copy(loader.load_csv)
    loader.load_table = _typed_rows(loader.load_table)
    # Types guessed from a file's first rows make numbers of codes: all is text until it is in.
    mapping = loader.get_types()[1]
    loader.get_types = lambda: ([str], mapping)


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


def _typed_copy(load: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(load)
    def load_csv(csv_filepath: str, resource_id: str, *args: Any, **kwargs: Any) -> Any:
        """Copy the file, then type its columns; returns the fields."""
        _refuse_closed(resource_id)
        kwargs["allow_type_guessing"] = False  # a changed structure is copied anew all the same
        with _as_text(csv_filepath) as text:
            if text != csv_filepath:
                kwargs["mimetype"] = "text/csv"
            fields = load(text, resource_id, *args, **kwargs)
        changed = give_types(resource_id, kwargs.get("logger") or log)
        for field in fields:
            field["type"] = changed.get(field["id"], field["type"])
        return fields

    return load_csv


def _typed_rows(load: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(load)
    def load_table(table_filepath: str, resource_id: str, *args: Any, **kwargs: Any) -> Any:
        """Load text row by row, then type the columns."""
        _refuse_closed(resource_id)
        with _as_text(table_filepath) as text:
            if text != table_filepath:
                kwargs["mimetype"] = "text/csv"
            loaded = load(text, resource_id, *args, **kwargs)
        give_types(resource_id, kwargs.get("logger") or log)
        return loaded

    return load_table


@contextmanager
def _as_text(path: str) -> Iterator[str]:
    """Give the path of a table as delimited text: workbooks are read in the reading room.

    Raises:
        FileCouldNotBeLoadedError: the file cannot be taken; its sentence says why.

    """
    from ckanext.xloader.job_exceptions import FileCouldNotBeLoadedError

    with TemporaryDirectory(prefix="mxcity-") as folder:
        target = Path(folder) / "table.csv"
        try:
            yield str(target) if write_plain(Path(path), target) else path
        except FileRefused as error:
            raise FileCouldNotBeLoadedError(messages.text(error.code, error.params)) from error


def _refuse_closed(resource_id: str) -> None:
    """Refuse to put a file's rows into a table whose rows have to be checked first."""
    from ckanext.xloader.job_exceptions import LoaderError

    try:
        closed_tables.refuse(closed_tables.columns_there(resource_id))
    except tk.ValidationError as error:
        raise LoaderError(error.error_dict["fields"][0]) from error


def give_types(resource_id: str, logger: logging.Logger) -> dict[str, str]:
    """Type the columns of a loaded table; returns those changed. A failure leaves them text."""
    from ckanext.datastore.backend.postgres import get_write_engine

    try:
        table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
        changed = types.convert(get_write_engine(), resource_id, table["fields"])
    except (SQLAlchemyError, tk.ObjectNotFound) as error:
        logger.warning("The columns stay text: %s", error)
        return {}
    logger.info("Types of the columns that are not text: %s", changed)
    return changed
