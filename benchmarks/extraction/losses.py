"""Sort what our texts lack, and what is wrongly in them, by its place on the page.

Differences to the truth are aligned word by word. The gain of a kind is how much F1 would rise if
only its differences were corrected; gains do not add up exactly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.extract.body.restore_gaps import holder_of
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import Line, letters_of, lines_of
from benchmarks.extraction.bench import needs
from benchmarks.extraction.extractors import CONTENT_TYPE, ours, text_in
from benchmarks.extraction.metric import Match, compare, score, tokens
from benchmarks.extraction.sets import PLAIN_SETS, Page, load
from benchmarks.extraction.validation import is_validation

__all__ = ["lines", "needs", "run"]

_LONG_TAIL = 100
_PASSAGE = 60
_SAMPLES = 3
_FOUND_BY = 30
"""Number of letters of a run by which its line is found."""
_ITEMS = frozenset({"li", "tr", "td", "th", "dt", "dd"})


class Kind(StrEnum):
    """The kind of a run of words that is in one text and not in the other."""

    ADDED_HEAD = "added above the text: standfirst, date, byline, key points"
    ADDED_TAIL = "added behind it, under 100 words: credits, promotion, who wrote it"
    ADDED_LONG_TAIL = "added behind it, 100 words and more"
    ADDED_LINK = "added in it: lines that are links"
    ADDED_ITEM = "added in it: items of lists and rows"
    ADDED_BOX = "added in it: boxes, teasers, captions"
    ADDED_LINE = "added in it: lines among the text's own"
    ADDED_WITHIN = "added within a line"
    LOST_HEAD = "lost above the text: a standfirst"
    LOST_ABSENT = "lost, and not on the page in these words"
    LOST_LINK = "lost: lines that are links"
    LOST_ITEM = "lost: items of lists and rows"
    LOST_PASSAGE = "lost: 60 words and more"
    LOST_SHORT = "lost: shorter"


@dataclass(frozen=True, slots=True)
class _Run:
    """Words from *start* to *end* of the true text, and our words instead; one may be empty."""

    kind: Kind
    true: slice
    said: slice
    words: int


def run(data: Path) -> dict[str, Any]:
    """Return the kinds of difference of each set, the most costly first. There is no bar."""
    sets = load(data)
    report = {name: report_on(sets[name]) for name in PLAIN_SETS if name in sets}
    return {"sets": report, "reached": True}


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a reader."""
    for name, kinds in report["sets"].items():
        yield f"{name:72} runs  pages  words     gain"
        for kind, found in kinds.items():
            counts = f"{found['runs']:5} {found['pages']:6} {found['words']:6}"
            yield f"  {kind:68} {counts}  {found['gain']:+.4f}"
            for page, words in found["samples"]:
                yield f"      {page[:30]}: {words}"


def report_on(pages: Sequence[Page]) -> dict[str, dict[str, Any]]:
    """Return the kinds of difference on *pages*: runs, pages, words, gain, samples.

    No sample is of a page of validation, since nobody looks at them.
    """
    texts = [(tokens(page.text), tokens(text_in(ours(page)))) for page in pages]
    runs = [list(_runs(page, *both)) for page, both in zip(pages, texts, strict=True)]
    now = score([_match(*both, ()) for both in texts]).f1
    found: dict[str, dict[str, Any]] = {}
    for kind in Kind:
        of_kind = [[each for each in page_runs if each.kind is kind] for page_runs in runs]
        if not any(of_kind):
            continue
        mended = score([_match(*both, own) for both, own in zip(texts, of_kind, strict=True)]).f1
        samples = sorted(
            (
                (each.words, page.id, _said(each, *both))
                for page, both, own in zip(pages, texts, of_kind, strict=True)
                for each in own
                if not is_validation(page.url)
            ),
            key=lambda sample: -sample[0],
        )
        found[kind.value] = {
            "runs": sum(map(len, of_kind)),
            "pages": sum(map(bool, of_kind)),
            "words": sum(each.words for own in of_kind for each in own),
            "gain": round(mended - now, 4),
            "samples": [[page, said] for _, page, said in samples[:_SAMPLES]],
        }
    return dict(sorted(found.items(), key=lambda item: -item[1]["gain"]))


def _match(true: Sequence[str], said: Sequence[str], mended: Sequence[_Run]) -> Match:
    """Return how *said* matches *true* if the runs *mended* were as in *true*."""
    words = list(said)
    for each in sorted(mended, key=lambda each: -each.said.start):
        words[each.said] = true[each.true]
    return compare(" ".join(true), " ".join(words))


def _said(run: _Run, true: Sequence[str], said: Sequence[str]) -> str:
    return " ".join([*true[run.true], *said[run.said]])[:90]


def _runs(page: Page, true: Sequence[str], said: Sequence[str]) -> Iterator[_Run]:
    """Yield the differences; for replaced words, what is lost and what is added."""
    where = _Page(page)
    operations = SequenceMatcher(None, true, said, autojunk=False).get_opcodes()
    common = [number for number, each in enumerate(operations) if each[0] == "equal"]
    for number, (what, first, last, start, end) in enumerate(operations):
        if what == "equal":
            continue
        is_head = bool(common) and number < common[0]
        is_tail = not common or number > common[-1]
        before = operations[number - 1][2] - operations[number - 1][1] if number else 0
        if last > first:
            back = 0 if end > start else _shift(true, first, last, before)
            lost = slice(first - back, last - back)
            kind = where.lost(true[lost], is_head=is_head)
            yield _Run(kind, lost, slice(start - back, start - back), last - first)
        if end > start:
            back = 0 if last > first else _shift(said, start, end, before)
            added = slice(start - back, end - back)
            kind = where.added(said[added], is_head=is_head, is_tail=is_tail)
            yield _Run(kind, slice(last - back, last - back), added, end - start)


def _shift(words: Sequence[str], start: int, end: int, most: int) -> int:
    """Return by how much a run could begin earlier, as with two sentences that begin alike."""
    back = 0
    while back < most and words[start - back - 1] == words[end - back - 1]:
        back += 1
    return back


class _Page:
    """The lines of a page, and the element that has most of its true text."""

    def __init__(self, page: Page) -> None:
        parsed = parse_page(page.payload, page.url, CONTENT_TYPE)
        self.lines = lines_of(parsed.tree) if parsed else []
        self.letters = "".join(line.letters for line in self.lines)
        held: Counter[Any] = Counter()
        true = letters_of(page.text)
        for line in self.lines:
            if line.is_prose and line.letters in true:
                held[holder_of(line.element)] += len(line.letters)
        self.home = max(held, key=lambda each: held[each], default=None)
        self.starts: defaultdict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            self.starts[line.letters[:_FOUND_BY]].append(line)

    def lost(self, words: Sequence[str], *, is_head: bool) -> Kind:
        line = self._line(words)
        if line is None and letters_of("".join(words)) not in self.letters:
            return Kind.LOST_ABSENT
        if is_head:
            return Kind.LOST_HEAD
        if line is not None and line.is_half_linked:
            return Kind.LOST_LINK
        if line is not None and line.element.tag in _ITEMS:
            return Kind.LOST_ITEM
        return Kind.LOST_PASSAGE if len(words) >= _PASSAGE else Kind.LOST_SHORT

    def added(self, words: Sequence[str], *, is_head: bool, is_tail: bool) -> Kind:
        if is_head:
            return Kind.ADDED_HEAD
        if is_tail:
            return Kind.ADDED_LONG_TAIL if len(words) >= _LONG_TAIL else Kind.ADDED_TAIL
        line = self._line(words)
        if line is None:
            return Kind.ADDED_WITHIN
        if line.is_half_linked:
            return Kind.ADDED_LINK
        if line.element.tag in _ITEMS:
            return Kind.ADDED_ITEM
        is_home = holder_of(line.element) is self.home
        return Kind.ADDED_LINE if is_home else Kind.ADDED_BOX

    def _line(self, words: Sequence[str]) -> Line | None:
        """Return the line that *words* begin with or are; None if they begin within a line."""
        letters = letters_of("".join(words))
        for line in self.starts.get(letters[:_FOUND_BY], ()):
            if letters.startswith(line.letters) or line.letters.startswith(letters):
                return line
        short = (line for line in self.lines if len(line.letters) < _FOUND_BY)
        return next((line for line in short if letters.startswith(line.letters)), None)
