"""Which tables a statement may name. No CKAN import."""

from __future__ import annotations

import re

#: The name of the table whose address is asked.
MAIN = "tabla"
#: Characters of a statement.
LONGEST = 2_000
#: Other tables of a statement.
MOST_OTHERS = 2
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def others_in(query: str, table: str) -> list[str]:
    """Return the ids in a statement that may be of other tables than the one that is asked.

    Whether one is, and may be read, is for the DataStore to say. One that stands in a text costs
    a copy that nobody looks into.
    """
    found = dict.fromkeys(match[0].lower() for match in _ID.finditer(query))
    return [name for name in found if name != table.lower()]
