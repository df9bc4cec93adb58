"""Which addresses are subpages of an article: its comments, its form for printing, its pictures.

Software gives them addresses of their own, in whatever words. They are told by three things that
must come together: the address has that of the article in it, one of the two pages links the other,
and the page says the same: the article's headline, and its text, a piece of it, or hardly any text.
A page that links the article by its own headline may have any address, if its text is the same.
A page with a text of its own is an article, whatever its address is, and so is what names another
date of publication. Everything is a function of the set of captures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from archive.diff.tokens import tokens_of, word_count
from archive.model import DOUBTFUL, Address, Article, EdgeKind, Link, Reading
from archive.settle.addresses import Addresses
from archive.settle.changes import compared_lines, unified
from archive.settle.stories import TELLING_WORDS, published_apart
from archive.subpage_addresses import StoryAddress, subpage_address

RUN_WORDS = 4
CONTAINED_SHARE = 0.75
"""Share of the runs of words of a page that its article has, if it shows that or a piece of it."""
WHOLE_SHARE = 0.9
"""Share of the runs of words of an article that a page has which shows it with comments below."""
LEAST_HEADLINE_LETTERS = 12
"""A shorter headline may be in another by chance."""


def subpages(
    addresses: Addresses, others: Iterable[Reading], links: Iterable[Link]
) -> dict[Address, Address]:
    """Return the addresses that are subpages, each with the address of its article.

    *others* are the readings that are not in *addresses*: of pages that are no articles, and of
    later parts. *links* are those that may join two addresses. The article's own page must have
    been read completely.
    """
    return _Search(addresses, others, links).found()


@dataclass(frozen=True, slots=True)
class _Saying:
    """What a page said, as far as it is compared; equal for captures that said the same."""

    headline: str
    lines: tuple[str, ...]
    dates: Article
    is_article: bool
    has_any_address: bool = False
    names_story: bool = False


class _Search:
    def __init__(
        self, addresses: Addresses, others: Iterable[Reading], links: Iterable[Link]
    ) -> None:
        self._addresses = addresses
        self._others: dict[Address, list[Reading]] = defaultdict(list)
        self._parts: dict[str, list[Reading]] = defaultdict(list)
        for reading in others:
            if reading.part is None or not reading.is_later_part:
                self._others[addresses.of(reading)].append(reading)
            elif reading.part.first is not None:
                self._parts[reading.part.first].append(reading)
        self._claims: dict[EdgeKind, set[tuple[str, str]]] = defaultdict(set)
        for link in links:
            self._claims[link.kind].add((link.source, link.target))

    def found(self) -> dict[Address, Address]:
        pairs: dict[Address, list[Address]] = defaultdict(list)
        for one, other in sorted(self._claims[EdgeKind.SUBPAGE] | self._claims[EdgeKind.STORY]):
            for page, story in ((one, other), (other, one)):
                if not self._may_be_below(page, story):
                    continue
                for here in self._addresses.at(page):
                    for above in self._addresses.at(story):
                        if self._belongs(here, above):
                            pairs[here].append(above)
        articles = {page: self._article_of(page, pairs) for page in sorted(pairs)}
        below = {page: article for page, article in articles.items() if article not in pairs}
        return below | dict(self._later_pages(below))

    def _later_pages(self, below: Mapping[Address, Address]) -> Iterator[tuple[Address, Address]]:
        """Yield the later pages of *below*, since comments may be in several pages, too."""
        for later, first in sorted(self._claims[EdgeKind.PART]):
            for here in self._addresses.at(later):
                known = [page for page in self._addresses.at(first) if page in below]
                if here not in below and known and not self._addresses.readings(here):
                    yield here, below[known[-1]]

    def _article_of(self, page: Address, pairs: Mapping[Address, Sequence[Address]]) -> Address:
        """Return the article of *page*; a subpage of a subpage belongs to the article of that."""
        seen = {page}
        while page in pairs:
            above = min(pairs[page], key=lambda each: (each in pairs, self._rank(each)))
            if above in seen:
                break
            page = above
            seen.add(page)
        return page

    def _may_be_below(self, page: str, story: str) -> bool:
        """Return whether the addresses and the links say that *page* is below *story*.

        Of two addresses that are equal but for the script or the first segment, that is below
        which the other links, or which links the other by the headline. If both do, it is the one
        that was seen later.
        """
        if not (subpage_address(page) and subpage_address(story)):
            return False
        links, canonical = self._claims[EdgeKind.SUBPAGE], self._claims[EdgeKind.CANONICAL]
        if (page, story) in canonical and (story, page) not in links:
            return False  # the page itself at another address, as with a parameter
        if StoryAddress(story).is_above(page):
            return True
        if StoryAddress(page).is_above(story) or (story, page) in canonical:
            return False
        named = self._claims[EdgeKind.STORY]
        if (page, story) in named and (story, page) not in named:
            return True
        if (story, page) not in links:
            return False
        if (page, story) not in links or (page, story) in canonical:
            return True
        return self._order(story) < self._order(page)

    def _have_a_common_name(self, page: str, story: str) -> bool:
        return (
            (story, page) in self._claims[EdgeKind.SUBPAGE]
            or StoryAddress(story).is_above(page)
            or StoryAddress(story).shares_a_name(page)
        )

    def _order(self, url: str) -> tuple[list[datetime], str]:
        seen = [
            sighting.fetched_at
            for address in self._addresses.at(url)
            for sighting in self._addresses.sightings(address)
        ]
        return sorted(seen)[:1], url

    def _rank(self, address: Address) -> tuple[int, tuple[list[datetime], str], int]:
        return len(address.url), self._order(address.url), address.ordinal

    def _belongs(self, page: Address, story: Address) -> bool:
        """Return whether what *page* said at any time belongs to *story*.

        A page of today's news has the same address every day, and other articles. So what the page
        says belongs to all that the story ever said, or to that of one day of publication.
        """
        sound = [r for r in self._addresses.readings(story) if not r.flags & DOUBTFUL]
        told = _sayings(sound, self._parts[story.url])
        said = _sayings([*self._addresses.readings(page), *self._others[page]])
        is_twin = any(
            sighting.is_amp
            for each in (page, story)
            for sighting in self._addresses.sightings(each)
        )
        if not told or not said or is_twin:
            return False
        is_named = (page.url, story.url) in self._claims[EdgeKind.STORY]
        is_elsewhere = not self._have_a_common_name(page.url, story.url)
        return all(
            _belongs_to(replace(one, has_any_address=is_elsewhere, names_story=is_named), told)
            for one in said
        )


def _sayings(readings: Iterable[Reading], parts: Iterable[Reading] = ()) -> Collection[_Saying]:
    """Return what *readings* said, each with the text of all later *parts* of its article."""
    found = {}
    later = tuple(dict.fromkeys(line for part in parts for line in compared_lines(part.article)))
    for reading in readings:
        said = reading.article
        saying = _Saying(
            headline=unified(said.headline).casefold(),
            lines=(*compared_lines(said), *later),
            dates=said,
            is_article=reading.is_article,
        )
        found[saying.headline, saying.lines, said.date_published, saying.is_article] = saying
    return list(found.values())


def _belongs_to(page: _Saying, told: Collection[_Saying]) -> bool:
    shown = [story for story in told if _shows(page, story)]
    dates = {story.dates.date_published for story in shown} - {None}
    return bool(shown) and all(
        story in shown or story.dates.date_published in dates for story in told
    )


def _shows(page: _Saying, story: _Saying) -> bool:
    """Return whether *page* has the headline of *story*, and its text, a piece of it, or none."""
    if published_apart(page.dates, story.dates):
        return False
    is_same = bool(story.headline) and page.headline == story.headline
    if not (is_same or _names(page, story)):
        return False
    own, text = _runs(page.lines), _runs(story.lines)
    common = len(own & text)
    if page.has_any_address:
        return is_same and bool(own) and common >= CONTAINED_SHARE * max(len(own), len(text))
    if not page.is_article:  # what else it says is no article's text either
        return True
    if own and common >= CONTAINED_SHARE * len(own):
        return True
    is_telling = _words(story.lines) >= TELLING_WORDS
    if _words(page.lines) < TELLING_WORDS:
        return is_same and is_telling
    return is_same and bool(text) and common >= WHOLE_SHARE * len(text)


def _names(page: _Saying, story: _Saying) -> bool:
    """Return whether *page* has the headline of *story* in its own, or, if no article, in a line.

    "Comments on 'The mole'"; a page of comments may link the article by its headline.
    """
    if page.names_story and not page.is_article:
        return True
    if len(story.headline) < LEAST_HEADLINE_LETTERS:
        return False
    if story.headline in page.headline:
        return True
    return not page.is_article and story.headline in map(str.casefold, page.lines)


@lru_cache(maxsize=256)
def _runs(lines: tuple[str, ...]) -> frozenset[int]:
    """Return hashes of all runs of ``RUN_WORDS`` words in each of *lines*, within this process."""
    found = set()
    for line in lines:
        words = [token.key for token in tokens_of(line) if token.is_word]
        size = min(RUN_WORDS, len(words))
        found |= {hash(tuple(words[at : at + size])) for at in range(len(words) - size + 1) if size}
    return frozenset(found)


def _words(lines: Iterable[str]) -> int:
    return word_count(map(tokens_of, lines))
