"""Numbers as people and strangers write them. No CKAN import."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")


def whole_number(text: object, digits: int = 9) -> int | None:
    """Return the whole number that a text is, None if it is none.

    Args:
        text: what came; blanks around it are dropped. Only the digits 0 to 9 count: other scripts
            have signs that are digits to ``str.isdigit`` and no numbers to ``int``.
        digits: the most digits that are taken, leading zeros among them.

    """
    plain = str(text).strip()
    return int(plain) if len(plain) <= digits and _WHOLE.fullmatch(plain) else None


def without_groups(text: str) -> str:
    """Return a number without the commas of its thousands; any other text as it is."""
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text
