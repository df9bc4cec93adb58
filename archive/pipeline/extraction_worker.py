"""What runs in a worker: pages one after the other, each with its record read from disk.

``archive.pipeline.extraction_pool`` starts and kills these processes.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path

from archive.child_process import end_with_parent
from archive.errors import NotFoundError, RecordError
from archive.extract.controls import without_controls_in_line
from archive.extract.payload import extract
from archive.extract.stamp import EXTRACTOR
from archive.model import Extraction, Outcome, clean
from archive.model.answers import encode
from archive.model.candidate_file import CANDIDATES_IN_MEMORY, parts_of
from archive.model.template import decoded_template
from archive.printable import mask
from archive.settings import Settings
from archive.warc.store import Store

OUT_OF_MEMORY = 77
"""Exit status of a worker that ended itself because its memory had run out."""
MALFORMED = 78
"""Used in place of its exit status for a worker whose answer cannot be read."""
NO_ROOM = 79
"""Exit status of a worker that may not take the memory which any page needs."""
LEAST_BYTES = 64_000_000
"""So much memory any page may need, beside what a worker takes at its start."""
ANSWER_BYTES = 256_000_000
"""A longer answer is not read; no body, which is read up to 64 MB, can give one."""


MORE, LAST = b"+", b"."
"""What a part of an answer begins with: others follow, or none."""


def failure(reason: str) -> Extraction:
    """Return the extraction of a payload that could not be extracted."""
    reason = clean(without_controls_in_line(reason))
    return Extraction(outcome=Outcome.FAILED, extractor=EXTRACTOR, reason=reason)


_LOADED_IN = os.getpid()
"""The process that imported this module: the fork server, or this one."""
_memory_limit = sys.maxsize
_store: Store


def serve(pipe: Connection, store: Store, settings: Settings) -> None:
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
    if _memory_limit - taken < LEAST_BYTES:
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
