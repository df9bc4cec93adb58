"""Pages that a crawl archives although the profile hides them: failures and redirects.

``fetch`` requests such pages on purpose. What extraction reads in them is not stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from archive.errors import ArchiveError
from archive.library import Archive
from archive.model import Capture, Outcome
from archive.pipeline.storing import Ingested

REMOVED = frozenset({404, 410, 451})
"""Status codes of 400 and more that are no failure: they say that there is no such page."""


def has_failed(capture: Capture) -> bool:
    """Return whether the exchange of a hidden page failed, by its status alone."""
    status = capture.http_status
    return status is None or (status >= 400 and status not in REMOVED)


async def as_read(archive: Archive, ingested: Ingested) -> Ingested:
    """Return *ingested* with the extraction of a hidden page, so that a redirect can be followed.

    Other pages are returned as they are, and so is a page that cannot be extracted any more.
    """
    capture = ingested.capture
    if ingested.extraction.outcome is not Outcome.HIDDEN:
        return ingested
    try:
        found = await asyncio.wrap_future(
            archive.workers.extract(capture.warc_file, capture.warc_offset)
        )
    except ArchiveError:
        return ingested  # the crawl is ending
    return replace(ingested, extraction=found)
