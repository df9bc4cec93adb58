"""Whether two pages tell the same story: a pure function of what the two say.

At one URL a story is the same until much speaks against it, since a live page is rewritten whole.
At two URLs it is the same only if the pages themselves say so. A link between them does not: the
canonical link of a template names the front page, the first post or the latest one.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from archive.diff.tokens import tokens_of
from archive.model import Article, Flag, Reading
from archive.settle.changes import compared_lines, unified

SHINGLE_WORDS = 4
SAME_SHARE = 0.2
"""Share of the shorter text's shingles that two states of one story have in common, and two stories
of one publisher, with its standing phrases, have not."""
FRAMED_SHARE = 0.75
"""Share of the shorter text that equal blocks at both ends must have to be more than a frame."""
TELLING_WORDS = 30
"""With fewer words, a text may consist of standing phrases."""

_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?!:?\d)")
_DAY = timedelta(days=1)


def same_story(one: Article, other: Article) -> bool:
    """Return whether two articles seen at one URL tell the same story, however much was edited.

    They have one headline, one instant of publication, or a good part of the shorter text in
    common. A day is no instant: many stories are published on it.
    """
    if _have_one_headline(one, other) or _have_one_instant(one, other):
        return True
    return _share(_shingles(compared_lines(one)), _shingles(compared_lines(other))) >= SAME_SHARE


def tell_one_story(one: Article, other: Article) -> bool:
    """Return whether two articles seen at different URLs say themselves that they are one story.

    Their texts have a good part in common that is no frame of the site. If they have not, a common
    headline counts where the day of publication is the same, or a text is too short to tell and
    the day is not known to be another. The instant of publication does not count: stories are
    published in batches, at full hours. It does beside equal texts that are too short to tell, such
    as the stub of a paywall.
    """
    texts = compared_lines(one), compared_lines(other)
    is_short = min(_word_count(text) for text in texts) < TELLING_WORDS
    if is_short and texts[0] == texts[1]:
        return _have_one_headline(one, other) or (bool(texts[0]) and _have_one_instant(one, other))
    if _have_common_text(*texts):
        return True
    if not _have_one_headline(one, other):
        return False
    if is_short:
        return not _published_days_apart(one, other)
    days = [article.date_published and article.date_published.date() for article in (one, other)]
    return days[0] is not None and days[0] == days[1]


def is_another_story(last: Reading, reading: Reading, *, was_removed: bool) -> bool:
    """Return whether *reading* shows another story than *last* did at the same URL before.

    Its words alone do not say so: a live page is rewritten, a headline with it. The one before was
    removed in between (a 404, a redirect), or the two name different times of publication.
    """
    if last.extraction_id == reading.extraction_id or same_story(last.article, reading.article):
        return False
    return was_removed or published_apart(last.article, reading.article)


def have_one_text(one: Reading, other: Reading, *, is_amp: bool = False) -> bool | None:
    """Return whether what two addresses show at one time is one text; None if that is unclear.

    Headlines and dates do not count. A text of few words is never shown to be the same, as it may
    consist of standing phrases. The stub of a paywall is the beginning of a text, or says nothing
    of it. The AMP page of a short text may have other phrases around it (*is_amp*).
    """
    texts = compared_lines(one.article), compared_lines(other.article)
    stubs = [Flag.PAYWALL_STUB in reading.flags for reading in (one, other)]
    if min(map(_word_count, texts)) < TELLING_WORDS:
        is_unclear = is_amp or any(stubs) or _share_words(one.article, other.article)
        return None if is_unclear else False
    if _have_common_text(*texts):
        return True
    if stubs[0] == stubs[1]:
        return False
    return True if _share(*map(_shingles, texts)) >= SAME_SHARE else None


def all_lines(article: Article) -> tuple[str, ...]:
    """Return the lines of the text of *article*, captions included, in one spelling."""
    return tuple(text for block in article.blocks if (text := unified(block.text)))


def is_instant(article: Article) -> bool:
    """Return whether *article* names the instant of its publication, and not only the day."""
    if article.date_published is None or article.date_precision == "day":
        return False
    return not _MIDNIGHT.search(article.date_published_raw or "")


def published_apart(one: Article, other: Article) -> bool:
    """Return whether two articles name different times of publication."""
    if is_instant(one) and is_instant(other):
        return one.date_published != other.date_published
    return _published_days_apart(one, other)


def _have_one_headline(one: Article, other: Article) -> bool:
    headline = unified(one.headline)
    return bool(headline) and headline == unified(other.headline)


def _have_one_instant(one: Article, other: Article) -> bool:
    return one.date_published == other.date_published and is_instant(one) and is_instant(other)


def _published_days_apart(one: Article, other: Article) -> bool:
    """Return whether two articles were published on other days, each of some time zone."""
    dates = one.date_published, other.date_published
    return dates[0] is not None and dates[1] is not None and abs(dates[0] - dates[1]) > _DAY


_Lines = tuple[str, ...]


def _share_words(one: Article, other: Article) -> bool:
    """Return whether two texts, one of them short, have runs of words in common, or one has none.

    With their captions, which may be all that a page with a picture says.
    """
    words = [_words(all_lines(article)) for article in (one, other)]
    size = min(SHINGLE_WORDS, *map(len, words))
    return size == 0 or _share(*(_runs(each, size) for each in words)) >= SAME_SHARE


def _have_common_text(one: _Lines, other: _Lines) -> bool:
    front = _equal_at_start(one, other)
    back = _equal_at_start(one[front:][::-1], other[front:][::-1])
    inner = [text[front : len(text) - back] for text in (one, other)]
    frame = _word_count(one[:front]) + _word_count(one[len(one) - back :])
    if not inner[0] and not inner[1]:
        return bool(one)
    if not inner[0] or not inner[1]:
        return frame >= TELLING_WORDS
    shorter = min(_word_count(one), _word_count(other))
    if frame >= max(FRAMED_SHARE * shorter, TELLING_WORDS):
        return True
    return _share(_shingles(inner[0]), _shingles(inner[1])) >= SAME_SHARE


def _equal_at_start(one: _Lines, other: _Lines) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


@lru_cache(maxsize=256)
def _shingles(lines: _Lines) -> frozenset[int]:
    """Return hashes of all runs of ``SHINGLE_WORDS`` words, within this process."""
    words = _words(lines)
    return _runs(words, min(SHINGLE_WORDS, len(words)))


def _runs(words: list[str], size: int) -> frozenset[int]:
    return frozenset(
        hash(tuple(words[at : at + size])) for at in range(len(words) - size + 1) if words
    )


@lru_cache(maxsize=256)
def _word_count(lines: _Lines) -> int:
    return len(_words(lines))


def _words(lines: _Lines) -> list[str]:
    return [token.key for line in lines for token in tokens_of(line) if token.is_word]
