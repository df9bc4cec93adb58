"""Remove the lines above and below an article that do not belong to its text.

Above the text are repeated headlines, kickers, dates and bylines. Below it are share lines,
copyright, contacts and credits. Only whole blocks are removed, and only there: the same words
within the text belong to the text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from archive.extract.coding import folded_words
from archive.extract.dom.lines import weight_of
from archive.extract.phrases.boilerplate_phrases import (
    asks_for_readers,
    labels_advertising,
    tells_of_commission,
)
from archive.extract.phrases.datelines import is_dateline, tells_of_change
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of, any_whole
from archive.model import Block, BlockKind

_EDGE_BLOCKS = 12
_HEAD_BLOCKS = 8
_HEAD_ECHOES = 3
_BEGUN_LETTERS = 80
"""A paragraph of so much weight is text, so that lines after it are not above the text."""
_HEAD_LETTERS = 120
_CREDITS = 4
_CREDIT_LETTERS = 200
_CREDIT_BEFORE = 40
"""Letters before the words that make a line a credit; after more letters, it is text."""
_ASKING = 5
"""Number of blocks at the end that may be the publisher's messages or notes on authors."""
_BIOGRAPHY_LETTERS = 900
_BESIDE = frozenset({BlockKind.CAPTION, BlockKind.TABLE_ROW})
"""Lines that may be above a headline, when a table holds a picture there."""
_KEPT = 2
"""Number of blocks that are never removed as credits, since a text is no list of names."""

_PHRASES = phrases()
_SHARE = re.compile(
    rf"{any_of(_PHRASES.share)}(?: {any_of(_PHRASES.share_object)}(?: \w+){{0,3}})?\s*[.:!…]?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright\s*)?(?:\d{4}\b.{0,100}|.{0,80}\b\d{4}\.?)",
    re.IGNORECASE,
)
_SWITCHER = re.compile(any_of(_PHRASES.leave_mobile_version), re.IGNORECASE)
_CONTACT = re.compile(
    rf"{any_of(_PHRASES.contact_label)}\s*:?"
    rf"|{any_of(_PHRASES.email_label)}\s*:?\s*[^\s@]+@[^\s@]+"
    rf"|{any_of(_PHRASES.address_label)}\s*:.{{3,200}}"
    rf"|{any_of(_PHRASES.phone_label)}\.?\s*:?\s*[+\d][\d ().-]{{5,30}}",
    re.IGNORECASE,
)

_BYLINE = re.compile(rf"{any_of(_PHRASES.byline)}\b\s*:?\s+(?P<name>\S.{{1,80}})", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*")
_CONTRIBUTED = re.compile(any_whole(_PHRASES.contributed), re.IGNORECASE)
_SIGN = re.compile(r"\(\s*[^\W\d_]{2,5}(?:\s?[/,.+-]\s?[^\W\d_]{2,6}){0,4}\s*\)")
"""An editor's or an agency's sign: "(dmk)", "(dpa/fmg)"."""
_WRITE_AT = rf"(?:@|twitter|facebook|https?:|{any_whole(_PHRASES.write_at)})"
_CREDIT = re.compile(
    rf"^\W*{any_of(_PHRASES.source_label)}\s*[:：].{{0,80}}$"
    rf"|{any_whole(_PHRASES.credit)}"
    rf"|^\W*{any_of(_PHRASES.write_to_author)}\s+\w.*{_WRITE_AT}"
    rf"|^\W*{any_whole(_PHRASES.more_at)}[^.]{{2,40}}:\s*https?:"
    r"|^\W*[^\s@]+@[^\s@]+\.\w+\W*$|^\W*(?:twitter|x)\.com/\S+$|^\W*@\w+\W*$"
    rf"|(?:^|\W){any_of(_PHRASES.agency_sign)}\b[^.]{{0,30}}$"
    rf"|©|\(c\)\s*\d{{4}}|ⓒ|{any_whole(_PHRASES.rights_reserved)}"
    rf"|^\W*{any_of(_PHRASES.filed_under)}\s*:"
    rf"|^\W*{any_of(_PHRASES.other_stories_at_end)}\W*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？]|[.!?…][\"”»’)]?\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The *headlines*, *authors* and *sections* of an article, which are not part of its text.

    None of them is a part of the text. *base* is the address that links are relative to.
    """

    headlines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    base: str = ""


def without_edges(blocks: Sequence[Block], about: About) -> tuple[Block, ...]:
    """Return *blocks* without the lines above and below that do not belong to the text.

    Contact lines are removed only after a share line or above a copyright line.
    """
    echoes = {folded_words(headline) for headline in about.headlines}
    start = 0
    while start < min(len(blocks), _HEAD_ECHOES) and _echoes(blocks, start, echoes):
        start += 1
    kept = _without_head(blocks[start:], about)
    return _without_credits(_without_promotion(kept[: _end(kept)], about))


def _echoes(blocks: Sequence[Block], at: int, echoes: Container[str]) -> bool:
    """Return whether block *at* repeats the headline and is not the first of several items."""
    is_item = blocks[at].kind is BlockKind.LIST_ITEM
    if is_item and at + 1 < len(blocks) and blocks[at + 1].kind is BlockKind.LIST_ITEM:
        return False
    return folded_words(blocks[at].text) in echoes


def _without_head(blocks: Sequence[Block], about: About) -> tuple[Block, ...]:
    """Remove date, byline and headline above the text, and after a standfirst."""
    echoes = {folded_words(each) for each in about.headlines}
    kept: list[Block] = []
    begun = False
    for at, block in enumerate(blocks):
        is_long = weight_of(block.text) >= _BEGUN_LETTERS and block.kind not in _BESIDE
        if at == _HEAD_BLOCKS or (is_long and begun):
            return (*kept, *blocks[at:])
        begun = begun or is_long
        if is_long or (not _is_head(block, about) and not _echoes(blocks, at, echoes)):
            kept.append(block)
    return (
        tuple(kept) if begun else tuple(blocks)
    )  # it is unclear which short lines are above the text


def _is_head(block: Block, about: About) -> bool:
    if block.kind in {BlockKind.CAPTION, BlockKind.CODE} or len(block.text) > _HEAD_LETTERS:
        return False
    folded = folded_words(block.text)
    if folded in {folded_words(each) for each in (*about.sections, *about.authors)}:
        return True
    return is_dateline(block.text) or _is_byline(block, about)


def _is_byline(block: Block, about: About) -> bool:
    """Return whether *block* is a byline: a preposition, then a name that is known or likely."""
    found = _BYLINE.fullmatch(block.text)
    if found is None:
        return False
    name = found["name"]
    if any(folded_words(author) in folded_words(name) for author in about.authors if author):
        return True
    words = _NAME.findall(name)
    capital = sum(word[0].isupper() for word in words)
    ends = block.text.rstrip().endswith((".", "!", "?", ":"))
    return 2 <= len(words) <= 8 and not ends and capital >= len(words) - 1


def _without_promotion(blocks: tuple[Block, ...], about: About) -> tuple[Block, ...]:
    """Remove the publisher's own messages, and notes on the authors at the end."""
    names = [folded for name in about.authors if " " in (folded := folded_words(name))]
    behind = max(_KEPT, len(blocks) - _ASKING)
    kept = []
    for number, block in enumerate(blocks):
        if block.kind in {BlockKind.CAPTION, BlockKind.CODE, BlockKind.TABLE_ROW}:
            kept.append(block)
            continue
        is_paragraph = block.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE}
        if is_paragraph and (tells_of_commission(block.text) or labels_advertising(block.text)):
            continue
        if number >= behind and asks_for_readers(block.text):
            continue
        if number >= behind and is_paragraph and _is_biography(block.text, names):
            continue
        kept.append(block)
    return tuple(kept)


def _is_biography(text: str, names: Sequence[str]) -> bool:
    """Return whether *text* begins with the author's name, as articles themselves never do."""
    if len(text) > _BIOGRAPHY_LETTERS:
        return False
    folded = folded_words(text)
    return any(
        folded.startswith((name, *(f"{about} {name}" for about in _PHRASES.about_author)))
        for name in names
    )


def _without_credits(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Remove credits from the end, and headings there, since nothing is below them."""
    end = len(blocks)
    while end > max(_KEPT, len(blocks) - _CREDITS):
        last = blocks[end - 1]
        if last.kind is not BlockKind.HEADING and not _is_credit(last):
            break
        end -= 1
    return blocks[:end]


def _is_credit(block: Block) -> bool:
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.QUOTE}:
        return False
    text = block.text
    if len(text) > _CREDIT_LETTERS:
        return False
    if _CONTRIBUTED.search(text) or _SIGN.fullmatch(text) or tells_of_change(text):
        return True
    found = _CREDIT.search(text)
    before = "" if found is None else text[: found.start()]
    return found is not None and len(before) <= _CREDIT_BEFORE and not _SENTENCE_END.search(before)


def _end(blocks: Sequence[Block]) -> int:
    end = len(blocks)
    while end and _is_tail(blocks[end - 1].text):
        end -= 1
    had_tail = end < len(blocks)
    contact = end
    while contact and end - contact < _EDGE_BLOCKS and _CONTACT.fullmatch(blocks[contact - 1].text):
        contact -= 1
    if contact == end:
        return end
    before = contact
    while before and _is_tail(blocks[before - 1].text):
        before -= 1
    return before if had_tail or before < contact else end


def _is_tail(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in (_SHARE, _COPYRIGHT, _SWITCHER))
