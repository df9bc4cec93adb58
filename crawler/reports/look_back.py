"""What the frontier and the front page of a publisher say as its crawl ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from archive.profile import Profile
from archive.revisit.url_rows import Waiting, waiting
from crawler.front_page import foreign_front_page, redirect_advice


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """What is left of a publisher when its crawl ends."""

    waiting: tuple[Waiting, ...] = ()
    """The URLs that are not fetched yet because something failed."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """How many URLs are out of scope, by reason."""
    advice: str | None = None
    """What to do about a front page that redirects to another site; None where it does not."""


def look_back(
    connection: Connection, owner: int, profile: Profile, home: Path, now: datetime
) -> LookBack:
    """Return what is left of *profile*'s publisher at *now*."""
    # The queries take a tenth of a second to load, and a crawl needs them at its end.
    from archive.queries.status import skipped

    target = foreign_front_page(connection, owner, profile)
    return LookBack(
        waiting=tuple(waiting(connection, owner, now)),
        skipped=skipped(connection, owner),
        advice=None if target is None else redirect_advice(profile, target, home),
    )
