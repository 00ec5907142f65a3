"""Arguments of API actions that several rooms read in the same way."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import DataDict

from ckanext.mxcity.ground.numbers import whole_number


def whole_argument(
    data_dict: DataDict, name: str, default: int, most: int | None = None, least: int = 0
) -> int:
    """Return a whole number among the arguments of an action, or the default where it is left out.

    A number over ``most`` or under ``least`` is brought to it.

    Raises:
        ValidationError: the argument is not a whole number.

    """
    given = data_dict.get(name)
    if given is None or given == "":
        return default
    number = whole_number(given)
    if number is None or isinstance(given, bool):
        message = tk._("“{value}” is not a whole number such as 12500.")
        raise tk.ValidationError({name: [message.format(value=str(given)[:80])]})
    return max(least, number if most is None else min(number, most))
