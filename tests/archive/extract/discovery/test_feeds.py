"""What feeds name, in the forms and with the faults that they have on the web."""

from __future__ import annotations

import json

import pytest

from archive.extract.charset import decode_text
from archive.extract.discovery.feeds import JSON_FEED, read_feed, read_json_feed
from archive.extract.payload import extract
from archive.model import Candidate, Flag, Outcome, Payload, Via

FEED = "https://news.test/rss/feed.xml"
UTF8 = '<?xml version="1.0" encoding="UTF-8"?>'
SECOND = "<item><link>https://news.test/b/</link></item>"
"""What stands after the faulty entry, and must be found all the same."""


def rss(items: str, head: str = UTF8) -> str:
    return (
        f'{head}<rss version="2.0"><channel><title>T</title><link>https://news.test/</link>'
        f"{items}</channel></rss>"
    )


def urls(document: str | bytes) -> list[str]:
    data = document.encode() if isinstance(document, str) else document
    text = decode_text(data, "application/xml").text
    return [candidate.url for candidate in read_feed(text, FEED).candidates]


def test_an_rss_feed_gives_links_and_dates_of_publication_as_written():
    feed = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
    <link>https://news.test/</link><atom:link href="https://news.test/feed/" rel="self"/>
    <item><title>A</title><link>https://news.test/a/?utm_source=rss</link>
     <comments>https://news.test/a/#respond</comments>
     <pubDate>Mon, 16 Feb 2026 09:44:18 +0000</pubDate></item>
    <item><guid isPermaLink="true">https://news.test/b/</guid></item>
    <item><guid isPermaLink="False">https://news.test/?p=3</guid></item>
    </channel></rss>"""

    assert read_feed(feed, FEED).candidates == (
        Candidate(
            url="https://news.test/a/", via=Via.FEED, published="Mon, 16 Feb 2026 09:44:18 +0000"
        ),
        Candidate(url="https://news.test/b/", via=Via.FEED),
    )


def test_an_atom_feed_gives_the_page_and_both_its_dates():
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://news.test/"/>
    <entry><link rel="edit" href="/edit/1"/><link href="/a/"/>
    <published>2026-02-01T00:00:00Z</published>
    <updated>2026-02-03T00:00:00Z</updated></entry></feed>"""

    assert read_feed(feed, FEED).candidates == (
        Candidate(
            url="https://news.test/a/",
            via=Via.FEED,
            lastmod="2026-02-03T00:00:00Z",
            published="2026-02-01T00:00:00Z",
        ),
    )


def test_atom_0_3_has_other_names_for_its_dates():
    feed = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>
    <link rel="alternate" href="/a/"/><issued>2026-02-01T00:00:00Z</issued>
    <modified>2026-02-03T00:00:00Z</modified></entry></feed>"""

    (found,) = read_feed(feed, FEED).candidates

    assert (found.lastmod, found.published) == ("2026-02-03T00:00:00Z", "2026-02-01T00:00:00Z")


def test_rss_1_0_keeps_its_items_beside_the_channel():
    feed = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://news.test/"><link>https://news.test/</link></channel>
    <item rdf:about="https://news.test/a/"><link>https://news.test/a/</link>
    <dc:date>2026-02-03T07:30:00+07:00</dc:date></item>
    <item rdf:about="https://news.test/b/"><title>B</title></item></rdf:RDF>"""

    found = read_feed(feed, FEED).candidates

    assert [c.url for c in found] == ["https://news.test/a/", "https://news.test/b/"]
    assert found[0].published == "2026-02-03T07:30:00+07:00"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("<title>a&nbsp;b &eacute;</title><link>https://news.test/a/</link>", "/a/"),
        ("<title>A & B</title><link>https://news.test/a/?p=1&q=2</link>", "/a/?p=1&q=2"),
        ("<link>https://news.test/a/?p=1&copy=2</link>", "/a/?p=1&copy=2"),
        ("<link><![CDATA[https://news.test/a/?p=1&q=2]]></link>", "/a/?p=1&q=2"),
        ("<dc:date>2026-02-03</dc:date><media:x/><link>https://news.test/a/</link>", "/a/"),
        ("<title>a\x0bb\x08</title><link>https://news.test/a/</link>", "/a/"),
        ("<link>\n  https://news.test/a/\n</link>", "/a/"),
        ("<link><!-- c -->https://news.test/a/</link>", "/a/"),
        ("<source><link>https://other.test/</link></source><link>/a/</link>", "/a/"),
        ("<link>a/</link>", "/rss/a/"),
    ],
)
def test_an_entry_is_found_whatever_is_wrong_with_it(fault: str, expected: str):
    assert urls(rss(f"<item>{fault}</item>{SECOND}")) == [
        f"https://news.test{expected}",
        "https://news.test/b/",
    ]


@pytest.mark.parametrize(
    ("declared", "written"),
    [("UTF-8", "latin-1"), ("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("x", "utf-8")],
)
def test_an_address_is_read_in_the_charset_that_it_is_written_in(declared: str, written: str):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    entry = "<item><title>Été à la Réunion</title><link>https://news.test/café/</link></item>"
    feed = rss(entry + SECOND, head)

    assert urls(feed.encode(written)) == ["https://news.test/caf%C3%A9/", "https://news.test/b/"]


def test_a_feed_in_utf_16_is_read():
    assert urls(rss(SECOND, '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")) == [
        "https://news.test/b/"
    ]


def test_relative_links_are_relative_to_xml_base():
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.test/blog/">
    <entry xml:base="2026/"><link href="a/"/></entry><entry><link href="b/"/></entry></feed>"""

    assert urls(feed) == ["https://news.test/blog/2026/a/", "https://news.test/blog/b/"]


def test_a_torn_feed_gives_what_comes_before_the_tear():
    whole = rss("<item><link>https://news.test/a/</link></item>" + SECOND)

    assert urls(whole[: whole.index("b/</link>")])[:1] == ["https://news.test/a/"]


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">'


def test_all_alternates_of_an_entry_are_pages_and_those_of_html_come_first():
    feed = f"""{ATOM}<entry>
    <link rel="alternate" type="application/pdf" href="/a.pdf"/>
    <link rel="alternate" type="text/html" hreflang="en" href="/a/"/>
    <link rel="http://www.iana.org/assignments/relation/alternate" hreflang="de" href="/de/a/"/>
    <link rel="enclosure" href="/a.mp3"/><link rel="self" href="/a.atom"/><link href="/a/"/>
    <updated>2026-02-03</updated></entry></feed>"""

    found = read_feed(feed, FEED).candidates

    assert [(c.url, c.lastmod) for c in found] == [
        ("https://news.test/a/", "2026-02-03"),
        ("https://news.test/de/a/", "2026-02-03"),
        ("https://news.test/a.pdf", "2026-02-03"),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "<item><link>https://news.test/hal",
        "<item><guid>https://news.test/hal</gu",
        "<item><link><![CDATA[https://news.test/hal",
        '<entry><link href="https://news.test/hal',
        "<item><link>https://news.test/hal</item></channel></rss>",
        "<item><link>https://news.test/hal<b>f</b></link></item></channel></rss>",
    ],
)
def test_a_link_whose_end_is_missing_is_no_link(entry: str):
    whole = rss(SECOND)[: -len("</channel></rss>")]

    found = read_feed(whole + entry, FEED)

    assert [c.url for c in found.candidates] == ["https://news.test/b/"]
    assert Flag.PARTIAL in found.flags


@pytest.mark.parametrize("name", ["pubDate", "dc:date", "updated", "published"])
def test_a_date_whose_end_is_missing_is_no_date(name: str):
    feed = rss(f"<item><link>/a/</link><{name}>2026-02-0")[: -len("</channel></rss>")]

    (found,) = read_feed(feed, FEED).candidates

    assert (found.url, found.lastmod, found.published) == ("https://news.test/a/", None, None)


def test_unclosed_html_in_a_description_is_no_loss():
    entry = "<item><description><p>One<br>two & <img src=x></description><link>/a/</link></item>"

    found = read_feed(rss(entry + SECOND), FEED)

    assert [c.url for c in found.candidates] == ["https://news.test/a/", "https://news.test/b/"]
    assert Flag.PARTIAL not in found.flags


def test_a_link_of_atom_without_an_end_takes_no_dates_away():
    feed = f'{ATOM}<entry><link href="/a/"><updated>2026-02-03</updated></entry></feed>'

    (found,) = read_feed(feed, FEED).candidates

    assert (found.url, found.lastmod) == ("https://news.test/a/", "2026-02-03")


def test_a_torn_json_feed_gives_the_items_before_the_tear():
    whole = json.dumps({**JSON, "items": [{"url": f"/{n}/"} for n in range(3)]})

    found = read_json_feed(whole[: whole.index("/2/") + 1], FEED)

    assert [c.url for c in found.candidates] == ["https://news.test/0/", "https://news.test/1/"]
    assert found.flags == (Flag.PARTIAL,)


def test_an_entity_of_the_feeds_own_is_not_expanded():
    head = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY a "lol">]>'

    assert urls(rss(f"<item><link>https://news.test/&a;&f;</link></item>{SECOND}", head))[-1:] == [
        "https://news.test/b/"
    ]


JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [
        {"id": "1", "url": "/a/", "date_published": "2026-02-01", "date_modified": "2026-02-03"},
        {"id": "2"},
        "no item",
    ],
}


def test_a_json_feed_names_pages_with_both_dates():
    body = json.dumps(JSON).encode()

    found = extract(Payload(url=FEED, captured_at=None, body=body))  # type: ignore[arg-type]

    assert found.outcome is Outcome.FEED
    assert found.candidates == (
        Candidate(
            url="https://news.test/a/",
            via=Via.FEED,
            lastmod="2026-02-03",
            published="2026-02-01",
        ),
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1, "items": 2}', "[" * 100_000])
def test_what_is_no_json_feed_names_nothing(text: str):
    assert read_json_feed(text, FEED).candidates == ()


@pytest.mark.parametrize("reference", ["&#xD800;", "&#0;", "&#x110000;", "&#xFFFF;"])
def test_a_reference_to_no_character_costs_no_entry(reference: str):
    feed = f"<rss><channel><item><title>{reference}</title><link>/a/</link></item></channel></rss>"

    (found,) = read_feed(feed, "http://news.test/feed/").candidates

    assert found.url == "http://news.test/a/"


def test_a_number_longer_than_python_reads_costs_no_json_feed():
    text = f'{{"version": "{JSON_FEED}1.1", "n": {"9" * 5_000}, "items": [{{"url": "/a/"}}]}}'

    (found,) = read_json_feed(text, "http://news.test/feed.json").candidates

    assert found.url == "http://news.test/a/"


def test_an_atom_entry_without_a_link_is_at_its_id():
    feed = "<feed><entry><id>https://news.test/a/</id></entry><entry><id>tag:b</id></entry></feed>"

    assert urls(feed) == ["https://news.test/a/"]


def test_the_page_of_a_feedburner_entry_is_its_original_link():
    entry = "<link>https://proxy.test/~r/1</link><x:origLink>https://news.test/a/</x:origLink>"

    assert urls(rss(f"<item>{entry}</item>{SECOND}")) == [
        "https://news.test/a/",
        "https://news.test/b/",
    ]


def test_an_item_of_a_json_feed_without_a_url_is_at_its_id():
    items = [{"id": "https://news.test/a/"}, {"id": "2"}, {"id": "3", "url": "news.test/c/"}]
    feed = json.dumps({"version": JSON_FEED + "1.1", "items": items})

    assert [candidate.url for candidate in read_json_feed(feed, FEED).candidates] == [
        "https://news.test/a/",
        "https://news.test/c/",
    ]


def ways(feed: str, url: str = FEED) -> list[tuple[str, Via]]:
    return [(each.url, each.via) for each in read_feed(feed, url).candidates]


def item(*inside: str) -> str:
    return f"<item><link>https://news.test/a/</link><pubDate>2026-02-01</pubDate>{''.join(inside)}</item>"


SOUND = '<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>'
PICTURE = '<enclosure url="/a.jpg" type="image/jpeg" length="1"/>'
PODCAST = '<i:duration xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd">1:00</i:duration>'


@pytest.mark.parametrize(
    ("inside", "via"),
    [
        ((), Via.FEED),
        ((PICTURE,), Via.FEED),
        ((SOUND,), Via.FEED),  # the article is read aloud
        ((PODCAST,), Via.FEED),
        ((PICTURE, PODCAST), Via.FEED),
        ((SOUND, PODCAST), Via.PODCAST),
    ],
)
def test_an_entry_of_a_podcast_is_told_from_one_of_an_article(inside, via):
    assert ways(rss(item(*inside))) == [("https://news.test/a/", via)]


def test_a_recording_is_attached_to_an_item_of_a_json_feed():
    attached = [
        [{"url": "/a.mp3", "mime_type": "audio/mpeg"}],
        [{"url": "/a.jpg", "mime_type": "image/jpeg"}],
        [{"url": "/a.mp3"}, "x"],
        7,
    ]
    items = [
        {"url": f"https://news.test/{n}/", "attachments": some} for n, some in enumerate(attached)
    ]
    feed = json.dumps({"version": f"{JSON_FEED}1.1", "items": items})

    found = [each.via for each in read_json_feed(feed, FEED).candidates]
    assert found == [Via.PODCAST, Via.FEED, Via.FEED, Via.FEED]


@pytest.mark.parametrize(
    ("link", "via"),
    [
        ("https://news.test/a/#comment-12", Via.LINK),
        ("https://news.test/a/#c12", Via.LINK),
        ("https://news.test/a/#xtor=RSS-3", Via.FEED),
        ("https://news.test/a/#rss", Via.FEED),
    ],
)
def test_an_entry_that_leads_to_a_place_in_a_page_is_a_comment(link, via):
    found = ways(rss(f"<item><link>{link}</link><pubDate>2026-02-01</pubDate></item>"))

    assert found == [("https://news.test/a/", via)]


def test_the_version_in_an_identifier_makes_no_comment():
    entry = '<guid isPermaLink="false">https://news.test/a/#2</guid>'

    assert ways(rss(item(entry))) == [("https://news.test/a/", Via.FEED)]


def test_comments_name_a_page_as_a_link_does_without_their_dates():
    reply = '<t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="x"/>'
    link = Candidate(url="https://news.test/a/", via=Via.LINK)

    assert read_feed(rss(item(reply)), FEED).candidates == (link,)
    assert read_feed(rss(item()), "https://news.test/comments/feed/").candidates == (link,)
