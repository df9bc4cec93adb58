import json
from datetime import UTC, datetime

import pytest

from tests.support.pages import STORY, paragraphs, read, story

TITLE = "The bridge over the river opens"


def article(head="", **parts):
    return read(story(head=head, **parts)).article


def json_ld(*nodes, **fields):
    node = {"@type": "NewsArticle", "headline": TITLE, **fields}
    return f'<script type="application/ld+json">{json.dumps([node, *nodes])}</script>'


def meta(**contents):
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{content}">'
        for name, content in contents.items()
    )


@pytest.mark.parametrize("joint", [" - ", " – ", " | ", " · ", " — "])
@pytest.mark.parametrize(
    "site",
    [
        '<meta property="og:site_name" content="The News">',
        json_ld({"@type": "WebSite", "name": "The News"}),
    ],
)
def test_the_headline_comes_without_the_sites_name(joint, site):
    head = site.replace(f'"headline": "{TITLE}"', f'"headline": "{TITLE}{joint}The News"') + meta(
        og__title=f"{TITLE}{joint}The News"
    )

    assert article(head).headline == TITLE


def test_an_unnamed_sites_name_is_cut_where_the_rest_is_the_h1():
    assert article(meta(og__title=f"{TITLE} | Unknown Gazette")).headline == TITLE


def test_a_dash_of_the_headline_itself_stays():
    title = "Bridge opens - and the ferry stays"

    assert article(meta(og__title=title, og__site_name="The News"), title=title).headline == title


def test_the_headline_is_the_spelling_that_most_sources_agree_on():
    head = json_ld(headline="Bridge: all you need to know") + meta(og__title=TITLE)

    assert article(head).headline == TITLE


def test_an_h1_that_is_the_sites_name_is_no_headline():
    head = meta(og__site_name="The News", og__type="article")
    body = f"""<html><head><title>{TITLE}</title>{head}</head><body><h1>The News</h1>
    <article><h2>{TITLE}</h2>{paragraphs()}</article>"""

    assert read(body).article.headline == TITLE


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "Ann Lee"}, ("Ann Lee",)),
        (
            [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ray"}],
            ("Ann Lee", "Bo Ray"),
        ),
        ("Ann Lee and Bo Ray", ("Ann Lee", "Bo Ray")),
        ([{"name": ["Ann Lee", "Bo Ray"]}], ("Ann Lee", "Bo Ray")),
        ({"@id": "#ann"}, ("Ann Lee",)),
        (
            [{"@type": "Organization", "name": "Reuters"}, {"@type": "Person", "name": "Ann Lee"}],
            ("Ann Lee", "Reuters"),
        ),
    ],
)
def test_authors_of_json_ld_are_separate_names(author, names):
    assert (
        article(
            json_ld({"@id": "#ann", "@type": "Person", "name": "Ann Lee"}, author=author)
        ).author
        == names
    )


def test_a_person_in_the_markup_is_preferred_to_the_publisher_as_author():
    head = json_ld(
        author={"@type": "Organization", "name": "The News"},
        publisher={"@type": "Organization", "name": "The News"},
    )
    byline = '<p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p>'

    assert article(head, above=byline).author == ("Ann Lee",)
    assert article(head).author == ("The News",)


def test_a_meta_author_that_is_an_address_is_no_name():
    head = (
        meta(article__author="https://facebook.com/ann") + '<meta name="author" content="Ann Lee">'
    )

    assert article(head).author == ("Ann Lee",)


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


def test_section_keywords_description_and_image_are_read():
    head = json_ld(
        articleSection=["Town"], keywords="bridge, river", description="A <b>bridge</b> &amp; more",
        image={"@type": "ImageObject", "url": "/bridge.jpg"}, isAccessibleForFree="False",
    )  # fmt: skip

    found = article(head)

    assert found.article_section == ("Town",)
    assert found.keywords == ("bridge", "river")
    assert found.description == "A bridge & more"
    assert found.image == "https://news.test/bridge.jpg"
    assert found.is_accessible_for_free is False


def test_meta_tags_fill_in_for_json_ld():
    head = meta(
        article__section="Town", og__description="About it", og__image="https://news.test/i.jpg"
    )
    for tag in ("bridge", "one, two"):
        head += f'<meta property="article:tag" content="{tag}">'

    found = article(head)

    assert found.article_section == ("Town",)
    assert found.keywords == ("bridge", "one, two")
    assert (found.description, found.image) == ("About it", "https://news.test/i.jpg")
    assert found.is_accessible_for_free is None


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("VI", "vi"),
        ("fr_FR", "fr"),
        ("zh-Hant-TW", "zh-hant"),
        ("x", None),
        ("english", None),
    ],
)
def test_the_language_is_that_of_the_html_element_without_its_region(tag, language):
    found = read(story().replace('lang="en-GB"', f'lang="{tag}"'))

    assert (found.article.in_language, found.language) == (language, language)


def test_where_html_names_no_language_the_head_does():
    page = story(head=meta(og__locale="fr_CA")).replace(' lang="en-GB"', "")

    assert read(page).article.in_language == "fr"


@pytest.mark.parametrize(
    "value",
    [None, 7, True, [], {}, [[]], [None], {"name": None}, {"@id": []}, "\ud800", "x" * 100_000],
)
def test_no_value_of_json_ld_costs_the_text(value):
    fields = (
        *("headline", "name", "author", "datePublished", "dateModified", "articleSection"),
        *("keywords", "description", "image", "inLanguage", "isAccessibleForFree", "publisher"),
        *("@id", "mainEntityOfPage"),
    )

    found = read(story(head=json_ld(**dict.fromkeys(fields, value))), url=STORY)

    assert found.article.blocks
    assert found.article.headline.startswith("The bridge")
    assert "\ud800" not in repr(found)
