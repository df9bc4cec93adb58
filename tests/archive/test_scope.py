"""What is fetched, what is left out and why, and in which order."""

import pytest

from archive.model import Kind, Via
from archive.profile import Profile
from archive.scope import priority, reason_out_of_scope

PROFILE = Profile(
    name="example",
    home="https://example.org/",
    hosts=("www.example.org", "news.example.org:8443"),
    exclude=("/private/", "[?&]lang="),
    max_depth=3,
)


def reason(url, kind=Kind.PAGE, depth=1, profile=PROFILE):
    return reason_out_of_scope(url, kind, depth, profile)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "http://example.org/",
        "https://www.example.org/story/",
        "https://news.example.org:8443/story",
        "https://example.org/2011/11/11/11/story.html",
        "https://example.org/ai/ai-and-ai/",
        "https://example.org/fr/actualites/page/2/",
        "https://example.org/category/news/?page=2&order=asc",
        "https://example.org/stories/login-with-care/",
        "https://example.org/tech/cart/",
        "https://example.org/print/",
        "https://example.org/story?s=12",
        "https://example.org/story/page/2/?s=12",
        "https://example.org/search/",
        "https://example.org/ai/search/agents/",
        "https://example.org/comment-pages/story/",
        "https://example.org/story/2/",
        "https://example.org/story.vnp",
    ],
)
def test_a_page_of_the_publisher_is_in_scope(url):
    assert reason(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://other.example/", "another host"),
        ("https://example.org:8443/", "another host"),
        ("https://sub.example.org/", "another host"),
        ("https://example.org/private/a", "excluded by /private/"),
        ("https://example.org/a?x=1&lang=fr", "excluded by [?&]lang="),
        ("https://example.org/" + "a" * 1024, "longer than 1024 characters"),
        ("https://example.org" + "/a/b" * 3, "repeated path segments"),
        ("https://example.org/" + "/".join(map(str, range(21))), "more than 20 path segments"),
        ("https://example.org/?" + "&".join(f"a{n}=1" for n in range(9)), "more than 8 parameters"),
        ("https://example.org/story/?replytocom=5", "action replytocom"),
        ("https://example.org/story/?share=facebook&nb=1", "action share"),
        ("https://example.org/?add-to-cart=5", "action add-to-cart"),
        ("https://example.org/story/?Print=1", "action print"),
        ("https://example.org/?s=query", "search results"),
        ("https://example.org/fr/?s=query", "search results"),
        ("https://example.org/page/2/?s=query", "search results"),
        ("https://example.org/fr/page/2/?s=query", "search results"),
        ("https://example.org/search/query/", "search results"),
        ("https://example.org/en/search/query/page/3/", "search results"),
        ("https://example.org/story/comment-page-2/", "page of comments"),
        ("https://example.org/story/?cpage=2", "page of comments"),
        ("https://example.org/wp-admin/post.php", "no content"),
        ("https://example.org/blog/wp-login.php", "no content"),
        ("https://example.org/wp-json/oembed/1.0/embed", "no content"),
        ("https://example.org/login", "account"),
        ("https://example.org/fr/My-Account/orders", "account"),
        ("https://example.org/story/feed/", "feed"),
        ("https://example.org/comments/feed/", "feed"),
        ("https://example.org/feed/atom/", "feed"),
        ("https://example.org/story/embed/", "embedded form"),
        ("https://example.org/story/trackback/", "trackback"),
        ("https://example.org/story/print", "print form"),
        ("https://example.org/print.php?id=7", "print form"),
        ("https://example.org/news/print_version.aspx?n=7", "print form"),
        ("https://example.org/a/photo.jpg", "file jpg"),
        ("https://example.org/report.pdf?v=2", "file pdf"),
        ("https://example.org/story/?amp=1", "amp twin"),
        ("https://example.org/story/amp/", "amp twin"),
        ("https://example.org/story/?noamp=mobile", "amp twin"),
    ],
)
def test_what_is_left_out_says_why(url, why):
    assert reason(url) == why


def test_a_link_deeper_than_the_profile_says_is_left_out():
    assert reason("https://example.org/a", depth=3) is None
    assert reason("https://example.org/a", depth=4) == "deeper than 3 links"


def test_an_amp_twin_is_fetched_where_the_profile_says_so_but_never_the_way_back():
    fetching = Profile(name="example", home="https://example.org/", amp="fetch")

    assert reason("https://example.org/a", Kind.AMP) == "amp twin"
    assert reason("https://example.org/a", Kind.AMP, profile=fetching) is None
    assert reason("https://example.org/a/?amp=1", profile=fetching) is None
    assert reason("https://example.org/a/?noamp=mobile", profile=fetching) == "action noamp"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/feed/", Kind.FEED),
        ("https://example.org/sitemap.xml", Kind.SITEMAP),
        ("https://example.org/sitemap.xml.gz", Kind.SITEMAP),
        ("https://example.org/robots.txt", Kind.ROBOTS),
        ("https://example.org/wp-json/wp/v2/posts?per_page=20&page=2", Kind.API),
    ],
)
def test_what_is_no_page_is_in_scope_under_its_own_kind_only(url, kind):
    assert reason(url, kind) is None
    assert reason(url, Kind.PAGE) is not None


def test_sources_come_first_then_what_they_name_then_links_by_depth():
    order = [
        priority(Kind.ROBOTS, Via.SEED, 0),
        priority(Kind.SITEMAP, Via.WELL_KNOWN, 0),
        priority(Kind.PAGE, Via.SEED, 0),
        priority(Kind.PAGE, Via.REDIRECT, 0),
        priority(Kind.FEED, Via.LINK, 1),
        priority(Kind.PAGE, Via.FEED, 1),
        priority(Kind.PAGE, Via.SITEMAP, 1),
        priority(Kind.PAGE, Via.LINK, 1),
        priority(Kind.PAGE, Via.HREFLANG, 2),
        priority(Kind.AMP, Via.AMPHTML, 3),
    ]

    assert order == sorted(set(order))
