"""Whatever a page says of its article, its text is never lost to it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dom.document import parse_page
from archive.extract.metadata import labels
from archive.extract.metadata.reader import read_metadata
from tests.support.heads import TITLE, json_ld
from tests.support.pages import CAPTURED, PROSE, STORY, read, story

FIELDS = (
    *("headline", "name", "author", "creator", "datePublished", "dateModified", "articleSection"),
    *("keywords", "description", "image", "inLanguage", "isAccessibleForFree", "publisher"),
    *("license", "@id", "@type", "url", "mainEntityOfPage", "@graph"),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "value",
    [None, 7, True, [], {}, [[]], [None], {"name": None}, {"@id": []}, "\ud800", "x" * 100_000],
)
def test_no_value_of_json_ld_costs_the_text(value):
    found = read(
        story(head=json_ld(**dict.fromkeys(set(FIELDS) - {"@type", "@graph"}, value))), url=STORY
    )

    assert found.article.blocks
    assert found.article.headline.startswith("The bridge")
    assert "\ud800" not in repr(found)


@settings(max_examples=60, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8), beside=VALUES)
def test_no_json_ld_that_can_be_written_raises_or_costs_a_word_of_the_text(fields, beside):
    kept = {"@type": "NewsArticle", **fields}
    script = json.dumps([kept, beside]).replace("</", "<\\/")

    found = read(story(head=f'<script type="application/ld+json">{script}</script>'))

    assert found.article.text == "\n".join(PROSE)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(("author", "date", "og:title", "parsely-page")), content=st.text())
def test_no_meta_tag_costs_the_text(name, content):
    tag = f'<meta name="{name}" content="{content.replace(chr(34), "")}">'.replace("<", "&lt;", 0)

    found = read(story(head=tag))

    assert found.article.blocks


def test_a_fault_in_one_field_is_flagged_and_costs_no_other(monkeypatch):
    def faulty(_):
        raise RuntimeError

    page = parse_page(story(head=json_ld(keywords="a, b")).encode(), STORY)
    monkeypatch.setattr(labels, "section", faulty)

    found = read_metadata(page, page.tree, CaptureMoment(CAPTURED))

    assert found.flags == ("section: RuntimeError",)
    assert (found.headline, found.keywords, found.section) == (TITLE, ("a", "b"), ())


def test_of_several_article_nodes_the_one_that_names_this_address_is_the_pages_own():
    other = {
        "@type": "NewsArticle", "headline": "Another", "url": "https://news.test/other",
        "datePublished": "2026-01-01T00:00:00Z", "author": "Bo Ray", "articleBody": "x",
    }  # fmt: skip

    found = read(
        story(head=json_ld(other, url=STORY, datePublished="2026-02-02T00:00:00Z"))
    ).article

    assert (found.headline, found.author) == (TITLE, ())
    assert found.date_published == datetime(2026, 2, 2, tzinfo=UTC)


def test_what_an_analytics_tag_holds_as_json_fills_in():
    said = json.dumps({"title": TITLE, "pub_date": "2026-02-02T08:00:00Z", "author": "Ann Lee"})
    tag = f"<meta name='parsely-page' content='{said}'>"

    found = read(story(head=tag)).article

    assert (found.author, found.date_published.hour) == (("Ann Lee",), 8)
