"""Which URLs of the frontier a crawl with ``--since`` fetches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from archive.model import OF_FEEDS, Kind, Via
from archive.model.reason import Reason
from archive.sql.schema.state_tables import frontier as table


def says_since(moment: datetime) -> ColumnElement[bool]:
    """Return which URLs a crawl since *moment* fetches: those dated since then, and sources.

    A sitemap that its index dates before *moment* has named nothing new since. URLs without a date
    count as new if the front page, its listings or a feed name them. URLs without a date that a
    sitemap names do not: a sitemap often names everything since the beginning.
    """
    undated = and_(table.c.modified_at.is_(None), table.c.published_at.is_(None))
    followed = table.c.via.in_(
        [Via.SEED, Via.REDIRECT, Via.CANONICAL, Via.AMPHTML, Via.PART, *sorted(OF_FEEDS)]
    )
    return or_(
        table.c.modified_at >= moment,
        table.c.published_at >= moment,
        table.c.due_reason == Reason.SOURCE,
        and_(
            undated,
            or_(
                table.c.kind.in_([Kind.SITEMAP, Kind.FEED, Kind.API, Kind.ROBOTS]),
                followed,
                and_(table.c.via == Via.LINK, table.c.depth <= 1),
            ),
        ),
    )
