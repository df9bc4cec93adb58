"""Texts that break off, and what on the page shows what is missing."""

import json

from archive.extract.body.alignment import align
from archive.extract.body.restore_parts import rescued
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import letters_of, lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs, read

PARTS = tuple(
    tuple(f"{text} It was day {day} of the works on the northern pier." for text in PROSE)
    for day in range(1, 5)
)


def rescue(html: str, *kept: str, body: str = "") -> list[Block]:
    page = parse_page(f"<html><body>{html}</body></html>".encode(), "https://news.test/a")
    lines = lines_of(page.tree)
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in kept]
    found = rescued(align(blocks, lines), lines, letters_of(body))
    return [each.block for each in found]


def texts(blocks) -> list[str]:
    return [block.text for block in blocks]


def slides(*parts: tuple[str, ...]) -> str:
    """Parts of an article in elements that have nothing in common."""
    tags = ("div class='intro'", "section class='slide-a'", "div class='note-7'", "div id='end'")
    return "".join(
        f"<{tag}>{paragraphs(*part)}</{tag.split()[0]}>"
        for tag, part in zip(tags, parts, strict=False)
    )


def card(text: str) -> str:
    """A line that trafilatura takes for one of a list of links to other articles."""
    return f"<ul><li><div><a href='/x'><i></i></a><span>{text}</span></div></li></ul>"


def test_paragraphs_of_the_article_body_come_back_in_the_order_of_the_page():
    body = " ".join(text for part in PARTS for text in part)

    found = rescue(slides(*PARTS), *PARTS[1], body=body)

    assert texts(found) == [text for part in PARTS for text in part]


def test_of_lines_that_the_article_body_lacks_none_is_taken():
    body = " ".join(text for part in PARTS[:3] for text in part)

    found = rescue(slides(*PARTS), *PARTS[0], body=body)

    assert texts(found) == [text for part in PARTS[:3] for text in part]


def test_the_article_body_of_another_article_proves_nothing():
    body = " ".join(text for part in PARTS[1:] for text in part)

    assert texts(rescue(slides(*PARTS), *PARTS[0], body=body)) == list(PARTS[0])


def test_an_article_body_that_is_hardly_longer_changes_nothing():
    body = " ".join((*PARTS[0], *PARTS[1], PARTS[2][0]))

    found = rescue(slides(*PARTS), *PARTS[0], *PARTS[1], body=body)

    assert texts(found) == [*PARTS[0], *PARTS[1]]


def test_a_part_as_large_as_the_text_that_stands_inside_its_element_is_a_part_of_it():
    inner = (
        f"<div class='table'><div class='wrap'><h2>Day two</h2>{paragraphs(*PARTS[1], *PARTS[2])}"
    )
    html = f"<div class='body'>{paragraphs(*PARTS[0])}{inner}</div></div></div>"

    found = rescue(html, *PARTS[0])

    assert texts(found) == [*PARTS[0], "Day two", *PARTS[1], *PARTS[2]]
    assert found[len(PARTS[0])].kind is BlockKind.HEADING


def test_a_small_box_inside_the_text_and_a_large_one_beside_it_stay_out():
    box = f"<div class='box'>{paragraphs(PARTS[1][0])}</div>"
    html = f"<div>{paragraphs(*PARTS[0])}{box}</div><div>{paragraphs(*PARTS[2], *PARTS[3])}</div>"

    assert texts(rescue(html, *PARTS[0])) == list(PARTS[0])


def test_a_page_whose_json_ld_has_three_times_the_text_that_is_found_is_read_whole_and_flagged():
    whole = [text for part in PARTS for text in part]
    node = {"@type": "NewsArticle", "headline": "The bridge", "articleBody": "\n".join(whole)}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    page = f"""<html><head>{head}</head><body><h1>The bridge</h1>
    <div class="intro-7"><div>{paragraphs(*PARTS[0])}</div></div>
    {"".join(map(card, whole[4:]))}
    </body></html>"""

    found = read(page)

    assert found.article.text.split("\n")[:4] == list(PARTS[0])
    assert all(text in found.article.text for text in whole)
    assert "rescued" in found.flags
    assert "rescued" not in read(page.replace("articleBody", "abstract")).flags
