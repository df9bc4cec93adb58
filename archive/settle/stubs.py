"""Which readings of an article are only its beginning although nothing on the page says so.

A paywall that nobody knows, or a server that cuts, shows the first lines of a text that another
capture shows whole. That is no edit. An editor shortens a text at the end of a sentence or of a
paragraph; a stub breaks off within one. At the end of a paragraph it is a stub only if one and the
same whole text was there before and is there again, so that a story that grows, or is cut for good,
keeps its versions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.model import Reading
from archive.settle.changes import compared_lines

STUB_SHARE = 0.5
"""Share of the whole text that a beginning has at most."""

_OPEN_END = re.compile(r"[\s\[(]*(?:\.{2,}[\])]?)\W*$")
_SENTENCE_END = re.compile(r"[.!?;:。！？।؟۔։።།၊။៕]\W*$")

_UNMARKED = re.compile("[\u0e00-\u0eff]$")
"""Thai and Lao end a sentence with a space."""


def without_stubs(readings: Sequence[Reading]) -> list[Reading]:
    """Return *readings*, in order of time, of one article, without those that are beginnings.

    What is left is never empty: the whole text of which a reading is the beginning stays.
    """
    if len({each.extraction_id for each in readings}) == 1:
        return list(readings)
    # The first page of several is a beginning as well, and no stub.
    texts = [compared_lines(each.article) if each.part is None else () for each in readings]
    distinct = set(texts)
    if len(distinct) == 1:
        return list(readings)
    first = {text: at for at, text in reversed([*enumerate(texts)])}
    last = {text: at for at, text in enumerate(texts)}
    longer = {text: [whole for whole in distinct if _is_small(text, whole)] for text in distinct}
    broken = {text for text in distinct if any(_breaks_off(text, w) for w in longer[text])}
    return [
        reading
        for at, (reading, text) in enumerate(zip(readings, texts, strict=True))
        if text not in broken
        and not any(first[w] < at < last[w] and _begins(w, text) for w in longer[text])
    ]


def _is_small(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return 0 < sum(map(len, part)) <= STUB_SHARE * sum(map(len, whole))


def _begins(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return whole[: len(part)] == part


def _breaks_off(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Return whether *part* is a beginning of *whole*, and ends within a sentence of it."""
    if len(part) > len(whole) or not _begins(whole, part[:-1]):
        return False
    last, paragraph = _OPEN_END.sub("", part[-1]), whole[len(part) - 1]
    if not last or len(last) >= len(paragraph) or not paragraph.startswith(last):
        return False
    return last != part[-1] or not _may_end_at(paragraph, len(last))


def _may_end_at(paragraph: str, place: int) -> bool:
    """Return whether a sentence of *paragraph* may end before *place*."""
    before, after = paragraph[:place], paragraph[place]
    if _UNMARKED.search(before):
        return after.isspace()
    return _SENTENCE_END.search(before) is not None
