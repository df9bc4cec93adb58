"""A front page that redirects to another site: where it leads, and what to do about it.

Sites move to other names. What lies there is not the publisher's as long as its profile does not
say so, and a crawl that found nothing else would be green for years.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from archive.pipeline.frontier_updates import MOST_REDIRECTS
from archive.profile import Profile
from archive.sql.captures import lookups
from archive.urls import host_of


def foreign_front_page(connection: Connection, owner: int, profile: Profile) -> str | None:
    """Return the URL outside of the publisher's hosts that its front page redirects to, if any."""
    url = profile.home
    for _ in range(MOST_REDIRECTS):
        target = lookups.redirect_target(connection, owner, url)
        if target is None or target == url:
            return None
        if host_of(target) not in profile.all_hosts:
            return target
        url = target
    return None


def redirect_advice(profile: Profile, target: str, home: Path) -> str:
    """Return, as a sentence, that the front page leads to *target*, and what can be done."""
    host = host_of(target)
    return (
        f"{profile.home} redirects to {target}, which is none of its hosts; if that is the same"
        f' publisher, add "{host}" to hosts in {home / "publishers" / f"{profile.name}.toml"}, or'
        f" crawl it as one of its own: pressmark crawl {target}"
    )
