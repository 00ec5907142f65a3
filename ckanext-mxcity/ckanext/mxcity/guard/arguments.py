"""Hardened against nonsense: an action gets arguments of the shape that its documentation tells.

CKAN's actions say in their docstrings which arguments they take and of which type. A program that
sends something else is told so, by the argument's name, before the action begins; an argument that
is missing is told when the action looks for it. What an action does wrong by itself stays a fault,
with its traceback in the log.
"""

from __future__ import annotations

import inspect
import logging
import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial, wraps
from traceback import walk_tb
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.navl.dictization_functions import DataError as ShapeError
from ckan.lib.navl.dictization_functions import Invalid
from ckan.types import ErrorDict
from flask import Flask
from rdflib.plugin import PluginException
from sqlalchemy.exc import DataError, InvalidRequestError, ProgrammingError

from ckanext.dcat.processors import RDFProfileException

log = logging.getLogger(__name__)

Action = Callable[..., Any]
Check = Callable[[Any], "str | None"]

#: Levels of lists and dictionaries in an argument.
DEEPEST = 32
#: Characters of a word: an id, a name, a sort order.
LONGEST_WORD = 10_000
#: Numbers that the database counts with.
LARGEST = 2**31 - 1
#: Names that mean the same in every action, where a docstring does not say of which type they are.
WORDS = re.compile(r"id|name|type|sort|object|subject|email|owner_org|\w+_(id|name|type)")
NUMBERS = re.compile(r"limit|offset|rows|start|page|life_span")
CHOICES = re.compile(r"(include|use|only|return|ignore)_\w+|all_fields|private|force")
#: Code of ours: what fails in it is a fault, whatever was sent.
OURS = ("ckanext.mxcity.", "ckanext.sniegharvest.")
#: What the code of others raises at values that it did not look at.
CONFUSED = (TypeError, ValueError, LookupError, AttributeError, AssertionError, RecursionError,
            ArithmeticError)  # fmt: skip
UNASKABLE = (InvalidRequestError, ProgrammingError, RDFProfileException, PluginException)

_DECLARED = re.compile(r"^\s*:type\s+(?P<name>[\w.]+):\s*(?P<type>.+?)\s*$", re.MULTILINE)
_YES_OR_NO = frozenset(
    {"", "true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0"}
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class MissingArgumentError(tk.ValidationError, KeyError):
    """An argument that the action needs was not sent."""


class Arguments(dict[str, Any]):
    """What was sent to an action; tells which argument is missing when it is looked for."""

    def __bool__(self) -> bool:
        """Be true, so that ``data_dict or {}`` is still this."""
        return True

    def __missing__(self, name: str) -> Any:
        raise MissingArgumentError({str(name): [tk._("Missing value")]})


def install(app: Flask) -> None:
    """Check what programs send to every action of ``app``."""
    # CKAN loads its views apart, for each application: this is the module of the one that answers.
    views = app.view_functions["api.action"].__globals__
    if not hasattr(views["get_action"], "__wrapped__"):
        views["get_action"] = _checking(views["get_action"])


def _checking(get_action: Callable[[str], Action]) -> Callable[[str], Action]:
    @wraps(get_action)
    def get_checked(name: str) -> Action:
        action = get_action(name)
        if not _is_action(action):
            raise KeyError(name)
        return _checked(action)

    return get_checked


@lru_cache(maxsize=1024)
def _is_action(action: Action) -> bool:
    """Return whether this takes what actions take; modules of actions hold other things too."""
    function = list(_chain(action))[-1]
    if inspect.isclass(function):
        return False
    return list(inspect.signature(function).parameters) == ["context", "data_dict"]


@lru_cache(maxsize=1024)
def _checked(action: Action) -> Action:
    """Return the action with a look at its arguments before it."""

    @wraps(action)
    def check(context: Any = None, data_dict: Any = None) -> Any:
        arguments = Arguments(data_dict or {})
        errors = problems(arguments, checks_of(action))
        if errors:
            raise refusal(errors)
        for name, value in arguments.items():
            if isinstance(value, int | float) and WORDS.fullmatch(name):
                arguments[name] = str(value)
        try:
            return action(context, arguments)
        except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized):
            raise
        except (DataError, Invalid, ShapeError, *CONFUSED, *UNASKABLE) as error:
            if _is_ours(error):
                raise
            log.warning("An action could not use what it was sent", exc_info=True)
            raise refusal({"message": [_refused(error)]}) from error

    return check


def refusal(errors: dict[str, list[str]]) -> tk.ValidationError:
    """Return the error that tells what is wrong; CKAN wants that of tags in another form."""
    told: ErrorDict = {**errors}
    tags: list[str | dict[str, Any]] = [{"name": [text]} for text in errors.get("tags", ())]
    if tags:
        told["tags"] = tags
    return tk.ValidationError(told)


def _is_ours(error: Exception) -> bool:
    """Return whether the last code of an extension or of CKAN that was at work is ours."""
    names = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    asked = [name for name in names if name.startswith(("ckan.", "ckanext.")) and name != __name__]
    return bool(asked) and asked[-1].startswith(OURS)


def problems(arguments: dict[str, Any], checks: dict[str, Check]) -> dict[str, list[str]]:
    """Return what is wrong with arguments, by name."""
    found = {}
    for name, value in arguments.items():
        check = checks.get(name) or _by_name(name)
        problem = _unstorable(name) or _unstorable(value) or check(value)
        if problem:
            found[_UNSTORABLE.sub("?", name)] = [problem]
    return found


@lru_cache(maxsize=1024)
def checks_of(action: Action) -> dict[str, Check]:
    """Return the check of each argument whose type the docstring of an action tells."""
    checks: dict[str, Check] = {}
    for function in _chain(action):
        for declared in _DECLARED.finditer(function.__doc__ or ""):
            check = _of_type(declared["type"])
            if check:
                checks.setdefault(declared["name"], check)
    return checks


def _chain(action: Any) -> Iterator[Any]:
    """Yield the functions of an action: those that are chained before it, and CKAN's own last."""
    while action is not None:
        if isinstance(action, partial):
            yield action.func
            action = action.args[0] if action.args else None
        else:
            yield action
            action = inspect.getattr_static(action, "__wrapped__", None)


def _of_type(words: str) -> Check | None:
    """Return the check of a type as docstrings write it, None for one that may be anything."""
    kind = re.sub(r"\(.*|,.*", "", words).strip().lower()
    return _CHECKS.get(kind)


def _by_name(name: str) -> Check:
    if NUMBERS.fullmatch(name):
        return _number
    if CHOICES.fullmatch(name):
        return _yes_or_no
    return _word if WORDS.fullmatch(name) else _anything


def _anything(_value: Any) -> str | None:
    return None


def _word(value: Any) -> str | None:
    if isinstance(value, list | dict):
        return tk._("Must be a text, not a list or an object.")
    if isinstance(value, str) and len(value) > LONGEST_WORD:
        return tk._("Must be a text of {count} characters at most.").format(count=LONGEST_WORD)
    return None


def _text(value: Any) -> str | None:
    return _word(value) if isinstance(value, list | dict) else None


def _number(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{0,20}", text):
        return tk._("Must be a whole number, e.g. 10.")
    if text.strip("+-") and abs(int(text)) > LARGEST:
        return tk._("Must be a whole number, not greater than {count}.").format(count=LARGEST)
    return None


def _yes_or_no(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if str(value).strip().lower() not in _YES_OR_NO:
        return tk._("Must be true or false.")
    return None


def _list(value: Any) -> str | None:
    return None if isinstance(value, list | str | None) else tk._("Must be a list.")


def _object(value: Any) -> str | None:
    return None if isinstance(value, dict | str | None) else tk._("Must be an object.")


def _list_of_objects(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return tk._("Must be a list of objects.")
    return None


_CHECKS: dict[str, Check] = {
    "string": _text,
    "str": _text,
    "int": _number,
    "bool": _yes_or_no,
    "list": _list,
    "list of strings": _list,
    "list of dictionaries": _list_of_objects,
    "list of dataset extra dictionaries": _list_of_objects,
    "list of tag dictionaries": _list_of_objects,
    "list of resource dictionaries": _list_of_objects,
    "list of relationship dictionaries": _list_of_objects,
    "dict": _object,
    "dictionary": _object,
}


def _unstorable(value: Any, depth: int = 0) -> str | None:
    """Tell what in a value no database and no document can hold."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            return tk._("Has characters that cannot be stored. Write it anew, without copying.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            return tk._("Has a number that is not finite.")
    elif isinstance(value, dict | list):
        if depth >= DEEPEST:
            return tk._("Has more than {count} levels.").format(count=DEEPEST)
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return next((said for part in parts if (said := _unstorable(part, depth + 1))), None)
    return None


def _refused(error: Exception) -> str:
    said = getattr(error, "error", None)
    if said:
        return str(said)
    return tk._(
        "One of the values that were sent is not of the type that this action takes. The "
        "documentation of the API tells them."
    )
