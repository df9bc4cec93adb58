"""Run a command and measure it: time, CPU of its main process and its workers, memory.

Only the parent knows the CPU of a process that has ended. So the total is what the kernel counts
for the whole tree, the CPU of the workers is their last sample, and the rest is the main process.
Processes that the command leaves behind become children of this one (``PR_SET_CHILD_SUBREAPER``),
and their CPU counts too.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil

SAMPLE_SECONDS = 0.05
PR_SET_CHILD_SUBREAPER = 36
"""The option of prctl(2); from <linux/prctl.h>."""
CHILDREN_SECONDS = 0.25
"""How often to look for new child processes, which reads all of /proc."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was used at one moment; CPU in seconds, *count* is the number of things done."""

    at: float
    count: int
    main_cpu: float
    main_thread_cpu: float
    workers_cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The output and the cost of a command: seconds, bytes, ``samples`` in order of time."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    main_cpu: float
    workers_cpu: float
    peak_rss_bytes: int
    """The peak memory of the main process, without its workers."""
    samples: tuple[Sample, ...]

    @property
    def main_thread_cpu(self) -> float:
        """CPU of the main process's first thread in seconds, to the last sample of it."""
        return self.samples[-1].main_thread_cpu if self.samples else 0.0

    @property
    def cpu(self) -> float:
        """CPU of all processes, in seconds."""
        return self.main_cpu + self.workers_cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The cost of a part of the work."""

    count: int
    seconds: float
    main_cpu: float
    workers_cpu: float

    @property
    def rate(self) -> float:
        """Number per second."""
        return self.count / self.seconds if self.seconds else 0.0

    @property
    def main_ms(self) -> float:
        """CPU of the main process for each, in milliseconds."""
        return 1000 * self.main_cpu / self.count if self.count else 0.0

    @property
    def workers_ms(self) -> float:
        """CPU of all workers for each, in milliseconds."""
        return 1000 * self.workers_cpu / self.count if self.count else 0.0

    def as_dict(self) -> dict[str, float]:
        """Return the figures for JSON."""
        return {
            "count": self.count,
            "seconds": round(self.seconds, 2),
            "per_second": round(self.rate, 1),
            "main_cpu_ms": round(self.main_ms, 2),
            "workers_cpu_ms": round(self.workers_ms, 2),
        }


def measure(
    command: Sequence[str], count: Callable[[], int], environment: Mapping[str, str] | None = None
) -> Measured:
    """Run *command* to its end; each sample calls *count* for its progress."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    others = {child.pid for child in psutil.Process().children()}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = monotonic()
        running = subprocess.Popen(
            command, stdout=out, stderr=err, env={**os.environ, **(environment or {})}
        )
        samples, peak = _watch(running, count)
        seconds = monotonic() - began
        _reap(others)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        out.seek(0)
        err.seek(0)
        stdout, stderr = out.read(), err.read()
    total = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    workers_cpu = samples[-1].workers_cpu if samples else 0.0
    return Measured(
        status=running.returncode,
        stdout=stdout,
        stderr=stderr,
        seconds=seconds,
        main_cpu=total - workers_cpu,
        workers_cpu=workers_cpu,
        peak_rss_bytes=peak,
        samples=tuple(samples),
    )


def stretch(measured: Measured, start: int, end: int) -> Stretch:
    """Return the cost from a count of *start* to a count of *end*.

    Both ends are the first samples with such a count, so a short part is not exact.
    """
    samples = measured.samples
    first = next((s for s in samples if s.count >= start), samples[-1])
    last = next((s for s in samples if s.count >= end), samples[-1])
    return Stretch(
        count=last.count - first.count,
        seconds=last.at - first.at,
        main_cpu=last.main_cpu - first.main_cpu,
        workers_cpu=last.workers_cpu - first.workers_cpu,
    )


def _watch(running: subprocess.Popen[bytes], count: Callable[[], int]) -> tuple[list[Sample], int]:
    main, workers = psutil.Process(running.pid), _Workers(running.pid)
    samples: list[Sample] = []
    peak = 0
    while True:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            times = main.cpu_times()
            samples.append(
                Sample(
                    at=monotonic(),
                    count=count(),
                    main_cpu=times.user + times.system,
                    main_thread_cpu=_main_thread_cpu(main),
                    workers_cpu=workers.cpu_seconds(),
                )
            )
            peak = max(peak, _peak_rss(running.pid))
        try:
            running.wait(SAMPLE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return samples, peak


def _reap(others: Collection[int]) -> None:
    """Wait for the processes that the command left; *others* are children that it did not make."""
    for child in psutil.Process().children():
        if child.pid not in others:
            with suppress(ChildProcessError):
                os.waitpid(child.pid, 0)


class _Workers:
    """The CPU of all processes below one, including those that have ended."""

    def __init__(self, pid: int) -> None:
        self._pid, self._seconds = pid, dict[psutil.Process, float]()
        self._looked_at = 0.0

    def cpu_seconds(self) -> float:
        if monotonic() - self._looked_at > CHILDREN_SECONDS:
            self._looked_at = monotonic()
            for child in psutil.Process(self._pid).children(recursive=True):
                self._seconds.setdefault(child, 0.0)
        for child in self._seconds:
            with suppress(psutil.NoSuchProcess):
                times = child.cpu_times()
                self._seconds[child] = times.user + times.system
        return sum(self._seconds.values())


def _main_thread_cpu(process: psutil.Process) -> float:
    """Return the CPU seconds of the thread that has the number of its process."""
    found = next(each for each in process.threads() if each.id == process.pid)
    return float(found.user_time + found.system_time)


def _peak_rss(pid: int) -> int:
    """Return the peak of the process's resident memory, in bytes; 0 if the process has ended."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
