"""Fields that a page lacks, as the place says them where other pages have them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model.line_table import LineField
from tests.support.pages import PROSE, paragraphs, read, story
from tests.support.placed import article_by, read_by, seen, texts_by

NONE = LineField.NONE


def noted(*lines: str, tag: str = "div") -> str:
    """A page that declares nothing, with *lines* in a box below its article."""
    rows = "".join(f'<{tag} class="note">{each}</{tag}>' for each in lines)
    return story(after=f'<div class="notes">{rows}</div>')


# --- what a line says -----------------------------------------------------------------------------

DECLARED = """
<meta name="author" content="Ann Porter">
<meta property="article:published_time" content="2026-02-17T22:30:00Z">
<meta property="article:section" content="Town">
<meta name="keywords" content="bridges, ferries">
"""


def said(line: str, head: str = DECLARED) -> LineField:
    """What *line* says on a page that declares its fields."""
    return seen(story(head=head, after=f'<div class="note">{line}</div>'), line).fields


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("By Ann Porter", LineField.AUTHOR),
        ("ANN PORTER, our reporter in the harbour", LineField.AUTHOR),
        ("Ann Porters", LineField.AUTHOR),
        ("Bob Miller", NONE),
        ("Town", LineField.SECTION),
        ("Town and country", NONE),
        ("Bridges", LineField.KEYWORD),
        ("bridges, ferries", NONE),
        ("17 February 2026", LineField.DATE),
        ("2026-02-17", LineField.DATE),
        ("17/02/2026, 23:30", LineField.DATE),
        ("February 2026", NONE),
        ("17 February", NONE),
        ("14 February 2026", NONE),
        ("Ann Porter, 17 February 2026", LineField.AUTHOR | LineField.DATE),
    ],
)
def test_what_a_line_says(line, field):
    assert said(line) == field


@pytest.mark.parametrize("day", ["17", "18"])
def test_a_date_may_be_written_in_any_zone(day):
    assert said(f"{day} February 2026") == LineField.DATE


def test_a_sentence_that_names_the_author_is_no_byline():
    sentence = (
        "Ann Porter told the council of the town on 17 February 2026 that nobody had seen the "
        "ferry since the flood."
    )

    assert said(sentence) == NONE


def test_what_the_page_does_not_declare_no_line_says():
    assert said("Ann Porter", head="") == NONE


# --- fields that are lacking ----------------------------------------------------------------------


def test_the_author_is_read_at_the_place():
    html = noted("Ann Porter and Bob Miller")
    assert read(html).article.author == ()

    assert article_by(html, author="Ann Porter and Bob Miller").author == (
        "Ann Porter",
        "Bob Miller",
    )


def test_the_date_is_read_at_the_place():
    html = noted("On 17 February 2026")
    assert read(html).article.date_published is None

    article = article_by(html, date="On 17 February 2026")

    assert article.date_published == datetime(2026, 2, 17, tzinfo=UTC)
    assert article.date_precision == "day"
    assert "17 February 2026" in article.date_published_raw


@pytest.mark.parametrize("line", ["17 February 2031", "Some time ago"])
def test_a_date_that_is_none_or_not_believed_is_not_read(line):
    assert article_by(noted(line), date=line).date_published is None


def test_two_dates_at_the_place_are_none():
    lines = "17 February 2026", "18 February 2026"

    assert article_by(noted(*lines), date=lines[0]).date_published is None
    assert article_by(noted(lines[0], lines[0]), date=lines[0]).date_published is not None


def test_the_section_is_read_at_the_place():
    assert article_by(noted("Town"), section="Town").article_section == ("Town",)


def test_keywords_are_read_at_the_place_however_many():
    words = "bridges", "ferries", "floods", "tolls", "prams", "bridges"

    article = article_by(noted(*words, tag="li"), keyword="bridges")

    assert article.keywords == words[:-1]


LONG = (
    "The bridge over the river opens at last, and the old ferry, which was loved by so many of us, "
    "will run until the end of June"
)


@pytest.mark.parametrize("headline", ["Opening day", LONG])
def test_the_headline_is_read_at_the_place(headline):
    """Without one, a page is no article by itself; its text says that it is."""
    html = (
        f'<html><body><article><div class="note">{headline}</div>'
        f'<div class="entry-content">{paragraphs()}</div></article></body></html>'
    )
    assert read(html).article.headline == ""

    assert article_by(html, headline=headline, text=PROSE[0]).headline == headline


# --- none of a list -------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["author", "section", "date"])
def test_nothing_is_read_in_a_list_of_other_articles(field):
    lines = "Ann Porter", "Bob Miller", "Carl Fisher", "Dora Smith"
    html = noted(*lines)

    found = article_by(html, **{field: lines[0]})

    assert (found.author, found.article_section, found.date_published) == ((), (), None)


def test_a_sentence_at_the_place_is_not_read():
    html = noted(PROSE[0] + " " + PROSE[1])

    assert article_by(html, author=f"{PROSE[0]} {PROSE[1]}").author == ()


def test_a_line_that_names_nobody_is_no_author():
    assert article_by(noted("12:30"), author="12:30").author == ()


# --- what is there stays --------------------------------------------------------------------------


def test_a_field_that_the_page_has_is_not_read_at_the_place():
    html = story(
        head='<meta name="author" content="Ann Porter">', after='<div class="note">Bob Miller</div>'
    )

    assert read_by(html, author="Bob Miller") == read(html)


def test_the_text_stays_as_it_is():
    html = noted("Ann Porter")

    found = read_by(html, author="Ann Porter")

    assert found.by_site is None
    assert found.template
    assert texts_by(html, author="Ann Porter") == list(PROSE)
