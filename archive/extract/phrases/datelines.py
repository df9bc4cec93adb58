"""Recognise lines with the date of publication or change, or with the time to read."""

from __future__ import annotations

import re

from archive.extract.phrases.calendar_names import calendar_words, day_phrases
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of

_PHRASES = phrases()
_CHANGED = frozenset(_PHRASES.published_label + _PHRASES.updated_label)
_ZONES_TEXT = "est edt cst cdt mst mdt pst pdt et gmt utc bst cet cest ist"
_BESIDE_DATES = _CHANGED.union(_PHRASES.date_word, _ZONES_TEXT.split())
_MINUTES = any_of(_PHRASES.minutes)
_READING = re.compile(
    rf"{any_of(_PHRASES.reading_time)}\W*(?:ca\.? )?\d+ ?\w{{1,8}}\.?"
    rf"|\d+[ -]{_MINUTES}\.? {any_of(_PHRASES.minutes_read)}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+|\d+")


def is_dateline(text: str) -> bool:
    """Return whether *text* is only a date, the time to read the article, or both.

    A date may have a label ("Updated"), a time and a time zone.
    """
    unread = without_reading_time(text)
    return _is_date(unread) or (unread != text and _WORD.search(unread) is None)


def without_reading_time(text: str) -> str:
    """Return *text* without "3 min read" and the like."""
    return _READING.sub(" ", text)


def tells_of_change(text: str) -> bool:
    """Return whether *text* is a date with a label that says it is the page's own.

    A date without such a label may be that of an event.
    """
    if _CHANGED.isdisjoint(_WORD.findall(text.casefold())):
        return False
    return _is_date(text)


def _is_date(text: str) -> bool:
    words = _WORD.findall(text.casefold())
    digits = sum(word.isdigit() for word in words)
    if digits < 2 and _CHANGED.isdisjoint(words):
        return False
    others = {word for word in words if not word.isdigit()} - _BESIDE_DATES
    if not words or not others or others <= calendar_words():
        return bool(words)
    folded = text.casefold()
    named = {word for name in day_phrases() if name in folded for word in _WORD.findall(name)}
    return others <= calendar_words() | named
