"""What URLs are worth fetching: counts what patterns yield, holds back what yields nothing.

The rule is ``crawl_traps.patterns``; this puts it between captures, which it learns from, and the
frontier. All of it is state: what is held back keeps its row, and is pending again when its pattern
yields or the profile says ``follow``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Connection

from archive.crawl_traps import pattern_rows
from archive.crawl_traps.pattern_rows import PatternedUrl
from archive.crawl_traps.patterns import (
    NO_TALLY,
    SOURCE_KINDS,
    FirstFetch,
    Tally,
    credit,
    held_by,
    keys_of,
    note,
)
from archive.model import OF_SITEMAPS, EdgeKind, Flag, Kind, Outcome, Via
from archive.model.reason import Reason
from archive.profile import Profile
from archive.revisit.failures import failed
from archive.scope import priority
from archive.sql.captures.store import Ingestible
from archive.sql.frontier.store import NEVER_HELD, Entry, Lease
from archive.sql.known_urls import fold

MOST_SITEMAPS = 50_000
"""Sitemaps of one publisher below others; as many as sitemaps.org lets one index name. A sitemap a
day makes 11,000 in thirty years."""
MOST_STEPS = 6
"""Links back from a new article whose pages are credited; profiles follow five (``max_depth``)."""
SAYS_NOTHING = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.BLOCKED, Outcome.API})
LISTS_OF_URLS = frozenset({Outcome.SITEMAP, Outcome.FEED})
NEVER_A_COPY = frozenset({Outcome.REDIRECT, Outcome.MISSING, Outcome.EMPTY})
"""Their payload comes from the server and is no page; they count as nothing new."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A URL's first fetch, before it is noted: its row, and what came."""

    row: PatternedUrl
    item: Ingestible
    outcome: Outcome


def admit(
    connection: Connection, owner: int, profile: Profile, entries: Sequence[Entry]
) -> tuple[list[Entry], set[str]]:
    """Return the entries to add to the frontier, and the sources that named new pages.

    An entry that the frontier lacks is compared with other spellings of known URLs, and is held
    back if its pattern is. Sitemaps beyond ``MOST_SITEMAPS`` are left out.
    """
    ours = [entry.url for entry in entries if entry.skip_reason is None]
    known = pattern_rows.patterned_urls(connection, owner, ours)
    new = {e.url: e for e in entries if e.skip_reason is None and e.url not in known}
    new = _spelled(connection, owner, new)
    new = _within_number(connection, owner, new)
    new = _judged(connection, owner, profile, new)
    dropped = {*ours} - {*known} - {*new}
    named = {
        entry.source_url
        for entry in new.values()
        if entry.kind not in SOURCE_KINDS and entry.held_by is None and entry.source_url
    }
    kept = (new.get(e.url, e) if e.skip_reason is None else e for e in entries)
    return [entry for entry in kept if entry.url not in dropped], named


def _spelled(connection: Connection, owner: int, new: dict[str, Entry]) -> dict[str, Entry]:
    folded = {url: fold(url) for url, entry in new.items() if entry.kind not in SOURCE_KINDS}
    there = pattern_rows.folds(connection, owner, {*folded.values()})
    found = dict(new)
    for url, spelling in folded.items():
        # What a sitemap, a redirect or a canonical link names is the site's own spelling.
        if spelling in there and new[url].via is Via.LINK:
            found[url] = replace(new[url], is_twin=True)
        there.add(spelling)
    return found


def _within_number(connection: Connection, owner: int, new: dict[str, Entry]) -> dict[str, Entry]:
    below = [u for u, e in new.items() if e.kind is Kind.SITEMAP and e.via in OF_SITEMAPS]
    if not below:
        return new
    known = pattern_rows.count_of(
        connection, owner, Kind.SITEMAP, priority(Kind.SITEMAP, Via.SITEMAP, 0)
    )
    too_many = {*below[max(MOST_SITEMAPS - known, 0) :]}
    return {url: entry for url, entry in new.items() if url not in too_many}


def _judged(
    connection: Connection, owner: int, profile: Profile, new: dict[str, Entry]
) -> dict[str, Entry]:
    keys = {
        url: keys_of(url, entry.kind, entry.depth, is_twin=entry.is_twin)
        for url, entry in new.items()
        if not _is_exempt(profile, url, entry.kind, entry.via)
    }
    tallies = pattern_rows.tallies(
        connection, owner, {key for some in keys.values() for key in some}
    )
    held, probes, counts = _turned_away(keys, tallies)
    pattern_rows.turn_away(connection, owner, counts)
    found = dict(new)
    for url, key in held.items():
        found[url] = replace(new[url], held_by=key)
    for url in probes:
        found[url] = replace(new[url], due_reason=Reason.PROBE)
    return found


def _turned_away(
    keys: Mapping[str, Sequence[str]], tallies: dict[str, Tally]
) -> tuple[dict[str, str], list[str], dict[str, int]]:
    """Return which URLs are held back and by what, which are tests, and what is counted of it."""
    held: dict[str, str] = {}
    probes: list[str] = []
    counts: dict[str, int] = {}
    for url, own in keys.items():
        key = held_by(own, tallies)
        if key is None:
            continue
        tallies[key], is_probe = tallies[key].turning_away()
        counts[key] = tallies[key].turned_away
        if is_probe:
            probes.append(url)
        else:
            held[url] = key
    return held, probes, counts


def _is_exempt(profile: Profile, url: str, kind: Kind, via: Via) -> bool:
    """Return whether a URL is never held back."""
    is_wanted_twin = kind is Kind.AMP and profile.amp == "fetch"
    return is_wanted_twin or via in NEVER_HELD or follows(profile, url)


def follows(profile: Profile, url: str) -> bool:
    """Return whether *profile* says that *url* is never held back."""
    if not profile.follow:
        return False
    rest = url.partition("://")[2]
    target = rest[rest.find("/") :]
    return any(pattern.search(target) for pattern in _compiled(profile.follow))


@lru_cache(maxsize=64)
def _compiled(expressions: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in expressions)


def held_among(
    connection: Connection, owner: int, profile: Profile, leases: Iterable[Lease]
) -> dict[str, str]:
    """Return which pending *leases* are held back now, each with the pattern that does it."""
    keys = {
        lease.url: keys_of(lease.url, lease.kind, lease.depth, is_twin=lease.is_twin)
        for lease in leases
        if lease.fetched_at is None
        and lease.due_reason is not Reason.PROBE
        and not lease.fail_count
        and not _is_exempt(profile, lease.url, lease.kind, lease.via)
    }
    if not keys:
        return {}
    tallies = pattern_rows.tallies(
        connection, owner, {key for some in keys.values() for key in some}
    )
    found = {url: held_by(some, tallies) for url, some in keys.items()}
    return {url: key for url, key in found.items() if key is not None}


def hold_back(
    connection: Connection, owner: int, profile: Profile, leases: Collection[Lease]
) -> None:
    """Hold back pending *leases* whose patterns yield nothing, except for a few tests."""
    held = held_among(connection, owner, profile, leases)
    tallies = pattern_rows.tallies(connection, owner, {*held.values()})
    kept, probes, counts = _turned_away({url: (key,) for url, key in held.items()}, tallies)
    pattern_rows.turn_away(connection, owner, counts)
    pattern_rows.hold_back_rows(connection, owner, kept)
    pattern_rows.let_through(connection, owner, probes)


def release_patterns(connection: Connection, owner: int, profile: Profile) -> None:
    """Free what the profile says to follow, and what is left of patterns that yield again."""
    if profile.follow:
        wanted = [url for url in pattern_rows.held_urls(connection, owner) if follows(profile, url)]
        pattern_rows.make_pending(connection, owner, wanted)
    pattern_rows.release_rest(connection, owner)


def lessons(
    connection: Connection,
    owner: int,
    items: Iterable[Ingestible],
    originals: Mapping[str, Outcome],
) -> list[Lesson]:
    """Return what *items* teach: URLs fetched for the first time. To be asked before that is noted.

    *originals* says what the captures are that revisits among *items* refer to.
    """
    first: dict[str, Ingestible] = {}
    for item in items:
        first.setdefault(item.capture.url, item)
    rows = pattern_rows.patterned_urls(connection, owner, first)
    found = []
    for url, item in first.items():
        row = rows.get(url)
        outcome = originals.get(item.capture.refers_to or "", item.extraction.outcome)
        is_silent = outcome in SAYS_NOTHING or failed(outcome, item.capture.truncated)
        if row is None or row.kind is Kind.AMP:  # that a twin is a copy says nothing of its pattern
            continue
        if not row.is_known and not is_silent and not item.is_hidden:
            found.append(Lesson(row, item, outcome))
    return found


def count_yield(
    connection: Connection, owner: int, learned: Sequence[Lesson], naming: Collection[str]
) -> bool:
    """Count *learned*, which are stored; *naming* are the sources that named new pages.

    Return whether a pattern holds URLs back now that did not before.
    """
    if not learned:
        return False
    copies = _copies(connection, owner, learned)
    findings = [(lesson.row, _finding(lesson, copies, naming)) for lesson in learned]
    keys = {row.url: _keys(row) for row, _ in findings}
    led = _led_to(
        connection, owner, [row for row, finding in findings if finding is FirstFetch.NEW]
    )
    credited = [_keys(row) for row in led]
    wanted = {key for some in (*keys.values(), *credited) for key in some}
    before = pattern_rows.tallies(connection, owner, wanted)
    tallies = dict(before)
    for row, finding in findings:
        note(keys[row.url], tallies, finding)
    for some in credited:
        credit(some, tallies)
    changed = {key: tally for key, tally in tallies.items() if before.get(key) != tally}
    freed = [k for k in changed if changed[k].turned_away and not changed[k].is_held]
    latest = max(lesson.item.capture.fetched_at for lesson in learned)
    for key in freed:
        if pattern_rows.release(connection, owner, key):
            changed[key] = replace(changed[key], turned_away=0)
    pattern_rows.put_tallies(connection, owner, changed, latest)
    return any(t.is_held and not before.get(key, NO_TALLY).is_held for key, t in changed.items())


def _keys(row: PatternedUrl) -> tuple[str, ...]:
    return keys_of(row.url, row.kind, row.depth, is_twin=row.is_twin)


def _led_to(connection: Connection, owner: int, rows: Iterable[PatternedUrl]) -> list[PatternedUrl]:
    """Return the rows that led to *rows*, link by link, each once for every one that it led to."""
    found: list[PatternedUrl] = []
    at = [row.source_url for row in rows]
    for _ in range(MOST_STEPS):
        known = pattern_rows.patterned_urls(
            connection, owner, {url for url in at if url is not None}
        )
        steps = [known[url] for url in at if url in known]
        found += steps
        # What a sitemap or a feed named at all is to its credit already, when it is read.
        at = [row.source_url for row in steps]
        if not at:
            break
    return found


def _copies(connection: Connection, owner: int, learned: Sequence[Lesson]) -> set[str]:
    """Return the record ids of those captures that show what another URL shows."""
    pages = [lesson for lesson in learned if lesson.outcome not in NEVER_A_COPY]
    found = pattern_rows.copies(
        connection, [lesson.item.capture.warc_record_id for lesson in pages]
    )
    canonical = {
        lesson.item.capture.warc_record_id: edge.target
        for lesson in pages
        for edge in lesson.item.extraction.edges
        if edge.kind is EdgeKind.CANONICAL and edge.target != lesson.row.url
    }
    there = pattern_rows.articles_among(connection, owner, {*canonical.values()})
    return found | {record for record, target in canonical.items() if target in there}


def _finding(lesson: Lesson, copies: Collection[str], naming: Collection[str]) -> FirstFetch:
    found, capture = lesson.item.extraction, lesson.item.capture
    if lesson.row.kind in SOURCE_KINDS or lesson.outcome in LISTS_OF_URLS:
        return FirstFetch.NEW if lesson.row.url in naming else FirstFetch.NOTHING
    if Flag.PAYWALL_STUB in found.flags and capture.refers_to is None:
        return FirstFetch.NEW  # each stub is an article of its own, whatever its few words are
    if lesson.outcome in NEVER_A_COPY:
        return FirstFetch.NOTHING
    if capture.warc_record_id in copies or capture.refers_to_url not in {None, lesson.row.url}:
        return FirstFetch.COPY
    if lesson.outcome is Outcome.ARTICLE or found.part is not None:
        return FirstFetch.NEW
    # Parsers take a tenth of a second to load, and a crawl need not wait for them to begin.
    from archive.extract.dom.lines import bears_text

    return FirstFetch.TEXT if bears_text(found) else FirstFetch.NOTHING
