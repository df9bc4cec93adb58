"""Extraction in processes that can be killed: a file and an offset go in, an Extraction comes out.

A size limit protects nobody (20,000 spans in 360 kB keep an extractor busy for over a minute), so
each page has a kill timer and each worker a limit of memory. Neither bodies nor parsed trees cross
a process boundary: the worker reads the record from disk.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from pebble import ProcessExpired, ProcessPool

from archive.errors import AbandonedError, RecordError
from archive.extract.payload import EXTRACTOR, extract
from archive.model import Extraction, Outcome
from archive.profile import Profile
from archive.settings import Settings
from archive.warc.http import payload_of
from archive.warc.store import Store

PR_SET_PDEATHSIG = 1
PAGES_A_WORKER = 2_000
"""A worker is replaced after so many pages, so that no leak in a parser lasts for years."""
OUT_OF_MEMORY = 77
"""Exit status of a worker that ended itself because its memory had run out."""
DIED = "the extractor's process ended"
"""Start of the reason of a page that took its worker with it."""

_spawning = threading.Lock()


class _BareProcess(SpawnProcess):
    """A spawned process that does not import the parent's ``__main__``.

    Spawn would import it again in each worker; for a crawl that is all of Scrapy (0.5 s, 40 MB).
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _spawning:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _BareContext(SpawnContext):
    Process = _BareProcess


class Workers:
    """A pool of extraction processes; started with the first page, ended by ``close``."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._ended = False
        self._pending: set[Future[Extraction]] = set()
        self._pool = ProcessPool(
            max_workers=settings.workers,
            max_tasks=PAGES_A_WORKER,
            initializer=_prepare,
            initargs=(os.getpid(), store, settings),
            context=_BareContext(),
        )

    def extract(self, file: str, offset: int, profile: Profile | None) -> Future[Extraction]:
        """Return the extraction of the record at *offset* of WARC file *file*, to come.

        The future never holds an exception of the page's making: a page that hangs, exhausts the
        memory or kills its worker twice comes out as ``failed`` with the reason. It raises
        ``AbandonedError`` when the workers are ended before they come to it.
        """
        result: Future[Extraction] = Future()
        with self._lock:
            ended = self._ended
            if not ended:
                self._pending.add(result)
                result.add_done_callback(self._pending.discard)
        if ended:
            result.set_exception(_abandoned())
        else:
            self._submit(file, offset, profile, result, last=False)
        return result

    def close(self, *, kill: bool = False) -> None:
        """End the workers, at once with *kill*; otherwise after the pages they have."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        if kill:
            self._pool.stop()
        else:
            self._pool.close()
        self._pool.join()
        # Pebble leaves the futures of a stopped pool open for ever.
        for result in list(self._pending):
            result.set_exception(_abandoned())

    def _submit(
        self,
        file: str,
        offset: int,
        profile: Profile | None,
        result: Future[Extraction],
        *,
        last: bool,
    ) -> None:
        def done(future: Future[Extraction]) -> None:
            try:
                result.set_result(future.result())
            except FutureTimeoutError:
                limit = self._settings.extract_timeout_seconds
                result.set_result(failure(f"extraction took longer than {limit:g} s"))
            except ProcessExpired as error:
                # The page may have been the innocent next one in a worker that was already sick.
                if self._ended:
                    result.set_exception(_abandoned())
                elif last:
                    result.set_result(failure(_cause(error.exitcode)))
                else:
                    self._submit(file, offset, profile, result, last=True)
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the result
                # A pool that is stopped breaks in many ways; none is worth telling.
                result.set_exception(_abandoned() if self._ended else error)

        try:
            future = self._pool.schedule(
                _extract,
                args=[file, offset, profile],
                timeout=self._settings.extract_timeout_seconds,
            )
        except RuntimeError:  # closed since; close() tells whoever waits
            return
        future.add_done_callback(done)


def failure(reason: str) -> Extraction:
    """Return the extraction of a payload that could not be extracted."""
    return Extraction(outcome=Outcome.FAILED, extractor=EXTRACTOR, reason=reason)


def _abandoned() -> AbandonedError:
    return AbandonedError("the extractor's processes were ended before they came to the page")


def _cause(status: int | None) -> str:
    if status == OUT_OF_MEMORY:
        return f"{DIED}: its memory ran out"
    if status is not None and status < 0:
        return f"{DIED}: {signal.Signals(-status).name}"
    return f"{DIED}: exit status {status}"


# --- in the worker --------------------------------------------------------------------------------

_memory_limit = sys.maxsize
_store: Store


def _prepare(parent: int, store: Store, settings: Settings) -> None:
    """Tie this worker's life to its parent's and bound its memory."""
    # A terminal's Ctrl-C reaches the whole process group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Pebble's handler would wait for the parser's C code, and hold up the pool for 3 s meanwhile.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # it died before the line above
    # What is loaded now is no page's doing.
    global _memory_limit, _store  # noqa: PLW0603 - a worker's own, set once at its start
    _store = store
    _memory_limit = _address_space() + settings.extract_memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (_memory_limit, _memory_limit))


def _extract(file: str, offset: int, profile: Profile | None) -> Extraction:
    try:
        extraction = extract(payload_of(_store.read(file, offset)), profile)
    except RecordError as error:
        return failure(str(error))
    except MemoryError:
        # What is left of the page keeps the memory: the next, innocent page would fail in here.
        os._exit(OUT_OF_MEMORY)
    if extraction.outcome is Outcome.FAILED and _address_space() > _memory_limit * 0.9:
        os._exit(OUT_OF_MEMORY)  # lxml reports exhausted memory as an error of its own
    return extraction


def _address_space() -> int:
    """Return the bytes of address space that this process takes; 0 where nobody says."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()
