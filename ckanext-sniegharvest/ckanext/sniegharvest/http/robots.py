"""robots.txt as RFC 9309 says: groups by name, the longest rule wins, ``*`` and ``$`` in paths.

Python's own parser takes the first rule that fits instead of the longest, and knows no ``*``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

#: RFC 9309 lets a reader stop here.
MAX_BYTES = 512 * 1024
#: Rules of one group that are looked at, and wildcards of one rule: a longer file is an attack.
_MOST_RULES = 5000
_MOST_STARS = 20


@dataclass
class Group:
    """What a robots.txt says to some programs."""

    agents: list[str] = field(default_factory=list)
    #: Pairs of a path and whether it is allowed.
    rules: list[tuple[str, bool]] = field(default_factory=list)
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether a URL may be fetched: the longest rule that fits says so; none allows."""
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        fitting = [(len(rule), allowed) for rule, allowed in self.rules if _fits(rule, path)]
        return max(fitting)[1] if fitting else True


def group_for(text: str, agent: str) -> Group:
    """Return what a robots.txt says to the program of that name, else what it says to all.

    Args:
        text: of the file.
        agent: the first word of our name; case does not matter.

    """
    own, common = Group(), Group()
    for group in _groups(text):
        names = [name.casefold() for name in group.agents]
        for wanted, kept in ((agent.casefold(), own), ("*", common)):
            if wanted in names:
                kept.agents += group.agents
                kept.rules += group.rules[: _MOST_RULES - len(kept.rules)]
                kept.delay = max(kept.delay, group.delay)
    return own if own.agents else common


def _groups(text: str) -> Iterator[Group]:
    group, ruled = Group(), False
    for name, value in _lines(text):
        if name == "user-agent":
            if ruled:
                yield group
                group, ruled = Group(), False
            # "MXCity/0.1" is the same program as "MXCity".
            group.agents.append(re.split(r"[/\s]", value, maxsplit=1)[0])
            continue
        ruled = True
        if name in ("allow", "disallow"):
            if value:  # an empty rule fits nothing
                group.rules.append((_normal(value), name == "allow"))
        elif name == "crawl-delay":
            group.delay = max(group.delay, _seconds(value))
    yield group


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon and name.strip():
            yield name.strip().casefold(), value.strip()


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text) else 0.0


def _normal(path: str) -> str:
    """A path with one spelling for each character."""
    return quote(unquote(path), safe="/*$?&=:;,+@!'()~-._")


def _fits(rule: str, path: str) -> bool:
    ending = rule.endswith("$")
    parts = rule.removesuffix("$").split("*")
    if len(parts) > _MOST_STARS:
        return False
    if not path.startswith(parts[0]):
        return False
    place = len(parts[0])
    for part in parts[1:]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    # The last part may stand at the end, too, beyond the first place where it was found.
    return not ending or place == len(path) or (len(parts) > 1 and path.endswith(parts[-1]))
