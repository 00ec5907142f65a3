"""Manners: robots.txt, its crawl delay, and a least time between requests to one host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from protego import Protego

from ckanext.mxcity.ground import clock
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.numbers import whole_number

#: How long a robots.txt is believed, in seconds.
ROBOTS_LIFETIME = 3600.0
#: RFC 9309 lets a reader stop here.
MAX_ROBOTS_BYTES = 512 * 1024


@dataclass(frozen=True)
class RobotsRules:
    """What one origin's robots.txt says to a program."""

    #: The first word of the program's name.
    agent: str
    #: None where the site has no robots.txt.
    file: Protego | None = None
    #: Why everything is forbidden, when it is (the file could not be had).
    closed: str = ""
    read_at: float = 0.0

    def refusal(self, url: str) -> str | None:
        """Return why a URL may not be fetched, None when it may."""
        if self.closed:
            return self.closed
        if self.file is not None and not self.file.can_fetch(url, self.agent):
            return N_("its robots.txt forbids it")
        return None

    @property
    def crawl_delay(self) -> float:
        """The seconds that it asks for between requests, 0 if it does not say."""
        return (self.file and self.file.crawl_delay(self.agent)) or 0.0


def parse_robots(status: int, text: str, agent: str, now: float) -> RobotsRules:
    """Read a robots.txt as RFC 9309 says: an absent one allows, a failing server forbids."""
    if status >= 500:
        closed = N_("its robots.txt cannot be read at the moment")
        return RobotsRules(agent, closed=closed, read_at=now)
    return RobotsRules(agent, Protego.parse(text) if status < 400 else None, read_at=now)


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
    seconds = whole_number(text)
    if seconds is not None:
        return float(seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    current = now or clock.utc_now().replace(tzinfo=UTC)
    return max(0.0, (moment - current).total_seconds())
