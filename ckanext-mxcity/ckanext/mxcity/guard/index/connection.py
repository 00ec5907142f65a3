"""Solr, asked with care: who waits for one that is away waits once, and short.

What Solr says when its index is not there is told apart from what it says of a bad question.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pysolr
from ckan.lib.search.common import make_connection
from flask import g, has_request_context

#: Seconds for which a Solr that did not answer is not asked again.
AWAY = 2.0
#: Longest waits for an answer to a question, in seconds: to be let in, and for what is said.
CONNECT, READ = 1.0, 5.0
#: Of one that was away a moment ago: a visitor waits for the look.
LOOK = 1.5
#: Set in a request in which Solr was found away.
NOTED = "mxcity_search_is_down"
#: Statuses with which Solr says that the index is not there, or not ours to read.
NO_INDEX = frozenset({401, 403, 404, 502, 503, 504})
_STATUS = re.compile(r"Solr responded with an error \(HTTP (\d{3})\)")
#: How CKAN knows that Solr is away, in the text of an error.
_AWAY_TEXT = "Failed to connect to server"
_NO_INDEX = "no index there"
_QUESTIONS = ("select", "mxcity_", "admin/cores?action=STATUS")


class _Memory:
    """Until when each Solr is not asked, by its address (``time.monotonic`` seconds), and why."""

    def __init__(self) -> None:
        self._away: dict[str, tuple[float, str]] = {}

    def fault(self, address: str) -> str | None:
        """Return why not to ask, None to ask; of several, one finds out for the others."""
        until, reason = self._away.get(address, (0.0, ""))
        moment = time.monotonic()
        if moment < until:
            return reason
        if until:
            self._away[address] = (moment + CONNECT + READ, reason)
        return None

    def was_away(self, address: str) -> bool:
        """Return whether it did not answer when it was asked last."""
        return address in self._away

    def forget(self) -> None:
        """Ask each one again."""
        self._away.clear()

    def note(self, address: str, fault: str | None) -> None:
        """Remember that it answered, or why it is away."""
        if fault is None:
            self._away.pop(address, None)
        else:
            self._away[address] = (time.monotonic() + AWAY, fault)


_memory = _Memory()
forget = _memory.forget


class Careful:
    """Before CKAN's client: raises at once while its Solr is known to be away."""

    url: str
    timeout: Any

    def _send_request(self, method: str, path: str = "", *rest: Any, **named: Any) -> Any:
        if not path.startswith(_QUESTIONS):
            return self._told(method, path, *rest, **named)
        fault = _memory.fault(self.url)
        if fault is not None:
            _note()
            raise pysolr.SolrError(fault)
        longest = LOOK if _memory.was_away(self.url) else READ
        patience, self.timeout = self.timeout, (CONNECT, min(longest, self.timeout or longest))
        try:
            return self._told(method, path, *rest, **named)
        except pysolr.SolrError as error:
            fault = str(error) if is_away(error) else None
            raise
        finally:
            self.timeout = patience
            _memory.note(self.url, fault)

    def _told(self, method: str, path: str, *rest: Any, **named: Any) -> Any:
        try:
            return super()._send_request(method, path, *rest, **named)  # type: ignore[misc]
        except pysolr.SolrError as error:
            if _says_no_index(str(error)):
                _note()
                raise pysolr.SolrError(f"{_AWAY_TEXT}: {_NO_INDEX}. {error}") from error
            if is_away(error):
                _note()
            raise


def _note() -> None:
    if has_request_context():
        setattr(g, NOTED, True)


def is_away(error: BaseException) -> bool:
    """Return whether an error says that Solr, or the index in it, is not there."""
    text = str(error)
    return _AWAY_TEXT in text or "Connection to server" in text or "Could not connect" in text


def is_bad_question(error: BaseException) -> bool:
    """Return whether Solr answered that it does not understand what it was asked."""
    found = _STATUS.search(str(error))
    return found is not None and found[1] == "400"


def is_without_index(error: BaseException) -> bool:
    """Return whether Solr answers, and says that there is no such index, or a broken one."""
    found = _STATUS.search(str(error))
    return _NO_INDEX in str(error) and found is not None and found[1] in ("404", "500")


def _says_no_index(text: str) -> bool:
    found = _STATUS.search(text)
    if found is None:
        return False
    broken = found[1] == "500" and "not available due to" in text
    return broken or int(found[1]) in NO_INDEX


def ask_node(path: str) -> tuple[dict[str, Any], str]:
    """Ask the node that the index is in; returns the answer, and the name of the core.

    Args:
        path: below the node's address; ``{core}`` stands for the name.

    Raises:
        pysolr.SolrError: it does not answer, or refuses.

    """
    solr = make_connection(decode_dates=False)
    solr.url, _, core = solr.url.rstrip("/").rpartition("/")
    answer = solr._send_request("get", path.format(core=core))
    return solr.decoder.decode(answer), core


def install() -> None:
    """Let CKAN connect with care, by whatever client it has."""
    if not issubclass(pysolr.Solr, Careful):
        pysolr.Solr = type("Solr", (Careful, pysolr.Solr), {})  # type: ignore[misc, assignment]
