"""The extraction processes of a process, as the system shows them."""

from __future__ import annotations

from contextlib import suppress

import psutil


def fork_servers(pid: int) -> list[psutil.Process]:
    """Return the process from which the workers of process *pid* are forked; none before that."""
    return [child for child in psutil.Process(pid).children() if _is_of_multiprocessing(child)]


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the extraction processes of process *pid* that live."""
    found: list[psutil.Process] = []
    for server in fork_servers(pid):
        with suppress(psutil.NoSuchProcess):
            found += [each for each in server.children() if each.status() != psutil.STATUS_ZOMBIE]
    return found


def _is_of_multiprocessing(process: psutil.Process) -> bool:
    try:
        return "multiprocessing.forkserver" in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False
