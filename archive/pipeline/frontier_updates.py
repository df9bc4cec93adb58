"""What a capture, and the URLs that it names, change in the frontier.

The result depends only on what each function is given: the same capture gives the same entries in a
crawl, a rebuild and an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from archive.crawl_traps import pattern_yield
from archive.crawl_traps.session_parameters import (
    Visits,
    learn_parameters,
    learned_parameters,
    merge_learned,
)
from archive.model import OF_FEEDS, OF_SITEMAPS, Candidate, Extraction, Kind, Outcome, Via
from archive.model.candidate_file import candidates_where
from archive.pipeline import amp_only
from archive.profile import Profile
from archive.revisit.inputs import UNTESTED
from archive.revisit.scheduling import after_captures, reschedule
from archive.revisit.source_reports import instant, reported_changes, vanished
from archive.revisit.url_updates import fetched
from archive.scope import AMP_TWIN, priority, reason_out_of_scope
from archive.sql.captures.store import Ingestible
from archive.sql.chunks import chunks
from archive.sql.frontier import store as frontier
from archive.urls import amp_base, host_of, is_cut, is_robots_txt

EntryKey = tuple[int, str, Kind, Via, int, int]
"""What of a frontier entry decides whether adding it changes a row: publisher, URL, kind, source,
depth, redirects. To add an equal one again changes nothing, whatever became of the row."""

REMEMBERED_LETTERS = 300
"""A URL that is longer is added each time: a source may name 50,000 of 2 kB."""
MOST_REDIRECTS = 10
"""Hops from one URL to the next before a chain counts as a loop (RFC 9110 15.4 leaves it open)."""
FROM_MACHINES = OF_SITEMAPS | OF_FEEDS | {Via.SEED, Via.ROBOTS, Via.WELL_KNOWN, Via.API}
"""Sources that name a URL for its own sake: what they name is no deeper than they are."""
NEVER = datetime.min.replace(tzinfo=UTC)


def entry_of(
    candidate: Candidate,
    profile: Profile,
    depth: int,
    redirects: int = 0,
    source_url: str | None = None,
    captured_at: datetime | None = None,
) -> frontier.Entry:
    """Return the frontier's entry for a candidate that *source_url* named, at *depth*.

    *captured_at* is when it named the candidate: its dates are read relative to that time.
    """
    reason = reason_out_of_scope(candidate.url, candidate.kind, depth, profile)
    if reason is None and redirects > MOST_REDIRECTS:
        reason = f"more than {MOST_REDIRECTS} redirects"
    modified_at = published_at = None
    if captured_at is not None:
        modified_at = instant(candidate.lastmod, captured_at, end=True)
        published_at = instant(candidate.published, captured_at)
    return frontier.Entry(
        url=candidate.url,
        kind=candidate.kind,
        via=candidate.via,
        priority=priority(candidate.kind, candidate.via, depth),
        depth=depth,
        redirects=redirects,
        source_url=source_url,
        lastmod=candidate.lastmod,
        lastmod_via=None if candidate.lastmod is None else candidate.via,
        modified_at=modified_at,
        published_at=published_at,
        skip_reason=reason,
    )


@dataclass(frozen=True, slots=True)
class UrlLessons:
    """What captures taught about the URLs of their publisher."""

    visits: Visits
    """The session parameters that are known so far."""
    holds_more: bool
    """Whether a pattern holds URLs back that did not before."""


def update_frontier(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Iterable[Ingestible],
    named: set[EntryKey],
    originals: Mapping[str, Outcome],
) -> UrlLessons:
    """Note that the URLs of *items* were fetched, and add the URLs that they name.

    The captures are stored. *named* has the entries that were added before, and is added to.
    *originals* gives the outcomes of the captures that revisits among *items* refer to. Rows that
    differ only by a session parameter which was learned just now become one row.
    """
    # A robots.txt never has a row of the frontier: it is fetched when its rules are needed. Neither
    # has a URL that is too long to be requested, which records of other software may have.
    items = list(items)
    urls = [item.capture.url for item in items]
    asked = {url for url in urls if not is_robots_txt(url) and not is_cut(url)}
    pages = [item for item in items if item.capture.url in asked]
    visits, new = learn_parameters(connection, owner, pages)
    entries = _named_by(connection, owner, profile, items, named, visits)
    learned = pattern_yield.lessons(connection, owner, pages, originals)
    done = after_captures(connection, owner, profile, pages, originals, visits.without)
    fetched(connection, owner, done)
    changed: set[str] = set()
    accuracy = UNTESTED
    naming: set[str] = set()
    for some in chunks(entries):
        best = _best(some)
        reported, worth = reported_changes(connection, owner, best)
        changed |= reported
        accuracy += worth
        naming |= _add(connection, owner, profile, best, named)
    reschedule(connection, owner, profile, changed, others_accuracy=accuracy)
    holds_more = pattern_yield.count_yield(connection, owner, learned, naming)
    for item in pages:
        gone = vanished(connection, owner, item)
        reschedule(connection, owner, profile, gone, vanished_at=item.capture.fetched_at)
    if profile.amp == "skip":
        missing = [item.url for item in done if item.outcome is Outcome.MISSING]
        amp_only.twins_of_missing(connection, owner, missing, AMP_TWIN)
    merge_learned(connection, owner, new)
    return UrlLessons(visits, holds_more)


def add_named(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Iterable[Ingestible],
    named: set[EntryKey],
) -> None:
    """Add URLs that captures name which are extracted again, if the frontier lacks them.

    What the captures say about known URLs (a shorter way, a date) was noted when they were stored.
    *named* has the entries that were added before, and is added to.
    """
    visits = learned_parameters(connection, owner)
    for some in chunks(_named_by(connection, owner, profile, list(items), named, visits)):
        best = _best(some)
        there = {lease.url for lease in frontier.leases(connection, owner, [e.url for e in best])}
        new = [entry for entry in best if entry.url not in there]
        _add(connection, owner, profile, new, named)


def _named_by(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Sequence[Ingestible],
    named: set[EntryKey],
    visits: Visits,
) -> Iterator[frontier.Entry]:
    """Yield the entries for what *items* name, with depths counted from those of *items* now."""
    items = [item for item in items if item.extraction.candidates]
    urls = {item.capture.url: visits.without(item.capture.url) for item in items}
    leases = frontier.leases(connection, owner, [*{*urls, *urls.values()}])
    rows = {lease.url: lease for lease in leases}
    for item in items:
        url = item.capture.url
        here = rows.get(url) or rows.get(urls[url])
        yield from _entries(item, owner, profile, here, named, visits)


def _add(
    connection: Connection,
    owner: int,
    profile: Profile,
    entries: Sequence[frontier.Entry],
    named: set[EntryKey],
) -> set[str]:
    """Add *entries*; return the sources that named pages which the frontier lacked."""
    entries, naming = pattern_yield.admit(connection, owner, profile, entries)
    frontier.add(connection, owner, entries)
    if profile.amp == "skip":
        amp_only.without_twin(connection, owner, [e for e in entries if e.skip_reason == AMP_TWIN])
    named.update(
        (owner, e.url, e.kind, e.via, e.depth, e.redirects)
        for e in entries
        if not e.lastmod and len(e.url) <= REMEMBERED_LETTERS
    )
    return naming


def _best(entries: Iterable[frontier.Entry]) -> list[frontier.Entry]:
    """Return one entry for each URL, the most urgent, with the latest dates of all of them."""
    best: dict[str, frontier.Entry] = {}
    for entry in entries:
        other = best.get(entry.url)
        if other is None:
            best[entry.url] = entry
            continue
        urgent = min(other, entry, key=lambda each: (each.priority, each.depth))
        dated = max(other, entry, key=lambda each: (each.modified_at or NEVER, each.lastmod or ""))
        best[entry.url] = replace(
            urgent,
            lastmod=dated.lastmod,
            lastmod_via=dated.lastmod_via,
            modified_at=dated.modified_at,
            published_at=other.published_at or entry.published_at,
        )
    return list(best.values())


def of_this_publisher(found: Extraction, profile: Profile) -> Extraction:
    """Return *found* without the URLs of other sites, since pages link to the whole web."""
    hosts = profile.all_hosts
    kept = candidates_where(found.candidates, lambda named: host_of(named.url) in hosts)
    return replace(found, candidates=kept)


def _entries(
    item: Ingestible,
    owner: int,
    profile: Profile,
    here: frontier.Lease | None,
    named: set[EntryKey],
    visits: Visits,
) -> Iterator[frontier.Entry]:
    """Yield the frontier's entries for what *item* names, without those that change nothing.

    A URL that names a visit enters as the one that does not.
    """
    source, moment = item.capture.url, item.capture.fetched_at
    of_robots = is_robots_txt(source)
    for candidate in item.extraction.candidates:
        if of_robots and candidate.via is Via.REDIRECT:
            continue  # whoever asked for the rules has followed the redirect
        url = visits.without(candidate.url)
        meant = candidate if url == candidate.url else replace(candidate, url=url)
        depth, redirects = _place_of(meant, here)
        key = (owner, meant.url, meant.kind, meant.via, depth, redirects)
        if key in named and not _is_news(meant):
            continue
        entry = entry_of(meant, profile, depth, redirects, source, moment)
        if entry.skip_reason != AMP_TWIN:
            yield entry
            continue
        base = amp_base(meant.url)
        if _is_only_address(meant, base, source):
            yield replace(entry, skip_reason=None)
            continue
        yield entry
        if base is not None and base != source:
            page = replace(meant, url=base, kind=Kind.PAGE)
            yield entry_of(page, profile, depth, redirects, source, moment)


def _place_of(candidate: Candidate, here: frontier.Lease | None) -> tuple[int, int]:
    """Return the depth of *candidate* and how many redirects lead to it; *here* names it."""
    depth, redirects = (here.depth, here.redirects) if here else (0, 0)
    if candidate.via is Via.REDIRECT:
        return depth, redirects + 1
    if candidate.via in {Via.AMPHTML, Via.PART}:
        return depth, 0
    # A sitemap's depth counts those above it; a page that it names is a first page.
    is_nested = candidate.kind is Kind.SITEMAP and candidate.via in OF_SITEMAPS
    return (depth + 1 if is_nested or candidate.via not in FROM_MACHINES else 0), 0


def _is_news(candidate: Candidate) -> bool:
    """Return whether *candidate* may say something new when the frontier has its entry already.

    A URL that a sitemap names again may have vanished in between.
    """
    is_dated = candidate.lastmod is not None or candidate.published is not None
    return is_dated or candidate.via in OF_SITEMAPS


def _is_only_address(twin: Candidate, base: str | None, source: str) -> bool:
    """Return whether *twin*, an AMP page, has no other address at which its page can be fetched.

    *base* is the address that *twin* has without its AMP part, None when none can be guessed.
    *source* names *twin*; when *source* redirects to it, *base* is no page of its own.
    """
    if base is None:
        return twin.via is not Via.AMPHTML
    return base == source and twin.via is Via.REDIRECT
