"""What the operator is told when something fails."""

from __future__ import annotations


class PortalError(Exception):
    """A failure that has a reason and a way on.

    Args:
        reason: what went wrong, with the name of the file, port or command.
        remedy: what to do about it.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
