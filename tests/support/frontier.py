"""Rows of the frontier, one line for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from archive.model import Kind, Outcome, Via
from archive.model.reason import Reason
from archive.revisit.inputs import Due
from archive.revisit.url_updates import Fetched
from archive.sql.frontier.store import Entry

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = (f"http://news.test/{letter}/" for letter in "abc")


def entry(url: str, **values: Any) -> Entry:
    """A page that a link of the front page names."""
    facts = {"kind": Kind.PAGE, "via": Via.LINK, "priority": 101, "depth": 1}
    return Entry(url=url, **{**facts, **values})


def fetched(url: str, at: datetime = NOON, reason: Reason = Reason.AGE, **values: Any) -> Fetched:
    """A capture of an article, due again an hour later."""
    facts = {"due": Due(at + HOUR, reason), "failed": False, "outcome": Outcome.ARTICLE}
    return Fetched(url=url, fetched_at=at, **{**facts, **values})
