"""supervisord keeps the processes alive; here its configuration is written and it is spoken to."""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import socket
import time
import xmlrpc.client
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import proxy
from .commands import run, tail
from .errors import PortalError
from .instance import Instance, write_private
from .ports import processes_with, signal_process
from .processes import Process

RUNNING = "RUNNING"


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=150)
        self.path = path

    def connect(self) -> None:
        """Connect to the socket instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """Open the socket, whatever the host."""
        return _Connection(self.path)


class Supervisor:
    """The supervisor of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.instance.run_folder() / "supervisor.sock"

    @property
    def configuration(self) -> Path:
        """Its configuration file."""
        return self.instance.folder / "supervisord.conf"

    @property
    def rpc(self) -> Any:
        """Its XML-RPC interface."""
        proxy = xmlrpc.client.ServerProxy("http://localhost", _Transport(str(self.socket)))
        return proxy.supervisor

    def is_running(self) -> bool:
        """Return whether it answers."""
        if not self.instance.exists:
            return False
        try:
            state = self.rpc.getState()
        except (OSError, xmlrpc.client.Error, http.client.HTTPException):
            return False
        return int(state["statecode"]) >= 0

    def write(self, processes: list[Process]) -> None:
        """Write the configuration for these processes."""
        folder = self.instance.folder
        parts = [
            "[unix_http_server]", f"file = {_value(self.socket)}", "chmod = 0700", "",
            "[supervisord]",
            f"logfile = {_value(self.instance.log('supervisor'))}",
            f"pidfile = {_value(folder / 'run' / 'supervisor.pid')}",
            f"directory = {_value(folder)}", f"childlogdir = {_value(folder / 'logs')}",
            "umask = 077", "minfds = 1024", *(["user = root"] if os.geteuid() == 0 else []), "",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface", "",
        ]  # fmt: skip
        for process in processes:
            parts += self._program(process)
        write_private(self.configuration, "\n".join(parts))

    def _program(self, process: Process) -> list[str]:
        command = " ".join(shlex.quote(part) for part in process.command)
        return [
            f"[program:{process.name}]",
            f"command = {_value(command)}",
            "autostart = false",
            "autorestart = true",
            f"startsecs = {process.steady_after}",
            "startretries = 20",
            f"stopsignal = {process.stop_signal}",
            "stopwaitsecs = 20",
            "stopasgroup = true" if process.stop_signal == "TERM" else "stopasgroup = false",
            "killasgroup = true",
            *([f"user = {process.user}"] if process.user else []),
            "redirect_stderr = true",
            # Relative to the instance: supervisord reads percent signs of this option twice.
            f"stdout_logfile = logs/{process.name}.log",
            "stdout_logfile_maxbytes = 10MB",
            "stdout_logfile_backups = 2",
            "",
        ]

    def start(self, binaries: Path) -> None:
        """Start it, or make the one that runs read the configuration again."""
        if self.is_running():
            added, changed, removed = self.rpc.reloadConfig()[0]
            for name in [*changed, *removed]:
                self._stop(name)
                self.rpc.removeProcessGroup(name)
            for name in [*added, *changed]:
                self.rpc.addProcessGroup(name)
            return
        run(
            [binaries / "supervisord", "-c", self.configuration],
            what="the start of the supervisor",
            cwd=self.instance.folder,
        )
        for _ in range(40):
            if self.is_running():
                return
            time.sleep(0.25)
        raise PortalError(
            "the supervisor does not answer", f"See {self.instance.log('supervisor')}."
        )

    def _stop(self, name: str) -> None:
        if self.rpc.getProcessInfo(name)["statename"] in (RUNNING, "STARTING", "BACKOFF"):
            self.rpc.stopProcess(name)

    def start_process(self, name: str) -> None:
        """Start one program unless it runs."""
        if self.rpc.getProcessInfo(name)["statename"] in (RUNNING, "STARTING"):
            return
        try:
            self.rpc.startProcess(name, False)
        except xmlrpc.client.Fault as fault:
            raise PortalError(
                f"{name} could not be started: {fault.faultString}",
                f"See {self.instance.log(name)}.",
            ) from fault

    def restart_process(self, name: str) -> None:
        """Stop and start one program."""
        self._stop(name)
        self.start_process(name)

    def stop(self) -> None:
        """Stop every program and the supervisor itself, and wait for it."""
        if not self.is_running():
            self.end_orphans()
            return
        pid = int(self.rpc.getPID())
        self.rpc.shutdown()
        for _ in range(480):
            if not _alive(pid):
                return
            time.sleep(0.125)
        raise PortalError(f"the supervisor (pid {pid}) did not stop within 60 s", "Try again.")

    def wait_for(self, names: Sequence[str], seconds: int = 60) -> None:
        """Wait until programs run steadily; PortalError has the end of a failed one's log."""
        states: dict[str, str] = {}
        for _ in range(seconds * 2):
            states = {name: self.rpc.getProcessInfo(name)["statename"] for name in names}
            if all(state == RUNNING for state in states.values()):
                return
            if "FATAL" in states.values():
                break
            time.sleep(0.5)
        failed = next(name for name, state in states.items() if state != RUNNING)
        log = self.instance.log(failed)
        raise PortalError(
            f"{failed} does not run ({states[failed].lower()}). The end of its log:\n{tail(log)}",
            f"See {log}; when the cause is gone, repeat the command.",
        )

    def end_orphans(self) -> None:
        """End what a supervisor that was killed left behind: such processes name its socket."""
        if not self.instance.exists:
            return
        mark = f"SUPERVISOR_SERVER_URL=unix://{self.socket}".encode()
        for seconds in (10, 10, 0):
            left = [*processes_with(mark), *proxy.processes(self.instance)]
            for pid in left:
                signal_process(pid, signal.SIGINT if seconds else signal.SIGKILL)
            for _ in range(seconds * 4):
                if not (processes_with(mark) or proxy.processes(self.instance)):
                    return
                time.sleep(0.25)

    def processes(self) -> list[dict[str, Any]]:
        """Return what the supervisor knows of each program."""
        return list(self.rpc.getAllProcessInfo()) if self.is_running() else []


def _value(value: object) -> str:
    """Return a value for the configuration file, in which a percent sign is special."""
    return str(value).replace("%", "%%")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
