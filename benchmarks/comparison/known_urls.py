"""The memory of a crawl whose frontier has few or many URLs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from archive.library import open_archive
from archive.model import Candidate, Via
from archive.profile import find_profile
from archive.sql.chunks import chunks
from benchmarks.comparison.site import served
from benchmarks.comparison.tools import crawled, home_of

FEW, MANY, REQUESTS = 5_000, 200_000, 60
MOST_MORE = 30_000_000
"""Bytes that the main process may need more for many URLs than for few."""


def peaks(pages: Sequence[bytes]) -> dict[int, int]:
    """Return the peak memory of the main process, in bytes, by the number of URLs it knows."""
    found = {}
    for number in (FEW, MANY):
        with served(pages) as urls, tempfile.TemporaryDirectory() as folder:
            home = home_of(urls, Path(folder))
            with open_archive(home, create=True) as archive:
                profile = find_profile(home, "bench")
                origin = urls[0].removesuffix("0/story-0/")
                named = (f"{origin}{at}/story-{at}/" for at in range(number))
                for some in chunks(Candidate(url=url, via=Via.SITEMAP) for url in named):
                    archive.ingest.add(profile, some).result()
            found[number] = crawled(home, urls, "--budget", str(REQUESTS)).peak_rss_bytes
    return found
