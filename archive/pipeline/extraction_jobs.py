"""From a capture to what is stored of it: for the first time, or in the place of what is there.

A record that cannot be read is no reason to forget what an earlier extractor read in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from archive.extract.stamp import EXTRACTOR
from archive.model import Capture, Extraction, Outcome, RecordType
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.frontier_updates import of_this_publisher
from archive.profile import Profile
from archive.scope import why_hidden
from archive.sql.captures.store import Ingestible

_S = TypeVar("_S")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose record cannot be read (any more); *problem* is a sentence with its place."""

    capture: Capture
    problem: str


def made_by(profile: Profile) -> tuple[str, str]:
    """Return what an extraction is stamped with that is made now: extractor and profile digest."""
    return EXTRACTOR, profile.reading_digest


def extracted(workers: Workers, capture: Capture, profile: Profile) -> Future[Ingestible]:
    """Return what the current extractor makes of *capture*, to come; a revisit is not extracted.

    Nor is what the home's rules hide: its outcome is ``HIDDEN``, with the reason. It raises
    ``AbandonedError`` when the workers are ended before they come to it.
    """

    def stored(found: Extraction) -> Ingestible:
        return Ingestible(capture, of_this_publisher(found, profile), profile.reading_digest)

    hidden = why_hidden(capture, profile)
    if hidden is not None:
        unread: Future[Extraction] = Future()
        unread.set_result(Extraction(outcome=Outcome.HIDDEN, extractor=EXTRACTOR, reason=hidden))
        return _then(unread, stored)
    if capture.record_type is RecordType.REVISIT:
        unchanged: Future[Extraction] = Future()
        unchanged.set_result(Extraction(outcome=Outcome.REVISIT, extractor=EXTRACTOR))
        return _then(unchanged, stored)
    return _then(workers.extract(capture.warc_file, capture.warc_offset, profile), stored)


def extract_anew(
    workers: Workers, capture: Capture, profile: Profile
) -> Future[Ingestible | Unread]:
    """Return the same of a capture that has its row already, or why its record cannot be read."""

    def read(item: Ingestible) -> Ingestible | Unread:
        if item.extraction.outcome is Outcome.FAILED:
            problem = workers.unreadable(capture.warc_file, capture.warc_offset)
            if problem is not None:
                return Unread(capture, problem)
        return item

    return _then(extracted(workers, capture, profile), read)


def _then(future: Future[_S], step: Callable[[_S], _T]) -> Future[_T]:
    """Return what *step* makes of what comes, to come; an error of either is its own."""
    result: Future[_T] = Future()
    result.set_running_or_notify_cancel()  # whoever awaits it cannot cancel it

    def done(future: Future[_S]) -> None:
        try:
            result.set_result(step(future.result()))
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            result.set_exception(error)

    future.add_done_callback(done)
    return result


def extract_all(
    workers: Workers, captures: Sequence[Capture], profile: Profile
) -> Future[list[Ingestible | Unread]]:
    """Return the same of some captures, in their order, when the last of them is there."""
    result: Future[list[Ingestible | Unread]] = Future()
    result.set_running_or_notify_cancel()
    left, lock = len(captures), threading.Lock()
    futures = [extract_anew(workers, capture, profile) for capture in captures]

    def one_done(_: object) -> None:
        nonlocal left
        with lock:
            left -= 1
            is_last = left == 0
        if is_last:
            try:
                result.set_result([future.result() for future in futures])
            except BaseException as error:  # noqa: BLE001 - the caller gets it
                result.set_exception(error)

    for future in futures:
        future.add_done_callback(one_done)
    if not futures:
        result.set_result([])
    return result
