"""Random extractions from Hypothesis, whose texts are not cleaned."""

from __future__ import annotations

import hashlib
from datetime import UTC

from hypothesis import strategies as st

from archive.model import (
    Alternate,
    Article,
    Block,
    BlockKind,
    Candidate,
    Edge,
    EdgeKind,
    Extraction,
    Kind,
    Outcome,
    Via,
)


def noise(seed: int, length: int) -> str:
    """A text of *length* characters that no database can compress."""
    some = (hashlib.sha512(f"{seed} {n}".encode()).hexdigest() for n in range(length // 128 + 1))
    return "".join(some)[:length]


def unspaced(length: int) -> str:
    """A text of *length* letters in a script without spaces."""
    return "字" * length


TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),  # lone surrogates too
    st.sampled_from(
        ["", "\x00", "a\x00", "a", "\ud800", "\udc80b", "\ufffd", "Đỏ", "đỏ", "\U0010ffff"]
    ),
)
LONG = st.builds(noise, st.integers(0, 3), st.sampled_from([1_900, 2_048, 2_049, 8_000]))
URLS = st.one_of(
    st.builds("http://news.test/{}".format, st.one_of(TEXTS, LONG)),
    st.builds("http://news.test/{}".format, st.builds(lambda text: text * 800, TEXTS)),
    TEXTS,
)
MOMENTS = st.datetimes(timezones=st.just(UTC))
MAYBE = st.none() | TEXTS
WORDS = st.lists(TEXTS, max_size=3).map(tuple)

LEVELS = st.integers(-1, 300)  # no document is nested deeper than its parser allows
BLOCKS = st.builds(Block, st.sampled_from(BlockKind), st.one_of(TEXTS, LONG), LEVELS)
ARTICLES = st.builds(
    Article,
    headline=st.one_of(TEXTS, LONG, st.builds(unspaced, st.just(2_000))),
    blocks=st.lists(BLOCKS, max_size=4).map(tuple),
    description=MAYBE,
    author=WORDS,
    author_organization=WORDS,
    date_published=st.none() | MOMENTS,
    date_published_raw=MAYBE,
    date_source=MAYBE,
    date_precision=MAYBE,
    date_modified=st.none() | MOMENTS,
    date_modified_raw=MAYBE,
    date_modified_source=MAYBE,
    date_modified_precision=MAYBE,
    article_section=WORDS,
    keywords=WORDS,
    in_language=MAYBE,
    image=MAYBE,
    image_caption=MAYBE,
    image_credit=MAYBE,
    publisher=MAYBE,
    license=MAYBE,
    is_accessible_for_free=st.none() | st.booleans(),
)
CANDIDATES = st.builds(
    Candidate,
    url=URLS,
    via=st.sampled_from(Via),
    kind=st.sampled_from(Kind),
    lastmod=MAYBE,
    published=MAYBE,
)
EXTRACTIONS = st.builds(
    Extraction,
    outcome=st.just(Outcome.ARTICLE),
    extractor=TEXTS,
    reason=MAYBE,
    evidence=WORDS,
    article=st.none() | ARTICLES,
    language=MAYBE,
    candidates=st.lists(CANDIDATES, max_size=6).map(tuple),
    edges=st.lists(st.builds(Edge, st.sampled_from(EdgeKind), URLS), max_size=4).map(tuple),
    alternates=st.lists(st.builds(Alternate, st.one_of(TEXTS, LONG), URLS), max_size=3).map(tuple),
    flags=WORDS,
    confidence=st.none() | st.floats(0, 1) | st.sampled_from([float("nan"), float("inf")]),
    confidence_reasons=WORDS,
)
"""Extractions of one outcome; only ``article`` has an article."""
