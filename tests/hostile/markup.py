"""Markup made to break whoever parses it, or whoever reads what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.model import Outcome
from tests.hostile.misdeed import (
    FOREIGN,
    HTML,
    READ,
    Misdeed,
    html,
    served,
    sized,
    story,
)
from tests.support.raw_server import Play
from tests.support.sites import page, prose

_ANYTHING = frozenset(Outcome) - {Outcome.BLOCKED, Outcome.REDIRECT, Outcome.ERROR}
"""Where there may be nothing to read: it is enough that the page has a row."""
_LAUGHS = '<!DOCTYPE html [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip
_EXTERNAL = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _parser(name: str, body: str = "", *, head: str = "", **facts: Any) -> Misdeed:
    return served("parser", name, lambda: html(story(name, body=body, head=head)), **facts)


def _raw(name: str, text: Callable[[str], str], *headers: bytes, **facts: Any) -> Misdeed:
    """A page that *text* makes of a good one."""
    return served("parser", name, lambda: html(text(story(name)), *headers), **facts)


PARSERS = (
    _parser("20,000 nested spans", "<span>" * 20_000 + "word"),
    _parser("20,000 spans side by side", "<p>" + "<span>a b </span>" * 20_000),
    _parser("100,000 attributes", "<i " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</i>"),
    _parser("an attribute of 3 MB", f'<i title="{"y" * 3_000_000}">x</i>'),
    _parser("an attribute without end", '<i title="' + "z " * 9_000),
    _parser("50,000 open tags", "<b>" * 50_000),
    _parser("100,000 nested divs", "<div>" * 100_000),
    _parser("1,000 nested tables", "<table><tr><td>" * 1_000),
    _parser("5,000 nested lists", "<ul><li>a" * 5_000),
    _parser("formatting elements astray", "<a><b><i><u><p>" * 500),
    _parser("a page beyond the limit", f"<!-- {'x' * 5_000_000} -->",
            truncated=frozenset({"length"})),
    _parser("a million brackets", "<" * 1_000_000),
    _parser("a million ampersands", "&amp" * 300_000),
    _parser("references to nothing", "<p>&#0;&#xD800;&#x110000;&#99999999999;&nosuch;</p>" * 2_000),
    _parser("frames, objects and applets", "<frameset><frame src=//x.test><object><applet>" * 500),
    _parser("foreign elements", "<svg><foreignObject><math><mtext><p>" * 1_000),
    _parser("NULs in tags", "<p\0>One</\0p><scr\0ipt>two</scr\0ipt>"),
    _parser("20,000 links elsewhere",
            "".join(f'<a href="{FOREIGN}/{n}">x</a>' for n in range(20_000))),
    _raw("a prologue of a megabyte of spaces", lambda good: "<?xml " + " " * 1_000_000 + good,
         outcomes=_ANYTHING),
    _raw("a doctype of a megabyte", lambda good: "<!DOCTYPE " + "[ " * 400_000 + ">" + good,
         outcomes=_ANYTHING),
    _raw("all in one comment", lambda good: "<!-- " + good, outcomes=_ANYTHING),
    _raw("all in one script", lambda good: "<script>" + good, outcomes=_ANYTHING),
    _raw("all in one title", lambda good: good.replace("</title>", ""), outcomes=_ANYTHING),
    _raw("all in one textarea", lambda good: "<body><textarea>" + good, outcomes=_ANYTHING),
    _raw("plain text begins", lambda good: "<plaintext>" + good, outcomes=_ANYTHING),
    _raw("CDATA", lambda good: "<![CDATA[" + good + "]]>", outcomes=_ANYTHING),
    _raw("a billion laughs in XHTML",
         lambda good: _LAUGHS + good.replace("<p>", "<p>&j;", 1).partition("html>")[2],
         b"Content-Type: application/xhtml+xml", outcomes=_ANYTHING),
    _raw("an external entity", lambda good: _EXTERNAL + good.replace("<p>", "<p>&x; ", 1),
         b"Content-Type: application/xhtml+xml", outcomes=_ANYTHING, hides="root:"),
    _raw("HTML that says picture", lambda good: good, b"Content-Type: image/png",
         outcomes=READ | {Outcome.NOT_HTML}),
    _raw("HTML that says nothing", lambda good: good, b"Content-Type: \0; ;;charset", b"X: y",
         outcomes=READ | {Outcome.NOT_HTML}),
    served("parser", "a picture that says HTML", html(b"\x89PNG\r\n\x1a\n" + b"\0" * 900),
           outcomes=frozenset({Outcome.NOT_HTML})),
    served("parser", "JSON that says HTML", html('{"a": ' + "[" * 50_000), outcomes=_ANYTHING),
    served("parser", "random bytes", html(bytes(range(256)) * 400), outcomes=_ANYTHING),
)  # fmt: skip

_ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31mRed\x1b[0m\x9b31m"
_OVERRIDE = "\u202egnp.exe\u202c\u2066\u200b\u200f"


def _reader(
    name: str, *, headline: str = "", body: str = "", head: str = "", **facts: Any
) -> Misdeed:
    text = page(headline or f"The affair of {name}", body=prose(name) + body, head=head)
    return served("reader", name, lambda: html(text), **facts)


def _linked(name: str, json: str, **facts: Any) -> Misdeed:
    return _reader(name, head=f'<script type="application/ld+json">{json}</script>', **facts)


_NEWS = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"%s"'


READERS = (
    _reader("escapes in the headline", headline=f"Calm {_ESCAPES} again"),
    _reader("escapes in the text", body=f"<p>Calm {_ESCAPES} again</p>"),
    _reader("escapes in the author", head=f'<meta name="author" content="Ann {_ESCAPES} Bell">'),
    _linked("escapes in JSON", _NEWS % "A \\u001b[31mred\\u009b0m line"
            + ',"author":{"@type":"Person","name":"\\u001b[2JBell"}}'),
    _linked("half a letter in JSON", _NEWS % "A \\ud800 half" + ',"author":"\\udfff"}'),
    _linked("NULs in JSON", _NEWS % "A \\u0000 none" + ',"keywords":["\\u0000","a\\u0000b"]}'),
    _reader("turned letters in the headline", headline=f"Invoice {_OVERRIDE} of the year"),
    _reader("a script for a headline", headline="&lt;script&gt;alert(1)&lt;/script&gt; and more"),
    _reader("a headline of half a megabyte", headline="long " * 100_000),
    _reader("marks upon marks", headline="Z" + "\u0335\u0489" * 3_000 + "algo wins"),
    _reader("links that run", body="".join(
        f'<a href="{url}">x</a>' for url in (
            "javascript:alert(1)", "JaVa\tScRiPt:alert(1)", "data:text/html,<p>x", "vbscript:x",
            "file:///etc/passwd", "blob:http://x.test/1", "about:blank", "mailto:a@b.test",
            "http://[::1", "http://a b/", "//", "http://%00/", "http://x.test:99999/"))),
    _reader("a base elsewhere", head=f'<base href="{FOREIGN}/deep/">',
            body='<a href="page/">x</a>'),
    _reader("a canonical address elsewhere", head=f'<link rel="canonical" href="{FOREIGN}/s/">'),
    _reader("a canonical address that runs", head='<link rel="canonical" href="javascript:x()">'),
    _reader("a hundred canonical addresses", head="".join(
        f'<link rel="canonical" href="{FOREIGN}/{n}">' for n in range(100))),
    _reader("translations without end", head="".join(
        f'<link rel="alternate" hreflang="x{n}" href="{FOREIGN}/{n}">' for n in range(5_000))),
    _reader("an AMP twin elsewhere", head=f'<link rel="amphtml" href="{FOREIGN}/amp/">'),
    _linked("JSON of 3 MB", _NEWS % "Large" + ',"articleBody":"' + "many words " * 270_000 + '"}'),
    _linked("JSON 10,000 deep", _NEWS % "Deep" + ',"a":' + "[" * 10_000 + "]" * 10_000 + "}"),
    _linked("a number of 10,000 digits", _NEWS % "Big" + ',"wordCount":' + "9" * 10_000 + "}"),
    _linked("numbers that are none", _NEWS % "Odd" + ',"a":NaN,"b":1e9999,"c":-Infinity}'),
    _linked("a graph that names itself",
            '{"@id":"#a","@type":"NewsArticle","mainEntity":{"@id":"#a"},"author":{"@id":"#a"}}'),
    _linked("10,000 authors", _NEWS % "Many" + ',"author":['
            + ",".join(f'{{"name":"Ann Bell {n}"}}' for n in range(10_000)) + "]}"),
    _linked("everything is a list", '[[[{"@type":["NewsArticle",[],{}],"headline":[[]]}]]]'),
    _linked("the year 99999", _NEWS % "Late" + ',"datePublished":"99999-01-01T00:00:00Z"}'),
    _linked("the year 0", _NEWS % "Early" + ',"datePublished":"0000-00-00T25:61:61+99:99"}'),
    _linked("a date of a megabyte",
            _NEWS % "Long" + ',"datePublished":"' + "2026-" * 200_000 + '"}'),
    _reader("a language of 10 kB", head='<meta http-equiv="content-language" content="'
            + "x" * 10_000 + '">'),
    _reader("50,000 keywords", head='<meta name="keywords" content="' + "word, " * 50_000 + '">'),
    served("reader", "a header of links", Play(sized(story("links").encode(), HTML, *(
        b"Link: <%b/%d>; rel=canonical" % (FOREIGN.encode(), n) for n in range(50))))),
)  # fmt: skip
