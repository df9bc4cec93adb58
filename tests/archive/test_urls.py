"""One spelling a URL, and none that a server was not seen to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from w3lib.url import safe_url_string

from archive.urls import (
    MAX_LENGTH,
    absolute,
    amp_base,
    file_ending,
    host_of,
    is_home,
    normalize,
    url_path,
)

BASE = "https://example.org/news/today/story.html?page=2#top"


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org?a=1", "https://example.org/?a=1"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:0443/a", "https://example.org/a"),
        ("https://example.org:/a", "https://example.org/a"),
        ("http://example.org:443/a", "http://example.org:443/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://a@b@example.org/a", "https://example.org/a"),
        ("https://example.org/a#section", "https://example.org/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?#x?y", "https://example.org/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../a", "https://example.org/a"),
        ("https://example.org/a/..", "https://example.org/"),
        ("https://example.org/a/.", "https://example.org/a/"),
        ("https://example.org/a//../b", "https://example.org/a/b"),
        ("https://example.org/a//b", "https://example.org/a//b"),
        ("https://example.org/.well-known/x", "https://example.org/.well-known/x"),
        ("https://example.org/a...b/..c", "https://example.org/a...b/..c"),
        ("https://example.org/a b|c[d]", "https://example.org/a%20b%7Cc%5Bd%5D"),
        ("https://example.org/đổi", "https://example.org/%C4%91%E1%BB%95i"),
        ("https://example.org/%c4%91%E1%bb%95i", "https://example.org/%c4%91%E1%bb%95i"),
        ("https://example.org/100%/%zz", "https://example.org/100%25/%25zz"),
        ("https://example.org/a?q='é'&r=%27", "https://example.org/a?q=%27%C3%A9%27&r=%27"),
        ("https://example.org/it's", "https://example.org/it's"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://EXAMPLE。org/", "https://example.org/"),
        ("https://ex%61mple.org/", "https://example.org/"),
        ("https://under_score.example.org./", "https://under_score.example.org./"),
        ("http://[2001:DB8:0:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://2130706433/", "http://2130706433/"),
        (" \x00https://exam\nple.org/a\tb\r\n ", "https://example.org/ab"),
        ("https://example.org\\a\\b?c\\d", "https://example.org/a/b?c%5Cd"),
        ("https://evil.example\\@example.org/", "https://evil.example/@example.org/"),
        ("https://example.org/?b=2&a=1&b=1&&c", "https://example.org/?b=2&a=1&b=1&&c"),
    ],
)
def test_normalize_brings_equal_urls_to_one_spelling(url, normal):
    assert normalize(url) == normal


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("utm_source=x&utm_medium=y", ""),
        ("a=1&fbclid=z&b=2", "?a=1&b=2"),
        ("GCLID=z&p=7", "?p=7"),
        ("p=7&amp;utm_source=x", "?p=7"),
        ("xtor=RSS-16", ""),
        ("zarsrc=30&id=5", "?id=5"),
        ("_ga=1.2", ""),
        ("_gallery=1&ref=home&source=rss", "?_gallery=1&ref=home&source=rss"),
        ("q=utm_source", "?q=utm_source"),
    ],
)
def test_tracking_parameters_are_dropped_and_no_others(query, left):
    assert normalize(f"https://example.org/?{query}") == f"https://example.org/{left}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "/path",
        "ftp://example.org/",
        "mailto:a@example.org",
        "httpſ://example.org/",
        "http:",
        "http://",
        "http:///",
        "https:?q=1",
        "https://@/path",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://example.org:8o/",
        "https://example.org:¹/",
        "https://exa mple.org/",
        "https://a..b/",
        "https://.example.org/",
        f"https://{'a' * 64}.org/",
        f"https://{'a.' * 127}org/",
        "https://ex%00ample.org/",
        "https://ex%2fample.org/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://[127.0.0.1]/",
        "https://example.org/\ud800",
        "https://example.org/" + "a" * MAX_LENGTH,
    ],
)
def test_what_no_server_can_answer_raises_value_error(url):
    with pytest.raises(ValueError, match=r"."):
        normalize(url)

    assert absolute(url, url) is None


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("other.html", "https://example.org/news/today/other.html"),
        ("../", "https://example.org/news/"),
        ("../../../../x", "https://example.org/x"),
        ("./", "https://example.org/news/today/"),
        ("/a", "https://example.org/a"),
        ("//cdn.example.org/a", "https://cdn.example.org/a"),
        ("\\\\cdn.example.org\\a", "https://cdn.example.org/a"),
        ("\\a", "https://example.org/a"),
        ("?page=3", "https://example.org/news/today/story.html?page=3"),
        ("#bottom", "https://example.org/news/today/story.html?page=2"),
        ("", "https://example.org/news/today/story.html?page=2"),
        ("  http://OTHER.example/ ", "http://other.example/"),
        ("a:b", None),
        ("./a:b", "https://example.org/news/today/a:b"),
        ("mailto:desk@example.org", None),
        ("javascript:void(0)", None),
        ("java\nscript:void(0)", None),
        ("data:text/html,x", None),
        ("tel:+84123", None),
        ("//", None),
        ("https://example.org:port/", None),
        ("/" + "a" * MAX_LENGTH, None),
    ],
)
def test_absolute_resolves_a_link_as_a_browser_does(href, url):
    assert absolute(BASE, href) == url


@pytest.mark.parametrize("base", ["http://other.example/dir/page", "https://other.example/"])
@pytest.mark.parametrize(
    "href",
    [
        "{}:///a.example/x",
        "{}:////a.example/x",
        "{}:\\\\a.example\\x",
        "{}:/\\a.example/x",
        "{}:\\/\\a.example/x",
        "\t{}:/\n//a.example/x ",
        "///a.example/x",
        "////a.example/x",
        "\\/\\a.example\\x",
    ],
)
def test_too_many_slashes_before_a_host_are_skipped(base, href):
    scheme = base.partition(":")[0]

    assert absolute(base, href.format(scheme)) == f"{scheme}://a.example/x"


@pytest.mark.parametrize("url", ["https:/a.example/x", "https:a.example/x", "HTTPS:\\a.example/x"])
def test_too_few_slashes_before_a_host_are_a_path_only_on_a_page_of_that_scheme(url):
    path = url[6:].replace("\\", "/")

    assert normalize(url) == "https://a.example/x"
    assert absolute("http://other.example/dir/page", url) == "https://a.example/x"
    assert absolute("https://other.example/dir/page", url) == (
        f"https://other.example{path}" if path[0] == "/" else f"https://other.example/dir/{path}"
    )


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("i❤.example", "xn--i-7iq.example"),
        ("☕.example", "xn--53h.example"),
        ("www.👩‍🚀.example", "www.xn--1ug1855p5kb.example"),
        ("€.example", "xn--lzg.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("fußball.example", "xn--fuball-cta.example"),
        ("ü_b.example", "xn--_b-wka.example"),
        ("ｋｅｓｔｒｅｌ．example", "kestrel.example"),
        ("%E2%98%95.example", "xn--53h.example"),
        ("報紙。example", "xn--olsu27f.example"),
    ],
)
def test_a_host_in_any_script_is_asked_for_as_browsers_do(host, asked):
    assert normalize(f"https://{host}/x") == f"https://{asked}/x"
    assert absolute("https://other.example/", f"//{host}:8080") == f"https://{asked}:8080/"


@pytest.mark.parametrize(
    ("path", "left"),
    [("/a/%2e%2E/b", "/b"), ("/a/.%2e/b", "/b"), ("/%2E/b", "/b"), ("/a/%2e", "/a/")],
)
def test_an_escaped_dot_is_a_dot(path, left):
    assert normalize(f"https://example.org{path}") == f"https://example.org{left}"
    assert absolute("https://example.org/x", path) == f"https://example.org{left}"


@pytest.mark.parametrize("path", ["/a%2eb", "/a/%2e%2e%2e", "/a/..b", "/x%2e"])
def test_other_escapes_and_dots_stay_as_they_are(path):
    assert normalize(f"https://example.org{path}") == f"https://example.org{path}"


def test_absolute_keeps_empty_segments_of_the_base():
    assert absolute("https://example.org/a//b/c", "d") == "https://example.org/a//b/d"


def test_a_base_without_a_path_gets_one():
    assert absolute("https://example.org", "d") == "https://example.org/d"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/a", "example.org"),
        ("https://example.org", "example.org"),
        ("https://example.org:8443?x", "example.org:8443"),
        ("http://user@example.org:80/", "example.org"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_host_of_names_the_port_only_where_it_is_not_the_schemes_own(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/", True),
        ("https://example.org/fr/", True),
        ("https://example.org/vi", True),
        ("https://example.org/pt-br/", True),
        ("https://example.org/zh-Hant/", True),
        ("https://example.org/index.php", True),
        ("https://example.org/en/index.html", True),
        ("https://example.org/ai/", False),
        ("https://example.org/fr/news/", False),
        ("https://example.org/about", False),
        ("https://example.org/?p=1", False),
        ("not a url", False),
    ],
)
def test_a_home_is_the_root_of_a_site_or_of_one_of_its_languages(url, expected):
    assert is_home(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.test/", "/"),
        ("https://news.test/story", "/story"),
        ("http://www.news.test:8080/a/b/?ref=/c/d", "/a/b/"),
        ("http://news.test/?p=1", "/"),
    ],
)
def test_the_path_of_a_url_is_without_scheme_host_and_query(url, expected):
    assert url_path(url) == expected


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://example.org/story/?amp=1", "https://example.org/story/"),
        ("https://example.org/story/?amp", "https://example.org/story/"),
        ("https://example.org/story/?amp=", "https://example.org/story/"),
        ("https://example.org/?p=5&amp=1&x=2", "https://example.org/?p=5&x=2"),
        ("https://example.org/story/amp/", "https://example.org/story/"),
        ("https://example.org/story/amp", "https://example.org/story"),
        ("https://example.org/story/amp/?amp=1", "https://example.org/story/"),
        ("https://example.org/amp", "https://example.org/"),
        ("https://example.org/story/?noamp=mobile", "https://example.org/story/"),
        ("https://example.org/story?outputType=amp", "https://example.org/story"),
        ("https://example.org/story.amp", "https://example.org/story"),
        ("https://example.org/story.amp.html", "https://example.org/story.html"),
        ("https://example.org/story/", None),
        ("https://example.org/story/?amp=0", None),
        ("https://example.org/camp/", None),
        ("https://example.org/amp/story", None),
        ("https://news.amp/", None),
        ("https://example.org/..amp", None),
        ("https://example.org/.amp", None),
        ("https://example.org/?q=amp", None),
    ],
)
def test_amp_base_takes_off_the_marker_and_nothing_else(url, base):
    assert amp_base(url) == base


@pytest.mark.parametrize(
    ("url", "ending"),
    [
        ("https://example.org/a/photo.JPG", "jpg"),
        ("https://example.org/paper.pdf?page=2", "pdf"),
        ("https://example.org/story.html", None),
        ("https://example.org/story-2.0", None),
        ("https://example.org/.js", None),
        ("https://example.org/js", None),
        ("https://example.org/photo.jpg/", None),
        ("https://example.org/?file=photo.jpg", None),
        ("https://example.zip/", None),
    ],
)
def test_a_file_ending_is_one_that_no_page_bears(url, ending):
    assert file_ending(url) == ending


_PIECES = st.one_of(
    st.sampled_from(["/", "//", "\\", ".", "..", "?", "&", "=", "#", "%", "%2e", "%C3%a9", ":"]),
    st.sampled_from(["http", "://", "example.org", "EXAMPLE", "@", ":80", ":8080", "[", "]"]),
    st.sampled_from([" ", "\n", "\x00", "'", '"', "é", "ß", "。", "\ud800", "xn--", "|", "^"]),
    st.sampled_from(["amp", "utm_source=1", "mailto:", "localhost", "[::1]", "story"]),
    st.text(max_size=3),
)
MESS = st.lists(_PIECES, max_size=12).map("".join)
URLS = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "HTTPS"]), MESS, MESS, MESS)


def _normal(url):
    try:
        return normalize(url)
    except ValueError:
        return None


@given(st.one_of(URLS, MESS.map("https://example.org/{}".format)))
def test_what_normalize_gives_is_requested_unchanged(url):
    normal = _normal(url)

    if normal is not None:
        assert normalize(normal) == normal
        assert safe_url_string(normal) == normal
        assert Request(normal).url == normal
        assert normal.isascii()
        assert host_of(normal) == host_of(url)


@given(st.one_of(URLS, MESS), MESS)
def test_absolute_never_raises_and_gives_only_normal_urls(base, href):
    url = absolute(base, href)

    assert url is None or normalize(url) == url


@given(MESS.map("https://example.org/{}".format))
def test_what_amp_base_gives_is_normal(url):
    normal = _normal(url)
    base = amp_base(normal) if normal else None

    if base is not None:
        assert normalize(base) == base
