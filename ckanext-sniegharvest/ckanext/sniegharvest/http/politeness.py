"""Manners: robots.txt, its crawl delay, and a least time between requests to one host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ckanext.sniegharvest.http.robots import Group, group_for

#: How long a robots.txt is believed, in seconds.
ROBOTS_LIFETIME = 3600.0


@dataclass(frozen=True)
class RobotsRules:
    """What one origin's robots.txt says to us."""

    group: Group
    #: Why everything is forbidden, when it is (the file could not be had).
    closed: str = ""
    read_at: float = 0.0

    def refusal(self, url: str) -> str | None:
        """Return why a URL may not be fetched, None when it may."""
        if self.closed:
            return self.closed
        return None if self.group.allows(url) else "its robots.txt forbids it"

    @property
    def crawl_delay(self) -> float:
        """The seconds that it asks for between requests, 0 if it does not say."""
        return self.group.delay


def parse_robots(status: int, text: str, agent: str, now: float) -> RobotsRules:
    """Read a robots.txt as RFC 9309 says: an absent one allows, a failing server forbids."""
    if status >= 500:
        return RobotsRules(Group(), f"its robots.txt answered with status {status}", now)
    if status >= 400:
        return RobotsRules(Group(), read_at=now)
    return RobotsRules(group_for(text, agent), read_at=now)


class Pacer:
    """Lets each host rest between two requests; safe for several threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    def wait(self, host: str, interval: float) -> None:
        """Take the next turn of a host, sleeping until it comes; ``interval`` in seconds."""
        if interval <= 0:
            return
        with self._lock:
            now = self._clock()
            turn = max(now, self._free_at.get(host, now))
            self._free_at[host] = turn + interval
        if turn > now:
            self._sleep(turn - now)


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Return how long a Retry-After header asks to wait, None if it says nothing usable."""
    if not value:
        return None
    text = value.strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    current = now or datetime.now(timezone.utc)
    return max(0.0, (moment - current).total_seconds())
