"""Fold text into the words that the search index holds.

Text is folded and cut into words here and not by the engine: SQLite's tokenizer does not fold đ,
PostgreSQL's language configurations damage decomposed Vietnamese, and its parser reads "GPT-4" as a
word and a negative number. After a change here every article is indexed again
(``archive.settle.stamp``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

LETTERS = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae", "þ": "th"}
"""Letters that Unicode does not take apart into a base letter and a mark."""
INVISIBLE = re.compile("[\u00ad\u200c\u200d\u2060\ufeff]+")
"""Soft hyphens, joiners and non-joiners: some texts have them in a word, and others do not."""
COMBINING = re.compile("[\u0300-\u036f]+")
"""Latin's marks only: those of Indic scripts and Japanese change which letter it is."""
INDEXED_BYTES = {"headline": 4_000, "author": 4_000, "text": 300_000}
"""How much of each is indexed: a ``tsvector`` of PostgreSQL holds at most 1 MB, or the insert
fails. 300 kB are some 50,000 words."""


def folded(value: str) -> str:
    """Return *value* without case and diacritics: Nguyễn becomes "nguyen", đ "d", œ "oe".

    Characters that only say where a word may be broken or joined are removed too.
    """
    if value.isascii():
        return value.lower()
    decomposed = unicodedata.normalize("NFD", INVISIBLE.sub("", value.casefold()))
    return _with_base_letters(unicodedata.normalize("NFC", COMBINING.sub("", decomposed)))


def _with_base_letters(text: str) -> str:
    # ``str.translate`` looks up each character of a text that is not ASCII; this only scans it.
    for letter, base in LETTERS.items():
        if letter in text:
            text = text.replace(letter, base)
    return text


def words(value: str) -> list[str]:
    """Return the words of *value*, folded: runs of letters and digits with their marks."""
    return _word().findall(folded(value).replace("_", " "))


def indexed(headline: str, author: Sequence[str], text: str) -> dict[str, str]:
    """Return the columns of ``article_text`` for an article: its words, with spaces between."""
    values = {"headline": headline, "author": "; ".join(author), "text": text}
    return {
        name: _shortened(" ".join(words(value)), INDEXED_BYTES[name])
        for name, value in values.items()
    }


def _shortened(text: str, size: int) -> str:
    data = text.encode()
    if len(data) <= size:
        return text
    space = data.rfind(b" ", 0, size)  # none in a text that writes no spaces, such as Chinese
    return data[: space if space > 0 else size].decode(errors="ignore")


@cache
def _word() -> re.Pattern[str]:
    # ``re`` has no class of marks, and a vowel sign would cut a word of Hindi in two. One class of
    # characters, without alternatives, is matched twice as fast.
    marks = (chr(code) for code in range(0x300, 0x10000) if _is_mark(chr(code)))
    return re.compile(rf"[\w{''.join(marks)}]+")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}
