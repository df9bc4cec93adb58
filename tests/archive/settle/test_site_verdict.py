"""When a capture is read as an article although its own signs do not say so."""

from __future__ import annotations

import pytest

from archive.model import Article, Block, BlockKind, Outcome, Part
from archive.settle.site_verdict import SiteEvidence, VerdictReason, site_verdict

URL = "http://news.test/the-mole/"
SENTENCE = (
    "The mole dug under the hill for the whole of a wet spring, and nobody who lived there"
    " heard anything of it until the well ran dry."
)
CHINESE = (
    "春天的雨一直下个不停,鼹鼠在山下挖了整整一个季节,"
    "直到井水干涸,住在那里的人才终于听到了一点动静。"
)
NAMED, UNNAMED = SiteEvidence(is_named=True), SiteEvidence()
PROSE = Article(headline="The mole", blocks=(Block(BlockKind.PARAGRAPH, SENTENCE),) * 3)
IN_CHINESE = Article(headline="鼹鼠", blocks=(Block(BlockKind.PARAGRAPH, CHINESE),) * 2)
LABELS = Article(headline="Tags", blocks=(Block(BlockKind.PARAGRAPH, "Hills and wells"),) * 30)
GALLERY = Article(headline="Spring", blocks=(Block(BlockKind.CAPTION, SENTENCE),) * 9)
TEASERS = Article(
    headline="Nature",
    blocks=(Block(BlockKind.HEADING, "The mole", 2), Block(BlockKind.PARAGRAPH, SENTENCE)) * 5,
)


@pytest.mark.parametrize("evidence", [NAMED, UNNAMED])
def test_a_page_that_is_an_article_by_its_own_signs_is_one_whoever_names_it(evidence):
    assert site_verdict(URL, Outcome.ARTICLE, LABELS, None, evidence) is VerdictReason.PAGE


def test_a_later_part_of_an_article_is_read_with_it():
    assert site_verdict(URL, Outcome.PAGE, PROSE, Part(number=2), UNNAMED) is VerdictReason.PART


@pytest.mark.parametrize("article", [PROSE, IN_CHINESE, TEASERS], ids=lambda each: each.headline)
def test_a_page_with_a_text_is_an_article_if_it_is_named_as_one(article):
    assert site_verdict(URL, Outcome.PAGE, article, None, NAMED) is VerdictReason.NAMED
    assert site_verdict(URL, Outcome.PAGE, article, None, UNNAMED) is None


@pytest.mark.parametrize("article", [LABELS, GALLERY, None])
def test_a_name_alone_makes_no_article(article):
    assert site_verdict(URL, Outcome.PAGE, article, None, NAMED) is None


def test_a_list_that_is_named_is_an_article_only_if_its_text_is_prose():
    assert site_verdict(URL, Outcome.LISTING, PROSE, None, NAMED) is VerdictReason.NAMED
    assert site_verdict(URL, Outcome.LISTING, TEASERS, None, NAMED) is None


def test_a_front_page_is_none_whatever_names_it():
    assert site_verdict("http://news.test/", Outcome.PAGE, PROSE, None, NAMED) is None


@pytest.mark.parametrize(
    "outcome", [Outcome.BLOCKED, Outcome.MISSING, Outcome.EMPTY, Outcome.NEEDS_SCRIPT]
)
def test_what_is_served_in_place_of_a_page_is_none(outcome):
    assert site_verdict(URL, outcome, PROSE, None, NAMED) is None
