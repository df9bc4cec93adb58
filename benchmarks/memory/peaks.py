"""Run a command and take the peak of the resident memory of each of its processes.

The kernel keeps the peak of a living process (VmHWM), so a sample just before its end is enough.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

SAMPLE_SECONDS = 0.01
MAIN, FORK_SERVER, WORKER, OTHER = "main", "fork server", "worker", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """How a command ended, and the highest peak of its processes by role, in bytes."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    by_role: dict[str, int] = field(default_factory=dict)


def peaks_of(command: Sequence[str], *, cwd: Path | None = None) -> Peaks:
    """Run *command* to its end."""
    began = monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        running = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd)
        roles: dict[int, str] = {running.pid: MAIN}
        by_role: dict[str, int] = {}
        while running.poll() is None:
            for pid, role in _family(running.pid, roles).items():
                by_role[role] = max(by_role.get(role, 0), peak_of(pid))
            sleep(SAMPLE_SECONDS)
        out.seek(0)
        err.seek(0)
        return Peaks(
            status=running.returncode,
            stdout=out.read(),
            stderr=err.read(),
            seconds=monotonic() - began,
            by_role=by_role,
        )


def peak_of(pid: int) -> int:
    """Return the peak of a process's resident memory, in bytes; 0 if the process has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _family(main: int, roles: dict[int, str]) -> dict[int, str]:
    """Return the living processes below *main* by their roles, which *roles* keeps."""
    found = {main: MAIN}
    waiting = [main]
    while waiting:
        parent = waiting.pop()
        for child in _children(parent):
            # What forks keep the command line, so a worker's looks like that of its fork server.
            if child not in roles and (role := _role(child, roles[parent])) is not None:
                roles[child] = role
            if child in roles:
                found[child] = roles[child]
                waiting.append(child)
    return found


def _role(pid: int, of_parent: str) -> str | None:
    """Return the role of a new process; None while it still is a copy of its parent."""
    if of_parent == FORK_SERVER:
        return WORKER
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        is_copy = line == Path(f"/proc/{_parent(pid)}/cmdline").read_bytes().decode(
            errors="replace"
        )
    except (OSError, ValueError):
        return None
    if is_copy:
        return None
    return FORK_SERVER if "multiprocessing.forkserver" in line else OTHER


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += map(int, (task / "children").read_text().split())
    return children
