"""Sitemaps and feeds that are too large, too deep, torn, mislabelled or about themselves."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cache
from typing import Any

from archive.model import Outcome
from tests.hostile.misdeed import FOREIGN, GIVEN_UP, HOST, XML, Misdeed, found_at, html

_SITEMAP = frozenset({Outcome.SITEMAP})
_FEED = frozenset({Outcome.FEED})
_ANYTHING = frozenset(Outcome) - {Outcome.ARTICLE}
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITE = f"http://{HOST}"


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace(",", "")


def _entry(*urls: str, more: str = "") -> str:
    return "".join(f"<url><loc>{url}</loc>{more}</url>" for url in urls)


def _urlset(inner: str, *, namespace: str = NAMESPACE, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<urlset xmlns="{namespace}">{inner}</urlset>'


def _index(*urls: str) -> str:
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="{NAMESPACE}">{inner}</sitemapindex>'


def _sitemap(name: str, body: Callable[[], str | bytes], *headers: bytes, ending: str = "xml",
             leads: bool = True, **facts: Any) -> Misdeed:  # fmt: skip
    given = {"outcomes": _SITEMAP, **facts}
    if leads:
        given["leads_to"] = (found_at(name),)
    return Misdeed(
        kind="sitemap", name=name, url=f"{SITE}/sitemap-{_slug(name)}.{ending}",
        play=cache(lambda: html(body(), *(headers or (XML,)))), **given,
    )  # fmt: skip


def _leading(name: str, **facts: Any) -> Misdeed:
    """A sitemap of one page, and nothing wrong but what *facts* say."""
    more, text = facts.pop("more", ""), facts.pop("text", lambda xml: xml)
    return _sitemap(name, lambda: text(_urlset(_entry(found_at(name), more=more))), **facts)


def _zipped(text: str) -> bytes:
    return gzip.compress(text.encode(), 6, mtime=0)


def _bomb() -> bytes:
    return _zipped(_urlset(_entry(found_at("bomb")) + _entry(f"{SITE}/a/") * 1_800_000))


_LAUGHS = '<!DOCTYPE z [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip
_EXTERNAL = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_ODD_DATES = "".join(
    f"<url><loc>{SITE}/good-story-{n}/</loc><lastmod>{date}</lastmod></url>"
    for n, date in enumerate(
        ("99999-01-01", "0000-00-00", "-2026-01-01", "yesterday", "2026-13-45T99:99:99+99:99",
         "9" * 5_000, "&#x1F600;", "2026-01-01T00:00:00+25:99", "NaN", "1e999")
    )
)  # fmt: skip

SITEMAPS = (
    _sitemap("a bomb", _bomb, ending="xml.gz", leads=False, outcomes=GIVEN_UP),
    _sitemap("a billion laughs", lambda: _urlset(_entry(found_at("a billion laughs"))
             + _entry(f"{SITE}/&j;/"), head=_LAUGHS), outcomes=_ANYTHING, leads=False),
    _sitemap("an external entity", lambda: _urlset(_entry(f"{SITE}/&x;/"), head=_EXTERNAL),
             leads=False, hides="root:", outcomes=_ANYTHING),
    _leading("another namespace", text=lambda xml: xml.replace(NAMESPACE, "http://x.test/ns")),
    _leading("no namespace", text=lambda xml: xml.replace(f' xmlns="{NAMESPACE}"', "")),
    _leading("a prefix that nobody declared",
             text=lambda xml: xml.replace("<url>", "<s:url>").replace("</url>", "</s:url>")),
    _leading("gzip of gzip", text=lambda xml: gzip.compress(_zipped(xml)), ending="xml.gz",
             leads=False, outcomes=_ANYTHING | _SITEMAP),
    _leading("gzip that breaks off", text=lambda xml: _zipped(xml + " " * 9_000)[:-20],
             ending="xml.gz"),
    _leading("gzip that is none", ending="xml.gz"),
    _leading("a torn one", text=lambda xml: xml.removesuffix("</urlset>") + "<url><loc>http://h"),
    _leading("junk before it", text=lambda xml: "\ufeff\n\n  " + xml),
    _leading("junk behind it", text=lambda xml: xml + "\0\0<?php warning ?>"),
    _leading("control characters", more="<x>\x01\x1b[31m\x00</x>"),
    _leading("half letters", more="<lastmod>&#xD800;</lastmod><x>&#xDFFF;</x>"),
    _leading("UTF 16", text=lambda xml: xml.encode("utf-16")),
    _leading("HTML for a type", text=lambda xml: xml.encode()),
    _sitemap("relative addresses", lambda: _urlset(
             _entry(found_at("relative addresses").removeprefix(SITE)))),
    _sitemap("CDATA", lambda: _urlset(_entry(f"<![CDATA[ {found_at('CDATA')} ]]>"))),
    _sitemap("60,000 entries", lambda: _urlset(_entry(found_at("60,000 entries"))
             + _entry(*(f"{SITE}/login/{n}/" for n in range(60_000))))),
    _sitemap("beyond the limit", lambda: _urlset(_entry(found_at("beyond the limit"))
             + f"<!-- {'x' * 9_000_000} -->"), truncated=frozenset({"length"})),
    _sitemap("other hosts", lambda: _urlset(_entry(found_at("other hosts"))
             + _entry(*(f"{FOREIGN}/{n}/" for n in range(2_000))))),
    _sitemap("addresses of the house", lambda: _urlset(_entry(found_at("addresses of the house"),
             "javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/latest/",
             "http://[::1", "data:text/html,x", "ftp://x.test/", f"{SITE}/" + "y" * 10_000))),
    _sitemap("itself", lambda: _index(f"{SITE}/sitemap-itself.xml"), leads=False),
    _sitemap("two in a ring", lambda: _index(f"{SITE}/sitemap-ring.xml"), leads=False,
             other={"/sitemap-ring.xml": html(_index(f"{SITE}/sitemap-two-in-a-ring.xml"), XML)}),
    _sitemap("nothing", lambda: b"", leads=False, outcomes=frozenset({Outcome.EMPTY})),
    _sitemap("a page", lambda: "<html><body><h1>Not here</h1></body></html>", leads=False,
             outcomes=_ANYTHING),
    _sitemap("odd dates", lambda: _urlset(_entry(found_at("odd dates")) + _ODD_DATES)),
    _sitemap("long names for long pages", lambda: _urlset(_entry(found_at(
             "long names for long pages")) + _entry(f"{SITE}/{'p' * 1_900}/",
             more=f"<lastmod>{'9' * 3_000}</lastmod>"))),
    _sitemap("lines of text", lambda: f"\ufeff{found_at('lines of text')}\r\n\r\n",
             b"Content-Type: text/plain", ending="txt"),
    _sitemap("60,000 nested elements", lambda: _urlset(_entry(found_at(
             "60,000 nested elements")) + "<url>" * 60_000)),
)  # fmt: skip


def _rss(*links: str, head: str = "", more: str = "") -> str:
    items = "".join(f"<item><title>t</title><link>{link}</link>{more}</item>" for link in links)
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel>{items}</channel></rss>'


def _json(*items: str) -> str:
    return '{"version":"https://jsonfeed.org/version/1.1","items":[' + ",".join(items) + "]}"


def _feed(name: str, body: Callable[[], str | bytes], *headers: bytes, leads: bool = True,
          **facts: Any) -> Misdeed:  # fmt: skip
    given = {"outcomes": _FEED, **facts}
    if leads:
        given["leads_to"] = (found_at(name),)
    return Misdeed(
        kind="feed", name=name, url=f"{SITE}/{_slug(name)}.rss",
        play=cache(lambda: html(body(), *(headers or (XML,)))), **given,
    )  # fmt: skip


def _item(name: str, more: str = "") -> str:
    return f'{{"url":"{found_at(name)}"{more}}}'


def _of_json(name: str, more: str, *items: str, **facts: Any) -> Misdeed:
    text = _json(_item(name, more), *items)
    return _feed(name, lambda: text, b"Content-Type: application/feed+json", **facts)


FEEDS = (
    _feed("feed of odd dates", lambda: _rss(found_at("feed of odd dates"), more="<pubDate>"
          "Thu, 99 Foo 99999 25:61:61 +9999</pubDate><updated>\u0660\u0661</updated>")),
    _feed("feed of 5,000 items", lambda: _rss(found_at("feed of 5,000 items"),
          *(f"{FOREIGN}/{n}" for n in range(5_000)))),
    _feed("feed that says HTML", lambda: _rss(found_at("feed that says HTML")),
          b"Content-Type: text/html"),
    _feed("feed that says picture", lambda: _rss(found_at("feed that says picture")),
          b"Content-Type: image/gif"),
    _feed("feed of bare ampersands", lambda: _rss(found_at("feed of bare ampersands"),
          more="<t>R&D &nbsp; &copy; &#xD800; &#0; a < b</t>")),
    _feed("feed that laughs", lambda: _rss(found_at("feed that laughs"), head=_LAUGHS,
          more="<t>&j;</t>"), outcomes=_ANYTHING, leads=False),
    _feed("torn feed", lambda: _rss(found_at("torn feed"), FOREIGN)[:-50]),
    _feed("feed with a base elsewhere", lambda: _rss("x/", found_at("feed with a base elsewhere"))
          .replace("<channel>", f'<channel xml:base="{FOREIGN}/">')),
    _feed("feed of links that run", lambda: _rss("javascript:x()", "file:///etc/passwd",
          "http://127.0.0.1:22/", found_at("feed of links that run"))),
    _feed("feed in another charset", lambda: _rss(found_at("feed in another charset"),
          more="<t>Привет, мир</t>").encode("cp1251")),
    _feed("feed of control characters", lambda: _rss(found_at("feed of control characters"),
          more="<t>\x00\x01\x1b[31m\x9b</t>")),
    _feed("feed of an item 20,000 deep", lambda: _rss(found_at("feed of an item 20,000 deep"))
          .replace("</channel>", "<item>" + "<d>" * 20_000 + "</channel>")),
    _of_json("feed of half letters",
             ',"date_modified":"\\ud800","date_published":"\\udfff\\ud800"'),
    _of_json("feed of NULs", ',"date_modified":"\\u0000","date_published":"2026\\u0000"'),
    _of_json("feed of escapes", ',"date_modified":"\\u001b[31m\\u009b"'),
    _of_json("feed of wrong types", ',"date_modified":[{}],"date_published":7', "null", "[]", "1",
             '{"url":{}}', '{"url":null}', '{"url":"http://[::1"}'),
    _of_json("feed of odd numbers", ',"id":NaN,"n":1e9999,"m":' + "9" * 10_000),
    _of_json("feed of deep JSON", ',"x":' + "[" * 10_000 + "]" * 10_000, leads=False,
             outcomes=_FEED | {Outcome.API}),
    _feed("feed without items", lambda: '{"version":"https://jsonfeed.org/version/1","items":{}}',
          b"Content-Type: application/json", leads=False, outcomes=_FEED | {Outcome.API}),
)  # fmt: skip
