"""A front page that redirects to another site: its target, and advice for the operator.

Sites move to other domains. A crawl does not follow them until the profile names the new host.
Without this check, a crawl that finds nothing else would report success for years.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from archive.pipeline.frontier_updates import MOST_REDIRECTS
from archive.profile import Profile
from archive.sql.captures import lookups
from archive.urls import host_of


def foreign_front_page(connection: Connection, owner: int, profile: Profile) -> str | None:
    """Return the URL on a foreign host to which the front page redirects; None if there is none."""
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
    """Return a sentence that says where the front page redirects, and what the operator can do."""
    host = host_of(target)
    return (
        f"{profile.home} redirects to {target}, which is none of its hosts; if that is the same"
        f' publisher, add "{host}" to hosts in {home / "publishers" / f"{profile.name}.toml"}, or'
        f" crawl it as one of its own: pressmark crawl {target}"
    )
