"""How much, how long and how often: the limits of a fetch."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of one client. Sizes in bytes of decoded body, times in seconds."""

    max_bytes: int = 200 * MIB
    #: A body larger than this goes to a temporary file.
    spool_bytes: int = 16 * MIB
    connect_timeout: float = 10.0
    #: Silence that is taken for a dead server.
    read_timeout: float = 30.0
    #: One attempt, from resolving the name to the last byte, redirects included.
    total_timeout: float = 300.0
    max_redirects: int = 5
    max_attempts: int = 4
    #: First wait before trying again; it doubles each time.
    backoff: float = 1.0
    #: The longest wait that a server's Retry-After may ask for; more is given up.
    max_wait: float = 120.0
    #: Least time between two requests to one host.
    min_interval: float = 0.0
    #: The longest Crawl-delay of a robots.txt that is obeyed literally.
    max_crawl_delay: float = 60.0
