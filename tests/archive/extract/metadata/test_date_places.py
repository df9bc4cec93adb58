"""Where the date of an article stands, in the layouts of themes of all ages."""

from datetime import UTC, datetime

import pytest

from tests.support.heads import TITLE, json_ld, meta
from tests.support.pages import PROSE, paragraphs, read, story

ADDRESS = "https://news.test/bridge-of-the-town-opens"
"""An address without a day in it."""
TEASER = "<a href='/ferry'>The ferry rests for all of the winter</a>"
TEXT = paragraphs(*PROSE * 3)


def page(body, *, head="", lang="en-GB", title=f"{TITLE} | Riverton News"):
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def published(html, url=ADDRESS):
    article = read(html, url=url).article
    assert article is not None
    return article.date_published


def day(html, url=ADDRESS):
    moment = published(html, url)
    return None if moment is None else moment.date().isoformat()


@pytest.mark.parametrize(
    "around",
    [
        '<div class="author-box">Ann Lee, 3 February 2026</div>',
        '<div class="sidebar"><p>3 February 2026</p></div>',
        '<ul class="nav meta"><li>Ann Lee</li><li>3 February 2026</li></ul>',
        '<footer class="node__meta"><span>Submitted by ann on 3 February 2026</span></footer>',
        '<aside class="share-tools"><span>3 February 2026</span></aside>',
        "<div><span>3</span> <span>February</span> <span>2026</span></div>",
        '<nav class="breadcrumb"><a href="/town">Town</a> <span>3 February 2026</span></nav>',
        '<abbr class="published" title="2026-02-03T08:00:00Z">yesterday</abbr>',
        '<span property="schema:dateCreated" content="2026-02-03T08:00:00Z">Tuesday</span>',
        '<span property="dc:date" content="2026-02-03T08:00:00Z">Tuesday</span>',
        '<span class="when" data-timestamp="1770105600">two days ago</span>',
        "<p>Ann Lee - 3rd February, 2026 <script>var today = '9 February 2026';</script></p>",
        '<table><tr><td>Ann Lee</td><td class="date">Date: 3 February 2026</td></tr></table>',
        "<h6>2026-02-03, updated 2026-02-05 19:40</h6>",
    ],
)
@pytest.mark.parametrize("place", ["behind", "header"])
def test_a_date_beside_the_headline_counts_whatever_the_box_is_called(around, place):
    headline = f"<h1>{TITLE}</h1>"
    if place == "behind":
        html = page(f"<div class='wrap'>{headline}{around}<div>{TEXT}</div></div>")
    else:
        html = page(f"<article><header>{headline}{around}</header>{TEXT}</article>")

    assert day(html) == "2026-02-03"


def test_a_date_in_a_line_within_the_headline_counts_and_one_in_its_words_does_not():
    within = f'<h1><span class="topline">3 February 2026</span> {TITLE}</h1>'
    words = "<h1>The plan of 3 February 2024 is void</h1>"

    assert day(page(f"<article>{within}{TEXT}</article>")) == "2026-02-03"
    assert day(page(f"<article>{words}{TEXT}</article>", title="The plan of 3 February")) is None


def test_a_headline_that_stands_outside_of_the_only_article_keeps_its_date():
    html = page(f"<h1>{TITLE}</h1><p>3 February 2026</p><article>{TEXT}</article>")

    assert day(html) == "2026-02-03"


def test_a_headline_without_a_heading_is_the_element_that_the_title_begins_with():
    header = "<table><tr><td><font>Tuesday 10 March 2020</font></td></tr></table>"
    html = page(
        f"{header}<div><b>{TITLE}</b></div><div>3 February 2026</div><div>{TEXT}</div>",
    )

    assert day(html) == "2026-02-03"


@pytest.mark.parametrize(
    "other",
    [
        "<p>Event date: 9 February 2026</p>",
        "<dl><dt>Release date</dt><dd>9 February 2026</dd></dl>",
        "<p><span>Member since</span> <span>9 February 2021</span></p>",
        "<p>9 February 2026 – 12 February 2026</p>",
        "<p>Deadline: 9 February 2026</p>",
        f"<div class='teaser'>{TEASER}<time datetime='2026-02-09'>9 February</time></div>",
        '<a href="/ferry"><h3>The ferry rests for all of the winter</h3>9 February 2026</a>',
        '<div id="comment-7">Bob, 9 February 2026: fine!</div>',
        "<p>Copyright © 9 February 2026</p>",
    ],
)
def test_other_dates_beside_the_headline_are_no_publication(other):
    alone = page(f"<article><h1>{TITLE}</h1>{other}{TEXT}</article>")
    first = page(f"<article><h1>{TITLE}</h1>{other}<p>3 February 2026</p>{TEXT}</article>")

    assert day(alone) is None
    assert day(first) == "2026-02-03"


def test_a_label_counts_more_than_being_first():
    html = page(
        f"<article><h1>{TITLE}</h1><p>9 January 2026</p><p>Published: 3 February 2026</p>{TEXT}"
        "</article>"
    )

    assert day(html) == "2026-02-03"


@pytest.mark.parametrize(
    ("language", "label", "update"),
    [
        ("de", "Veröffentlicht am", "Zuletzt aktualisiert am"),
        ("fr", "Publié le", "Mis à jour le"),
        ("pl", "Opublikowano", "Ostatnia aktualizacja"),
        ("cs", "Publikováno", "Aktualizováno"),
        ("el", "Δημοσίευση:", "Τελευταία ενημέρωση:"),
        ("ru", "Опубликовано", "Обновлено"),
        ("vi", "Đăng ngày", "Cập nhật"),
        ("ja", "公開日：", "更新日："),
        ("ko", "입력", "수정"),
        ("ar", "تاريخ النشر", "آخر تحديث"),
        ("tr", "Yayınlanma tarihi", "Güncelleme"),
    ],
)
def test_labels_tell_the_publication_from_an_update_in_many_languages(language, label, update):
    dates = f"<p>{update} 2026-02-09</p><p>{label} 2026-02-03</p>"
    html = page(f"<article><h1>{TITLE}</h1>{dates}{TEXT}</article>", lang=language)

    found = read(html, url=ADDRESS).article

    assert (found.date_published.day, found.date_modified.day) == (3, 9)


def test_the_day_of_the_visit_in_the_head_of_the_site_is_no_publication():
    head = '<div id="header"><div class="masthead">Sunday, 1 March 2026</div></div>'
    bar = "<header><nav><a href='/'>Home</a></nav><p>Sunday, 1 March 2026</p></header>"

    for site in (head, bar):
        body = f"<div class='main'><h1>{TITLE}</h1>{{}}<div>{TEXT}</div></div>"
        assert day(page(site + body.format(""))) is None
        assert day(page(site + body.format("<p>3 February 2026</p>"))) == "2026-02-03"


def test_a_date_behind_the_text_counts_unless_it_is_of_a_list_of_stories():
    stories = "".join(
        f"<div class='date'>{number} March 2025</div><div><a href='/{number}'>The ferry rests for"
        " all of the winter</a></div>"
        for number in range(2, 8)
    )
    own = "<div class='info'>Printed version: 12 pages. <b>3 February 2026, 18:13</b></div>"
    body = f"<div class='main'><h1>{TITLE}</h1>{TEXT}{{}}<div class='roll'>{stories}</div></div>"

    assert day(page(body.format(""))) is None
    assert day(page(body.format(own))) == "2026-02-03"


@pytest.mark.parametrize(
    "address",
    [
        "https://news.test/2026/02/03/bridge",
        "https://news.test/2026-02-03-bridge",
        "https://news.test/town/20260203/bridge.html",
        "https://news.test/2026-02/03/content_771.htm",
        "https://news.test/2026/0203/c771.html",
        "https://news.test/t20260203_771.shtml",
        "https://news.test/story?day=2026-02-03",
    ],
)
def test_a_day_in_the_address_decides_between_dates_and_stands_in_for_none(address):
    several = f"<h1>{TITLE}</h1><p>1 January 2026</p><p>3 February 2026</p>{TEXT}"

    assert day(page(f"<article><h1>{TITLE}</h1>{TEXT}</article>"), address) == "2026-02-03"
    assert day(page(f"<article>{several}</article>"), address) == "2026-02-03"


@pytest.mark.parametrize(
    "number", ["/story-120260203", "/202602031", "/2026/99/01/bridge", "/20263003/"]
)
def test_other_numbers_in_an_address_are_no_day(number):
    html = page(f"<article><h1>{TITLE}</h1>{TEXT}</article>")

    assert day(html, f"https://news.test{number}") is None


@pytest.mark.parametrize(
    "wrong",
    [
        *("0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "0000-00-00 00:00:00", "1900-01-01"),
        *("2099-01-01", "03/02/2027", "soon", "2026-02-31", "20261301", "1 hour ago"),
    ],
)
@pytest.mark.parametrize("declare", [json_ld, meta])
def test_a_declaration_that_is_not_believed_adds_a_flag_and_the_next_source_is_asked(
    declare, wrong
):
    key = {"datePublished" if declare is json_ld else "article__published_time": wrong}
    body = f"<article><h1>{TITLE}</h1><p>3 February 2026</p>{TEXT}</article>"

    found = read(page(body, head=declare(**key)), url=ADDRESS)

    assert found.article.date_published == datetime(2026, 2, 3, tzinfo=UTC)
    assert found.article.date_source == "words"
    assert [flag for flag in found.flags if flag.startswith("date_published: ")]


def test_an_unread_declaration_alone_is_kept_as_written():
    found = read(story(head=meta(article__published_time="next week")), url=ADDRESS)

    assert found.article.date_published is None
    assert found.article.date_published_raw == "next week"
    assert found.flags == ("date_published: unread meta",)


def test_an_ambiguous_declaration_is_decided_by_the_date_that_the_page_shows():
    body = f"<article><h1>{TITLE}</h1><p>9 January 2026</p><p>3 February 2026</p>{TEXT}</article>"

    found = read(page(body, head=json_ld(datePublished="02/03/2026"), lang="en"), url=ADDRESS)

    assert found.article.date_published.isoformat() == "2026-02-03T00:00:00+00:00"


def test_a_guess_of_day_and_month_has_a_flag_and_gives_way_to_a_sure_date():
    alone = read(story(head=meta(article__published_time="2. 3. 2025")).replace("en-GB", "en"))
    shown = read(
        story(
            head=meta(article__published_time="2. 3. 2025"), above="<p>3 February 2025</p>"
        ).replace("en-GB", "en")
    )

    assert alone.article.date_published.month == 3
    assert "date_published: day and month guessed meta" in alone.flags
    assert shown.article.date_published.isoformat() == "2025-02-03T00:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "is_publication"),
    [
        *(("dc:date.created", True), ("DC.Date.Issued", True), ("article.created", True)),
        *(("publish_date", True), ("content_date", True), ("pubDate", True)),
        *(("og:release_date", True), ("vr:published_time", True), ("datePosted", True)),
        *(("expires", False), ("event_date", False), ("copyright_date", False)),
        *(("revised_date", False), ("event-start-time", False), ("publisher", False)),
    ],
)
def test_meta_tags_are_read_by_what_their_names_say(name, is_publication):
    head = f'<meta name="{name}" content="2026-02-03T08:00:00Z">'

    found = read(story(head=head), url=ADDRESS).article

    assert (found.date_published is not None) == is_publication


def test_a_zone_with_several_meanings_is_taken_as_utc_with_a_flag():
    found = read(
        story(above="<p>3 February 2026 10:30 CST</p>").replace("en-GB", "en"), url=ADDRESS
    )

    assert found.article.date_published == datetime(2026, 2, 3, 10, 30, tzinfo=UTC)
    assert "date_published: zone CST has several meanings, taken as UTC" in found.flags


def test_the_language_of_the_text_is_asked_where_the_page_declares_none():
    polish = (
        "Most nad rzeką, na który miasto czekało od powodzi, otwarto we wtorek rano. "
        "Czterysta osób przeszło przez niego w ciągu godziny, wiele z wózkami i rowerami. "
    )
    body = f"<h1>{TITLE}</h1><p>10 listopada 2025, 10:30</p><p>{polish * 4}</p>"

    assert day(page(f"<article>{body}</article>", lang="")) == "2025-11-10"


def test_the_zone_of_a_declared_time_may_stand_beside_the_headline():
    head = json_ld(datePublished="2026-02-03T10:30:08")

    seen = read(story(head=head, above="<p>3 February 2026, 10:30 (GMT+7)</p>"))
    other = read(story(head=head, above="<p>3 February 2026, 11:45 (GMT+7)</p>"))

    assert seen.article.date_published == datetime(2026, 2, 3, 3, 30, 8, tzinfo=UTC)
    assert seen.flags == ()
    assert other.article.date_published == datetime(2026, 2, 3, 10, 30, 8, tzinfo=UTC)
    assert "date_published: no zone, taken as UTC" in other.flags


@pytest.mark.parametrize("kind", ["", ' type="text/javascript"', ' type="application/json"'])
def test_json_ld_is_read_in_a_script_of_any_type(kind):
    node = (
        '{"@context": "https://schema.org", "@type": "NewsArticle",'
        ' "datePublished": "2026-02-03T08:00:00Z"}'
    )
    code = "<script>{var a = 1}</script><script>[1, 2].forEach(print)</script>"

    found = read(story(head=f"{code}<script{kind}>{node}</script>"), url=ADDRESS).article

    assert (found.date_published.day, found.date_source) == (3, "json-ld")


def test_of_several_articles_in_json_ld_the_one_with_the_headline_dates_the_page():
    other = {
        "@type": "NewsArticle",
        "headline": "The ferry rests",
        "author": "Bob",
        "articleBody": "Long.",
        "datePublished": "2026-02-09",
    }

    found = read(story(head=json_ld(other, datePublished="2026-02-03")), url=ADDRESS).article

    assert found.date_published.day == 3


@pytest.mark.parametrize("name", ["header", "top-bar", "page_head", "site-banner"])
def test_the_head_of_a_site_without_a_name_of_its_own_is_known_by_its_place(name):
    head = f'<div id="{name}"><div>Sunday, 1 March 2026</div></div>'
    kicker = '<div class="kicker">Town | 3 February 2026</div>'
    body = f"<div class='main'>{{}}<h1>{TITLE}</h1><div>{TEXT}</div></div>"

    assert day(page(head + body.format(""))) is None
    assert day(page(head + body.format(kicker))) == "2026-02-03"


def test_an_ambiguous_date_that_is_shown_alone_is_kept_with_a_flag():
    html = page(f"<article><h1>{TITLE}</h1><p>02/03/2025</p>{TEXT}</article>", lang="en")

    found = read(html, url=ADDRESS)

    assert found.article.date_published is None
    assert found.article.date_published_raw == "02/03/2025"
    assert "date_published: ambiguous words" in found.flags


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [("0001-01-01", "impossible"), ("02/03/2025", "ambiguous"), ("{{ date }} 2026 02", "unread")],
)
def test_a_time_element_that_is_not_believed_adds_a_flag(wrong, problem):
    shown = f'<p><time datetime="{wrong}">then</time></p><p>3 February 2026</p>'

    found = read(page(f"<article><h1>{TITLE}</h1>{shown}{TEXT}</article>", lang="en"), url=ADDRESS)

    assert found.article.date_published == datetime(2026, 2, 3, tzinfo=UTC)
    assert f"date_published: {problem} time" in found.flags


def test_day_and_month_in_a_time_element_are_doubted_as_in_a_meta_tag():
    shown = '<p><time datetime="4. 2. 2025">then</time></p>'

    found = read(page(f"<article><h1>{TITLE}</h1>{shown}{TEXT}</article>", lang="en"), url=ADDRESS)

    assert found.article.date_published == datetime(2025, 2, 4, tzinfo=UTC)
    assert "date_published: day and month guessed time" in found.flags


def test_a_meta_tag_whose_name_only_sounds_like_a_date_adds_no_flag():
    head = '<meta name="revisit-after" content="1 days"><meta name="lastupdate" content="auto">'

    assert read(story(head=head), url=ADDRESS).flags == ()


@pytest.mark.parametrize(
    "told",
    [
        "<figure><img src='a.jpg'><figcaption>Bridge, 9 January 2020. Bob</figcaption></figure>",
        "<p class='lead'>The bridge opened on 9 January 2020 and was closed soon after.</p>",
        "<blockquote>It will stand, they said on 9 January 2020.</blockquote>",
    ],
)
def test_what_a_caption_or_a_sentence_tells_of_a_day_is_no_publication(told):
    alone = page(f"<article><h1>{TITLE}</h1>{told}{TEXT}</article>")
    line = page(f"<article><h1>{TITLE}</h1>{told}<p>3 February 2026</p>{TEXT}</article>")

    assert day(alone) is None
    assert day(line) == "2026-02-03"


def test_a_line_that_says_when_and_by_whom_counts_more_than_one_that_says_more():
    lines = "<p>Doors to the exhibition of the builders, 9 January 2020</p><p>3 February 2026</p>"

    assert day(page(f"<article><h1>{TITLE}</h1>{lines}{TEXT}</article>")) == "2026-02-03"
