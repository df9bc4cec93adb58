"""What the URLs that a capture names, and the capture itself, do to the frontier.

Apart from what each function is given, nothing decides: the same capture gives the same entries in
a crawl, a rebuild and an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import Connection

from archive.model import Candidate, Extraction, Kind, Outcome, Via
from archive.profile import Profile
from archive.scope import priority, reason_out_of_scope
from archive.settle.schedule import due_again, failed
from archive.sql import frontier
from archive.sql.captures import Ingestible
from archive.urls import host_of

Named = tuple[int, str, Kind, Via, int, int]
"""What of a frontier entry decides whether adding it changes a row: publisher, URL, kind, source,
depth, redirects. To add an equal one again changes nothing, whatever became of the row."""

MOST_REDIRECTS = 10
"""Hops from one URL to the next before a chain counts as a loop (RFC 9110 15.4 leaves it open)."""
FROM_MACHINES = frozenset({Via.SEED, Via.ROBOTS, Via.WELL_KNOWN, Via.SITEMAP, Via.FEED, Via.API})
"""Sources that name a URL for its own sake: what they name is no deeper than they are."""


def entry_of(
    candidate: Candidate,
    profile: Profile,
    depth: int,
    redirects: int = 0,
    source_url: str | None = None,
) -> frontier.Entry:
    """Return the frontier's entry for a candidate that *source_url* named, at *depth*."""
    reason = reason_out_of_scope(candidate.url, candidate.kind, depth, profile)
    if reason is None and redirects > MOST_REDIRECTS:
        reason = f"more than {MOST_REDIRECTS} redirects"
    return frontier.Entry(
        url=candidate.url,
        kind=candidate.kind,
        via=candidate.via,
        priority=priority(candidate.kind, candidate.via, depth),
        depth=depth,
        redirects=redirects,
        source_url=source_url,
        lastmod=candidate.lastmod,
        skip_reason=reason,
    )


def update_frontier(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Iterable[Ingestible],
    named: set[Named],
    originals: Mapping[str, Outcome],
) -> None:
    """Note that the URLs of *items* were fetched, and add the URLs that they name.

    *named* is what has been added already, and is added to; *originals* says what the captures are
    that revisits among *items* refer to.
    """
    items = list(items)
    known = {
        lease.url: lease
        for lease in frontier.leases(connection, owner, [item.capture.url for item in items])
    }
    entries: dict[str, frontier.Entry] = {}
    done = []
    for item in items:
        capture, found = item.capture, item.extraction
        for entry in _entries(item, owner, profile, known.get(capture.url), named):
            better = entries.get(entry.url)
            if better is None or (entry.priority, entry.depth) < (better.priority, better.depth):
                entries[entry.url] = entry
        if urlsplit(capture.url).path == "/robots.txt":
            continue  # asked for by whoever needs the rules, never by the frontier
        here = known.get(capture.url)
        outcome = originals.get(capture.refers_to or "", found.outcome)
        again = failed(outcome, capture.truncated)
        fail_count = (here.fail_count if here else 0) + 1 if again else 0
        due = due_again(outcome, capture.fetched_at, fail_count)
        done.append(
            frontier.Fetched(
                url=capture.url, fetched_at=capture.fetched_at, next_due_at=due, failed=again
            )
        )
    frontier.fetched(connection, owner, done)
    frontier.add(connection, owner, entries.values())
    named.update((owner, e.url, e.kind, e.via, e.depth, e.redirects) for e in entries.values())


def of_this_publisher(found: Extraction, profile: Profile) -> Extraction:
    """Return *found* without the URLs of other sites: pages link to the whole web."""
    kept = tuple(c for c in found.candidates if host_of(c.url) in profile.all_hosts)
    return replace(found, candidates=kept)


def _entries(
    item: Ingestible,
    owner: int,
    profile: Profile,
    here: frontier.Lease | None,
    named: set[Named],
) -> Iterable[frontier.Entry]:
    """Yield the frontier's entries for what *item* names, without those that change nothing."""
    depth, redirects = (here.depth, here.redirects) if here else (0, 0)
    for candidate in item.extraction.candidates:
        at, hops = depth + 1, 0
        if candidate.via in FROM_MACHINES:
            at = 0
        elif candidate.via is Via.REDIRECT:
            at, hops = depth, redirects + 1
        elif candidate.via is Via.AMPHTML:
            at = depth
        known = (owner, candidate.url, candidate.kind, candidate.via, at, hops) in named
        if candidate.lastmod is not None or not known:
            yield entry_of(candidate, profile, at, hops, source_url=item.capture.url)
