"""Read a source: a stream of its items that ends in order, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import urlsplit

from ckanext.mxcity.ground.errors import HarvestError, ReadError
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.net import GuardedClient
from ckanext.mxcity.net.conditional import ConditionalClient, NotModifiedError, Version
from ckanext.mxcity.reading.records import Item
from ckanext.sniegharvest import config
from ckanext.sniegharvest.engine.lease import Watch
from ckanext.sniegharvest.engine.read import quarantine
from ckanext.sniegharvest.engine.read.quarantine import Limits
from ckanext.sniegharvest.engine.read.stream import items
from ckanext.sniegharvest.engine.report.report import Problem
from ckanext.sniegharvest.readers.source_type import SourceType
from ckanext.sniegharvest.sources.source_config import SourceConfig

log = logging.getLogger(__name__)

UNREADABLE = N_("The source could not be read further: {reason}")


class Reading:
    """Reads a source once: iterate over ``items``, then ask how the reading ended.

    Args:
        kind: the type of the source.
        url: its address.
        settings: its settings.
        allow_loopback: whether it may be on this machine.
        known: the version of its document that was read before, if that is enough.

    """

    def __init__(
        self,
        kind: SourceType,
        url: str,
        settings: SourceConfig,
        *,
        allow_loopback: bool = False,
        known: Version | None = None,
    ) -> None:
        exempt = frozenset({urlsplit(url).hostname or ""} if settings.permission else ())
        policy = config.network_policy(allow_loopback, exempt)
        self._client = ConditionalClient(config.client(policy), known)
        self._kind, self._url, self._settings = kind, url, settings
        #: Items that were read.
        self.count = 0
        #: Whether the listing was read to its end: absence from it proves something.
        self.complete = False
        #: Whether the source says that it is as it was; nothing was read then.
        self.unmodified = False
        #: Why it ended before its end.
        self.problem: Problem | None = None

    def items(self, watch: Watch, progress: Callable[[int], None]) -> Iterator[Item]:
        """Yield what the source lists.

        Raises:
            StoppedError: a person stopped the run, or reading took too long.

        """
        stream = self._stream()
        try:
            while (item := self._next(stream)) is not None:
                watch.check()
                self.count += 1
                if self.count % 500 == 0:
                    progress(self.count)
                yield item
        finally:
            self._client.close()

    def _stream(self) -> Iterator[Item]:
        client = cast(GuardedClient, self._client)
        listed = items(self._kind, self._url, self._settings, client)
        yield from quarantine.apart(listed, Limits(**config.quarantine()))

    def _next(self, stream: Iterator[Item]) -> Item | None:
        """Return the next item; None at the end, after noting why the reading ended."""
        try:
            return next(stream)
        except StopIteration:
            self.complete = True
        except NotModifiedError:
            self.unmodified = True
        except HarvestError as error:
            stage = "read" if isinstance(error, ReadError) else "fetch"
            self.problem = Problem(self._url, stage, error.message)
        except Exception as error:
            log.exception("Reading %s stopped after %s records", self._url, self.count)
            message = Message("unexpected", UNREADABLE, {"reason": str(error)[:500]})
            self.problem = Problem(self._url, "read", message)
        return None

    @property
    def version(self) -> Version | None:
        """Return the version of the source's document; None unless one document was read whole."""
        return self._client.single if self.complete and not self._kind.token else None
