"""What of the frontier a crawl with ``--since`` fetches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from archive.model import Kind, Via
from archive.model.reason import Reason
from archive.sql.schema.state_tables import url as table


def says_since(moment: datetime) -> ColumnElement[bool]:
    """Return what a crawl since *moment* fetches: what a source dates since then, and sources.

    A sitemap that its index dates before has named nothing new since. Without any date, what the
    front page and its listings link and what feeds name is taken for new, and what a sitemap names
    (which is often everything since the beginning) is not.
    """
    undated = and_(table.c.modified_at.is_(None), table.c.published_at.is_(None))
    followed = table.c.via.in_([Via.SEED, Via.REDIRECT, Via.CANONICAL, Via.AMPHTML, Via.FEED])
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
