"""Hardened against forged log lines: what comes from outside cannot begin a new line."""

from __future__ import annotations

import logging
from typing import Any


class OneLineRecord(logging.LogRecord):
    """A log record whose arguments show their control characters instead of writing them.

    Line breaks of the message itself stay, indented, so that no line of it looks like a record.
    """

    def getMessage(self) -> str:  # noqa: N802  the name is logging's
        """Return the message with its arguments, inert."""
        if isinstance(self.args, dict):
            self.args = {key: inert(value) for key, value in self.args.items()}
        elif self.args:
            self.args = tuple(inert(value) for value in self.args)
        return super().getMessage().replace("\r", "\\r").replace("\n", "\n    ")


def inert(value: Any) -> Any:
    """Return a text with its control characters written out; other values as they are."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in value
    )


def install() -> None:
    """Make every log record of this process an inert one."""
    logging.setLogRecordFactory(OneLineRecord)
