"""Passages that a page holds more than once."""

from archive.extract.body.deduplicate import without_copies
from archive.extract.body.restore_gaps import restored
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from tests.support.pages import PROSE, STORY, paragraphs

LONG = f"{PROSE[0]} {PROSE[1]}"


def texts(html: str) -> list[str]:
    """Return the lines of *html* that are no copies."""
    lines = lines_of(parse_page(f"<html><body>{html}</body></html>".encode(), STORY).tree)
    return [each.block.text for each in without_copies([*map(restored, lines)])]


def test_an_article_laid_out_again_for_another_screen_is_read_once():
    article = f"<h2>The bridge</h2>{paragraphs(LONG, *PROSE)}<ul><li>Oak</li></ul>"

    once = texts(f"<div class='wide'>{article}</div><div class='narrow'>{article}</div>")

    assert once == ["The bridge", LONG, *PROSE, "Oak"]


def test_what_stands_between_two_copies_stays():
    found = texts(f"<div><p>{LONG}</p></div><div><p>{PROSE[2]}</p></div><div><p>{LONG}</p></div>")

    assert found == [LONG, PROSE[2]]


def test_what_one_place_says_twice_is_said_twice():
    found = texts(f"<div>{paragraphs(LONG, PROSE[2], LONG)}</div>")

    assert found == [LONG, PROSE[2], LONG]


def test_short_lines_that_recur_elsewhere_are_no_copies():
    menu = "<p>For breakfast:</p><p>Bread and oats</p>"

    found = texts(f"<div><h3>Monday</h3>{menu}</div><div><h3>Friday</h3>{menu}</div>")

    meal = ["For breakfast:", "Bread and oats"]
    assert found == ["Monday", *meal, "Friday", *meal]


def test_a_line_that_recurs_thousands_of_times_takes_no_time_to_speak_of():
    found = texts("<div><p>Oak</p></div>" * 4_000)

    assert len(found) == 4_000
