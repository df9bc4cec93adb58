"""Why a URL is to be fetched."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a URL is to be fetched; column ``due_reason`` of table ``url``."""

    NEW = "new"
    """It was never fetched."""
    SOURCE = "source"
    """It names new URLs: front page, section, sitemap, feed."""
    AGE = "age"
    """It has rested as long as its age and its edits allow."""
    LASTMOD = "lastmod"
    """A sitemap says that it has changed since its latest capture."""
    FEED = "feed"
    """A feed says that it has changed since its latest capture."""
    VANISHED = "vanished"
    """A sitemap that named it before does not name it any more."""
    REFRESH = "refresh"
    """The operator asked for every URL."""
    PROBE = "probe"
    """Its pattern yields nothing new, and this URL tests whether that is still so."""
    RETRY = "retry"
    """It failed, or robots.txt forbade it."""
