"""What sitemaps name, in the forms and with the faults that they have on the web."""

import gzip
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.discovery.sitemaps import read_sitemap
from archive.extract.payload import extract
from archive.model import Candidate, Flag, Kind, Outcome, Truncation, Via
from tests.support.pages import STORY, payload, read

BASE = "https://kestrel.example"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def urls(found):
    return [candidate.url for candidate in found]


def entry(path, more=""):
    return f"<url><loc>{BASE}{path}</loc>{more}</url>"


def sitemap(*entries, head=HEAD, root=ROOT, end="</urlset>"):
    return head + root + "".join(entries) + end


def named(text):
    """Return the paths that *text* names, and the flags."""
    found = read_sitemap(text, f"{BASE}/sitemap.xml")
    return [url.removeprefix(BASE) for url in urls(found.candidates)], found.flags


SITEMAP = """<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://news.test/a </loc><lastmod>2026-02-01T10:00:00+07:00</lastmod>
 <image:image><image:loc>https://news.test/a.jpg</image:loc></image:image>
 <xhtml:link rel="alternate" hreflang="fr" href="https://news.test/fr/a"/>
 <xhtml:link rel="alternate" hreflang="x-default" href="https://news.test/x"/></url>
<url><loc>/b?amp=1</loc><news:news><news:publication_date>2026-02-02</news:publication_date></news:news></url>
<url><loc>mailto:nobody</loc></url>
</urlset>"""


def test_a_sitemap_gives_pages_dates_and_translations():
    assert read_sitemap(SITEMAP, "https://news.test/sitemap.xml").candidates == (
        Candidate(url="https://news.test/a", via=Via.SITEMAP, lastmod="2026-02-01T10:00:00+07:00"),
        Candidate(url="https://news.test/fr/a", via=Via.HREFLANG),
        Candidate(
            url="https://news.test/b?amp=1",
            via=Via.NEWS_SITEMAP,
            kind=Kind.AMP,
            published="2026-02-02",
        ),
    )


def test_a_torn_sitemap_gives_what_comes_before_the_tear():
    torn = SITEMAP[: SITEMAP.index("/b?amp")]

    assert urls(read_sitemap(torn, STORY).candidates)[0] == "https://news.test/a"


def test_a_sitemap_of_news_tells_when_a_story_was_published_and_not_that_it_was_modified():
    news = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.test/a</loc>
    <n:news><n:publication_date>2026-02-01</n:publication_date></n:news></url></urlset>"""

    assert read_sitemap(news, STORY).candidates == (
        Candidate(url="https://news.test/a", via=Via.NEWS_SITEMAP, published="2026-02-01"),
    )


def test_an_index_names_sitemaps():
    index = """<sitemapindex><sitemap><loc>https://news.test/1.xml.gz</loc><lastmod>2026</lastmod></sitemap>
    </sitemapindex>"""

    assert read_sitemap(index, STORY).candidates == (
        Candidate(
            url="https://news.test/1.xml.gz", via=Via.SITEMAP, kind=Kind.SITEMAP, lastmod="2026"
        ),
    )


def test_an_entity_bomb_is_not_expanded():
    bomb = """<!DOCTYPE x [<!ENTITY a "lollol"><!ENTITY b "&a;&a;&a;">
    <!ENTITY c "&b;&b;&b;">]>
    <urlset><url><loc>https://news.test/&c;</loc></url><url><loc>https://news.test/b</loc></url></urlset>"""

    found = urls(read_sitemap(bomb, STORY).candidates)

    assert "https://news.test/b" in found
    assert not any("lol" in url for url in found)


def test_a_file_of_the_disk_is_not_read_into_a_sitemap(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret-words")
    body = f"""<!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">]>
    <urlset><url><loc>https://news.test/&f;</loc></url></urlset>"""

    assert not any("secret-words" in url for url in urls(read_sitemap(body, STORY).candidates))


LAST = entry("/last")
"""What stands after the faulty part, and must be found all the same."""


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (entry("/view?id=7&cat=3&lang=en"), "/view?id=7&cat=3&lang=en"),
        (entry("/view?id=7&copy=3&reg=1"), "/view?id=7&copy=3&reg=1"),
        (entry("/menu/caf&eacute;/today"), "/menu/caf%C3%A9/today"),
        (entry("/a&nbsp;b"), "/a%C2%A0b"),
        (entry("/a?b=1&amp;c=2&d=3"), "/a?b=1&c=2&d=3"),
        (entry("/a?b=1&#38;c=2&x"), "/a?b=1&c=2&x"),
        (entry("/a?x=1<2&y=3"), "/a?x=1%3C2&y=3"),
        (entry("/a\x0b\x08"), "/a"),
        (entry("/a", "<video:title>B & C</video:title>"), "/a"),
        (f"<url><loc><![CDATA[{BASE}/a?b=1&c=2]]></loc>&</url>", "/a?b=1&c=2"),
        (f"<url><loc>\n  {BASE}/a\n</loc>&</url>", "/a"),
        (f"<URL><LOC>{BASE}/a</LOC></URL>&", "/a"),
        (f"<s:url><s:loc>{BASE}/a</s:loc></s:url>", "/a"),
        (f"<url><loc><!-- one -->{BASE}/a</loc>&</url>", "/a"),
        (f'<url><loc>{BASE}/a</loc><xhtml:link rel="self" href="/a"></url>', "/a"),
        (entry("/a") + '<?xml version="1.0"?>', "/a"),
        (entry("/a", "</br>"), "/a"),
        (entry("/a") + "</urlset>" + ROOT, "/a"),
        ("<url><loc>https:/kestrel.example/a</loc>&</url>", "/a"),
    ],
)
def test_what_can_be_mended_is_mended_without_loss(fault, path):
    paths, flags = named(sitemap(fault, LAST))

    assert paths == [path, "/last"]
    assert flags == ("markup: mended",)


@pytest.mark.parametrize(
    "head",
    [
        "\n\n\t " + HEAD,
        "\ufeff" + HEAD,
        "<!-- made by hand -->" + HEAD,
        "Notice: unknown in line 3\n" + HEAD,
        HEAD + HEAD,
        "",
    ],
)
def test_text_before_the_prologue_loses_nothing(head):
    found = read(sitemap(entry("/a"), LAST, head=head), content_type="application/xml")

    assert found.outcome is Outcome.SITEMAP
    assert urls(found.candidates) == [f"{BASE}/a", f"{BASE}/last"]
    assert Flag.PARTIAL not in found.flags


@pytest.mark.parametrize("declared", ["UTF-8", "utf-16", "iso-8859-1", "windows-1251", "x-none"])
@pytest.mark.parametrize("written", ["utf-8", "cp1252", "utf-16", "utf-16-le"])
def test_a_wrong_charset_in_the_prologue_loses_nothing(declared, written):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    text = sitemap(entry("/café/été"), entry("/forêt"), LAST, head=head)

    found = read(text.encode(written), content_type="application/xml")

    assert urls(found.candidates) == [
        f"{BASE}/caf%C3%A9/%C3%A9t%C3%A9",
        f"{BASE}/for%C3%AAt",
        f"{BASE}/last",
    ]


@pytest.mark.parametrize(
    "fault",
    [
        f"<url><loc>{BASE}/hal<url>",
        f"<url><loc>{BASE}/hal</url>",
        f"<url><loc>{BASE}/hal<lastmod>2026-02-03</lastmod></url>",
        f"<url><loc>{BASE}/hal</lco></url>",
        f"<url><loc>{BASE}/hal<b>f</b></loc></url>",
        f"<url><loc>{BASE}/hal<b f</loc></url>",
    ],
)
def test_an_address_whose_end_is_missing_is_no_address(fault):
    paths, flags = named(sitemap(entry("/a"), fault, LAST))

    assert paths == ["/a", "/last"]
    assert Flag.PARTIAL in flags


@pytest.mark.parametrize(
    "end",
    [
        f"<url><loc>{BASE}/hal",
        f"<url><loc>{BASE}/half</lo",
        f"<url><loc><![CDATA[{BASE}/hal",
        f"<url><!-- {BASE}/hal",
        "<url><loc",
        "<ur",
        "",
    ],
)
def test_a_sitemap_that_breaks_off_names_what_is_whole(end):
    paths, flags = named(sitemap(entry("/a"), end=end))

    assert paths == ["/a"]
    assert {Flag.PARTIAL, Flag.TRUNCATED} <= set(flags)


def test_a_date_that_breaks_off_is_no_date():
    text = sitemap(end=f"<url><loc>{BASE}/a</loc><lastmod>2026-0")

    (found,) = read_sitemap(text, BASE).candidates

    assert (found.url, found.lastmod) == (f"{BASE}/a", None)


@given(st.data())
def test_no_cut_ever_gives_an_address_that_the_file_does_not_name(data):
    paths = ["/a?b=1&c=2", "/caf&eacute;", "/a", "/ab", "/abc?d=&amp;e"]
    text = sitemap(*(entry(path, "<lastmod>2026-02-03</lastmod>") for path in paths))
    whole = set(named(text)[0])

    cut, flags = named(text[: data.draw(st.integers(0, len(text)))])

    assert set(cut) <= whole
    assert set(cut) == whole or Flag.TRUNCATED in flags


@given(st.text(alphabet="<>/&;ab urlocdatesm\"'=[]!-?:", max_size=200))
def test_any_markup_is_read_to_its_end(markup):
    paths, _ = named(sitemap(entry("/a"), markup.replace("<!--", "").replace("<![", "")))

    assert paths[:1] == ["/a"]


def test_a_page_with_an_entry_of_its_own_keeps_its_dates_though_another_names_it_before():
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{BASE}/{code}/a"/>'
        for code in ("de", "fr", "vi")
    )
    root = ROOT[:-1] + ' xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    text = sitemap(
        *(
            entry(f"/{code}/a", f"{links}<lastmod>2026-02-0{n}</lastmod>")
            for n, code in enumerate(("de", "fr", "vi"), 1)
        ),
        root=root,
    )

    found = read_sitemap(text, BASE)

    assert found.flags == ()
    assert [(c.url, c.via, c.lastmod) for c in found.candidates] == [
        (f"{BASE}/de/a", Via.SITEMAP, "2026-02-01"),
        (f"{BASE}/fr/a", Via.SITEMAP, "2026-02-02"),
        (f"{BASE}/vi/a", Via.SITEMAP, "2026-02-03"),
    ]


def test_an_entity_that_the_sitemap_declares_is_part_of_the_address():
    head = HEAD + f'<!DOCTYPE urlset [<!ENTITY site "{BASE}"><!ENTITY and "&#38;">]>'

    paths, _ = named(sitemap("<url><loc>&site;/a?b=1&amp;c=2</loc></url>", LAST, head=head))

    assert paths == ["/a?b=1&c=2", "/last"]


@pytest.mark.parametrize("end", ["</urlset>", "</urlset>\n<!-- cached -->", "</urlset >\n\n"])
def test_a_sitemap_with_its_end_is_whole(end):
    assert named(sitemap(entry("/a"), end=end)) == (["/a"], ())


@pytest.mark.parametrize("other", ["All our pages", "/relative", f"{BASE}/two words", "ftp://a/b"])
def test_a_line_that_is_no_address_costs_a_text_sitemap_nothing_else(other):
    found = read(f"{BASE}/a\n{other}\r{BASE}/b\r\n", content_type="text/plain")

    assert found.outcome is Outcome.SITEMAP
    assert urls(found.candidates) == [f"{BASE}/a", f"{BASE}/b"]
    assert found.flags == (Flag.PARTIAL,)


@pytest.mark.parametrize("empty", ["<url/>", "<url><loc> </loc></url>", "<url><loc/></url>"])
def test_an_entry_without_an_address_is_no_loss(empty):
    assert named(sitemap(entry("/a"), empty, LAST)) == (["/a", "/last"], ())


def test_a_stray_nul_costs_a_text_sitemap_nothing():
    found = read(f"{BASE}/a\n\0\n{BASE}/b\n\0", content_type="text/plain")

    assert urls(found.candidates) == [f"{BASE}/a", f"{BASE}/b"]


def test_blank_lines_and_comments_of_a_text_sitemap_are_no_loss():
    found = read(f"\ufeff# pages\n\n{BASE}/a\n", content_type="text/plain")

    assert urls(found.candidates) == [f"{BASE}/a"]
    assert found.flags == ()


@pytest.mark.parametrize(
    "text", ["See https://kestrel.example/a", "words\nmore\nhttps://a.example/"]
)
def test_prose_is_no_text_sitemap(text):
    assert read(text, content_type="text/plain").outcome is Outcome.NOT_HTML


def test_the_last_line_of_a_text_sitemap_that_breaks_off_is_no_address():
    packed = gzip.compress("".join(f"{BASE}/{n * n}\n" for n in range(5_000)).encode())[:-9_000]

    found = read(packed, content_type="application/gzip")
    body = payload(f"{BASE}/a\n{BASE}/hal", f"{BASE}/pages.txt", content_type="text/plain")
    cut = extract(replace(body, truncated=Truncation.LENGTH))

    assert found.outcome is Outcome.SITEMAP
    assert Flag.TRUNCATED in found.flags
    assert urls(found.candidates) == [f"{BASE}/{n * n}" for n in range(len(found.candidates))]
    assert urls(cut.candidates) == [f"{BASE}/a"]


@pytest.mark.parametrize(
    "markup",
    [
        "<",
        "<a ",
        "<!--",
        "<![CDATA[",
        '<a b="',
        "<!DOCTYPE x ",
        "<!DOCTYPE x [",
        "<?",
        "&a;",
        "<a " + "b" * 20_000,
        " ",
        "</a ",
        "<a b ",
    ],
)
def test_no_markup_takes_longer_than_its_length(markup):
    begin = process_time()

    named("<urlset>" + markup * (200_000 // len(markup)))
    named("<urlset>" + "<a b" + markup * (200_000 // len(markup)))

    assert process_time() - begin < 5


@pytest.mark.parametrize(
    "address",
    [
        "kestrel.example/a",
        "KESTREL.example/a",
        "https//kestrel.example/a",
        "https:/kestrel.example/a",
        "https://https://kestrel.example/a",
        '"https://kestrel.example/a"',
        "&lt;![CDATA[https://kestrel.example/a]]&gt;",
    ],
)
def test_an_address_is_whole_however_it_is_written(address):
    assert named(sitemap(f"<url><loc>{address}</loc></url>")) == (["/a"], ())


def test_an_address_within_other_words_is_none_and_the_sitemap_is_not_read_in_full():
    text = sitemap("<url><loc>address: https://kestrel.example/a</loc></url>", entry("/b"))

    assert named(text) == (["/b"], (Flag.PARTIAL,))


def test_an_entry_may_name_several_pages_and_a_picture_is_none():
    both = f"<url><loc>{BASE}/a.jpg</loc><loc>{BASE}/a</loc><loc>{BASE}/b</loc></url>"

    assert named(sitemap(both)) == (["/a", "/b"], ())


@pytest.mark.parametrize(
    ("root", "path"), [("urlset", "/sitemap-2.xml"), ("sitemapindex", "/2024/list.xml")]
)
def test_a_sitemap_that_is_listed_as_a_page_is_read_as_a_sitemap(root, path):
    text = sitemap(entry(path), root=f"<{root}>", end=f"</{root}>")

    [found] = read_sitemap(text, f"{BASE}/sitemap.xml").candidates

    assert found.kind is Kind.SITEMAP


@pytest.mark.parametrize(
    "hostile",
    ["<" + "a" * 100_000, "<b>" * 50_000 + "</c>" * 50_000],
    ids=["a name without an end", "elements without an end"],
)
def test_no_markup_takes_time_by_the_square_of_its_length(hostile):
    begun = process_time()
    read_sitemap(f"{ROOT}{entry('/a')}&x;{hostile}", f"{BASE}/sitemap.xml")

    assert process_time() - begun < 3


@pytest.mark.parametrize(
    ("inside", "via"),
    [
        ("", Via.SITEMAP),
        ("<n:news><n:publication_date>2026-02-01</n:publication_date></n:news>", Via.NEWS_SITEMAP),
        ("<n:news/>", Via.SITEMAP),
        ("<v:video><v:publication_date>2026-02-01</v:publication_date></v:video>", Via.SITEMAP),
    ],
)
def test_an_entry_of_news_is_told_from_one_that_any_page_may_have(inside, via):
    root = (
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:v="http://www.google.com/schemas/sitemap-video/1.1">'
    )
    text = sitemap(entry("/a", inside), root=root)

    found = read_sitemap(text, f"{BASE}/sitemap.xml").candidates
    assert [each.via for each in found] == [via]
    doubled = sitemap(entry("/a"), entry("/a", inside), root=root)
    assert [each.via for each in read_sitemap(doubled, BASE).candidates] == [via]
