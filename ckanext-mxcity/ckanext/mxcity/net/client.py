"""The one client through which the portal fetches what is outside of it."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Timeout, Url

from ckanext.mxcity.ground.errors import (
    ConnectionFailedError,
    FetchError,
    HttpStatusError,
    RobotsRefusedError,
    TooManyRedirectsError,
    TooSlowError,
)
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.net import politeness, transport
from ckanext.mxcity.net.limits import Limits
from ckanext.mxcity.net.policy import NetworkPolicy, checked_url
from ckanext.mxcity.net.response import Response, read_body

#: Worth another try; 403 never is: whoever says no has said it.
RETRIED = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: What may follow us to another origin; credentials, under whatever name, may not.
_TRAVELLING = frozenset({"accept", "accept-language", "accept-encoding", "user-agent"})


class GuardedClient:
    """Fetches public http(s) addresses within limits, politely. Safe for several threads.

    Args:
        policy: which addresses are allowed.
        limits: sizes, times, attempts.
        user_agent: who we are, with a contact address, e.g.
            ``MXCity/0.1 (+mailto:datos@monterrey.gob.mx)``. Its first word is our name in
            robots.txt.
        resolver, connector, sleep: replaced by tests.
        ca_bundle: path of a PEM file of certificates that are believed besides the system's
            authorities: those that a site forgets to send, or of an authority of one's own.

    """

    def __init__(
        self,
        policy: NetworkPolicy | None = None,
        limits: Limits | None = None,
        user_agent: str = "MXCity",
        *,
        resolver: transport.Resolver = transport.system_resolver,
        connector: transport.Connector = transport.system_connector,
        sleep: Callable[[float], None] = time.sleep,
        ca_bundle: str | None = None,
    ) -> None:
        self.policy = policy or NetworkPolicy()
        self.limits = limits or Limits()
        self.user_agent = user_agent
        self._agent = user_agent.split("/", 1)[0].split(" ", 1)[0] or "*"
        self._sleep = sleep
        self._pacer = politeness.Pacer(sleep=sleep)
        self._robots: dict[str, politeness.RobotsRules] = {}
        self._robots_lock = threading.Lock()
        self._manager = transport.pool_manager(
            self.policy, resolver, connector, maxsize=4, ssl_context=_tls(ca_bundle)
        )

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
        *,
        obey_robots: bool = True,
    ) -> Response:
        """Fetch a URL.

        Args:
            url: absolute, http or https.
            headers: sent as they are to the first origin; another origin gets only the
                harmless ones.
            etag: of what we have; the answer may then be 304, without a body.
            last_modified: the same.
            obey_robots: False only for what a person asked for, e.g. the check of one link.

        Raises:
            FetchError: see :mod:`ckanext.mxcity.ground.errors`.

        """
        sent = {"accept-encoding": "gzip, deflate", "user-agent": self.user_agent}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        if etag:
            sent["if-none-match"] = etag
        if last_modified:
            sent["if-modified-since"] = last_modified
        attempt = 1
        while True:
            try:
                return self._exchange(url, sent, obey_robots)
            except (HttpStatusError, ConnectionFailedError) as error:
                wait = self._wait_before_retry(error, attempt)
                if wait is None:
                    raise
            attempt += 1
            self._sleep(wait)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._manager.clear()

    def _wait_before_retry(self, error: FetchError, attempt: int) -> float | None:
        """Return the seconds to wait, None when the error is final."""
        if attempt >= self.limits.max_attempts:
            return None
        wait = self.limits.backoff * 2 ** (attempt - 1)
        if isinstance(error, HttpStatusError):
            if error.params["status"] not in RETRIED:
                return None
            wait = max(wait, error.params["retry_after"] or 0.0)
        return wait if wait <= self.limits.max_wait else None

    def _exchange(self, url: str, headers: Mapping[str, str], obey_robots: bool) -> Response:
        """Return one attempt, redirects included, within one deadline."""
        current, sent = url, dict(headers)
        with transport.Deadline(url, self.limits.total_timeout) as deadline:
            for _hop in range(self.limits.max_redirects + 1):
                parts = checked_url(current, self.policy)
                if obey_robots:
                    self._ask_robots(current, parts)
                answer = self._request(current, sent, deadline)
                if not isinstance(answer, str):
                    return answer
                following = urljoin(current, answer)
                if _origin(checked_url(following, self.policy)) != _origin(parts):
                    sent = {name: sent[name] for name in sent if name in _TRAVELLING}
                current = following
        raise TooManyRedirectsError(url=url, limit=self.limits.max_redirects)

    def _request(
        self, url: str, headers: Mapping[str, str], deadline: transport.Deadline
    ) -> Response | str:
        """Make one request; return the answer, or where it sends us."""
        timeout = Timeout(
            connect=min(self.limits.connect_timeout, deadline.remaining()),
            read=min(self.limits.read_timeout, deadline.remaining()),
        )
        raw: Any = None
        try:
            raw = self._open(url, headers, timeout, deadline)
            location = raw.headers.get("location")
            if raw.status in _REDIRECTS and location:
                return str(location)
            if raw.status != 304 and not 200 <= raw.status < 300:
                wait = politeness.retry_after_seconds(raw.headers.get("retry-after"))
                raise HttpStatusError(url=url, status=raw.status, retry_after=wait)
            body, size, digest = read_body(raw, url, self.limits)
            deadline.remaining()
            kept = {name.lower(): value for name, value in raw.headers.items()}
            return Response(raw.status, url, kept, body, size, digest)
        except NewConnectionError as error:  # a kind of ConnectTimeoutError for urllib3
            raise ConnectionFailedError(url=url, reason=_reason(error)) from error
        except (ReadTimeoutError, ConnectTimeoutError) as error:
            if deadline.expired:
                raise deadline.error() from error
            read = isinstance(error, ReadTimeoutError)
            limit = timeout.read_timeout if read else timeout.connect_timeout
            raise TooSlowError(url=url, limit=limit) from error
        except (HTTPError, OSError, ValueError) as error:
            if deadline.expired:
                raise deadline.error() from error
            raise ConnectionFailedError(url=url, reason=_reason(error)) from error
        finally:
            if raw is not None:
                # What was not read to its end is not worth reading: the connection is dropped.
                raw.close()
                raw.release_conn()

    def _open(
        self, url: str, headers: Mapping[str, str], timeout: Timeout, deadline: transport.Deadline
    ) -> Any:
        parts = checked_url(url, self.policy)
        pool = self._manager.connection_from_host(parts.host, parts.port, parts.scheme)
        with transport.watched(deadline):
            return pool.urlopen(
                "GET",
                parts.request_uri,
                headers=dict(headers),
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )

    def _ask_robots(self, url: str, parts: Url) -> None:
        """Raise unless the site lets us read the URL; wait for our turn if it does."""
        host = parts.host or ""
        rules = self._rules(url, parts)
        reason = rules.refusal(url)
        # A permission opens what is closed to programs; it does not make us less patient.
        if reason is not None and host not in self.policy.robots_exempt_hosts:
            raise RobotsRefusedError(url=url, host=host, reason=reason)
        delay = min(rules.crawl_delay, self.limits.max_crawl_delay)
        self._pacer.wait(host, max(delay, self.limits.min_interval))

    def _rules(self, url: str, parts: Url) -> politeness.RobotsRules:
        origin = "{}://{}:{}".format(*_origin(parts))
        now = time.monotonic()
        with self._robots_lock:
            known = self._robots.get(origin)
        if known is not None and now - known.read_at < politeness.ROBOTS_LIFETIME:
            return known
        status, text = 200, ""
        try:
            answer = self._exchange(
                urljoin(url, "/robots.txt"), {"user-agent": self.user_agent}, False
            )
            text = answer.content()[: politeness.MAX_ROBOTS_BYTES].decode("utf-8", "replace")
            answer.close()
        except HttpStatusError as error:
            status = error.params["status"]
        rules = politeness.parse_robots(status, text, self._agent, now)
        with self._robots_lock:
            self._robots[origin] = rules
        return rules


def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    """Return what certificates are checked against; they always are."""
    context = ssl.create_default_context()
    if ca_bundle:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except OSError as error:
            raise ValueError(f"{ca_bundle} is no file of certificates in PEM") from error
    return context


def _origin(parts: Url) -> tuple[str, str, int]:
    scheme = parts.scheme or ""
    return scheme, (parts.host or "").casefold(), parts.port or (443 if scheme == "https" else 80)


def _reason(error: Exception) -> str:
    """Say what failed in a few words, without the library's own names for things."""
    if isinstance(error, SSLError):
        return f"its certificate is not accepted ({error.args[0] if error.args else error})"
    if isinstance(error, DecodeError):
        return N_("its compressed answer is broken")
    text = str(error)
    return text.split(": ", 1)[-1] if ": " in text else text or type(error).__name__
