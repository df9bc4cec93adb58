"""From a capture to what is stored of it: extracted for the first time, or again.

A record that cannot be read is no reason to forget what an earlier extractor read in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from archive.extract.stamp import EXTRACTOR
from archive.model import Capture, Extraction, Outcome, RecordType
from archive.model.template import Template
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.frontier_updates import of_this_publisher
from archive.pipeline.futures import all_of, result_of, run
from archive.pipeline.templates import Templates
from archive.profile import Profile
from archive.scope import why_hidden
from archive.sql.captures.store import Ingestible


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose record cannot be read (any more); *problem* is a sentence with its place."""

    capture: Capture
    problem: str


def made_by(profile: Profile) -> tuple[str, str]:
    """Return the stamp of an extraction that is made now: extractor and profile digest."""
    return EXTRACTOR, profile.reading_digest


async def extracted(
    workers: Workers, capture: Capture, profile: Profile, template: Template
) -> Ingestible:
    """Return what the current extractor makes of *capture*, with the template of its publisher.

    A revisit is not extracted. Neither is a capture that the home's rules hide: its outcome is
    ``HIDDEN``, with the reason. Raises ``AbandonedError`` when the workers are ended before they
    come to it.
    """
    hidden = why_hidden(capture, profile)
    if hidden is not None:
        found = Extraction(outcome=Outcome.HIDDEN, extractor=EXTRACTOR, reason=hidden)
    elif capture.record_type is RecordType.REVISIT:
        found = Extraction(outcome=Outcome.REVISIT, extractor=EXTRACTOR)
    else:
        found = await result_of(workers.extract(capture.warc_file, capture.warc_offset, template))
    return Ingestible(capture, of_this_publisher(found, profile), profile.reading_digest)


async def extracted_again(
    workers: Workers, capture: Capture, profile: Profile, template: Template
) -> Ingestible | Unread:
    """Like ``extracted``, for a capture that is stored already; says when it cannot be read."""
    item = await extracted(workers, capture, profile, template)
    if item.extraction.outcome is Outcome.FAILED:
        problem = workers.unreadable(capture.warc_file, capture.warc_offset)
        if problem is not None:
            return Unread(capture, problem)
    return item


def extract_all(
    workers: Workers, captures: Sequence[Capture], profile: Profile, templates: Templates
) -> Future[list[Ingestible | Unread]]:
    """Extract stored *captures* again, at the same time; the result, to come, is in their order."""
    return run(_extract_all(workers, captures, profile, templates))


async def _extract_all(
    workers: Workers, captures: Sequence[Capture], profile: Profile, templates: Templates
) -> list[Ingestible | Unread]:
    template = await templates.of(profile)
    return await all_of(
        [run(extracted_again(workers, capture, profile, template)) for capture in captures]
    )
