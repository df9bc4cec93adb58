"""Find the dates that stand on a page, and judge each by its place.

The whole page is read, since themes put the date where frames are cut: in a box about the author,
a sidebar, a footer of the article, a line within the headline. What counts is the place beside the
headline, and that a date is not part of a teaser, a comment, a copyright line or the frame's head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement

from archive.extract.coding import folded_words
from archive.extract.dates.lines import DateFound, dates_in
from archive.extract.dates.written import Dated, Written, dated
from archive.extract.dom.document import Page, class_tokens, element_text, text_length
from archive.extract.dom.lines import HEADINGS
from archive.extract.metadata.date_labels import (
    ends_in_event,
    is_of_event,
    is_period,
    label_of,
    label_of_names,
    machine_text,
    text_before,
    without_labels,
)
from archive.extract.metadata.seen_lines import (
    LINE_CHARS,
    UNREAD,
    is_in_unread,
    owners_of_digits,
    parents_of,
    seen_line,
    text_begins,
)
from archive.extract.metadata.sources import Sources, headline_of
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_whole

_MOST_BEFORE = 60
_KICKER_CHARS = 400
"""Letters between a date and the headline behind it."""
_BOX_CHARS = 600
"""A box with more letters is more than a teaser."""
_TEASER_CHARS = 25
_MOST_FAR = 1_000
_FIGURES = frozenset({"figure", "figcaption", "caption", "picture", "blockquote"})
_LISTS = frozenset({"li", "aside", "nav"})
_TITLES = ("a", *HEADINGS)
_LEAST_TITLES = 3
_LEAST_TITLE = 12
"""Letters of a headline that has no heading's element."""
_COMMENT = re.compile(r"(?:^|[-_])(?:comments?|respond|disqus|replies)(?:$|[-_\d])")
_HEADS = frozenset(
    {"masthead", "topbar", "top-bar", "site-header", "siteheader", "today", "navbar"}
)
_HEAD_NAME = re.compile(r"(?:^|[-_])(?:header|head|top|bar|banner|logo|menu|nav)(?:$|[-_])")
_CLOSE = 8
"""Elements between a date and the headline behind it, where only the page holds both."""
_WIDE_SHARE = 0.8
_COPYRIGHT = re.compile(rf"©|\(c\)|{any_whole(phrases().rights_reserved)}", re.IGNORECASE)
_STOPS = (".", "!", "?", "。", "！", "？", "।", "۔", "…")
_TOLD_LETTERS = 8
_NUMBER = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class PlacedDate:
    """A date on a page, and its place.

    *place* is ``behind`` the headline, ``before`` it, or ``far``. *label* is ``published``,
    ``updated`` or empty. *is_pure* says that the line has hardly a word beside its date.
    """

    date: Dated
    place: str
    label: str
    is_pure: bool


class DatePlaces:
    """The dates of one page by their places; the page is read when they are first asked for."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.tree = sources.page.tree
        self.seen: set[HtmlElement] = set()
        self.lists: dict[HtmlElement, bool] = {}
        self.lengths: dict[HtmlElement, int] = {}

    @cached_property
    def headline(self) -> HtmlElement | None:
        """The element with the headline; None if the page has none."""
        return _headline_in(self.tree, self.sources.page)

    @cached_property
    def around(self) -> set[HtmlElement]:
        """The headline and the elements that hold it."""
        headline = self.headline
        return set() if headline is None else {headline, *headline.iterancestors()}

    def length(self, element: HtmlElement) -> int:
        """Return the number of letters of *element*, which is counted once."""
        if element not in self.lengths:
            self.lengths[element] = text_length(element)
        return self.lengths[element]

    @cached_property
    def near(self) -> tuple[PlacedDate, ...]:
        """The dates beside the headline: those behind it in order, then those before it."""
        before, behind, _ = self._divided
        found = [*self._placed(behind, "behind")]
        found += self._placed(before, "before")
        return tuple(found)

    @cached_property
    def far(self) -> tuple[PlacedDate, ...]:
        """The dates behind the beginning of the text, in the article's element if there is one."""
        _, _, rest = self._divided
        return tuple(self._placed(rest, "far"))

    @cached_property
    def _divided(self) -> tuple[list[HtmlElement], list[HtmlElement], list[HtmlElement]]:
        """The elements before the headline (nearest first), beside it, and behind the text's begin.

        Without a headline all elements are far.
        """
        elements: list[HtmlElement] = []
        unread: set[HtmlElement] = set()
        for each in self.sources.page.elements:
            if each.tag in UNREAD:
                unread.update(each.iterdescendants("*") if len(each) else ())
            elif each not in unread:
                elements.append(each)
        if self.headline is None:
            return [], [], elements[:_MOST_FAR]
        at = elements.index(self.headline)
        inside = sum(1 for _ in self.headline.iter("*"))
        before = self._before(elements[max(0, at - _MOST_BEFORE) : at])
        stop = text_begins(elements, at + inside)
        region = self._region()
        rest = elements[stop : stop + _MOST_FAR]
        if region is not None:
            held = set(region.iter("*"))
            rest = [each for each in rest if each in held]
        return before, elements[at:stop], rest

    def _before(self, elements: Sequence[HtmlElement]) -> list[HtmlElement]:
        """Return the elements before the headline that may belong to it, the nearest first."""
        kept: list[HtmlElement] = []
        letters = 0
        for gap, element in enumerate(reversed(elements)):
            letters += len((element.text or "").strip()) + len((element.tail or "").strip())
            if letters > _KICKER_CHARS:
                break
            may_date = element.attrib or next(owners_of_digits(element), None) is not None
            if may_date and not self._is_in_head(element, gap):
                kept.append(element)
        return kept

    def _is_in_head(self, element: HtmlElement, gap: int) -> bool:
        """Return whether *element* is in the head of the site, which shows the day of the visit.

        *gap* is the number of elements between it and the headline.
        """
        branch = element
        for above in (element, *element.iterancestors()):
            if above in self.around:
                may_be_head = gap > _CLOSE or _is_called_head(branch)
                return may_be_head and (above.tag == "body" or self._is_wide(above))
            if above.tag in {"header", "nav"} or not _HEADS.isdisjoint(class_tokens(above)):
                return True
            branch = above
        return False

    def _is_wide(self, element: HtmlElement) -> bool:
        """Return whether *element* holds most of the page."""
        return self.length(element) > _WIDE_SHARE * self.length(self._body)

    @cached_property
    def _body(self) -> HtmlElement:
        return next(self.tree.iter("body"), self.tree)

    def _region(self) -> HtmlElement | None:
        if self.headline is None:
            return None
        return next(self.headline.iterancestors("article", "main"), None)

    def _placed(self, elements: Sequence[HtmlElement], place: str) -> Iterator[PlacedDate]:
        for element in elements:
            if machine := self._machine_date(element, place):
                yield machine
            for owner in owners_of_digits(element):
                if self.headline is owner:
                    continue
                yield from self._in_lines(owner, place)

    def _machine_date(self, element: HtmlElement, place: str) -> PlacedDate | None:
        """Return the date that an attribute of *element* has for machines."""
        raw = machine_text(element)
        if raw is None:
            return None
        date = self.sources.read_date(raw, "time")
        if self.is_of_another(element) or (place == "far" and self._is_of_list(element)):
            return None
        self.seen.update(element.iter("*"))
        text, before = element_text(element), text_before(element, self.around)
        if ends_in_event(before) or ends_in_event(_NUMBER.split(text)[0]):
            return None
        label = label_of_names(element) or label_of(text) or label_of(before)
        return PlacedDate(date, place, label, is_pure=True)

    def _in_lines(self, owner: HtmlElement, place: str) -> Iterator[PlacedDate]:
        """Yield the dates of the line that *owner* is, or of the short box that it is a part of."""
        for element in (owner, *parents_of(owner)):
            if element in self.seen or element is self.headline or element.tag == "body":
                return
            self.seen.add(element)
            line = seen_line(element)
            if line is None:
                return
            found = list(dates_in(line, self.sources.habits))
            if found:
                self.seen.update(element.iter("*"))
                is_other = self.is_of_another(element) or (
                    place == "far" and self._is_of_list(element)
                )
                if not _COPYRIGHT.search(line) and not is_other:
                    yield from self._of_line(element, line, found, place)
                return

    def _of_line(
        self, element: HtmlElement, line: str, found: Sequence[DateFound], place: str
    ) -> Iterator[PlacedDate]:
        label_before = text_before(element, self.around)
        rest = line
        for each in found:
            rest = rest.replace(each.raw, " ", 1)
        is_pure = len(_LETTER.findall(without_labels(rest))) <= _TEASER_CHARS
        in_figure = any(each.tag in _FIGURES for each in (element, *element.iterancestors()))
        behind = ""
        for number, each in enumerate(found):
            said = each.before if number or _LETTER.search(each.before) else label_before
            label = label_of(said) or label_of_names(element)
            is_other = is_of_event(said) or is_period(each.behind) or is_period(behind)
            is_told = not label and (in_figure or _is_sentence(line, each))
            if not is_other and not is_told:
                written = Written(each.raw, "words")
                date = dated(written, each.reading, self.sources.captured_at)
                yield PlacedDate(date, place, label, is_pure)
            behind = each.behind

    def in_element(self, element: HtmlElement) -> list[PlacedDate]:
        """Return the dates in *element*, if its text is a short line."""
        self.seen.difference_update(element.iter("*"))
        return list(self._in_lines(element, "far"))

    def _is_of_list(self, element: HtmlElement) -> bool:
        """Return whether *element*, behind the text, is an entry of a list or beside a title."""
        if label_of_names(element) == "published":
            return False
        for above in (element, *element.iterancestors()):
            if above in self.around:
                break
            if above.tag in _LISTS:
                return True
        return _is_beside_title(element)

    def is_of_another(self, element: HtmlElement) -> bool:
        """Return whether *element* dates another story, or a comment."""
        own = set(element.iter("*"))
        letters = self.length(element)
        for above in (element, *element.iterancestors()):
            if above in self.around or above.tag == "body":
                return False
            if any(map(_COMMENT.search, class_tokens(above))):
                return True
            length = self.length(above)
            if length > _BOX_CHARS:
                if above not in self.lists:
                    self.lists[above] = _lists_titles(above, length)
                if self.lists[above]:
                    return True
                continue
            if _is_link(above) and (length > letters + _TEASER_CHARS or _has_heading(above)):
                return True
            if any(each not in own and _is_title(each, element) for each in above.iter(*_TITLES)):
                return True
        return False


def _lists_titles(element: HtmlElement, letters: int) -> bool:
    """Return whether links with titles are the half of *element*, which has so many *letters*."""
    titles = [size for each in element.iter("a") if (size := text_length(each)) > _TEASER_CHARS]
    return len(titles) >= _LEAST_TITLES and sum(titles) * 2 > letters


def _headline_in(tree: HtmlElement, page: Page) -> HtmlElement | None:
    """Return the heading of *tree*, or without one the element whose text the page's title begins.

    Old pages have no headings, and a site's name may be the only one.
    """
    heading = headline_of(tree, page)
    title = folded_words(page.title or "")
    if heading is not None and folded_words(element_text(heading)) in title:
        return heading
    for element in tree.iter("*"):
        own = (element.text or "").strip()
        if len(own) < _LEAST_TITLE or element.tag in UNREAD or is_in_unread(element):
            continue
        words = folded_words(own)
        is_titled = len(words) >= _LEAST_TITLE and words in title and _is_most(words, title)
        if is_titled and not any(each.tag == "a" for each in (element, *element.iterancestors())):
            return element
    return heading


def _is_most(words: str, title: str) -> bool:
    """Return whether *words* are the beginning of *title*, or at least the half of it."""
    return title.startswith(words) or len(words) * 2 >= len(title)


def _is_sentence(line: str, date: DateFound) -> bool:
    """Return whether *line* goes on behind *date* and ends as a sentence does."""
    told = without_labels(date.behind)
    return line.endswith(_STOPS) and len(_LETTER.findall(told)) >= _TOLD_LETTERS


def _is_called_head(element: HtmlElement) -> bool:
    return any(map(_HEAD_NAME.search, class_tokens(element)))


def _is_title(element: HtmlElement, date: HtmlElement) -> bool:
    """Return whether *element* is long enough to be the title of the story that *date* is of."""
    least = _TEASER_CHARS
    if date in set(element.iter("*")):
        least += text_length(date)
    return text_length(element) > least


def _has_heading(element: HtmlElement) -> bool:
    return any(text_length(each) > _TEASER_CHARS for each in element.iter(*HEADINGS))


def _is_link(element: HtmlElement) -> bool:
    return element.tag == "a" and bool(element.get("href"))


def _is_beside_title(element: HtmlElement) -> bool:
    """Return whether what stands right before or behind *element* is hardly more than a title."""
    for each in (element, *parents_of(element)):
        if text_length(each) > LINE_CHARS:
            return False
        for beside in (each.getprevious(), each.getnext()):
            if beside is None or not isinstance(beside.tag, str):
                continue
            length = text_length(beside)
            links = sum(map(text_length, beside.iter("a", *HEADINGS)))
            if _TEASER_CHARS < length <= LINE_CHARS and links > length // 2:
                return True
    return False
