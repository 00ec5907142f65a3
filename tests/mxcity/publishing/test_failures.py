"""Whatever stops the work with a file, its clerk reads a sentence in Spanish."""

from __future__ import annotations

import builtins
import errno
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import psycopg2.errors
import pysolr
import pytest
import redis.exceptions
import rq.exceptions
import rq.timeouts
import sqlalchemy as sa
from ckan.lib.search import common as search
from ckanext.mxcity.files import FileRefused
from ckanext.mxcity.publishing import failures
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("spanish_settings")


@pytest.fixture
def spanish_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal whose language is the Spanish of Mexico."""
    monkeypatch.setitem(tk.config, "ckan.locale_default", "es_MX")


def kinds(module: Any, base: type[BaseException] = Exception) -> list[type[BaseException]]:
    """The exceptions of a module that can be made of a text."""
    found = []
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, base):
            try:
                kind("x")
            except (TypeError, ValueError):
                continue
            found.append(kind)
    return sorted(found, key=lambda kind: kind.__name__)


MODULES = (builtins, psycopg2, psycopg2.errors, redis.exceptions, rq.timeouts, pysolr, search)
KINDS = [kind for module in MODULES for kind in kinds(module)]
WRAPPED = [
    lambda inner: sa.exc.OperationalError("SELECT 1", None, inner),
    lambda inner: sa.exc.DBAPIError("COPY", None, inner),
    lambda inner: sa.exc.PendingRollbackError(str(inner)),
    lambda inner: tk.ValidationError({"title": [str(inner)]}),
    lambda inner: tk.NotAuthorized(str(inner)),
    lambda inner: tk.ObjectNotFound(str(inner)),
    lambda inner: OSError(errno.ENOSPC, str(inner)),
    lambda inner: FileRefused("not-a-table"),
    lambda inner: inner,
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(WRAPPED), st.booleans(), st.booleans())
def test_every_exception_has_a_sentence(
    kind: type[BaseException], wrap: Any, caused: bool, around: bool
) -> None:
    """It is there, in Spanish, says what to do and nothing of the inside."""
    inner = kind("SECRET-OF-THE-INSIDE")
    error = wrap(inner)
    if caused and error is not inner:
        error.__cause__ = inner
    if around:
        outer = RuntimeError("SECRET-OF-THE-INSIDE")
        outer.__context__ = error
        error = outer
    reason = failures.of(error)
    said = reason.said(error)
    assert len(said) > 20, (kind, said)
    assert said[-1] in ".?", said
    if reason not in (failures.INVALID, failures.REFUSED):
        assert "SECRET" not in said
        assert said != reason.text, "it is translated"


@pytest.mark.parametrize(
    ("error", "code", "passing"),
    [
        (sa.exc.OperationalError("x", None, psycopg2.OperationalError("closed")), "database", True),
        (sa.exc.DBAPIError("COPY", None, psycopg2.errors.AdminShutdown()), "database", True),
        (sa.exc.InterfaceError("x", None, psycopg2.InterfaceError("closed")), "database", True),
        (sa.exc.DataError("x", None, psycopg2.errors.InvalidDatetimeFormat()), "unknown", False),
        (search.SearchIndexError("gone"), "search", True),
        (pysolr.SolrError("gone"), "search", True),
        (redis.exceptions.ConnectionError(), "queue", True),
        (OSError(errno.EDQUOT, "quota"), "disk", False),
        (MemoryError(), "memory", False),
        (rq.timeouts.JobTimeoutException(), "time", False),
        (tk.NotAuthorized(), "forbidden", False),
        (KeyError("x"), "unknown", False),
    ],
)
def test_kinds(error: Exception, code: str, passing: bool) -> None:
    """What may be back soon is tried again without a person; nothing else is."""
    reason = failures.of(error)
    assert (reason.code, reason.passing) == (code, passing)


def test_a_full_disk_is_told_as_such() -> None:
    """Also where it was said with another word on its way."""
    error = tk.ValidationError({"upload": ["x"]})
    error.__context__ = tk.ValidationError({"upload": ["x"]})
    error.__context__.__cause__ = OSError(errno.ENOSPC, "no room")
    assert failures.of(error) is failures.DISK
