"""The words of a text, in any script, for comparing two texts.

A word is a run of letters with their marks, or a single character in a script without spaces. A
number is one word, and so is every other mark. An elided word of French ("l'", "qu'") is a word of
its own, so a change of the article does not change the noun.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, with the space after it; *key* is compared."""

    key: str
    text: str
    space: str = ""

    @property
    def is_word(self) -> bool:
        """Whether the token contains letters or digits."""
        return self.key[0].isalnum()


BORDER = Token("\n", "¶")
"""The token at the end of each block."""

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: scripts without spaces between words."""
_ENDINGS = "(?:s|t|d|m|re|ve|ll)"
"""What English adds after an apostrophe. In French a word of its own follows an apostrophe."""


@cache
def _token() -> re.Pattern[str]:
    # ``re`` does not know marks; a vowel sign in the middle would split a word of Hindi.
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
