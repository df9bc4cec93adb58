"""What markup says is the page's frame."""

import pytest

from archive.extract.dom.document import element_text, parse_page
from archive.extract.dom.page_chrome import cut_frame
from tests.support.pages import PROSE, STORY, paragraphs


def left_of(markup: str) -> str:
    page = parse_page(f"<body>{markup}{paragraphs(*PROSE)}</body>".encode(), STORY)
    cut_frame(page.tree)
    return element_text(page.tree)


@pytest.mark.parametrize(
    "said",
    [
        "(opens in a new tab)",
        "Opens in new window",
        "(öffnet im neuen Fenster)",
        "(s’ouvre dans un nouvel onglet)",
        "(se abre en una nueva ventana)",
        "(åpnes i nytt vindu)",
        "(откроется в новом окне)",
        "(mở trong cửa sổ mới)",
    ],
)
def test_what_is_said_beside_a_link_to_those_who_hear_the_page_goes(said):
    left = left_of(f'<p>The <a href="/a">report<span class="x">{said}</span></a> is out.</p>')

    assert left.startswith("The report is out.")


def test_words_of_a_new_window_in_the_text_stay():
    said = "The mason set the new window in an hour."

    assert left_of(f"<p><span>{said}</span> It was a Monday.</p>").startswith(said)


def test_a_discussion_longer_than_the_article_goes():
    comments = '<div class="box"><p>It shook this morning, but what a view!</p></div>' * 20

    assert left_of(f'<div id="sf_comment_list">{comments}</div>') == "".join(PROSE)


def test_what_is_around_the_article_and_its_discussion_stays():
    body = f'<div class="post-comments-view">{paragraphs(*PROSE)}</div>'

    assert left_of(body).startswith(PROSE[0])


@pytest.mark.parametrize(
    "tooltip",
    [
        "<span role='tooltip'>A short way over water.</span>",
        "<span id='term-tooltip-4'>A short way over water.</span>",
        "<span class='tooltiptext'>A short way over water.</span>",
        "<span class='x tooltip-content'>A short way over water.</span>",
    ],
)
def test_what_explains_a_word_to_who_points_at_it_goes_and_the_word_stays(tooltip):
    left = left_of(f"<p>The <span class='tooltip'>bridge{tooltip}</span> is out.</p>")

    assert left.startswith("The bridge is out.")


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='kicker'>Bridges</p>",
        "<span class='article-topline'>Bridges</span>",
        "<p class='lead md:line-clamp-2'>The ferry that ran for sixty years takes its leave.</p>",
        "<h2 class='visually-hidden'>Article content</h2>",
        "<div class='toast-popup'><p>The address was copied.</p></div>",
    ],
)
def test_kickers_teasers_and_what_is_only_heard_go(markup):
    assert left_of(markup).startswith(PROSE[0])


def test_a_headline_stays_whatever_it_is_called():
    markup = "<h1 class='visually-hidden kicker'>The bridge opens</h1>"

    assert left_of(markup).startswith("The bridge opens")


def test_a_box_with_the_headline_stays_though_there_are_other_h1_and_it_is_called_a_sidebar():
    head = "<div id='sidebar'><h1>The bridge over the river</h1><p>8 March 2026</p></div>"
    body = f"{head}{paragraphs(*PROSE)}<div class='sidebar'><h1>Congratulations</h1></div>"
    title = "<title>The bridge over the river | News</title>"
    page = parse_page(f"<head>{title}</head><body>{body}</body>".encode(), STORY)

    cut_frame(page.tree)

    left = element_text(page.tree)
    assert "8 March 2026" in left
    assert "Congratulations" not in left
