"""Judge from the lines of a page how far its extracted text can be trusted.

Nothing is parsed or extracted again: the lines of the page and the choice of lines are known. A
kept line is doubtful if its place and form differ from the rest of the text. A line that was left
out is doubtful if they are like those of the text. Doubt is counted in letters, since the quality
of a text depends on how many letters are lost or wrong. It ignores whether the page itself is
complete; flags say that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.body.restore_gaps import holder_of, stands_beside
from archive.extract.dom.lines import HEADINGS, PROSE_LETTERS, Line, letters_of
from archive.model import Block, BlockKind

_HALF_LETTERS = 1_000
"""The number of doubtful letters at which the confidence is one half."""
_KIN_SHARE = 0.25
_SIDE_SHARE = 0.1
_THIN_FACTOR = 2
"""Texts for which trafilatura compares extractors have two to six times as many errors."""
_BODY_LETTERS = 12
_BODY_SHARE = 0.5
_TOLD_LETTERS = 30
_TOLD_REASONS = 5
_DISPUTED_SHARE = 0.25
_DISPUTED_LETTERS = 200
_COPY_LETTERS = 30
_NEAR = 4
_FOREIGN = re.compile(
    r"promo|teaser|caption|credit|advert|(?<![a-z])ads?(?![a-z])|related|newsletter|recommend"
    r"|byline|author|sponsor|subscri|sidebar|footer|sign-?up|gallery|tooltip|disclaimer|copyright"
    r"|comment|read-?more|most-?read|popular|trending|label|timestamp"
)


class Place(StrEnum):
    """Where a line is, relative to the element that holds most of the text."""

    HOME = "home"
    KIN = "kin"
    """In elements with the same tags and classes, which together hold a quarter of the text."""
    SIDE = "side"
    """In elements with the same tags and classes, which together hold a tenth of the text."""
    APART = "apart"
    OTHER = "other"
    """In another ``article`` element than the text."""


# The share of a line's letters that is doubtful, by place and form: the share of letters that are
# wrong in four sets of pages (docs/extraction.md), rounded.
_KEPT = {
    Place.HOME: {"long": 0.006, "heading": 0.01, "short": 0.05, "li": 0.006, "tr": 0.015},
    Place.KIN: {"long": 0.03, "heading": 0.03, "short": 0.16, "li": 0.08, "tr": 0.03},
    Place.SIDE: {"long": 0.03, "heading": 0.1, "short": 0.17, "li": 0.3, "tr": 0.1},
    Place.APART: {"long": 0.3, "heading": 0.25, "short": 0.4, "li": 0.6, "tr": 0.4},
    Place.OTHER: dict.fromkeys(("long", "heading", "short", "li", "tr"), 0.25),
}
_KEPT_LINK = {
    Place.HOME: {"long": 0.45, "heading": 0.2, "short": 0.15, "li": 0.5, "tr": 0.5},
    Place.KIN: {"long": 0.3, "heading": 0.3, "short": 0.4, "li": 0.6, "tr": 0.5},
}
_KEPT_LINK_APART = {"long": 0.5, "heading": 0.3, "short": 0.5, "li": 0.05, "tr": 0.5}
_KEPT_FOREIGN = 0.5
_KEPT_TWICE = 0.6
_LEFT_BETWEEN = {"long": 0.65, "heading": 0.2, "short": 0.3, "li": 0.2, "tr": 0.3}
_LEFT_ABOVE = {"long": 0.3, "heading": 0.09, "short": 0.05, "li": 0.5, "tr": 0.05}
_LEFT_BEHIND = {"long": 0.15, "heading": 0.06, "short": 0.04, "li": 0.15, "tr": 0.05}
_LEFT_LINK = 0.05
_LEFT_LINK_NEAR = 0.2
_LEFT_FOREIGN = 0.03
_LEFT_FOREIGN_LONG = 0.12
_DROPPED = 0.03
"""For lines that one of our own rules left out, with a reason."""
_LEFT_TOLD = 0.8
"""For lines that were left out, although JSON-LD's articleBody has them."""
_KEPT_TOLD = 0.01


@dataclass(frozen=True, slots=True)
class Opinion:
    """How far a text can be trusted, from 0 to 1, why, and whether much of it is doubtful.

    *reasons* are short phrases, the most important first; empty when nothing is unusual.
    """

    confidence: float
    reasons: tuple[str, ...] = ()
    disputed: bool = False


def opinion(
    text: Sequence[Block],
    kept: frozenset[int],
    dropped: frozenset[int],
    lines: Sequence[Line],
    body: str,
    *,
    thin: bool,
) -> Opinion:
    """Return the second opinion on *text*, whose blocks are the lines *kept* of *lines*.

    The lines *dropped* were found first, and then removed by a rule. *body* is the letters of
    JSON-LD's articleBody, empty without one. *thin* says that the text found first was a small part
    of the page.
    """
    letters: Counter[str] = Counter()
    doubts: defaultdict[str, float] = defaultdict(float)
    for what, count, share in _Judge(text, kept, dropped, lines, body).doubts():
        letters[what] += count
        doubts[what] += share * count
    length = sum(len(letters_of(block.text)) for block in text)
    lacking = len(body) - length - letters[_TOLD]
    if body and lacking > 0.5 * length:
        letters[_LACKING] = lacking
        doubts[_LACKING] = 0.5 * lacking
    total = sum(doubts.values()) * (_THIN_FACTOR if thin else 1)
    reasons = [
        what.format(letters[what])
        for what, doubt in sorted(doubts.items(), key=lambda each: (-each[1], each[0]))
        if doubt >= _TOLD_LETTERS and what
    ]
    if thin:
        reasons.append(_THIN)
    return Opinion(
        confidence=round(_HALF_LETTERS / (_HALF_LETTERS + total), 3),
        reasons=tuple(reasons[:_TOLD_REASONS]),
        disputed=total > max(_DISPUTED_LETTERS, _DISPUTED_SHARE * length),
    )


_ORDINARY = ""
_APART = "{} letters kept that stand apart from the text"
_ELSEWHERE = "{} letters kept from another article element"
_LINKS = "{} letters kept in lines that are mostly links"
_STRANGE = "{} letters kept from what is named a caption, promotion or the like"
_TWICE = "{} letters kept that stand twice in the text"
_BETWEEN = "{} letters left out between parts of the text"
_ABOVE = "{} letters left out above the text"
_BEHIND = "{} letters left out behind the text"
_TOLD = "{} letters left out that JSON-LD's articleBody has"
_LACKING = "JSON-LD's articleBody is {} letters longer"
_THIN = "little of the page was found at first"


class _Judge:
    """Computes where the text is, and how much of each line is doubtful."""

    def __init__(
        self,
        text: Sequence[Block],
        kept: frozenset[int],
        dropped: frozenset[int],
        lines: Sequence[Line],
        body: str,
    ) -> None:
        captions = {letters_of(each.text) for each in text if each.kind is BlockKind.CAPTION}
        known = [letters_of(each.text) for each in text if each.kind is not BlockKind.CAPTION]
        self.lines, self.body, self.dropped = lines, body, dropped
        self.copies = [each for each in known if len(each) > _COPY_LETTERS]
        self.joined = "".join(known)
        self.kept = {at for at in kept if lines[at].letters not in captions}
        self.ignored = (kept - self.kept) | {
            at for at, line in enumerate(lines) if line.letters in captions
        }
        self.kept |= self._known(set(known)) - self.ignored
        self.often = Counter(line.letters for line in lines)
        self.twice = Counter(lines[at].letters for at in self.kept)
        self.holders = [holder_of(line.element) for line in lines]
        self._names: dict[HtmlElement, tuple[str, ...]] = {}
        self._find_home()

    def doubts(self) -> Iterator[tuple[str, int, float]]:
        """Yield for each doubtful line the reason, its letters, and the share of these in doubt."""
        for at, line in enumerate(self.lines):
            if at in self.ignored:
                continue
            judged = self._kept(at, line) if at in self.kept else self._left(at, line)
            if judged is not None:
                yield judged[0], len(line.letters), judged[1]

    def _known(self, known: set[str]) -> set[int]:
        """Return the lines whose text is in the article although no block was matched to them."""
        return {
            at
            for at, line in enumerate(self.lines)
            if line.letters in known
            or (len(line.letters) >= _COPY_LETTERS and line.letters in self.joined)
        }

    def _find_home(self) -> None:
        by_holder: Counter[HtmlElement] = Counter()
        by_name: Counter[tuple[str, ...]] = Counter()
        for at in sorted(self.kept):
            line = self.lines[at]
            if not line.is_half_linked:
                by_holder[self.holders[at]] += len(line.letters)
                by_name[self._name(self.holders[at])] += len(line.letters)
        total = by_holder.total() or 1
        self.shares = {name: count / total for name, count in by_name.items()}
        self.home = max(by_holder, key=lambda each: by_holder[each], default=None)
        self.article = None if self.home is None else _article_of(self.home)
        at_home = [
            at
            for at in self.kept
            if self._place(at) in {Place.HOME, Place.KIN, Place.SIDE}
            and _form(self.lines[at]) == "long"
            and not self.lines[at].is_half_linked
        ]
        self.first, self.last = min(at_home, default=0), max(at_home, default=-1)

    def _name(self, holder: HtmlElement) -> tuple[str, ...]:
        """Return the tags and classes of *holder* and of the two elements around it."""
        found = self._names.get(holder)
        if found is None:
            parts: list[str] = []
            element: HtmlElement | None = holder
            for _ in range(3):
                if element is None:
                    break
                parts += (element.tag, _plain_classes(element.get("class") or ""))
                element = element.getparent()
            found = self._names[holder] = tuple(parts)
        return found

    def _place(self, at: int) -> Place:
        holder = self.holders[at]
        if holder is self.home:
            return Place.HOME
        if at in self.kept and _article_of(holder) is not self.article:
            return Place.OTHER
        share = self.shares.get(self._name(holder), 0.0)
        if share >= _KIN_SHARE:
            return Place.KIN
        return Place.SIDE if share >= _SIDE_SHARE else Place.APART

    def _kept(self, at: int, line: Line) -> tuple[str, float]:
        place, form = self._place(at), _form(line)
        what, share = self._kept_share(line, place, form)
        length = len(line.letters)
        if length >= _BODY_LETTERS and len(self.body) > _BODY_SHARE * len(self.joined):
            if line.letters in self.body:
                return _ORDINARY, min(share, _KEPT_TOLD)
            if form == "long":
                return what, min(1.0, 1.5 * share)
        return what, share

    def _kept_share(self, line: Line, place: Place, form: str) -> tuple[str, float]:
        is_home = place in {Place.HOME, Place.KIN}
        if place is Place.APART and form == "long" and self.twice[line.letters] > 1:
            return _TWICE, _KEPT_TWICE
        if line.is_half_linked:
            return _LINKS, _KEPT_LINK[place][form] if is_home else _KEPT_LINK_APART[form]
        if not is_home and _is_foreign(line.element):
            return _STRANGE, _KEPT_FOREIGN
        what = _ELSEWHERE if place is Place.OTHER else _ORDINARY if is_home else _APART
        return what, _KEPT[place][form]

    def _left(self, at: int, line: Line) -> tuple[str, float] | None:
        length = len(line.letters)
        if self.often[line.letters] > 1:
            return None
        if length >= PROSE_LETTERS and any(copy in line.letters for copy in self.copies):
            return None
        if at in self.dropped:
            return _ORDINARY, _DROPPED
        if self.body and length >= _BODY_LETTERS and line.letters in self.body:
            return _TOLD, _LEFT_TOLD
        form = _form(line)
        what = _ABOVE if at < self.first else _BEHIND if at > self.last else _BETWEEN
        if _is_foreign(line.element):
            is_long = form == "long" and what is not _BEHIND
            return what, _LEFT_FOREIGN_LONG if is_long else _LEFT_FOREIGN
        if line.is_half_linked:
            return what, _LEFT_LINK if self._place(at) is Place.APART else _LEFT_LINK_NEAR
        shares = {_ABOVE: _LEFT_ABOVE, _BEHIND: _LEFT_BEHIND, _BETWEEN: _LEFT_BETWEEN}[what]
        return what, shares[form]


def _form(line: Line) -> str:
    tag = line.element.tag
    if tag in HEADINGS:
        return "heading"
    if tag in {"li", "tr"}:
        return str(tag)
    return "long" if len(line.letters) >= PROSE_LETTERS else "short"


def _article_of(element: HtmlElement) -> HtmlElement | None:
    if element.tag == "article":
        return element
    return next(element.iterancestors("article"), None)


def _is_foreign(element: HtmlElement) -> bool:
    """Return whether *element* or an element around it is something beside an article."""
    near: HtmlElement | None = element
    for _ in range(_NEAR):
        if near is None:
            return False
        if _names_foreign(f"{near.get('class') or ''} {near.get('id') or ''}"):
            return True
        near = near.getparent()
    return stands_beside(element)


@lru_cache(maxsize=16_384)
def _names_foreign(names: str) -> bool:
    return _FOREIGN.search(names.lower()) is not None


@lru_cache(maxsize=16_384)
def _plain_classes(classes: str) -> str:
    """Return *classes* without those with a digit, which number the element."""
    return " ".join(each for each in classes.split() if not any(map(str.isdigit, each)))
