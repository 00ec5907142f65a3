"""The reading room: what strangers send is parsed in a child process without doors.

One child a file. It sees its own folder and the program's code, has no network, no secret and no
child of its own, and its time, memory and disk are bounded. ``run`` is all that others need:

- ``walls`` knows which of the system's walls there are, and how a child is put behind them;
- ``outside`` starts the child, watches it, and takes its answer;
- ``inside`` is the child: it closes the last doors behind itself, then does the task.

No CKAN import here, and none of the rest of the portal: what a task needs, it imports inside.
"""

from __future__ import annotations

from ckanext.mxcity.room.model import Bounds, GiB, MiB, RoomFailed
from ckanext.mxcity.room.outside import LEAST_FREE, Child, run, talk
from ckanext.mxcity.room.walls import Walls, standing

__all__ = [
    "LEAST_FREE",
    "Bounds",
    "Child",
    "GiB",
    "MiB",
    "RoomFailed",
    "Walls",
    "run",
    "standing",
    "talk",
]
