"""Extraction in processes that can be killed: a file and an offset go in, an Extraction comes out.

A size limit protects nobody (20,000 spans in 360 kB keep an extractor busy for over a minute), so
each page has a kill timer and each worker a limit of memory. Neither bodies nor parsed trees cross
a process boundary: the worker reads the record from disk.

Each worker has a pipe and a thread of its own. A pool whose workers share a pipe and its locks
(Pebble, concurrent.futures) stands still for ever when the system kills one that holds a lock.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from types import ModuleType
from typing import Any

from archive.errors import (
    AbandonedError,
    ArchiveError,
    NotFoundError,
    RecordError,
    StorageError,
)
from archive.model import Capture, Extraction
from archive.model.answers import decode
from archive.model.candidate_file import CandidateFile
from archive.model.capture import READ_HEADERS
from archive.model.template import ALONE, Template
from archive.pipeline.futures import uncancellable
from archive.pipeline.worker_answers import (
    ANSWER_BYTES,
    LAST,
    MALFORMED,
    MORE,
    cause_of_death,
    failure,
    serve,
    why_none_starts,
)
from archive.settings import Settings
from archive.warc.store import Store

PAGES_A_WORKER = 2_000
"""A worker is replaced after this number of pages, so that no leak in a parser lasts."""
STARTS = 3
"""Attempts to start a worker before it counts as impossible."""
WALL_FOR_CPU = 10
"""A page may take its seconds of CPU times this by the clock, since the machine may be busy."""

_SIGNALS = {signal.SIGINT, signal.SIGTERM}
_PRELOADED = ["archive.pipeline.extraction_worker"]
"""What the fork server imports once for all workers of this process."""
_starting = threading.Lock()


class _BareProcess(ForkServerProcess):
    """A process that is forked from one in which all that an extraction needs is loaded.

    It does not import the parent's ``__main__``, which for a crawl is all of Scrapy (0.5 s, 40 MB).
    It begins with signals blocked, and so stays: a terminal's Ctrl-C and a service manager's
    SIGTERM reach all processes of a crawl, and when workers end is for their parent to say.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _starting:
            _CONTEXT.set_forkserver_preload(_PRELOADED)
            resource_tracker.ensure_running()  # where it is started, it changes the mask
            before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _BareContext(ForkServerContext):
    Process = _BareProcess


_CONTEXT = _BareContext()


class _DiedError(Exception):
    """The worker is gone; *status* is how its process ended."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class _SlowError(Exception):
    """The page took too long, and the worker was killed for it."""


@dataclass(frozen=True, slots=True)
class _Page:
    file: str
    offset: int
    template: Template
    result: Future[Extraction] = field(default_factory=uncancellable)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.pages = 0
        self._folder = store.folder
        self._limit_seconds = settings.extract_timeout_seconds
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=serve, args=(theirs, store, settings), daemon=True)
        self._process.start()
        theirs.close()  # so that its end is the end of the pipe

    def wait_until_ready(self) -> None:
        """Wait until it has loaded what it needs, so that this counts for no page's timer."""
        self._receive_bytes()

    def extract(self, page: _Page) -> Extraction:
        """Return what the page says. Raises ``_DiedError`` or ``_SlowError``, and is then gone."""
        self.pages += 1
        before = self._cpu_seconds()
        try:
            self._pipe.send((page.file, page.offset, page.template.encoded))
        except OSError as error:
            raise self._death() from error
        if not self._answers_in_time(before):
            self.kill()
            raise _SlowError
        try:
            return self._receive_answer()
        except ValueError as error:
            self.kill()
            raise _DiedError(MALFORMED) from error
        except OSError as error:
            self.kill()
            raise StorageError(f"{self._folder}: cannot be written: {error.strerror}") from error

    def end(self) -> None:
        """Let it end of itself; it has no page."""
        with suppress(OSError):  # it is gone already
            self._pipe.send(None)
        self._process.join(1.0)
        self.kill()

    def kill(self) -> None:
        """End it at once; from any thread."""
        self._process.kill()
        self._process.join()

    def _answers_in_time(self, before: float | None) -> bool:
        limit, began = self._limit_seconds, monotonic()
        patience = limit
        while not self._pipe.poll(patience):
            now = self._cpu_seconds()
            if before is None or now is None or now - before >= limit:
                return False
            if monotonic() - began > WALL_FOR_CPU * limit:
                return False
            patience = max(limit - (now - before), 0.05)
        return True

    def _cpu_seconds(self) -> float | None:
        """Return the CPU time that it has used; None where the system does not say."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None

    def _receive_answer(self) -> Extraction:
        """Return what it says of a page; what is longer than a page's links is kept in a file.

        Raises ``ValueError`` for anything else, and ``OSError`` if the file cannot be written.
        """
        is_more, data = self._receive_part()
        found = decode(data)
        if not is_more:
            return found
        candidates, size = CandidateFile(self._folder), len(data)
        while is_more:
            is_more, data = self._receive_part()
            if (size := size + len(data)) > ANSWER_BYTES:
                raise ValueError("it says more than an answer may be")
            candidates.add(data)
        return replace(found, candidates=candidates)

    def _receive_part(self) -> tuple[bool, bytes]:
        data = self._receive_bytes()
        if data[:1] not in {MORE, LAST}:
            raise ValueError("no part of an answer")
        return data[:1] == MORE, data[1:]

    def _receive_bytes(self) -> bytes:
        """Return what it says: bytes, never a pickle, which could run code in this process."""
        try:
            return self._pipe.recv_bytes(ANSWER_BYTES)
        except (EOFError, OSError) as error:  # OSError: it died within its answer
            if not self._pipe.readable:  # or it announced more than it may say
                self.kill()
                raise _DiedError(MALFORMED) from error
            raise self._death() from error

    def _death(self) -> _DiedError:
        self._process.join()
        return _DiedError(self._process.exitcode)


class Workers:
    """A pool of extraction processes; each is started when the others are busy.

    ``close`` ends them.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._lock = threading.Lock()
        self._pages: SimpleQueue[_Page | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._alive: set[_Worker] = set()
        self._unread = 0
        # Python would send SIGTERM to what is left at its end, and wait for it without end. Exit
        # functions run in the reverse order, so this one must be registered after Python's.
        self._at_exit = partial(_kill, self._alive)
        atexit.register(self._at_exit)
        self._ended = self._killed = False

    def start(self) -> None:
        """Start a worker now, without waiting for it, so that it is ready when a page comes.

        What it is forked from takes most of the time; others are then there in some milliseconds.
        """
        with self._lock:
            if not (self._ended or self._threads):
                self._start_thread(at_once=True)

    def extract(self, file: str, offset: int, template: Template = ALONE) -> Future[Extraction]:
        """Return the extraction of the record at *offset* of WARC file *file*, to come.

        *template* is that of its publisher.

        The future never holds an exception of the page's making: a page that hangs, exhausts the
        memory or kills its worker twice comes out as ``failed`` with the reason. It raises
        ``AbandonedError`` when the workers are ended before they come to it.
        """
        page = _Page(file, offset, template)
        with self._lock:
            ended = self._ended
            if not ended:
                self._unread += 1
                self._pages.put(page)
                if len(self._threads) < min(self._unread, self._settings.workers):
                    self._start_thread()
        if ended:
            page.result.set_exception(_abandoned())
        return page.result

    def unreadable(self, file: str, offset: int) -> str | None:
        """Return why the record at *offset* of *file* cannot be read; None where it can.

        The record is read in this process, to find out whether the page or the record is at fault.
        """
        try:
            self._store.require(file, offset)
        except (NotFoundError, RecordError) as error:
            return str(error)
        return None

    def is_same_reply(self, one: Capture, other: Capture) -> bool:
        """Return whether two captures with equal URL and payload differ in nothing that is read."""
        return self._store.is_same_head(one, other, READ_HEADERS)

    def close(self, *, kill: bool = False) -> None:
        """End the workers, at once with *kill*; otherwise after the pages they have."""
        with self._lock:
            if self._ended:
                return
            self._ended, self._killed = True, kill
            alive = list(self._alive) if kill else []
        for worker in alive:
            worker.kill()
        for _ in self._threads:
            self._pages.put(None)
        for thread in self._threads:
            thread.join()
        atexit.unregister(self._at_exit)

    # --- a thread for each worker -----------------------------------------------------------------

    def _start_thread(self, *, at_once: bool = False) -> None:
        name = f"worker-{len(self._threads) + 1}"
        thread = threading.Thread(target=self._work, args=(at_once,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, at_once: bool) -> None:
        worker: _Worker | None = None
        if at_once:
            with suppress(ArchiveError):  # the first page says so, if none can be started
                worker = self._started()
        while (page := self._pages.get()) is not None:
            try:
                if worker is not None and worker.pages >= PAGES_A_WORKER:
                    self._forget(worker).end()
                    worker = None
                found, worker = self._read(page, worker)
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the result
                self._has_read_one()
                page.result.set_exception(error)
            else:
                self._has_read_one()
                page.result.set_result(found)
        if worker is not None:
            self._forget(worker).end()

    def _has_read_one(self) -> None:
        with self._lock:  # before the result is known, since that may bring the next page
            self._unread -= 1

    def _read(self, page: _Page, worker: _Worker | None) -> tuple[Extraction, _Worker | None]:
        """Have *page* read; return the worker too if it can read on.

        A page whose worker died may have been the innocent next one in a worker that was already
        sick, so it is tried once more in a fresh one.
        """
        status: int | None = None
        for _ in range(2):
            if self._killed:
                raise _abandoned()
            worker = worker or self._started()
            try:
                return worker.extract(page), worker
            except _SlowError:
                self._forget(worker)
                limit = self._settings.extract_timeout_seconds
                return failure(f"extraction took longer than {limit:g} s"), None
            except _DiedError as error:
                self._forget(worker)
                worker, status = None, error.status
        if self._killed:
            raise _abandoned()
        return failure(cause_of_death(status)), None

    def _started(self) -> _Worker:
        status: int | None = None
        for _ in range(STARTS):
            worker = _Worker(self._store, self._settings)
            with self._lock:
                self._alive.add(worker)
            if self._killed:
                worker.kill()
            try:
                worker.wait_until_ready()
            except _DiedError as error:
                self._forget(worker)
                status = error.status
            else:
                return worker
            if self._killed:
                raise _abandoned()
        raise ArchiveError(f"no extraction process can be started: {why_none_starts(status)}")

    def _forget(self, worker: _Worker) -> _Worker:
        with self._lock:
            self._alive.discard(worker)
        return worker


def _kill(workers: set[_Worker]) -> None:
    for worker in list(workers):
        worker.kill()


def _abandoned() -> AbandonedError:
    return AbandonedError("the extractor's processes were ended before they came to the page")
