from datetime import UTC, datetime

import pytest

from tests.support.heads import TITLE, article, json_ld, meta
from tests.support.pages import PROSE, paragraphs, read, story

ADDRESS = "https://news.test/bridge-of-the-town-opens"
"""An address without a day in it."""


def test_a_publication_instant_keeps_its_zone_in_the_raw_text():
    found = article(json_ld(datePublished="2026-02-16T20:11:59+07:00", dateModified="2026-02-17"))

    assert found.date_published == datetime(2026, 2, 16, 13, 11, 59, tzinfo=UTC)
    assert found.date_published_raw == "2026-02-16T20:11:59+07:00"
    assert (found.date_source, found.date_precision) == ("json-ld", "second")
    assert found.date_modified == datetime(2026, 2, 17, tzinfo=UTC)


def test_dates_come_from_json_ld_then_meta_then_time_elements():
    time = '<p>Posted <time datetime="2026-02-03T08:00:00Z">3 Feb</time></p>'
    in_meta = meta(article__published_time="2026-02-02T08:00:00Z")

    assert article(above=time).date_published.day == 3
    assert article(in_meta, above=time).date_published.day == 2
    assert (
        article(
            json_ld(datePublished="2026-02-01T08:00:00Z") + in_meta, above=time
        ).date_published.day
        == 1
    )


def test_a_time_of_an_update_is_not_the_publication():
    times = """<time class="updated" datetime="2026-02-09T08:00Z">9</time>
    <time class="published" datetime="2026-02-03T08:00Z">3</time>"""

    found = article(above=f"<p>{times}</p>")

    assert (found.date_published.day, found.date_modified.day) == (3, 9)


def test_an_impossible_date_is_kept_and_flagged_and_costs_nothing_else():
    found = read(
        story(head=json_ld(datePublished="2026-02-16T20:11:59+25:99")),
        url="https://news.test/bridge-of-the-town-opens",
    )

    assert found.article.date_published is None
    assert found.article.date_published_raw == "2026-02-16T20:11:59+25:99"
    assert found.article.date_source is None
    assert found.flags == ("date_published: impossible json-ld",)
    assert found.article.headline == TITLE
    assert found.article.blocks


def test_a_date_after_the_capture_gives_way_to_one_that_can_be():
    head = json_ld(datePublished="2027-01-01T00:00:00Z") + meta(
        article__published_time="2026-02-02T08:00:00Z"
    )

    found = read(story(head=head))

    assert found.article.date_published == datetime(2026, 2, 2, 8, tzinfo=UTC)
    assert found.article.date_source == "meta"
    assert found.flags == ("date_published: future json-ld",)


def test_a_time_without_a_zone_is_taken_as_utc_and_flagged():
    found = read(story(head=json_ld(datePublished="2026-02-16T20:11:59")))

    assert found.article.date_published == datetime(2026, 2, 16, 20, 11, 59, tzinfo=UTC)
    assert found.flags == ("date_published: no zone, taken as UTC",)


def test_the_year_of_a_copyright_line_is_no_date():
    footer = "<footer>© 2026 The News</footer><p>© 2025 The News. All rights reserved.</p>"

    found = read(
        story(after=footer, below="<p>© 2024 Ann Lee</p>"),
        url="https://news.test/bridge-of-the-town-opens",
    )

    assert found.article.date_published is None


def test_the_day_in_the_address_is_a_last_resort():
    found = read(story(), url="https://news.test/2026/02/07/bridge")

    assert found.article.date_published == datetime(2026, 2, 7, tzinfo=UTC)
    assert (found.article.date_source, found.article.date_precision) == ("url", "day")


def test_the_source_and_the_precision_of_a_modification_are_kept():
    found = article(meta(article__modified_time="2026-02-17T08:30+01:00"))

    assert found.date_modified == datetime(2026, 2, 17, 7, 30, tzinfo=UTC)
    assert found.date_modified_raw == "2026-02-17T08:30+01:00"
    assert (found.date_modified_source, found.date_modified_precision) == ("meta", "minute")


def test_a_day_of_json_ld_is_made_exact_by_a_meta_tag_but_not_by_an_element_of_the_text():
    day = json_ld(datePublished="2026-02-02")
    tag = meta(article__published_time="2026-02-02T08:00:00Z")
    time = '<p><time datetime="2026-02-02T09:00:00Z">2 Feb</time></p>'

    assert article(day + tag).date_published.hour == 8
    assert article(day, above=time).date_precision == "day"


@pytest.mark.parametrize(
    ("language", "line", "moment"),
    [
        ("de", "Veröffentlicht am 13. Februar 2026 um 15:44", (2026, 2, 13, 15, 44)),
        ("en-US", "Feb. 3rd, 2026 at 11:08 p.m.", (2026, 2, 3, 23, 8)),
        ("en-US", "02/03/2026", (2026, 2, 3)),
        ("en-GB", "02/03/2025", (2025, 3, 2)),
        ("fr", "Publié le 3 février 2026", (2026, 2, 3)),
        ("vi", "Thứ ba, ngày 3 tháng 2 năm 2026, 08:05", (2026, 2, 3, 8, 5)),
        ("pt-BR", "3 de fevereiro de 2026 - 10h20", (2026, 2, 3, 10, 20)),
        ("tr", "03.02.2026", (2026, 2, 3)),
        ("ja", "2026年2月3日 8:05", (2026, 2, 3, 8, 5)),
        ("ru", "3 февраля 2026", (2026, 2, 3)),
    ],
)
def test_a_date_in_words_beside_the_headline_is_read_in_the_pages_language(language, line, moment):
    page = story(above=f"<div><span>{line}</span></div>")

    found = read(page.replace('lang="en-GB"', f'lang="{language}"'), url=ADDRESS).article

    assert found.date_published == datetime(*moment, tzinfo=UTC)
    assert found.date_source == "words"
    assert found.date_published_raw in line


@pytest.mark.parametrize(
    "line",
    [
        "© 13 February 2026 The News",
        "Open until 13 February 2026",
        "February 2026",
        "13 May 2027",
        "31 February 2026",
        "Call 13.02.20267 now",
        "Updated 13 February 2026",
    ],
)
def test_what_is_no_day_of_publication_is_not_taken_for_one(line):
    found = read(story(above=f"<div>{line}</div>"), url=ADDRESS).article

    assert found.date_published is None


def test_a_day_and_month_that_could_change_places_are_no_date_where_no_language_tells():
    page = story(above="<div>03/02/2026</div>")

    assert read(page.replace("en-GB", "en"), url=ADDRESS).article.date_published is None


def test_an_update_in_words_is_a_modification():
    line = "<div>3 February 2026 | Updated: 4 February 2026</div>"

    found = read(story(above=line), url=ADDRESS).article

    assert (found.date_published.day, found.date_modified.day) == (3, 4)


def test_a_fact_check_or_a_page_node_dates_the_page_where_no_article_node_does():
    head = """<script type="application/ld+json">
    {"@type": "ClaimReview", "datePublished": "2026-02-03T15:44Z"}</script>"""

    assert article(head).date_published == datetime(2026, 2, 3, 15, 44, tzinfo=UTC)


SITE_FIRST = """<!doctype html><html lang="en-GB"><head><title>{title} | Riverton News</title>
</head><body><div class="top"><h1>Riverton News</h1></div>{before}<div class="page">
<h1>{title} <span>Members</span></h1>{behind}{body}</div>{after}</body></html>"""


def site_first(*, before: str = "", behind: str = "", after: str = "") -> datetime | None:
    """The publication on a page whose first h1 is the site's name."""
    parts = {"before": before, "behind": behind, "after": after, "body": paragraphs(*PROSE * 3)}
    found = read(SITE_FIRST.format(title=TITLE, **parts), url=ADDRESS)
    return found.article.date_published


def test_the_headline_is_the_heading_that_the_title_names():
    assert site_first(behind='<p><time datetime="2026-02-03T08:00Z">3 Feb</time></p>').day == 3
    assert site_first(behind="<p>3 February 2026</p>").day == 3


def test_time_elements_of_other_stories_are_not_the_publication():
    teasers = '<ul><li><time datetime="2026-02-09T08:00Z">9</time> The ferry rests</li></ul>'

    assert site_first(behind="<p>3 February 2026</p>", after=teasers).day == 3
    assert site_first(after=teasers) is None


def test_a_time_element_below_the_text_counts_within_the_article():
    found = article(below='<p>Filed <time datetime="2026-02-03T08:00Z">3 Feb</time></p>')

    assert found.date_published.day == 3


def test_a_day_that_what_is_called_published_agrees_on_is_a_last_resort():
    named = "<footer><abbr class='published'>{}.02.2026</abbr> by Ann Lee</footer>"

    found = read(story(after=named.format("03") * 2), url=ADDRESS).article
    torn = read(story(after=named.format("03") + named.format("04")), url=ADDRESS).article

    assert (found.date_published.day, found.date_source) == (3, "words")
    assert torn.date_published is None


def test_a_declared_time_is_read_with_the_words_for_halves_of_the_day_of_its_language():
    found = read(
        f"<html lang='ko'><head><title>{TITLE}</title>"
        "<meta name='pubdate' content='2026년 2월 3일 오후 3시 5분'></head>"
        f"<body><article><h1>{TITLE}</h1>{paragraphs(*3 * PROSE)}</article></body></html>",
        url=ADDRESS,
    )

    assert found.article.date_published == datetime(2026, 2, 3, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        'Opens: <time datetime="2026-02-14T11:00:00Z">14 February</time>',
        '<b>Deadline</b> <time datetime="2026-02-14T11:00:00Z">14 February</time>',
        '<time datetime="2026-02-14T11:00:00Z">Valid until 14 February</time>',
    ],
)
def test_the_time_element_of_an_event_is_no_publication(line):
    assert read(story(above=f"<p>{line}</p>"), url=ADDRESS).article.date_published is None


def test_a_time_element_behind_a_place_is_a_publication():
    line = 'By Ann Lee from Riverton <time datetime="2026-02-03T11:00:00Z">3 February</time>'

    assert article(above=f"<p>{line}</p>").date_published.day == 3


def test_the_country_of_the_page_says_what_the_zone_of_a_declared_time_is():
    declared = meta(pubdate="3 February 2026 9:00 EST")

    found = read(
        story(head=declared).replace("en-GB", "en-AU"), url="https://news.com.au/bridge-opens"
    )

    assert found.article.date_published == datetime(2026, 2, 2, 23, tzinfo=UTC)


def test_a_line_of_two_days_is_no_sentence_because_it_ends_in_the_point_of_a_day():
    line = "<p>2026. február 3. 22:30 | Módosítva: 2026. február 4.</p>"

    found = read(story(above=line).replace("en-GB", "hu"), url=ADDRESS).article

    assert found.date_published == datetime(2026, 2, 3, 22, 30, tzinfo=UTC)


def test_the_release_of_a_book_is_no_publication():
    assert (
        read(story(head=meta(book__release_date="2026-02-03")), url=ADDRESS).article.date_published
        is None
    )


@pytest.mark.parametrize("name", ["event", "event-date", "countdown"])
def test_the_date_of_an_element_called_an_event_is_no_publication(name):
    event = f'<div class="{name}" data-date="2026-02-14">Concert</div>'

    assert read(story(above=event), url=ADDRESS).article.date_published is None


@pytest.mark.parametrize("address", ["https://news.test/ferry-rests", "/ferry-rests"])
def test_an_article_of_json_ld_with_another_address_and_headline_says_nothing_of_the_page(address):
    other = json_ld(
        headline="Ferry rests all winter", url=address, datePublished="2026-01-01", author="Bo Ray"
    )
    line = "<p class='byline'>By Ann Lee</p><p>3 February 2026</p>"

    found = read(story(head=other, above=line), url=ADDRESS).article

    assert (found.author, found.date_published.day) == (("Ann Lee",), 3)
