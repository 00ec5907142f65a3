"""What people are told where a table is not given as they asked."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from werkzeug.exceptions import abort

from ckanext.mxcity.ground.messages import error_texts
from ckanext.mxcity.tables.downloads.spool import TooMuchError


def too_much(error: TooMuchError) -> NoReturn:
    """Answer 400 or 503 where a bound was reached, with the way on."""
    code, text = 503, tk._("The portal has no room for the file right now. Try again later.")
    if error.what == "megabytes":
        code = 400
        text = tk._(
            "The file would be larger than {bound} MB. Filter the table, choose columns, "
            "or take it as Parquet."
        )
    elif error.what == "seconds":
        text = tk._(
            "The table takes more than {bound} seconds to read this way. Filter it, "
            "or take it without an order."
        )
    abort(code, text.format(bound=f"{error.bound:,}"))


def refused(error: Exception, filters: dict[str, Any]) -> str:
    """Say what the DataStore, or the database under it, could not take."""
    quoted = re.search(r'invalid input syntax .*: "(.*)"', f"{error} {error.__context__}")
    if quoted is None:
        reason = " ".join(error_texts(getattr(error, "error_dict", str(error))))
        return tk._("The table cannot be asked that: {reason}").format(reason=reason)
    value = quoted.group(1)
    names = [name for name, asked in filters.items() if value in str(asked)]
    return tk._("“{value}” does not fit the type of the column: {names}.").format(
        value=value, names=", ".join(names)
    )
