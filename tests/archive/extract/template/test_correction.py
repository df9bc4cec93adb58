"""A text corrected by what is known of the places of its page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import BlockKind, Outcome
from archive.model.template import PlaceRole
from tests.support.pages import PROSE, paragraphs, read, story
from tests.support.placed import article_by, places_on, read_by, texts_by

TOP, END = "Welcome, dear reader, to our pages.", "Thank you for the time that you took."
LATE = "The ferry of the town will be sold to a museum in the autumn."
LATER = "Its last captain has asked to be taken on as a guard there."


def set_out(text: str, name: str) -> str:
    """A paragraph of its own place."""
    return f'<p class="{name}">{text}</p>'


def framed(*, top: bool = True, end: bool = True, middle: bool = False) -> str:
    """A page with a line of the frame above, below and in the middle of its text."""
    lines = [
        *([set_out(TOP, "hello")] if top else []),
        *(f"<p>{each}</p>" for each in PROSE[:2]),
        *([set_out(END, "thanks")] if middle else []),
        *(f"<p>{each}</p>" for each in PROSE[2:]),
        *([set_out(END, "thanks")] if end else []),
    ]
    return story(body="".join(lines))


def texts(html: str) -> list[str]:
    """The texts of *html*, read alone."""
    article = read(html).article
    return [] if article is None else [block.text for block in article.blocks]


# --- the frame ------------------------------------------------------------------------------------


def test_lines_of_the_frame_before_and_behind_the_text_are_cut():
    html = framed()
    assert texts(html) == [TOP, *PROSE, END]

    found = read_by(html, frame=(TOP, END))

    assert [block.text for block in found.article.blocks] == list(PROSE)
    assert found.by_site.cut == (TOP, END)
    assert found.by_site.restored == ()


def test_a_line_of_the_frame_in_the_middle_of_a_text_stays():
    html = framed(end=False, middle=True)

    found = read_by(html, frame=(END,))

    assert [block.text for block in found.article.blocks] == texts(html)


def test_several_lines_of_the_frame_at_one_end_are_cut():
    html = story(body=paragraphs() + set_out(END, "thanks") + set_out(TOP, "hello"))

    assert texts_by(html, frame=(TOP, END)) == list(PROSE)
    assert texts_by(html, frame=END) == [*PROSE, END, TOP]


def test_a_text_is_never_cut_whole():
    html = story()

    found = read_by(html, frame=PROSE[0])

    assert [block.text for block in found.article.blocks] == list(PROSE)


FOOTNOTE = "The flood of 2011 was the third."
NOTED = (
    f'<p>{PROSE[0]}<a href="#fn1" id="fnref1" role="doc-noteref"><sup>1</sup></a></p>'
    f"{paragraphs(*PROSE[1:])}{{}}"
    f'<section role="doc-endnotes"><hr><ol><li id="fn1"><p>{FOOTNOTE}<a href="#fnref1"'
    ' class="footnote-back" role="doc-backlink">↩︎</a></p></li></ol></section>'
)


def test_footnotes_stay_where_the_text_above_them_is_cut():
    html = story(body=NOTED.format(set_out(END, "thanks")))
    assert texts(html)[-2:] == [END, FOOTNOTE]

    article = article_by(html, frame=END)

    assert [block.text for block in article.blocks][-2:] == [PROSE[-1], FOOTNOTE]
    assert article.blocks[-1].kind is BlockKind.FOOTNOTE


def test_a_text_is_never_cut_down_to_its_footnotes():
    html = story(body=NOTED.format(""))

    assert texts_by(html, frame=PROSE[1]) == texts(html)


# --- lines that are restored ----------------------------------------------------------------------


def lacking(*behind: str, between: str = "") -> str:
    """A page whose box below the article has lines *behind*, which reading it alone leaves out."""
    box = "".join(f'<div class="row">{each}</div>' for each in behind)
    return story(
        body=f"{paragraphs(*PROSE[:2])}{between}{paragraphs(*PROSE[2:])}",
        after=f'<div class="box">{box}</div>',
    )


def test_a_line_at_a_place_of_the_text_is_restored():
    html = lacking(LATE, LATER)
    assert texts(html) == list(PROSE)

    found = read_by(html, text=LATE)

    assert [block.text for block in found.article.blocks] == [*PROSE, LATE, LATER]
    assert found.by_site.restored == (LATE, LATER)
    assert found.by_site.cut == ()


def test_lines_are_restored_in_the_order_of_the_page():
    between = f'<div class="box"><div class="row">{LATE}</div></div>'
    html = story(
        above=f'<div class="box intro">{LATER}</div>',
        body=f"{paragraphs(*PROSE[:2])}<aside>{between}</aside>{paragraphs(*PROSE[2:])}",
    )
    assert texts(html) == list(PROSE)

    assert texts_by(html, text=(LATE, LATER)) == [LATER, *PROSE[:2], LATE, *PROSE[2:]]


def test_a_line_below_the_text_is_restored_above_the_footnotes():
    html = story(
        body=NOTED.format(""), after=f'<div class="box"><div class="row">{LATE}</div></div>'
    )
    assert texts(html)[-1] == FOOTNOTE

    assert texts_by(html, text=LATE)[-3:] == [PROSE[-1], LATE, FOOTNOTE]


def test_of_a_text_that_is_all_frame_the_right_lines_are_restored():
    html = lacking(LATE, LATER)

    assert texts_by(html, frame=PROSE[0], text=LATE) == [LATE, LATER]


def test_a_copy_of_a_line_is_not_restored():
    assert texts_by(lacking(LATE, PROSE[1], LATE), text=LATE) == [*PROSE, LATE]


@pytest.mark.parametrize("between", ["<br>", "<br><br>", "</div><div>"])
def test_a_line_that_the_text_has_is_not_restored(between):
    html = story(body=f"<div>{between.join(PROSE)}</div><p>{LATER}</p>", after=LATE)

    assert texts_by(html, text=(PROSE[0], LATE)) == [*texts(html), LATE]


def test_a_line_that_several_pages_have_is_not_restored():
    found = read_by(lacking(LATE, LATER), text=LATE, repeated=(LATER,))

    assert [block.text for block in found.article.blocks] == [*PROSE, LATE]


def test_a_line_of_links_is_not_restored():
    html = lacking(LATE, f'<a href="/b/">{LATER}</a>')

    assert texts_by(html, text=LATE) == [*PROSE, LATE]


def test_a_line_that_was_found_and_left_out_is_not_restored():
    invitation = "Subscribe to our newsletter to get all news by mail each morning."
    html = story(body=paragraphs(*PROSE, invitation), after=f'<div class="box">{LATE}</div>')

    assert texts_by(html, text=(LATE, PROSE[0])) == [*PROSE, LATE]


CAPTIONS = {
    "figcaption": "<figure><img src='/a.png'><figcaption>{}</figcaption></figure>",
    "in a paragraph": "<figure><img src='/a.png'><figcaption><p>{}</p></figcaption></figure>",
    "by its class": "<div class='pic'><img src='/a.png'><p class='wp-caption-text'>{}</p></div>",
}


@pytest.mark.parametrize("markup", CAPTIONS.values(), ids=list(CAPTIONS))
@pytest.mark.parametrize("place", ["above", "after"])
def test_a_caption_is_not_restored_as_text(markup, place):
    html = story(**{place: f'<div class="box">{markup.format(LATER)}</div>'})
    assert LATER not in texts(html)

    assert texts_by(html, text=(LATER, PROSE[0])) == list(PROSE)


def test_a_restored_line_is_a_block_of_the_kind_of_its_element():
    box = f'<div class="box"><h3>What follows</h3><ul><li>{LATE}</li></ul></div>'
    html = story(after=box)

    found = article_by(html, text=("What follows", LATE)).blocks[len(PROSE) :]

    assert [block.kind for block in found] == [BlockKind.HEADING, BlockKind.LIST_ITEM]


WALL = (
    '<div class="tp-container-inner" id="piano-inline-offer"><h3>Read on</h3>'
    '<p>The rest of this article is for subscribers.</p><a href="/offers/">Offers</a></div>'
)


def test_what_a_wall_says_stays_out_of_a_stub_to_which_lines_are_restored():
    html = story(body=f"<p>{PROSE[0]}</p>{WALL}", after=f'<div class="box">{LATE} {LATER}</div>')
    assert texts(html) == [PROSE[0]]

    assert texts_by(html, text=f"{LATE} {LATER}") == [PROSE[0], f"{LATE} {LATER}"]


def test_of_a_stub_the_frame_is_cut():
    html = story(body=f"{set_out(TOP, 'hello')}<p>{PROSE[0]}</p>{WALL}")
    assert texts(html) == [TOP, PROSE[0]]

    assert texts_by(html, frame=TOP) == [PROSE[0]]


# --- what stays as it is --------------------------------------------------------------------------


def test_a_page_on_which_no_role_has_an_effect_is_as_it_was_read_alone():
    html = framed(top=False)

    assert read_by(html, text=PROSE[0], frame=TOP, others=framed()) == read(html)


def test_what_is_not_text_stays_as_it_is():
    html = framed()
    alone, found = read(html), read_by(html, frame=(TOP, END))

    assert found.lines == alone.lines
    assert (found.outcome, found.language) == (alone.outcome, alone.language)
    assert found.confidence == alone.confidence
    assert (found.candidates, found.edges) == (alone.candidates, alone.edges)
    assert found.template
    assert not alone.template


def test_a_page_that_is_no_article_is_read_by_the_places_of_the_text():
    lines = paragraphs(*PROSE, LATE, LATER)
    html = f"""<html><head><title>About us</title><script type="application/ld+json">
    {{"@type": "AboutPage", "name": "About us"}}</script></head><body><div class="t">{lines}</div>
    </body></html>"""
    assert read(html).outcome is Outcome.PAGE

    assert read_by(html, text=LATE).is_in_place
    assert not read(html).is_in_place


def test_each_place_here_is_of_its_own():
    """The tests above would show nothing if a place of the frame were one of the text."""
    places = places_on(framed())

    assert len({places[TOP], places[END], places[PROSE[0]]}) == 3


WHOLE = story(
    above=f'<figure><img src="/a.png"><figcaption>{LATER}</figcaption></figure>',
    body=NOTED.format(
        f"{set_out(TOP, 'hello')}<h3>The tolls</h3><ul><li>Oak and iron</li></ul>"
        f"<table><tr><td>Oak</td><td>12</td></tr></table>{set_out(END, 'thanks')}"
    ),
    after=f'<div class="box"><div class="row">{LATE}</div><p>By Ann Porter</p></div>',
)
LINES = list(places_on(WHOLE))
"""In the order of the page."""


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(LINES), st.sampled_from(PlaceRole), max_size=8))
def test_whatever_is_known_of_its_places_a_page_has_a_text_of_its_own_lines(known):
    """Roles are made of lines, so a place may have some at once, as no template gives it."""
    roles = {
        str(role): tuple(line for line, its in known.items() if its is role)
        for role in set(known.values())
    }

    blocks = article_by(WHOLE, **roles).blocks

    numbers = [LINES.index(each.text) for each in blocks if each.text in LINES]
    assert any(block.kind not in {BlockKind.CAPTION, BlockKind.FOOTNOTE} for block in blocks)
    assert numbers == sorted(set(numbers))
    assert {block.text for block in blocks} <= {*LINES, FOOTNOTE}
