"""Extract a capture again that has its row already, by whatever extractor that was made.

A record that cannot be read is no reason to forget what an earlier extractor read in it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from archive.candidates import of_this_publisher
from archive.extract.payload import EXTRACTOR
from archive.model import Capture, Extraction, Outcome, RecordType
from archive.profile import Profile
from archive.sql.captures import Ingestible
from archive.workers import Workers


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose record cannot be read (any more); *problem* is a sentence with its place."""

    capture: Capture
    problem: str


def made_by(profile: Profile) -> tuple[str, str]:
    """Return what an extraction is stamped with that is made now: extractor and profile digest."""
    return EXTRACTOR, profile.reading_digest


def extract_anew(
    workers: Workers, capture: Capture, profile: Profile
) -> Future[Ingestible | Unread]:
    """Return what the current extractor makes of *capture*, to come.

    It raises ``AbandonedError`` when the workers are ended before they come to it.
    """
    result: Future[Ingestible | Unread] = Future()
    result.set_running_or_notify_cancel()  # whoever awaits it cannot cancel it

    def extracted(found: Extraction) -> Ingestible | Unread:
        if found.outcome is Outcome.FAILED:
            problem = workers.unreadable(capture.warc_file, capture.warc_offset)
            if problem is not None:
                return Unread(capture, problem)
        return Ingestible(capture, of_this_publisher(found, profile), profile.reading_digest)

    def done(future: Future[Extraction]) -> None:
        try:
            result.set_result(extracted(future.result()))
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            result.set_exception(error)

    if capture.record_type is RecordType.REVISIT:
        unchanged = Extraction(outcome=Outcome.REVISIT, extractor=EXTRACTOR)
        result.set_result(extracted(unchanged))
    elif (problem := workers.lacks(capture.warc_file)) is not None:
        # To ask a worker for it would only cost the worker.
        result.set_result(Unread(capture, problem))
    else:
        workers.extract(capture.warc_file, capture.warc_offset, profile).add_done_callback(done)
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
