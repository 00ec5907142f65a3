"""What a child may use, and how it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MiB = 1 << 20
GiB = 1 << 30

#: ``time``, ``memory``, ``disk`` and ``answer``: more than the bounds allow; ``full``: the disk
#: has no room left; ``busy``: too many children at once; ``ended``: the child died or failed.
Reason = Literal["time", "memory", "disk", "answer", "full", "busy", "ended"]


@dataclass(frozen=True)
class Bounds:
    """What one child may use: seconds, and bytes."""

    #: From its start to its answer.
    seconds: float = 600
    #: Of one processor.
    cpu_seconds: int = 600
    #: Of address space.
    memory: int = 4 * GiB
    #: Of everything it writes, together.
    disk: int = 8 * GiB
    #: Of its answer.
    answer: int = 16 * MiB
    #: Open at a time.
    files: int = 256


class RoomFailed(Exception):  # noqa: N818  # not a fault: an answer
    """A child gave no answer; ``reason`` says why, ``detail`` is for the log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail
