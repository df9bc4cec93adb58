"""How far a text is to be trusted, by the lines of its page."""

import json

import pytest

from archive.extract.body.alignment import align
from archive.extract.body.confidence import Opinion, opinion
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import letters_of as letters
from archive.extract.dom.lines import lines_of
from archive.model import LOW_CONFIDENCE, Block, BlockKind, Flag
from tests.support.pages import PROSE, paragraphs, read, story

OTHER = (
    "The ferry that had crossed the river for sixty years made its last journey on Sunday night.",
    "Its captain, who had steered it for thirty of them, is going to be a guide on the new bridge.",
    "A museum in the capital has asked for the engine, which was built in Leeds before the war.",
)
LONG = tuple(f"{text} This was the case number {n}." for n in range(8) for text in PROSE)


def judge(html: str, *kept: str, body: str = "", thin: bool = False) -> Opinion:
    """Return the opinion on *kept*, the paragraphs that were taken for the text of the page."""
    page = parse_page(f"<html><body>{html}</body></html>".encode(), "https://news.test/a")
    lines = lines_of(page.tree)
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in kept]
    where = frozenset(each.line.number for each in align(blocks, lines) if each.line)
    return opinion(blocks, where, frozenset(), lines, letters(body), thin=thin)


def test_a_text_that_is_all_of_its_element_is_trusted_and_nothing_speaks_against_it():
    found = judge(f"<div>{paragraphs()}</div>", *PROSE)

    assert found.confidence > 0.98
    assert (found.reasons, found.disputed) == ((), False)


def test_what_is_left_out_between_the_paragraphs_is_doubted_by_its_length():
    between = f"<div class='x'>{paragraphs(*OTHER)}</div>"
    html = f"<div>{paragraphs(*PROSE[:2])}{between}{paragraphs(*PROSE[2:])}</div>"
    missing = sum(len(letters(text)) for text in OTHER)

    found = judge(html, *PROSE)

    assert found.reasons == (f"{missing} letters left out between parts of the text",)
    assert found.confidence < 0.9


def test_what_was_kept_apart_from_the_text_is_doubted():
    html = f"<div>{paragraphs()}</div><section><div>{paragraphs(*OTHER)}</div></section>"
    apart = sum(len(letters(text)) for text in OTHER)
    html = html.replace(paragraphs(), paragraphs(*LONG))

    found = judge(html, *LONG, *OTHER)

    assert found.reasons == (f"{apart} letters kept that stand apart from the text",)


def test_boxes_that_are_all_alike_are_one_text():
    html = "".join(f'<div class="cell c{n}"><p>{text}</p></div>' for n, text in enumerate(PROSE))

    assert judge(html, *PROSE).confidence > 0.95


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ('<aside class="teaser-box"><p>{}</p></aside>', "a caption, promotion or the like"),
        ('<p><a href="/ferry">{}</a></p>', "mostly links"),
        ("<article><p>{0}</p><p>{0} Again.</p></article>", "another article element"),
    ],
)
def test_a_teaser_that_was_kept_is_told_by_what_gives_it_away(mark, reason):
    html = f"<article><div>{paragraphs(*LONG)}</div></article>{mark.format(OTHER[0])}"

    (told,) = judge(html, *LONG, OTHER[0], f"{OTHER[0]} Again.").reasons

    assert reason in told


def test_what_the_page_has_twice_or_calls_a_caption_is_no_loss():
    boxes = (
        f'<div class="photo-caption"><p>{OTHER[0]}</p></div>' + 2 * f"<div><p>{OTHER[1]}</p></div>"
    )
    html = f"<main>{paragraphs(*PROSE[:2])}{boxes}{paragraphs(*PROSE[2:])}</main>"

    assert judge(html, *PROSE).reasons == ()


def test_what_the_article_body_of_json_ld_has_is_doubted_when_it_was_left_out():
    html = f"<div>{paragraphs(*PROSE)}</div><div><p>{OTHER[0]}</p></div>"

    found = judge(html, *PROSE, body=" ".join((*PROSE, OTHER[0])))

    assert found.reasons == (
        f"{len(letters(OTHER[0]))} letters left out that JSON-LD's articleBody has",
    )


def test_an_article_body_that_is_longer_than_the_page_lowers_the_confidence():
    html = f"<div>{paragraphs()}</div>"

    found = judge(html, *PROSE, body=" ".join((*PROSE, *LONG)))

    assert "JSON-LD's articleBody is" in found.reasons[0]
    assert found.confidence < judge(html, *PROSE, body=" ".join(PROSE)).confidence - 0.3


def test_the_same_doubts_weigh_more_where_little_was_found_at_first():
    html = f"<div>{paragraphs(*PROSE[:2])}<p>{OTHER[0]}</p>{paragraphs(*PROSE[2:])}</div>"

    sure, thin = judge(html, *PROSE), judge(html, *PROSE, thin=True)

    assert thin.confidence < sure.confidence
    assert thin.reasons[-1] == "little of the page was found at first"


def test_the_more_stands_apart_the_lower_is_the_confidence():
    def found(number: int) -> float:
        below = f"<section><div>{paragraphs(*OTHER[:number])}</div></section>"
        return judge(f"<div>{paragraphs(*LONG)}</div>{below}", *LONG, *OTHER[:number]).confidence

    confidences = [found(number) for number in (1, 2, 3)]

    assert confidences == sorted(set(confidences), reverse=True)


def test_an_article_has_a_confidence_and_any_other_page_has_none():
    found, feed = read(story()), read("<rss><channel/></rss>", content_type="text/xml")

    assert found.confidence is not None
    assert 0.9 < found.confidence <= 1
    assert (feed.confidence, feed.confidence_reasons) == (None, ())


def test_an_article_that_json_ld_has_ten_times_as_long_is_flagged_and_says_why():
    node = {"@type": "NewsArticle", "headline": "x", "articleBody": " ".join((*PROSE, *LONG))}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'

    found = read(story(head=head))

    assert found.flags == (Flag.DISPUTED,)
    assert found.confidence_reasons[0].startswith("JSON-LD's articleBody is")
    assert found.confidence < LOW_CONFIDENCE
