"""What work costs: time, CPU of this process and of the database server, the write lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, event

_BEGINS = ("BEGIN IMMEDIATE", "SELECT pg_advisory_xact_lock")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one run: by the clock, CPU, and the longest time that the write lock was held."""

    wall: float
    cpu: float
    lock: float

    def __truediv__(self, number: int) -> Cost:
        return Cost(self.wall / number, self.cpu / number, self.lock)


class Meter:
    """Measures work on the databases of *engine*; *server* is the process of their server."""

    def __init__(self, engine: Engine, server: int | None = None) -> None:
        self._server = None if server is None else psutil.Process(server)
        self._since: dict[int, float] = {}
        self._lock = 0.0
        event.listen(engine, "after_cursor_execute", self._executed)
        event.listen(engine, "commit", self._ended)
        event.listen(engine, "rollback", self._ended)

    @contextmanager
    def measured(self) -> Iterator[Callable[[], Cost]]:
        """Give a function that returns, at the end of the block, what the block cost."""
        self._lock = 0.0
        wall, cpu = perf_counter(), process_time() + self._server_cpu()
        ended: list[Cost] = []
        yield lambda: ended[0]
        ended.append(
            Cost(perf_counter() - wall, process_time() + self._server_cpu() - cpu, self._lock)
        )

    def of(self, work: Callable[[], Any], repeats: int = 5) -> Cost:
        """Return the median cost of *work*."""
        found = []
        for _ in range(repeats):
            with self.measured() as cost:
                work()
            found.append(cost())
        return Cost(
            median(each.wall for each in found),
            median(each.cpu for each in found),
            max(each.lock for each in found),
        )

    def _server_cpu(self) -> float:
        if self._server is None:
            return 0.0
        processes = [self._server, *self._server.children()]
        return sum(_cpu_seconds(process.pid) for process in processes)

    def _executed(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(_BEGINS):
            self._since[id(connection.connection.dbapi_connection)] = perf_counter()

    def _ended(self, connection: Connection) -> None:
        began = self._since.pop(id(connection.connection.dbapi_connection), None)
        if began is not None:
            self._lock = max(self._lock, perf_counter() - began)


def _cpu_seconds(pid: int) -> float:
    """Return the CPU that the process has had, to the nanosecond; 0 if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
