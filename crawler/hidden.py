"""Pages that a crawl archives though the profile hides them: how it went, and where they lead.

``fetch`` asks for such pages on purpose. Nothing that is read in them is stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from archive.errors import ArchiveError
from archive.library import Archive
from archive.model import Capture, Outcome
from archive.pipeline.storing import Ingested
from archive.profile import Profile

REMOVED = frozenset({404, 410, 451})
"""Refusals that are an answer: what was asked for is not there."""


def has_failed(capture: Capture) -> bool:
    """Return whether the exchange of a hidden page failed, by its status: its body is not read."""
    status = capture.http_status
    return status is None or (status >= 400 and status not in REMOVED)


async def as_read(archive: Archive, profile: Profile, ingested: Ingested) -> Ingested:
    """Return *ingested* with what stands in a hidden page, to follow its redirect."""
    capture = ingested.capture
    if ingested.extraction.outcome is not Outcome.HIDDEN:
        return ingested
    try:
        found = await asyncio.wrap_future(
            archive.workers.extract(capture.warc_file, capture.warc_offset, profile)
        )
    except ArchiveError:
        return ingested  # the crawl is ending
    return replace(ingested, extraction=found)
