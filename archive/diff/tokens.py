"""The words of a text, in any script, for comparing two texts.

Runs of letters with their marks; single characters where a script sets no spaces; numbers whole;
every other mark by itself. An elided word of French ("l'", "qu'") is one of its own, so that a
change of article does not touch the noun.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, with the space behind it; *key* is what is compared."""

    key: str
    text: str
    space: str = ""

    @property
    def is_word(self) -> bool:
        """Whether it holds letters or digits."""
        return self.key[0].isalnum()


BORDER = Token("\n", "¶")
"""Stands at the end of each block."""

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: scripts that set no space between words."""
_ENDINGS = "(?:s|t|d|m|re|ve|ll)"
"""What English puts behind an apostrophe; French puts a word there, which is one of its own."""


@cache
def _token() -> re.Pattern[str]:
    # ``re`` knows no marks, and a vowel sign in the middle would cut a word of Hindi in two.
    marks = "".join(
        chr(code)
        for code in range(0x300, 0x10000)
        if unicodedata.category(chr(code)) in {"Mn", "Mc"}
    )
    letter = rf"(?:(?![{_SPACELESS}])[^\W\d_]|[{marks}\u200c\u200d])"
    return re.compile(
        rf"(\d+(?:[.,:]\d+)*"
        rf"|[{_SPACELESS}][{marks}]*"
        rf"|{letter}(?:{letter}|\d)*(?:['’]{_ENDINGS}(?!\w)|['’](?=\w))?"
        rf"|\S)(\s*)",
        re.IGNORECASE,
    )


def tokens_of(line: str) -> tuple[Token, ...]:
    """Return the words and marks of *line* (NFC), a block of a text, and ``BORDER`` at its end."""
    line = unicodedata.normalize("NFC", line.strip())
    found = (Token(word, word, space) for word, space in _token().findall(line))
    return (*found, BORDER)


def word_count(runs: Iterable[Sequence[Token]]) -> int:
    """Return how many words *runs* have; in scripts without spaces, how many characters."""
    return sum(token.is_word for run in runs for token in run)
