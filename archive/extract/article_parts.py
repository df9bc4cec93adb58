"""Find the parts of an article that is published in several pages.

WordPress serves the text after ``<!--nextpage-->`` at ``/post/2/``; others write ``?page=2``,
``/post-2.html`` or ``/post/seite-2``. No name tells these addresses from others. What tells them is
that the numbers under the text lead to addresses which differ in that number alone, and of which
the first is the page itself or the page without a number. The pages of a list and those of comments
are numbered alike; lists are told by their type, comments by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.extract.coding import one_line
from archive.extract.dom.class_names import names_of, words_in
from archive.extract.dom.document import Page, content_of, element_text
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.model import NamedPart, Part
from archive.session_ids import parameters, without_sessions
from archive.urls import absolute, host_of, is_home

MOST_PARTS = 100
"""A higher number counts something else: entries of a list, or a year."""
_LINK_LETTERS = 24
_LEAST_LINKS = 3
"""With fewer links that have a query, what all of them share may be the page's number."""

_LINK_CHARS = 200
"""Letters of a link's text with its white space; a longer one is no label."""
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"(?<!\d)[0-9]{1,3}(?!\d)")
_CURRENT_TAGS = ("span", "a", "li", "strong", "b", "em")
_LABELLED = re.compile(r"[^\w/]*(?:[^\W\d_]{1,12}(?:[^\w/]|_)+)?(\d{1,3})[^\w/]*")
"""The text of a link to a page: "2", "[2]", "Page 2"; an address is no number of a page."""
_RELATED = frozenset({"link", "a"})
_CURRENT = frozenset({"current", "active", "selected"})
_BOXES = re.compile(
    r"page-links|post-page-numbers|(?:post|entry|article|page|content)-?_?pag(?:es|inat(?:ion|ed))"
    r"|multi-?_?page|nextpage",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"\b(?:comment|respond|repl(?:y|ies)\b)", re.IGNORECASE)
"""Names of elements around comments."""
_COMMENT_PAGE = re.compile(r"comments?[-_]?page|[?&]cpage|[/?&]comments?\b", re.IGNORECASE)
_TEXT = frozenset({"article", "main", "body"})
"""Their names may say that the text they hold has comments."""
_WORD = rf"(?:p|pg|pages?|paged|parts?|slide|{any_of(phrases().page_parameter)})"
_PAGE_PARAMETER = re.compile(rf"[?&]{_WORD}=$", re.IGNORECASE)
_PARAMETER = re.compile(r"[?&][\w.\[\]-]{1,20}=$")
_TOLD = re.compile(rf"[/_.,;~?&-]{_WORD}[/_.,;=~-]?$", re.IGNORECASE)
_PIECE = re.compile(rf"[/_.,;~-]{_WORD}[/_.,;=~-]?$|[/_.,;~-]$", re.IGNORECASE)
"""What stands before the number in a path and is missing in the address of the first page."""
_ALL = re.compile(
    r"(?:[/?&_.,-]|/\?)(?:[a-z_-]{1,12}=)?(?:all|full|complete|entire|view-?_?all|show-?_?all"
    r"|single-?_?page|one-?_?page)(?:=\w{1,4})?(?:/|\.\w{3,5})?",
    re.IGNORECASE,
)
"""What the address of the page with all parts has behind that of the first."""
_INDEX = re.compile(r"/(?:index|default)\.\w{3,5}$")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-/_.](?:0?[1-9]|1[0-2])|(?:0[1-9]|1[0-2]))[-/_.]$"
    r"|[?&]y(?:ear)?=\d{4}&m(?:on|onth)?=\d\d?&\w+=$",
    re.IGNORECASE,
)
"""Year and month: the number behind them is a day of a calendar."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """The address of every part: the number, less *start*, between *before* and *behind*.

    Drupal counts from 0.
    """

    before: str
    behind: str
    start: int = 0

    def number_of(self, url: str) -> int | None:
        """Return which part *url* is by its number; None if it is none."""
        if not (url.startswith(self.before) and url.endswith(self.behind)):
            return None
        digits = url[len(self.before) : len(url) - len(self.behind)]
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 3:
            return None
        number = int(digits) + self.start
        return number if 1 <= number <= MOST_PARTS else None

    def is_of_a_story(self) -> bool:
        """Return whether the number is told by its name, or stands behind the name of a story."""
        is_told = _TOLD.search(self.before) is not None
        return is_told or any(_is_of_a_story(first) for first in self.firsts())

    def firsts(self) -> list[str]:
        """Return the addresses that the first part may have without a number, the likeliest first.

        Those of a front page are left out: the pages after it are a list.
        """
        parameter = _PARAMETER.search(self.before)
        if parameter is not None:
            head, mark = self.before[: parameter.start()], parameter.group()[0]
            found = [f"{head}{mark}{self.behind[1:]}" if self.behind else head]
        else:
            pieces = [self.before[: piece.start()] for piece in _pieces(self.before)]
            found = [f"{head}{self.behind}" for head in pieces]
        return [url for url in found if not is_home(url)]


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """Yield what may be removed at the end of *text*: with a word for "page", and without."""
    longest = _PIECE.search(text)
    if longest is not None:
        yield longest
        if len(longest.group()) > 1 and (separator := re.search(r"[/_.,;~-]$", text)):
            yield separator


@dataclass(slots=True)
class _Numbering:
    """Numbered links of one shape, with *own* as the number of the page that has them."""

    shape: _Shape
    own: int
    links: dict[int, str] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[int, int, int]:
        return len(self.links), -self.shape.start, -len(self.shape.before)


class _Addresses:
    """The addresses on *page*, without the parameters that identify a visit."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def url(self) -> str:
        return self.bare(self.page.url)

    def bare(self, target: str) -> str:
        return without_sessions(target, self._visit) if "?" in target else without_sessions(target)

    @cached_property
    def _visit(self) -> frozenset[str]:
        """The names of parameters that all links have with one value, and the page's own URL not.

        Systems add a reader's number to each link, until the reader has a cookie.
        """
        here = dict(parameters(self.page.url))
        links = (link for link in self.page.elements_having("href") if link.tag == "a")
        hrefs = {href for link in links if "?" in (href := link.get("href", ""))}
        targets = {absolute(self.page.base, href) for href in hrefs}
        own = [each for each in targets if each and host_of(each) == host_of(self.page.url)]
        queries = [set(parameters(each)) for each in own if "?" in each]
        shared = set[tuple[str, str]].intersection(*queries) if len(queries) >= _LEAST_LINKS else ()
        return frozenset(name for name, value in shared if here.get(name) != value)


def part_of(page: Page) -> Part | None:
    """Return which part of an article *page* is; None if its article is whole on one page.

    *page* must not be a list, whose pages are numbered alike.
    """
    if _COMMENT_PAGE.search(page.url):
        return None
    addresses = _Addresses(page)
    links = list(_numbered_links(addresses))
    found = list(_numberings(addresses.url, links)) if links else []
    best = max(found, key=lambda one: (one.weight, one.own)) if found else _by_relation(addresses)
    if best is not None:
        return _as_part(addresses, best)
    return _by_box(addresses)


def whole_page(page: Page, part: Part) -> str | None:
    """Return the URL of the page that shows all parts of the article, if *page* links it."""
    first = part.first or without_sessions(page.url)
    stem = _INDEX.sub("/", first.partition("?")[0]).rstrip("/")
    for link in page.elements_having("href"):
        target = absolute(page.base, link.get("href", "")) if link.tag == "a" else None
        if target is None or not target.startswith(stem):
            continue
        if _ALL.fullmatch(target[len(stem) :]) and not _is_of_comments(link):
            return without_sessions(target)
    return None


def _as_part(addresses: _Addresses, found: _Numbering) -> Part:
    others = {n: target for n, target in found.links.items() if n not in {1, found.own}}
    for relation, number in (("prev", found.own - 1), ("next", found.own + 1)):
        for target in _related(addresses, relation):
            if number > 1 and found.shape.number_of(target) == number:
                others.setdefault(number, target)
    named = tuple(NamedPart(number, others[number]) for number in sorted(others))
    if found.own == 1:
        return Part(number=1, named=named)
    first = found.links.get(1) or _first(addresses, found)
    return Part(number=found.own, first=first if first != addresses.url else None, named=named)


def _first(addresses: _Addresses, found: _Numbering) -> str | None:
    firsts = found.shape.firsts()
    canonical = addresses.page.canonical
    claims = [canonical] if canonical else []
    if found.own == 2:
        claims += _related(addresses, "prev")
    for claim in claims:
        if any(_same(claim, first) for first in firsts) or found.shape.number_of(claim) == 1:
            return claim
    return firsts[0] if firsts else None


def _numberings(url: str, links: Iterable[tuple[int, str]]) -> Iterator[_Numbering]:
    """Yield the ways to read the numbered *links* as the parts of the article at *url*."""
    by_number: dict[int, dict[str, None]] = {}
    for number, target in links:
        by_number.setdefault(number, {})[target] = None
    shapes = {
        shape
        for number, targets in by_number.items()
        if number > 1
        for target in targets
        for shape in _shapes(target, number)
    }
    if url not in {target for targets in by_number.values() for target in targets}:
        shapes |= {shape for number in range(2, MOST_PARTS) for shape in _shapes(url, number)}
    for shape in sorted(shapes, key=lambda shape: (shape.before, shape.behind, shape.start)):
        own = _own_number(url, shape)
        if own is None:
            continue
        numbering = _Numbering(shape, own, _fitting(shape, by_number))
        if _is_numbering(numbering):
            yield numbering


def _is_numbering(found: _Numbering) -> bool:
    own, others = found.own, found.links.keys() - {found.own}
    if own == 1:
        return 2 in others
    if found.shape.start and others == {1}:  # "?all=1" is no second page
        return _PAGE_PARAMETER.search(found.shape.before) is not None
    if 1 not in others and not found.shape.is_of_a_story():
        return False  # an issue among the issues before and after it
    return not others.isdisjoint({1, own - 1, own + 1})


def _own_number(url: str, shape: _Shape) -> int | None:
    if any(_same(url, first) for first in shape.firsts()):
        return 1
    return shape.number_of(url)


def _fitting(shape: _Shape, by_number: Mapping[int, Mapping[str, None]]) -> dict[int, str]:
    """Return the link to each part, by its number; the first may have an address without one."""
    found = {}
    for number, targets in by_number.items():
        fitting = [target for target in targets if shape.number_of(target) == number]
        if number == 1 and not fitting:
            firsts = shape.firsts()
            fitting = [t for t in targets if any(_same(t, first) for first in firsts)]
        if fitting:
            found[number] = fitting[0]
    return found


def _shapes(url: str, number: int) -> Iterator[_Shape]:
    """Yield the shapes by which *url* may be part *number*; the host has none."""
    begin = url.find("/", url.find("//") + 2)
    for start in (0, 1):
        digits = str(number - start)
        at = url.find(digits, begin)
        while at != -1:
            end = at + len(digits)
            is_whole = not url[at - 1].isdigit() and not url[end : end + 1].isdigit()
            if is_whole and not _DATE.search(url[:at]):
                yield _Shape(url[:at], url[end:], start)
            at = url.find(digits, at + 1)


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(url: str) -> str:
    head, mark, query = url.partition("?")
    return _INDEX.sub("/", head).rstrip("/") + (mark + query if query else "")


def _numbered_links(addresses: _Addresses) -> Iterator[tuple[int, str]]:
    page = addresses.page
    for link in page.elements_having("href"):
        said = content_of(link) if link.tag == "a" else ""
        if len(said) > _LINK_CHARS or not _DIGIT.search(said):
            continue
        href, text = link.get("href"), one_line(said)
        if not href or href.startswith("#") or len(text) > _LINK_LETTERS:
            continue
        found = _LABELLED.fullmatch(text)
        if found is None or not 1 <= (number := int(found.group(1))) <= MOST_PARTS:
            continue
        target = absolute(page.base, href)
        if target is not None and not _COMMENT_PAGE.search(target) and not _is_of_comments(link):
            yield number, addresses.bare(target)


def _is_of_comments(link: HtmlElement) -> bool:
    around = takewhile(lambda element: element.tag not in _TEXT, _around(link))
    return any(_COMMENTS.search(names_of(element)) for element in around)


def _by_relation(addresses: _Addresses) -> _Numbering | None:
    """Return the numbering that the page's next and previous pages give, without any number.

    WordPress relates posts to each other in the same way, so the addresses must be those of parts:
    the first is without a number, and no section.
    """
    related = {name: _related(addresses, name) for name in ("next", "prev")}
    if not any(related.values()):
        return None
    url = addresses.url
    for target in related["next"]:
        for shape in _shapes(target, 2):
            if any(_same(url, first) and _is_of_a_story(first) for first in shape.firsts()):
                return _Numbering(shape, 1, {2: target})
    for target in related["prev"]:
        for number in range(2, MOST_PARTS):
            for shape in _shapes(url, number):
                firsts = [first for first in shape.firsts() if _is_of_a_story(first)]
                is_first = number == 2 and any(_same(target, first) for first in firsts)
                if is_first:
                    return _Numbering(shape, number, {1: target})
                if firsts and number > 2 and shape.number_of(target) == number - 1:
                    return _Numbering(shape, number, {number - 1: target})
    return None


def _is_of_a_story(url: str) -> bool:
    """Return whether the last segment of *url* reads like that of a story, and of no section."""
    path = urlsplit(url).path.rstrip("/")
    last = path.rpartition("/")[2]
    return last.count("-") + last.count("_") >= 2 or "." in last or bool(urlsplit(url).query)


def _related(addresses: _Addresses, relation: str) -> list[str]:
    found, page = [], addresses.page
    for element in page.elements_having("rel"):
        rel = element.get("rel")
        if not rel or element.tag not in _RELATED:
            continue
        rels = rel.lower().split()
        if relation in rels or (relation == "prev" and "previous" in rels):
            target = absolute(page.base, element.get("href", ""))
            if target is not None and not _is_of_comments(element):
                found.append(addresses.bare(target))
    return found


def _by_box(addresses: _Addresses) -> Part | None:
    """Return the part that a box of page numbers marks as the current one, if no link tells."""
    url = without_sessions(addresses.page.url)
    shapes = {
        number: shape
        for number in map(int, set(_NUMBER.findall(url)))
        if 2 <= number <= MOST_PARTS
        for shape in _shapes(url, number)
        if shape.start == 0 and shape.firsts()
    }
    if not shapes:
        return None
    for element in addresses.page.tree.iter(*_CURRENT_TAGS):
        if len(element) > 1 or not _is_current(element):
            continue
        number = _LABELLED.fullmatch(element_text(element))
        if number is None or not any(_BOXES.search(names_of(a)) for a in _around(element)):
            continue
        own = int(number.group(1))
        if own in shapes:
            return _as_part(addresses, _Numbering(shapes[own], own))
    return None


def _is_current(element: HtmlElement) -> bool:
    names = names_of(element)
    return "aria-current" in element.attrib or (
        bool(names) and not _CURRENT.isdisjoint(words_in(names))
    )


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()
