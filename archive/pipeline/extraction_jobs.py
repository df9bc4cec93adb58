"""From a capture to what is stored of it: extracted for the first time, or again.

A record that cannot be read is no reason to forget what an earlier extractor read in it. A payload
that the same extractor read before is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from archive.extract.stamp import EXTRACTOR
from archive.model import Capture, Extraction, Outcome, RecordType
from archive.model.template import Template, roles_on_page
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.frontier_updates import of_this_publisher
from archive.pipeline.futures import all_of, result_of, run
from archive.pipeline.templates import Templates
from archive.profile import Profile
from archive.scope import why_hidden
from archive.sql.captures.earlier_readings import EarlierReading, may_be_known
from archive.sql.captures.store import Ingestible


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose record cannot be read (any more); *problem* is a sentence with its place."""

    capture: Capture
    problem: str


def made_by(profile: Profile) -> tuple[str, str]:
    """Return the stamp of an extraction that is made now: extractor and profile digest."""
    return EXTRACTOR, profile.reading_digest


class Readings:
    """Reads captures in *workers*, each payload once: while it is read, equal ones wait for it.

    *read_before* counts the captures that no worker read.
    """

    def __init__(self, workers: Workers) -> None:
        self.workers, self.read_before = workers, 0
        self._under_way: dict[tuple[str, str, str], tuple[Capture, Future[Extraction]]] = {}

    async def of(
        self,
        capture: Capture,
        profile: Profile,
        template: Template,
        earlier: EarlierReading | None = None,
    ) -> Extraction:
        """Return what is read in *capture*, a reply.

        *earlier* is what was read in an equal payload of its URL before. It is used if the replies
        differ in nothing else that is read, and if *template* and the instant change nothing.
        """
        key = (profile.name, capture.url, capture.payload_digest or "")
        if may_be_known(capture):
            found = await self._known(key, capture, template, earlier)
            if found is not None:
                self.read_before += 1
                return found
        reading = self.workers.extract(capture.warc_file, capture.warc_offset, template)
        if may_be_known(capture):
            self._under_way[key] = capture, reading
        return await result_of(reading)

    def forget(self, capture: Capture, profile: Profile) -> None:
        """Forget what was read in *capture*, since it is stored now."""
        key = (profile.name, capture.url, capture.payload_digest or "")
        known = self._under_way.get(key)
        if known is not None and known[0] is capture:
            self._under_way.pop(key, None)

    async def _known(
        self,
        key: tuple[str, str, str],
        capture: Capture,
        template: Template,
        earlier: EarlierReading | None,
    ) -> Extraction | None:
        under_way = self._under_way.get(key)
        if under_way is not None and under_way[0].fetched_at <= capture.fetched_at:
            other, found = under_way[0], await result_of(under_way[1])
        elif earlier is not None:
            other, found = earlier.capture, earlier.extraction
        else:
            return None
        if not _holds_at(capture.fetched_at, found, template):
            return None
        return found if self.workers.is_same_reply(other, capture) else None


def _holds_at(moment: datetime, found: Extraction, template: Template) -> bool:
    """Return whether *found*, of an earlier capture, is what a capture of *moment* gives, too."""
    if found.lines is None or not isinstance(found.candidates, tuple):
        return False  # no page, and soon read; or what it names is in a file of its own
    if found.holds_until is not None and moment >= found.holds_until:
        return False
    roles = roles_on_page(template, found.lines, found.language, moment, found.outcome)
    return roles.digest == found.template


async def extracted(
    readings: Readings,
    capture: Capture,
    profile: Profile,
    template: Template,
    earlier: EarlierReading | None = None,
) -> Ingestible:
    """Return what the current extractor makes of *capture*, with the template of its publisher.

    A revisit is not extracted. Neither is a capture that the home's rules hide: its outcome is
    ``HIDDEN``, with the reason. *earlier* is that of ``Readings.of``. Raises ``AbandonedError``
    when the workers are ended before they come to it.
    """
    hidden = why_hidden(capture, profile)
    if hidden is not None:
        found = Extraction(outcome=Outcome.HIDDEN, extractor=EXTRACTOR, reason=hidden)
    elif capture.record_type is RecordType.REVISIT:
        found = Extraction(outcome=Outcome.REVISIT, extractor=EXTRACTOR)
    else:
        found = await readings.of(capture, profile, template, earlier)
    return Ingestible(capture, of_this_publisher(found, profile), profile.reading_digest)


async def extracted_again(
    readings: Readings,
    capture: Capture,
    profile: Profile,
    template: Template,
    earlier: EarlierReading | None = None,
) -> Ingestible | Unread:
    """Like ``extracted``, for a capture that is stored already; says when it cannot be read."""
    item = await extracted(readings, capture, profile, template, earlier)
    if item.extraction.outcome is Outcome.FAILED:
        problem = readings.workers.unreadable(capture.warc_file, capture.warc_offset)
        if problem is not None:
            return Unread(capture, problem)
    return item


def extract_all(
    readings: Readings,
    captures: Sequence[Capture],
    profile: Profile,
    templates: Templates,
    earlier: Mapping[str, EarlierReading] | None = None,
) -> Future[list[Ingestible | Unread]]:
    """Extract stored *captures* again, at the same time; the result, to come, is in their order.

    *earlier* is what was read in equal payloads before, by record id.
    """
    return run(_extract_all(readings, captures, profile, templates, earlier or {}))


async def _extract_all(
    readings: Readings,
    captures: Sequence[Capture],
    profile: Profile,
    templates: Templates,
    earlier: Mapping[str, EarlierReading],
) -> list[Ingestible | Unread]:
    template = await templates.of(profile)
    try:
        return await all_of(
            [
                run(
                    extracted_again(
                        readings, item, profile, template, earlier.get(item.warc_record_id)
                    )
                )
                for item in captures
            ]
        )
    finally:
        for item in captures:
            readings.forget(item, profile)
