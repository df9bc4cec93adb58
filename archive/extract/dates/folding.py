"""Fold a line so that one pattern finds a date in all scripts, without moving a character.

Digits of all scripts become those of ASCII, full-width signs the ordinary ones, letters lose case
and accents, and marks of direction become spaces. A folded line is as long as the line, so that
what is found in one can be cut out of the other.
"""

from __future__ import annotations

import unicodedata

_SPACES = frozenset(
    "\u00a0\u202f\u2009\u200a\u3000\u200b\u200e\u200f\u202a\u202b\u202c\ufeff\u061c"
)
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2212\u00ad", "-"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u2236\ua789", ":"),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
    "\u060c": ",",
}
_FULL_WIDTH = range(0xFF01, 0xFF5F)
"""Unicode, "Halfwidth and Fullwidth Forms": ASCII, moved by FEE0 (hex)."""
_ACCENTS = range(0x0300, 0x0370)


class _Folded(dict[int, str]):
    """Maps a character to its folded form, found when it is first asked for."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _folded_sign(chr(code))
        return form


def _folded_sign(sign: str) -> str:
    if sign in _SPACES:
        return " "
    if sign in _SIGNS:
        return _SIGNS[sign]
    if ord(sign) in _FULL_WIDTH:
        sign = chr(ord(sign) - 0xFEE0)
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) > 1 and all(ord(mark) in _ACCENTS for mark in parts[1:]):
        sign = parts[0]
    lowered = sign.lower()
    return lowered if len(lowered) == 1 else sign


_TABLE = _Folded()


def composed(text: str) -> str:
    """Return *text* with letters and accents composed (NFC), as ``folded_line`` expects it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded_line(text: str) -> str:
    """Return *text*, which must be composed, folded and of the same length."""
    return text.lower() if text.isascii() else text.translate(_TABLE)
