"""Read from the archive what each visit of the tour found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from archive.diff.text import diff
from archive.model import ChangeKind, Removal
from archive.queries import Event, EventKind, FoundArticle, VersionDetail, article_events
from archive.sql.schema.view_tables import publisher
from archive.sql.views import discovery
from crawler.demo.exact.exactness import day_of
from crawler.demo.exact.holdings import DEMO, held_articles
from crawler.demo.publisher import Publisher


class What(StrEnum):
    """What a visit may find, in the order of the report."""

    NEW = "new"
    REUSED = "reused"
    """A new article at an address that another article had."""
    CHANGED = "changed"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"
    WITHHELD = "withheld"
    """Something else was served in its place, which makes no version."""
    SAME = "same"
    """Seen again without a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFinding:
    """What the visit of *day* found about an article, and the version that it found.

    *before* is the version that a changed one replaced; *how* has details, if there are any.
    """

    day: int
    what: What
    row: VersionDetail
    before: VersionDetail | None = None
    how: str | None = None

    @property
    def words(self) -> int:
        """How many words were removed and added."""
        if self.before is None:
            return 0
        words = diff(self.before.text, self.row.text)
        return words.words_removed + words.words_added


def findings(
    connection: Connection, days: Collection[int], demo: Publisher
) -> list[ArticleFinding]:
    """Return what the visits of *days* found, by day and in the order of `What`."""
    articles = held_articles(connection)
    found = [
        finding
        for story, rows in articles
        for finding in (
            *_of_versions(story, rows, days, demo),
            *_of_events(rows, article_events(connection, story), story, demo),
        )
    ]
    order = list(What)
    return sorted(found, key=lambda each: (each.day, order.index(each.what)))


def new_urls_by_source(connection: Connection, demo: Publisher) -> dict[int, Counter[str]]:
    """Return how many URLs each kind of source named for the first time, by day of the visit."""
    statement = (
        select(discovery.c.via, discovery.c.url, discovery.c.first_seen_at)
        .join(publisher, publisher.c.id == discovery.c.publisher_id)
        .where(publisher.c.name == DEMO)
        .order_by(discovery.c.first_seen_at.desc())
    )
    first = {(row.via, row.url): row.first_seen_at for row in connection.execute(statement)}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for (via, _), at in first.items():
        found[day_of(at, demo)][via] += 1
    return found


def _of_versions(
    story: FoundArticle, rows: Sequence[VersionDetail], days: Collection[int], demo: Publisher
) -> Iterator[ArticleFinding]:
    before: VersionDetail | None = None
    for row in rows:
        day = day_of(row.seen_from, demo)
        if before is not None:
            yield ArticleFinding(day=day, what=What.CHANGED, row=row, before=before)
        else:
            yield ArticleFinding(day=day, what=What.NEW, row=row)
            if story.number > 1:
                yield ArticleFinding(day=day, what=What.REUSED, row=row, how=story.canonical_url)
        until = day_of(row.seen_until, demo)
        for later in days:
            if day < later <= until:
                yield ArticleFinding(day=later, what=What.SAME, row=row)
        before = row


_TOLD = {
    EventKind.GONE: What.GONE,
    EventKind.RESTORED: What.BACK,
    EventKind.MOVED: What.MOVED,
    EventKind.DOUBTFUL: What.WITHHELD,
    EventKind.FAILED: What.WITHHELD,
}


def _of_events(
    rows: Sequence[VersionDetail], befell: Sequence[Event], story: FoundArticle, demo: Publisher
) -> Iterator[ArticleFinding]:
    seen = set()
    for event in befell:
        what, day = _TOLD[event.kind], day_of(event.at, demo)
        if what is not What.MOVED and (what, day) in seen:
            continue  # the same event at another of its addresses
        seen.add((what, day))
        row = next((r for r in reversed(rows) if r.seen_from <= event.at), rows[0])
        how = event.what
        if what is What.MOVED:
            how = (event.what or "").removeprefix("leads to ")
        if what is What.GONE and event.at == story.gone_at:
            how = story.gone_reason
        yield ArticleFinding(day=day, what=what, row=row, how=how)


def most_telling_change(found: Sequence[ArticleFinding]) -> ArticleFinding | None:
    """Return the best change to show: of the text, in the report's language, with many words.

    The language of the report is English. Returns None if nothing was changed.
    """
    changed = [each for each in found if each.what is What.CHANGED]
    return max(
        changed,
        key=lambda each: (
            each.row.change_kind in {ChangeKind.BODY, ChangeKind.CORRECTION},
            each.row.in_language == "en",
            each.words,
        ),
        default=None,
    )


REMOVALS: Mapping[str, str] = {
    Removal.NOT_FOUND: "404, not found",
    Removal.GONE: "410, gone for good",
    Removal.LEGAL: "451, for legal reasons",
    Removal.SOFT_404: "a page that says so, with status 200",
    Removal.SHARED_TEXT: "a text that stands in place of several stories",
    Removal.REDIRECT_HOME: "redirected to the home page",
    Removal.REDIRECT_LISTING: "redirected to a list",
    Removal.REDIRECT_ELSEWHERE: "redirected to another story",
    Removal.REPLACED: "another story stands there",
}
"""The ways to remove a story, in words."""
