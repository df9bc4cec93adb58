"""What runs in a worker: pages one after the other, each with its record read from disk.

``archive.pipeline.extraction_pool`` starts and kills these processes. They are forked from one that
has imported this module, and so loaded all they need; nobody else imports it.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path

from archive.child_process import end_with_parent
from archive.errors import NotFoundError, RecordError
from archive.extract.html_page import html_extraction
from archive.extract.payload import extract
from archive.model import Extraction, Outcome
from archive.model.answers import encode
from archive.model.candidate_file import CANDIDATES_IN_MEMORY, parts_of
from archive.model.template import decoded_template
from archive.pipeline.worker_answers import (
    ANSWER_BYTES,
    LAST,
    LEAST_BYTES,
    MORE,
    NO_ROOM,
    OUT_OF_MEMORY,
    failure,
)
from archive.printable import mask
from archive.settings import Settings
from archive.warc.store import Store

_LOADED_IN = os.getpid()
"""The process that imported this module: the fork server, or this one."""
_memory_limit = sys.maxsize
_store: Store


def work(pipe: Connection, store: Store, settings: Settings) -> None:
    """Extract one page after the other, until the other end of *pipe* says to end or is gone."""
    _prepare(store, settings)
    with suppress(EOFError, OSError):
        pipe.send_bytes(b"ready")
        while (page := pipe.recv()) is not None:  # a pickle, of the parent's own making
            *parts, last = _answer(_extract(*page))
            for part in parts:
                pipe.send_bytes(MORE + part)
            pipe.send_bytes(LAST + last)


def _prepare(store: Store, settings: Settings) -> None:
    """Tie this worker's life to that of the process which has the pool, and bound its memory."""
    _end_with_pool()
    mask()  # parsers log what a page says
    # What is loaded now is no page's doing.
    global _memory_limit, _store  # noqa: PLW0603 - a worker's own, set once at its start
    _store = store
    taken = _address_space()
    _memory_limit = taken + settings.extract_memory_bytes
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:  # `ulimit -v`, which cannot be raised
        _memory_limit = min(_memory_limit, most)
    if _memory_limit - taken < min(LEAST_BYTES, settings.extract_memory_bytes):
        os._exit(NO_ROOM)
    resource.setrlimit(resource.RLIMIT_AS, (_memory_limit, _memory_limit))


def _end_with_pool() -> None:
    """Have this worker killed when the process that has the pool ends, even by ``kill -9``.

    The fork server, which is the parent of this process, ends when nobody has the other end of its
    pipe. It hands this end to its children, so that they may start processes of their own.
    """
    server = forkserver._forkserver  # Python has no public way
    if (pipe := getattr(server, "_forkserver_alive_fd", None)) is not None:
        os.close(pipe)
        setattr(server, "_forkserver_alive_fd", None)  # noqa: B010 - no type stub knows it
    is_forked = os.getpid() != _LOADED_IN
    end_with_parent(_LOADED_IN if is_forked else os.getppid(), signal.SIGKILL)


def _extract(file: str, offset: int, template: bytes) -> Extraction:
    try:
        extraction = extract(_store.payload(file, offset), decoded_template(template))
    except (NotFoundError, RecordError) as error:
        return failure(str(error))
    except MemoryError:
        # What is left of the page keeps the memory: the next, innocent page would fail in here.
        os._exit(OUT_OF_MEMORY)
    if extraction.outcome is Outcome.FAILED and _address_space() > _memory_limit * 0.9:
        os._exit(OUT_OF_MEMORY)  # lxml reports exhausted memory as an error of its own
    return extraction


def _answer(extraction: Extraction) -> list[bytes]:
    """Return *extraction* as it is sent: as a whole, or its many candidates in parts behind it."""
    candidates = extraction.candidates
    try:
        if len(candidates) <= CANDIDATES_IN_MEMORY:
            answer = [encode(extraction)]
        else:
            answer = [encode(replace(extraction, candidates=()))]
            answer += parts_of(dict.fromkeys(candidates))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    if sum(map(len, answer)) > ANSWER_BYTES:
        answer = [encode(failure("what the page says is longer than an answer may be"))]
    return answer


def _address_space() -> int:
    """Return the bytes of address space that this process takes; 0 where nobody says."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


_PAGE = b"""<!doctype html><html lang="en"><title>The heron is back at the weir</title>
<article><h1>The heron is back at the weir</h1><p class="byline">By Ann Lee</p><p>12 March 2024</p>
<p>The heron that left the weir in autumn is back, and the keeper of the lock has seen it twice.</p>
<p>It stood on the lower gate until the rain began, and then flew up the river to the mill.</p>
</article></html>"""


def _load() -> None:
    """Load what extraction needs, before workers are forked from the process that imports this.

    Some tables are made when a page first asks for them, such as the names of months in all
    languages. A small page asks for them here, once for all workers.
    """
    url, moment = "https://example.org/heron/", datetime.now(UTC)
    html_extraction(_PAGE, url, "text/html", moment, extractor="")
    gc.collect()
    gc.freeze()  # what is loaded now lives as long as the process: no collection need look at it


_load()
