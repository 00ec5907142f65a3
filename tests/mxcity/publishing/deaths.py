"""Ends a process at a chosen step of its work, as ``kill -9`` does, and names the steps.

A step is what outlives the process: a commit, a file that is renamed, removed or emptied, a request
that changes the index. Before the first of a kind something happens: by default, the process ends.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.model as model
import pysolr
import sqlalchemy as sa
from ckanext.datastore.backend import postgres

#: Steps are told apart by the innermost of our functions that take them.
OURS = ("ckanext/mxcity/publishing/", "ckanext/mxcity/tables/")
#: Of the files, those of uploads and of resources: others are gone with the process anyway.
FILES = ("os.rename", "os.remove", "os.truncate")
FOLDERS = ("/mxcity-publishing/", "/resources/")


def die() -> None:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


class Death:
    """Notes steps; before the first of the kind ``step`` something happens, once."""

    def __init__(self, log: Path, step: str = "", how: Callable[[], object] = die) -> None:
        self.log, self.chosen, self.how = log, step, how
        self.log.write_text("")
        self._came = mmap.mmap(-1, 1)  # shared with the processes that are forked

    @property
    def came(self) -> bool:
        """Whether it happened."""
        return self._came[0] == 1

    def arm(self) -> None:
        """Let this process, which has to be one of its own, note its steps from now on."""
        sa.event.listen(sa.engine.Engine, "commit", lambda _: self.step("commit"))
        sys.addaudithook(self._audit)
        sent = pysolr.Solr._send_request

        def send(solr: Any, method: str, *args: Any, **kwargs: Any) -> Any:
            if method.upper() != "GET":
                self.step("index")
            return sent(solr, method, *args, **kwargs)

        pysolr.Solr._send_request = send

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in FILES and any(folder in str(args[0]) for folder in FOLDERS):
            self.step(event)

    def step(self, kind: str) -> None:
        """Note a step that is about to be taken, and let it happen if it is the chosen one."""
        if self.came:
            return
        stack = traceback.extract_stack()
        names = [frame.name for frame in stack if any(part in frame.filename for part in OURS)]
        told = f"{kind} in {'/'.join(names[-4:])}"
        with self.log.open("a") as log:
            log.write(f"{told}\n")
        if told == self.chosen:
            self._came[0] = 1
            self.how()

    def steps(self) -> list[str]:
        """Return the kinds of steps that were taken, in their order."""
        return list(dict.fromkeys(self.log.read_text().splitlines()))


def forked(do: Callable[[], object]) -> int:
    """Do something in a process of its own; gives the id of the process."""
    model.Session.remove()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # The parent goes on using its connections.
        for engine in (model.meta.engine, *postgres._engines.values()):
            engine.dispose(close=False)
        do()
        code = 0
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for a process; gives its exit code, or the signal that ended it as a negative."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
