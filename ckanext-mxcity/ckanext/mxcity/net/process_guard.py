"""The same policy for code that opens sockets by itself (downloads of xloader, OWSLib, rdflib).

Inside ``with guarded_sockets(policy):`` every connection that Python's ``socket`` makes in this
thread, and in threads started from it, is judged at the moment it is made, whatever library
makes it and however the address was written. Code outside the block (Solr, Redis) is untouched.

``guard_process(policy)`` does so for a whole process: what no block is around is judged by that
policy, which names the portal's own servers.

Limits: sockets opened by C libraries (libpq) are not seen, and threads that existed before a
block are covered by the process's policy only. An audit hook cannot be removed: it is installed
once, on first use, and costs one look at a context variable where nothing is guarded.
"""

from __future__ import annotations

import contextvars
import functools
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from ckanext.mxcity.ground.errors import AddressRefusedError, ServerUnknownError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.net.policy import NetworkPolicy, numeric_address

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


@dataclass(frozen=True)
class _Guard:
    policy: NetworkPolicy
    #: Numeric addresses, and ports where given, of the hosts that the operator named.
    named: frozenset[tuple[str, int | None]]
    #: Ports, None for any, of named hosts whose addresses are not known.
    unknown: frozenset[int | None] = frozenset()


_guard: contextvars.ContextVar[_Guard | None] = contextvars.ContextVar("mxcity_guard", default=None)
#: In a block around a connection to an address that was judged already.
_judged: contextvars.ContextVar[bool] = contextvars.ContextVar("mxcity_judged", default=False)
#: Seconds for which the addresses of the process's own servers are believed, and after which a
#: server is looked up again whose address has never been known.
_LIFETIME, _RETRY = 30.0, 2.0
#: The addresses that each named host had when it was last found.
_last_known: dict[str, frozenset[str]] = {}
_install_lock = threading.Lock()
_installed: list[bool] = []


def _guard_of(policy: NetworkPolicy) -> _Guard:
    """Resolve the hosts that the operator named; one that was never found stays refused."""
    named: set[tuple[str, int | None]] = set()
    unknown: set[int | None] = set()
    for entry in policy.allowed_hosts:
        host, _, digits = entry.rpartition(":") if ":" in entry else (entry, "", "")
        port = int(digits) if digits else None
        addresses = _addresses(host)
        named |= {(address, port) for address in addresses}
        unknown |= set() if addresses else {port}
    return _Guard(policy, frozenset(named), frozenset(unknown))


def _addresses(host: str) -> frozenset[str]:
    """Return the addresses of a host; those of before where it cannot be looked up."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return _last_known.get(host, frozenset())
    _last_known[host] = frozenset(str(answer[4][0]) for answer in answers)
    return _last_known[host]


@dataclass
class _Process:
    """What holds for a process where no block says otherwise."""

    policy: Callable[[], NetworkPolicy]
    guard: _Guard | None = None
    resolved_at: float = 0.0

    def current(self) -> _Guard:
        """Return the guard, with the addresses that the named hosts have now."""
        guard, moment = self.guard, time.monotonic()
        lifetime = _RETRY if guard is not None and guard.unknown else _LIFETIME
        if guard is None or moment - self.resolved_at > lifetime:
            guard = _guard_of(self.policy())
            self.guard, self.resolved_at = guard, moment
        return guard


_process: list[_Process] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED or _judged.get():
        return
    guard = _guard.get()
    own = guard is None
    if guard is None:
        if not _process:
            return
        guard = _process[0].current()
    target = arguments[-1]
    if isinstance(target, tuple) and len(target) >= 2:
        _judge(guard, str(target[0]), int(target[1]), own)
    elif isinstance(target, (str, bytes)) and not own:
        raise AddressRefusedError(
            url="", host="", address=repr(target), reason=N_("a socket of this machine")
        )


def _judge(guard: _Guard, host: str, port: int, own: bool) -> None:
    address = numeric_address(host.split("%", 1)[0])
    if address is None:
        # It would be resolved after this check, perhaps to something else.
        reason = N_("a name has to be resolved before connecting")
        raise AddressRefusedError(url=host, host=host, address=host, reason=reason)
    named = bool({(str(address), port), (str(address), None)} & guard.named)
    refused = guard.policy.refusal(address, named=named)
    if refused is not None:
        maybe_ours = own and bool({port, None} & guard.unknown)
        kind = ServerUnknownError if maybe_ours else AddressRefusedError
        raise kind(url=host, host=host, address=str(address), reason=refused)


def _install() -> None:
    """Install the audit hook and let new threads inherit the guard; once in a process."""
    with _install_lock:
        if _installed:
            return
        sys.addaudithook(_hook)
        start = threading.Thread.start

        @functools.wraps(start)
        def start_guarded(thread: threading.Thread) -> None:
            guard = _guard.get()
            if guard is not None:
                thread.run = functools.partial(_run_under, guard, thread.run)  # type: ignore[method-assign]
            start(thread)

        threading.Thread.start = start_guarded  # type: ignore[method-assign, assignment]
        _installed.append(True)


def _run_under(guard: _Guard, run: Callable[[], None]) -> None:
    _guard.set(guard)
    run()


def guard_process(policy: Callable[[], NetworkPolicy]) -> None:
    """Judge every connection of this process, and of those forked from it, from now on.

    Args:
        policy: asked now and then; names the hosts that the process needs, each with its port.
            Sockets of this machine (Unix) stay open: no address leads there.

    """
    _process[:] = [_Process(policy)]
    _install()


@contextmanager
def judged_already() -> Iterator[None]:
    """Let a connection pass whose address has been judged by a policy of its own."""
    token = _judged.set(True)
    try:
        yield
    finally:
        _judged.reset(token)


@contextmanager
def guarded_sockets(policy: NetworkPolicy) -> Iterator[None]:
    """Judge every connection made inside the block; ``AddressRefusedError`` where not allowed.

    The error is not an ``OSError``: libraries do not take it for a network failure to retry.
    """
    _install()
    token = _guard.set(_guard_of(policy))
    try:
        yield
    finally:
        _guard.reset(token)


def guarded(
    function: Callable[_Args, _Result], policy: Callable[[], NetworkPolicy]
) -> Callable[_Args, _Result]:
    """Return ``function`` with its connections judged, e.g. the download step of another plugin.

    ``policy`` is asked at each call, so that configuration is read when it is ready.
    """

    @functools.wraps(function)
    def run(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with guarded_sockets(policy()):
            return function(*args, **kwargs)

    return run
