"""What the demo site serves, asked over real sockets."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from crawler.demo.newsroom.stories import read_stories
from crawler.demo.publisher import read_publisher

ORIGIN = "http://demo.test"
STORIES = read_stories()
PUBLISHER = read_publisher()
BOXED = [
    pytest.param(story, id=f"{story.key}-{story.language}") for story in STORIES if story.author_box
]
BY_NAME = [pytest.param(story, id=f"{story.key}-{story.language}") for story in STORIES]
SITEMAPS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def page_of(answer):
    return html.document_fromstring(answer.decoded, parser=html.HTMLParser(encoding="utf-8"))


def links(page, rel):
    return page.xpath(f"//head/link[@rel='{rel}']/@href")


def folded(text):
    return " ".join(text.split())


def body_of(page):
    return folded(page.xpath("string(//div[@class='entry-content'])"))


@pytest.mark.parametrize("story", BY_NAME)
def test_a_story_names_its_canonical_address_its_twin_and_its_translations(fetch, story):
    page = page_of(fetch(story.path))
    translations = {item.language: item.url() for item in STORIES if item.key == story.key}

    assert links(page, "canonical") == [story.url()]
    assert links(page, "amphtml") == [ORIGIN + story.amp_path]
    assert {
        link.get("hreflang"): link.get("href")
        for link in page.xpath("//head/link[@rel='alternate'][@hreflang]")
    } == translations | {"x-default": translations["vi"]}
    assert page.xpath("//link[@media='only screen and (max-width: 640px)']/@href") == [
        ORIGIN + story.amp_path
    ]
    assert page.get("lang") == story.html_lang
    assert page.xpath("//body[contains(@class, 'single single-post')]")


@pytest.mark.parametrize("twin", [False, True], ids=["page", "amp"])
@pytest.mark.parametrize("story", BY_NAME)
def test_a_story_shows_every_true_block_in_order(fetch, story, twin):
    text = body_of(page_of(fetch(story.amp_path if twin else story.path)))
    places = [text.find(folded(block.text)) for block in story.blocks]

    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("story", BY_NAME)
def test_an_amp_twin_leads_back_and_links_to_other_twins(fetch, story):
    page = page_of(fetch(story.amp_path))
    (switcher,) = page.xpath("//div[@id='amp-mobile-version-switcher']")
    known = {ORIGIN + item.path for item in STORIES}

    assert "amp" in page.attrib
    assert links(page, "canonical") == [story.url()]
    assert links(page, "amphtml") == []
    assert folded(switcher.text_content()) == PUBLISHER.words[story.language]["exit_mobile"]
    assert switcher.xpath("a/@href") == [f"{story.url()}?noamp=mobile"]
    assert not known & set(page.xpath("//main//a/@href"))


def test_english_twins_say_exit_mobile_version(fetch):
    story = next(item for item in STORIES if item.language == "en")

    assert "Exit mobile version" in fetch(story.amp_path).text


def test_leaving_the_twin_leads_to_the_page(fetch):
    story = STORIES[0]

    assert fetch(f"{story.path}?noamp=mobile").body == fetch(story.path).body


@pytest.mark.parametrize("story", BY_NAME)
def test_metadata_says_the_truth_where_the_template_has_it(fetch, story):
    page = page_of(fetch(story.path))
    graphs = page.xpath("//script[@type='application/ld+json']/text()")
    published = page.xpath("//meta[@property='article:published_time']/@content")
    names = page.xpath("//meta[@name='author']/@content")

    assert published == [story.date_published_raw]
    assert page.xpath("//meta[@property='og:title']/@content") == [
        f"{story.headline} - Demo Metric"
    ]
    if story.template == "meta":
        assert graphs == []
        assert tuple(names) == (() if story.author_box else story.author)
        return
    (article,) = [
        item for item in json.loads(graphs[0])["@graph"] if item["@type"] == "NewsArticle"
    ]
    people = article["author"] if isinstance(article["author"], list) else [article["author"]]
    assert article["headline"] == story.headline
    assert article["datePublished"] == story.date_published_raw
    assert article["dateModified"] == story.date_modified_raw
    if story.author_box:
        assert people == [{"@id": "http://demo.test/#organization"}]
    else:
        assert tuple(person["name"] for person in people) == story.author
    assert names == []


@pytest.mark.parametrize("story", BOXED)
def test_an_author_box_has_name_and_role_in_elements_of_their_own(fetch, story):
    for path in (story.path, story.amp_path):
        page = page_of(fetch(path))
        boxes = page.xpath("//div[contains(@class, 'author-box vcard')]")

        said = [[each.text_content() for each in box.iterchildren()] for box in boxes]

        assert [name for name, _, _ in said] == list(story.author)
        assert all(role and about for _, role, about in said)
        assert page.xpath("//*[@class='byline']") == []
        is_above = bool(page.xpath("//header/div[contains(@class, 'author-box')]"))
        assert is_above == (story.author_box == "byline")


def test_the_graph_names_article_person_organization_and_breadcrumbs(fetch):
    story = next(item for item in STORIES if item.template == "jsonld")
    page = page_of(fetch(story.path))

    graph = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])["@graph"]

    assert {"NewsArticle", "Person", "Organization", "BreadcrumbList"} <= {
        item["@type"] for item in graph
    }


@pytest.mark.parametrize("story", BY_NAME)
def test_the_frame_around_a_story_is_that_of_a_real_site(fetch, story):
    page = page_of(fetch(story.path))
    words = PUBLISHER.words[story.language]
    footer = folded(page.xpath("string(//footer[@id='colophon'])"))

    assert page.xpath("//span[@class='share-text']/text()") == ["Share."]
    assert words["newsletter"] in page.text_content()
    assert len(page.xpath("//div[@class='jp-relatedposts-post']")) == 3
    assert page.xpath("//form[@id='commentform']")
    assert PUBLISHER.email in footer
    assert words["address"] in footer
    assert footer.endswith(f"© {PUBLISHER.year} Demo Metric")


def test_every_story_is_on_the_front_pages_of_its_language_and_only_there(fetch):
    for code, language in PUBLISHER.languages.items():
        own = [item.url() for item in STORIES if item.language == code]
        found = []
        for path in (f"{language.prefix}/", f"{language.prefix}/page/2/"):
            page = page_of(fetch(path))
            assert "home blog" in page.find("body").get("class")
            found += page.xpath("//main//h2[@class='entry-title']/a/@href")

        assert found == own


@pytest.mark.parametrize(
    ("path", "older"),
    [
        ("/", "/page/2/"),
        ("/fr/", "/fr/page/2/"),
        ("/en/category/research/", "/en/category/research/page/2/"),
        ("/author/nguyen-thi-minh-chau/", "/author/nguyen-thi-minh-chau/page/2/"),
    ],
)
def test_lists_of_more_than_two_stories_have_a_second_page(fetch, path, older):
    first, second = page_of(fetch(path)), page_of(fetch(older))

    assert len(first.xpath("//main//article")) == 2
    assert links(first, "next") == [ORIGIN + older]
    assert links(second, "prev") == [ORIGIN + path]
    assert links(second, "canonical") == [ORIGIN + older]
    assert "paged-2" in second.find("body").get("class")
    assert second.xpath("//main//article")


def test_lists_show_excerpts_and_a_link_to_read_on(fetch):
    page = page_of(fetch("/fr/category/recherche/"))

    assert page.xpath("//a[@class='more-link']/text()") == ["Lire la suite"] * 2
    assert all(
        folded(item.text_content()).endswith("[…] Lire la suite")
        for item in page.xpath("//div[@class='entry-summary']")
    )


def test_the_index_of_sitemaps_leads_to_all_stories_and_every_address_in_it_answers(fetch):
    index = etree.fromstring(fetch("/sitemap_index.xml").decoded)
    listed = []
    for address in index.xpath("//s:loc/text()", namespaces=SITEMAPS):
        body = fetch(urlsplit(address).path).decoded
        sitemap = etree.fromstring(gzip.decompress(body) if address.endswith(".gz") else body)
        assert len(sitemap.xpath("//s:lastmod", namespaces=SITEMAPS)) == len(sitemap)
        listed += sitemap.xpath("//s:loc/text()", namespaces=SITEMAPS)

    stories = {story.url() for story in STORIES}
    others = {urlsplit(address).path for address in set(listed) - stories}

    assert len(listed) == len(set(listed))
    assert stories <= set(listed)
    assert others == {
        *("/", "/fr/", "/en/", "/gioi-thieu/", "/fr/a-propos/", "/en/about/"),
        *("/category/nghien-cuu/", "/fr/category/recherche/", "/en/category/research/"),
        *("/category/giao-duc/", "/fr/category/education/", "/en/category/education/"),
    }
    assert {fetch(urlsplit(address).path).status for address in listed} == {200}


def test_the_french_sitemap_is_a_gzip_file_and_not_a_coded_reply(fetch):
    answer = fetch("/post-sitemap-fr.xml.gz", Accept_Encoding="gzip, br")

    assert answer.headers["Content-Type"] == "application/x-gzip"
    assert "Content-Encoding" not in answer.headers
    assert gzip.decompress(answer.body).startswith(b"<?xml")


def test_robots_disallows_a_part_that_exists_and_is_linked(fetch):
    lines = fetch("/robots.txt").text.splitlines()
    (private,) = page_of(fetch("/")).xpath("//footer[@id='colophon']//a[@rel='nofollow']/@href")

    assert {"User-agent: *", "Disallow: /private/", "Crawl-delay: 0.05"} <= set(lines)
    assert f"Sitemap: {ORIGIN}/sitemap_index.xml" in lines
    assert urlsplit(private).path.startswith("/private/")
    assert fetch(urlsplit(private).path).status == 200


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        (STORIES[0].path.rstrip("/"), 301, STORIES[0].path),
        (STORIES[0].path.rstrip("/") + "?amp=1", 301, STORIES[0].amp_path),
        ("/fr", 301, "/fr/"),
        ("/page/1/", 301, "/"),
        (f"/?p={STORIES[0].post_id}", 301, STORIES[0].path),
        ("/?amp=1", 302, "/"),
    ],
)
def test_other_addresses_of_a_page_redirect_to_it(fetch, target, status, location):
    answer = fetch(target)

    assert (answer.status, answer.headers["Location"]) == (status, ORIGIN + location)


def test_tracking_variants_are_linked_once_and_show_the_same_page(fetch):
    (variant,) = re.findall(r'href="([^"]+utm_source=[^"]+)"', fetch("/").text)
    target = urlsplit(variant.replace("&amp;", "&"))

    answer = fetch(f"{target.path}?{target.query}")

    assert answer.body == fetch(target.path).body


@pytest.mark.parametrize(
    ("target", "language"),
    [("/nothing/", "vi"), ("/fr/rien", "fr"), ("/en/page/9/", "en"), ("/?p=9999", "vi")],
)
def test_an_unknown_address_is_a_404_page_in_the_language_of_its_path(fetch, target, language):
    answer = fetch(target)
    page = page_of(answer)

    assert answer.status == 404
    assert "error404" in page.find("body").get("class")
    assert (
        page.xpath("string(//h1[@class='page-title'])")
        == (PUBLISHER.words[language]["missing_title"])
    )


def test_every_internal_link_leads_somewhere(fetch):
    seen, waiting = set(), ["/"]
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        answer = fetch(target)
        assert answer.status in {200, 301, 302}, target
        if "html" in answer.headers["Content-Type"] and answer.status == 200:
            page = page_of(answer)
            for address in page.xpath("//a/@href | //link/@href | //*/@src"):
                parts = urlsplit(address)
                if parts.netloc == "demo.test":
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))

    assert {story.path for story in STORIES} <= seen
    assert {story.amp_path for story in STORIES} <= seen


def test_links_begin_with_the_host_that_was_asked_for(demo, fetch):
    host = f"127.0.0.1:{demo.port}"

    page = page_of(fetch("/en/", Host=host))

    assert links(page, "canonical") == [f"http://{host}/en/"]
    assert "demo.test/" not in html.tostring(page, encoding="unicode")


def test_a_host_that_is_none_is_refused(fetch):
    assert fetch("/", Host='a"b').status == 400


def test_pictures_are_png_and_named_by_the_stories(fetch):
    for story in STORIES:
        answer = fetch(f"/wp-content/uploads/{story.image.file}")

        assert answer.headers["Content-Type"] == "image/png"
        assert answer.body.startswith(b"\x89PNG")


def test_an_about_page_is_a_page_and_no_post(fetch):
    page = page_of(fetch("/fr/a-propos/"))

    assert "page-template-default" in page.find("body").get("class")
    assert page.xpath("//article[contains(@class, 'type-page')]")
    assert not page.xpath("//meta[starts-with(@property, 'article:')]")
