"""What every process of an instance is doing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .instance import Instance
from .processes import APPLICATION, INFRASTRUCTURE
from .supervisor import RUNNING, Supervisor

#: Processes that listen on a port, and what it is called.
PORTS = {"postgres": "postgres", "solr": "solr", "proxy": "web"}
NAMES = (*INFRASTRUCTURE, *APPLICATION)
STOPPED = {"pid": 0, "statename": "STOPPED", "spawnerr": ""}
PAGE = os.sysconf("SC_PAGE_SIZE")


def collect(instance: Instance) -> dict[str, Any]:
    """Return the status as ``{"processes": [...], "url"}``; memory in MB, shared pages once."""
    children = _children()
    known = {info["name"]: info for info in Supervisor(instance).processes()}
    names = {*known, *(NAMES if instance.exists else ())}
    processes = [
        _describe(instance, known.get(name, {**STOPPED, "name": name}), children)
        for name in sorted(names, key=_place)
    ]
    return {"processes": processes, "url": instance.state.get("url", "")}


def _place(name: str) -> int:
    return NAMES.index(name) if name in NAMES else len(NAMES)


def _describe(
    instance: Instance, info: dict[str, Any], children: dict[int, list[int]]
) -> dict[str, Any]:
    pid = int(info["pid"]) or None
    running = info["statename"] == RUNNING
    return {
        "name": info["name"],
        "state": str(info["statename"]).lower(),
        "pid": pid,
        "port": instance.port(PORTS[info["name"]]) if info["name"] in PORTS else None,
        "memory_mb": round(_memory(pid, children) / 2**20, 1) if pid else 0.0,
        "error": "" if running else _reason(instance, info),
    }


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            found.setdefault(parent, []).append(int(entry.name))
    return found


def _memory(pid: int, children: dict[int, list[int]]) -> int:
    """Bytes of a process and its children; what they share counts once (PSS)."""
    own = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                own = int(line.split()[1]) * 1024
    except OSError:
        own = _resident(pid)
    return own + sum(_memory(child, children) for child in children.get(pid, []))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _reason(instance: Instance, info: dict[str, Any]) -> str:
    """Why a process does not run: nothing is wrong with one that was stopped."""
    if info["statename"] == "STOPPED":
        return ""
    return str(info["spawnerr"]) or _last_line(instance.log(info["name"]))


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")[:300]


def as_table(status: dict[str, Any]) -> str:
    """Return the status as a table for people."""
    if not any(item["pid"] for item in status["processes"]):
        return "The portal is not running. Start it with: ./portal up"
    row = "{:<15} {:<10} {:>8} {:>6} {:>8}  {}"
    lines = [row.format("process", "state", "pid", "port", "MB", "last error")]
    lines += [
        row.format(
            item["name"], item["state"], item["pid"] or "—", item["port"] or "—",
            f"{item['memory_mb']:.0f}", item["error"],
        )
        for item in status["processes"]
    ]  # fmt: skip
    total = sum(item["memory_mb"] for item in status["processes"])
    return "\n".join([*lines, "", f"{total:.0f} MB in all · {status['url']}"])


def as_json(status: dict[str, Any]) -> str:
    """Return the status as one JSON object."""
    return json.dumps(status, ensure_ascii=False)
