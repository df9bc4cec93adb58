"""What stands behind the article, in boxes of its own."""

import pytest

from archive.extract.body.alignment import Placed
from archive.extract.body.restore_gaps import restored
from archive.extract.body.trim_trailing import without_what_is_behind
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, STORY, paragraphs

BODY = f'<div class="body">{paragraphs(*PROSE, *PROSE)}</div>'
OTHERS = (
    "The province has at last let the work on the second bridge, which is to stand further north.",
    "Those who ran the ferry have been offered places in the workshop of the harbour authority.",
)


def behind(*boxes: str, body: str = BODY) -> list[str]:
    """Return the texts that are left of *boxes* where they stand behind *body*."""
    html = f"<html><body><article>{body}{''.join(boxes)}</article></body></html>"
    lines = lines_of(parse_page(html.encode(), STORY).tree)
    placed = [*map(restored, lines)]
    found = without_what_is_behind(placed, lines)
    inside = len(lines_of(parse_page(body.encode(), STORY).tree))
    assert found[:inside] == placed[:inside]
    return [each.block.text for each in found[inside:]]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='x7'><h2>Get our letter</h2><p>Every morning in your inbox.</p></div>",
        f"<section><h3>The second bridge</h3><p>{OTHERS[0]}</p></section>",
        f"<div><div><h2>The second bridge</h2>{paragraphs(*OTHERS)}</div></div>",
        "<div class='who'><p>Ann Lee has written of bridges for many years.</p></div>",
        "<ul><li>The second bridge</li><li>The last ferry</li></ul>",
    ],
)
def test_boxes_behind_the_article_go(box):
    assert behind(box) == []


@pytest.mark.parametrize(
    ("box", "left"),
    [
        (f"<div class='body'><p>{OTHERS[0]}</p></div>", 1),
        (f"<div class='x7'>{paragraphs(*(text * 2 for text in OTHERS))}</div>", 2),
        (f"<div class='x7'>{paragraphs('橋が開通し' * 9, '渡し船は六月' * 8)}</div>", 2),
        (f"<section class='faq-list'><h3>Who paid?</h3><p>{OTHERS[0]}</p></section>", 2),
        ("<div class='refs'><p>1 The Herald, 2 May.</p><p>2 The Mail, 3 May.</p></div>", 2),
        ("<section itemtype='https://schema.org/FAQPage'><p>Who paid? All.</p></section>", 1),
    ],
)
def test_further_parts_questions_notes_and_prose_beside_the_article_stay(box, left):
    assert len(behind(box)) == left


def test_a_text_of_many_equal_parts_has_nothing_behind_it():
    parts = [f"<section><h2>Part {at}</h2><p>{text}</p></section>" for at, text in enumerate(PROSE)]

    assert len(behind(*parts, body="<section><p>They came early.</p></section>")) == 8


def test_what_stands_between_the_parts_of_the_article_is_not_behind_it():
    between = "<div class='x7'><h2>Get our letter</h2></div>"

    assert behind("<p>It opened late.</p>", body=f"<div>{BODY}{between}{BODY}</div>") == []


def test_an_article_of_loose_lines_between_breaks_keeps_them_all():
    lines = "<br>".join(PROSE)

    assert len(behind(body=f"<div>{lines}<h2>The tolls</h2>{lines}</div>")) == 0


def test_a_caption_of_no_known_place_goes_with_the_box_behind_it():
    html = f"<html><body><article>{BODY}<div><h2>Get our letter</h2></div></article></body></html>"
    lines = lines_of(parse_page(html.encode(), STORY).tree)
    *article, heading = map(restored, lines)
    caption = Placed(Block(BlockKind.CAPTION, "The letter, as it comes"), None)

    assert without_what_is_behind([*article, caption, heading], lines) == article


TEASERS = "".join(
    f"<div class='card n{at}'><h4>Story {at}</h4><p>{text * 2}</p></div>"
    for at, text in enumerate(OTHERS)
)


@pytest.mark.parametrize(
    "heading",
    [
        "You may also like",
        "More from the Herald",
        "Related Posts",
        "Mehr zum Thema",
        "À lire aussi",
        "Te puede interesar:",
        "Você pode gostar...",
        "Читайте также",
        "関連記事",
        "相关阅读",
        "관련기사",
        "مواضيع ذات صلة",
    ],
)
def test_a_heading_for_other_stories_ends_the_article_however_long_they_are(heading):
    short = f"<div class='body'><p>{PROSE[0]}</p><p>{PROSE[1]}</p></div>"

    assert behind(f"<h3>{heading}</h3>{TEASERS}", body=short) == []


@pytest.mark.parametrize("heading", ["Related cases in court", "The relatives", "Up next", "More"])
def test_such_a_heading_between_parts_of_the_text_ends_nothing(heading):
    body = f"<div class='body'><p>{PROSE[0]}</p><h3>{heading}</h3><p>{PROSE[1]}</p></div>"

    assert behind(body=body) == []


NEXT = f"</article><article><h1>The second bridge</h1>{paragraphs(*OTHERS * 3)}"


@pytest.mark.parametrize("count", [1, 3])
def test_the_next_story_of_a_page_that_scrolls_on_goes(count):
    body = f"<h1>The bridge</h1>{paragraphs(*PROSE)}"

    assert behind(NEXT * count, body=body) == []


def test_many_parts_with_a_headline_each_are_one_story():
    body = f"<h1>The bridge</h1>{paragraphs(*PROSE)}"

    assert len(behind(NEXT * 4, body=body)) == 28


def test_the_only_text_of_a_page_is_no_next_story():
    assert len(behind(NEXT, body="<h1>The News</h1>")) == 7


def test_a_live_blog_of_many_entries_keeps_them_all():
    entries = "".join(
        f"<article class='entry'><h3>{at}:15</h3><p>{text}</p></article>"
        for at, text in enumerate(PROSE * 3)
    )

    assert behind(body=f"<div><p>{PROSE[0]}</p><div>{entries}</div></div>") == []


def test_a_line_of_ten_thousand_stars_behind_the_article_is_no_note_and_takes_no_time():
    assert behind(f"<div class='x7'><p>no{'*' * 10_000}</p></div>") == []
    assert behind(f"<div class='x7'><p>{'* ' * 10_000}on</p></div>") == []
