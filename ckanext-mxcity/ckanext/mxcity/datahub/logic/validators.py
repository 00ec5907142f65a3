"""How a field's text becomes its value; each error says what was expected.

Validators in CKAN's form, made from the field's definition.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.datahub.fields import Field
from ckanext.mxcity.dataset.types import TYPES
from ckanext.mxcity.ground.numbers import without_groups
from ckanext.mxcity.ground.text import folded_words

YES = ("si", "true", "1", "yes", "verdadero", "x")
NO = ("no", "false", "0", "falso")
#: What agencies write where a cell has nothing to say.
NOTHING = ("no aplica", "n a", "na", "nd")

_DATES = (
    re.compile(
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})(?:-(?P<d>[0-9]{1,2}))?(?:[T ]00:00(?::00(?:\.0+)?)?)?"
    ),
    re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})"),
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

Converter = Callable[[Any], Any]

#: Datasets that were looked up beforehand, while a table is checked.
_DATASETS: ContextVar[Mapping[str, str] | None] = ContextVar("datahub_datasets", default=None)


def blank(value: Any) -> bool:
    """Tell whether a cell or a form's field was left empty."""
    return value is None or value is tk.missing or (isinstance(value, str) and not value.strip())


def converter(field: Field) -> Converter:
    """Return the function that turns what was written in a field into its value.

    It raises ``Invalid`` with a sentence that says what was expected.
    """
    convert: Callable[[Field, Any], Any] = _CONVERTERS.get(field.type, _text)
    return lambda value: convert(field, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise tk.Invalid(tk._("A text was expected."))
    text = str(value).strip().replace("\r\n", "\n")
    if "\x00" in text:
        raise tk.Invalid(tk._("A text without control characters was expected."))
    if len(text) > field.max_length:
        message = tk._("At most {limit} characters fit; there are {found}.")
        raise tk.Invalid(message.format(limit=field.max_length, found=len(text)))
    return text


def _email(field: Field, value: Any) -> str:
    text = _text(field, value)
    if not _EMAIL.fullmatch(text):
        message = tk._("“{value}” is not an e-mail address such as datos@example.gob.mx.")
        raise tk.Invalid(message.format(value=text))
    return text


def _url(field: Field, value: Any) -> str:
    text = _text(field, value)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        message = tk._("“{value}” is not an address that begins with https://.")
        raise tk.Invalid(message.format(value=text))
    return text


def _choice(field: Field, value: Any) -> str:
    text = _text(field, value)
    found = field.find_choice(text)
    if found is None:
        labels = "; ".join(choice.label(current_language()) for choice in field.choices)
        message = tk._("“{value}” is not one of the values: {values}.")
        raise tk.Invalid(message.format(value=text, values=labels))
    return found.key


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = folded_words(_text(field, value))
    if text in YES or text in NO:
        return text in YES
    message = tk._("“{value}” was written; Sí or No was expected.")
    raise tk.Invalid(message.format(value=value))


def _date(field: Field, value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = _text(field, value)
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match:
            try:
                return dt.date(int(match["y"]), int(match["m"]), int(match["d"] or 1))
            except ValueError:
                break
    message = tk._("“{value}” is not a date; dd/mm/yyyy or yyyy-mm was expected.")
    raise tk.Invalid(message.format(value=text))


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _text(field, value)
    plain = without_groups(text)
    if not re.fullmatch(r"-?[0-9]{1,15}", plain):
        message = tk._("“{value}” is not a whole number such as 12500.")
        raise tk.Invalid(message.format(value=text))
    number = int(plain)
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        message = (
            tk._("{value} is not between {low} and {high}.")
            if high is not None
            else tk._("{value} is less than {low}.")
        )
        raise tk.Invalid(message.format(value=number, low=low, high=high))
    return number


def _rows(field: Field, value: Any) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[,;\n]", value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise tk.Invalid(tk._("A list of inventory keys was expected."))
    found = list(dict.fromkeys(item.strip() for item in value if item.strip()))
    if not found:
        raise tk.Invalid(tk._("Missing value"))
    return found


def _organization(field: Field, value: Any) -> str:
    text = _text(field, value)
    found = model.Group.get(text)
    if found is None or not found.is_organization or found.state != "active":
        message = tk._("There is no ministry “{value}” in the portal.")
        raise tk.Invalid(message.format(value=text))
    return str(found.id)


def _dataset(field: Field, value: Any) -> str:
    text = _dataset_name(_text(field, value))
    known = _DATASETS.get()
    found = (datasets_named([text]) if known is None else known).get(text)
    if found is None:
        message = tk._("There is no dataset “{value}” in the portal.")
        raise tk.Invalid(message.format(value=text))
    return str(found)


def _dataset_name(text: str) -> str:
    """Return the name or id at the end of a dataset's address."""
    return text.strip().rstrip("/").rsplit("/", 1)[-1]


def datasets_named(texts: Iterable[str]) -> dict[str, str]:
    """Return the ids of active datasets by what was written: id, name or address; one statement."""
    names = {_dataset_name(text) for text in texts}
    package: Any = model.Package
    query = sa.select(package.id, package.name).where(
        sa.or_(package.id.in_(names), package.name.in_(names)),
        package.state == "active",
        package.type.in_(TYPES),
    )
    rows = model.Session.execute(query).all() if names else []
    return {key: str(row.id) for row in rows for key in (row.name, row.id) if key in names}


@contextmanager
def knowing_datasets(texts: Iterable[str]) -> Iterator[None]:
    """Look datasets up once for all the rows of a table that are checked inside."""
    token = _DATASETS.set(datasets_named(texts))
    try:
        yield
    finally:
        _DATASETS.reset(token)


_CONVERTERS: dict[str, Callable[[Field, Any], Any]] = {
    "email": _email,
    "url": _url,
    "choice": _choice,
    "boolean": _boolean,
    "date": _date,
    "integer": _integer,
    "rows": _rows,
    "organization": _organization,
    "dataset": _dataset,
}
