"""Small graphs of addresses: captures with their links, one line for each, and random ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from archive.model import (
    Alternate,
    Article,
    Block,
    BlockKind,
    Component,
    EdgeKind,
    Link,
    Outcome,
    Part,
    Reading,
    Sighting,
    Via,
)
from archive.settle.identity import components
from archive.urls import host_of

HOST = "http://news.test"
HOSTS = frozenset({"news.test", "www.news.test"})
DAWN = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """A capture of *path* in some minute: its outcome, its text, and its links.

    *edges* are (kind, path of the target) pairs; a path may be a whole URL. *published* is the
    minute of publication that it names, *payload* the digest of its payload. A source *names*
    paths, each with its kind.
    """

    path: str
    minute: int
    outcome: Outcome = Outcome.ARTICLE
    edges: tuple[tuple[EdgeKind, str], ...] = ()
    text: str = "text"
    is_amp: bool = False
    headline: str = "headline"
    published: int | None = None
    status: int = 200
    flags: frozenset[str] = frozenset()
    alternates: tuple[tuple[str, str], ...] = ()
    confidence: float | None = None
    part: Part | None = None
    author: tuple[str, ...] = ()
    names: tuple[tuple[Via, str], ...] = ()
    payload: str | None = None
    again: Seen | None = None
    """The capture that this one, a revisit, refers to; then it has only a path and a minute."""

    @property
    def url(self) -> str:
        """The captured URL."""
        return url_of(self.path)

    @property
    def at(self) -> datetime:
        """When it was captured."""
        return DAWN + timedelta(minutes=self.minute)

    @property
    def record_id(self) -> str:
        """An id that no other capture of a graph has, if minutes differ."""
        return f"<urn:uuid:{self.minute:04d}-{self.path}>"

    def sighting(self) -> Sighting:
        """The facts that identity needs."""
        return Sighting(
            url=self.url,
            fetched_at=self.at,
            record_id=self.record_id,
            outcome=self.outcome,
            shown_by=self.record_id,
            status=self.status,
            is_amp=self.is_amp,
        )

    def links(self) -> list[Link]:
        """Its links to other addresses."""
        return [Link(self.url, kind, url_of(target), self.record_id) for kind, target in self.edges]

    def article(self) -> Article:
        """The text and the fields, which a page has whatever it is."""
        published = None if self.published is None else DAWN + timedelta(minutes=self.published)
        return Article(
            headline=self.headline,
            blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in self.text.splitlines()),
            author=self.author,
            in_language="en",
            date_published=published,
        )

    def reading(self) -> Reading | None:
        """The facts that versions need; None if it was read as neither article nor page."""
        if self.outcome not in {Outcome.ARTICLE, Outcome.PAGE}:
            return None
        return Reading(
            url=self.url,
            fetched_at=self.at,
            record_id=self.record_id,
            article=self.article(),
            extraction_id=hash(self.record_id),
            alternates=tuple(Alternate(tag, url_of(path)) for tag, path in self.alternates),
            flags=self.flags,
            is_article=self.outcome is Outcome.ARTICLE,
            part=self.part,
            payload_digest=self.payload,
        )


def articles_of(seen: Iterable[Seen]) -> list[Component]:
    """The articles of the captures *seen*."""
    some = list(seen)
    readings = [reading for item in some if (reading := item.reading()) is not None]
    links = [link for item in some for link in item.links()]
    return components(
        [item.sighting() for item in some], readings, links, lambda url: host_of(url) in HOSTS
    )


def url_of(path: str) -> str:
    """The URL of *path*, which may be a whole URL."""
    return path if "://" in path else HOST + path


def canonical(target: str) -> tuple[EdgeKind, str]:
    return EdgeKind.CANONICAL, target


def amphtml(target: str) -> tuple[EdgeKind, str]:
    return EdgeKind.AMPHTML, target


def moved(path: str, minute: int, target: str) -> Seen:
    """A capture that was a redirect to *target*."""
    return Seen(path, minute, Outcome.REDIRECT, ((EdgeKind.REDIRECT, target),), status=301)


def missing(path: str, minute: int, status: int = 404) -> Seen:
    """A capture that found nothing; with *status* 200, a page that says so."""
    return Seen(path, minute, Outcome.MISSING, status=status)


MOLE = "A mole dug under the hill.\nIt took the whole of a wet spring to find it."
WEIR = "The weir at the old mill gave way.\nNobody was hurt, and the ducks came back."


def mole(path: str, minute: int, **fields: Any) -> Seen:
    """A capture of a story about a mole."""
    return Seen(path, minute, headline="The mole", text=MOLE, published=0, **fields)


def weir(path: str, minute: int, **fields: Any) -> Seen:
    """A capture of another story."""
    return Seen(path, minute, headline="The weir", text=WEIR, published=50, **fields)


PATHS = ("/", "/a/", "/b/", "/c/", "/d/", "/a/?amp=1", "/a/?ref=x", "/b/?ref=x", "/list/")
TEXTS = {
    "one": "The story of number one, told in full",
    "two": "The story of number two, told in full",
    "mole": (
        "A mole dug under the hill, and it took the whole of a wet spring to find where it came up."
        "\nThe gardeners of the park had set traps along the path, and they sprang on nothing else."
    ),
    "weir": (
        "The weir at the old mill gave way on Monday, an hour after the keeper had looked at it."
        "\nNobody was hurt, and the ducks came back while the council still counted the boards."
    ),
    "harbour": (
        "Forty boats lay idle in the harbour when the ice came down the river in the second week."
        "\nA pilot who had seen three such winters walked across to the lighthouse for his dinner."
    ),
}
_OUTCOMES = (
    *(Outcome.ARTICLE,) * 4,
    *(Outcome.REDIRECT,) * 2,
    *(Outcome.LISTING,) * 2,
    Outcome.MISSING,
    Outcome.PAGE,
    Outcome.ERROR,
)


@st.composite
def graphs(draw: st.DrawFn, most: int = 10) -> list[Seen]:
    """Captures of a few addresses with random links to each other, each at its own moment."""
    found = []
    for minute in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(PATHS))
        outcome = draw(st.sampled_from(_OUTCOMES))
        targets = draw(st.lists(st.sampled_from(PATHS), max_size=2, unique=True))
        if outcome is Outcome.REDIRECT:
            kinds = [EdgeKind.REDIRECT]
        elif outcome in {Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING}:
            kinds = [EdgeKind.CANONICAL, EdgeKind.AMPHTML]
        else:
            kinds = []
        edges = tuple(
            (kind, target) for kind, target in zip(kinds, targets, strict=False) if target != path
        )
        story = draw(st.sampled_from(tuple(TEXTS)))
        found.append(
            Seen(
                path,
                minute,
                outcome,
                edges,
                text=TEXTS[story],
                is_amp="amp" in path,
                headline=draw(st.sampled_from((story, "headline"))),
                published=draw(st.sampled_from((None, 1, 2))),
                payload=draw(st.sampled_from((None, f"sha1:{story.upper()}"))),
            )
        )
    return found
