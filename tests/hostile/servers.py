"""Hosts of their own: what they call robots.txt, and how they speak TLS."""

from __future__ import annotations

import gzip
import ssl
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.hostile.misdeed import FOREIGN, LOST, Misdeed, html, served, story
from tests.support.certificates import Authority
from tests.support.raw_server import Play, Then

TEXT = b"Content-Type: text/plain"
_NO_ANSWER = "no answer from"


def _host(name: str) -> str:
    return "robots-" + name.lower().replace(" ", "-").replace(",", "") + ".test"


def _robots(name: str, play: Play, **facts: Any) -> Misdeed:
    """A host with one good page, which may be fetched unless *facts* say why not."""
    host = _host(name)
    url = f"http://{host}/story/"
    if "skipped" in facts:
        facts = {"outcomes": frozenset(), "fetched": False, **facts}
    given = {"url": url, "other": {f"{host}/robots.txt": play}, **facts}
    return served("robots", name, html(story(f"robots {name}")), **given)


def _rules(name: str, text: str | bytes, *headers: bytes, **facts: Any) -> Misdeed:
    return _robots(name, html(text, *(headers or (TEXT,))), **facts)


def _status(name: str, status: bytes, *headers: bytes, **facts: Any) -> Misdeed:
    return _robots(name, html("x", *(headers or (TEXT,)), status=status), **facts)


_ALL = "User-agent: *\nDisallow: /\n"
_FORBIDDEN = "disallowed by"

ROBOTS = (
    _rules("that forbid all", _ALL, skipped=_FORBIDDEN),
    _rules("with a mark", "\ufeff" + _ALL, skipped=_FORBIDDEN),
    _rules("of CR", _ALL.replace("\n", "\r"), skipped=_FORBIDDEN),
    _rules("of one line", _ALL.replace("\n", " ")),
    _rules("of HTML", "<html><body><h1>404</h1><p>Disallow: /</p></body></html>",
           b"Content-Type: text/html"),
    _rules("of garbage", b"\xff\xfe\0\0" + bytes(range(256)) * 99),
    _rules("of NULs", "User-agent: *\0\nDis\0allow: /\0\n", skipped=_FORBIDDEN),
    _rules("of a million rules", "User-agent: *\n" + "Disallow: /x\n" * 60_000),
    _rules("of stars", "User-agent: *\nDisallow: /" + "*a" * 9_000 + "b\n"),
    _rules("of long lines", "User-agent: *\nDisallow: /" + "a" * 300_000 + "\n"),
    _rules("beyond the limit", "User-agent: *\n" + "# x\n" * 150_000 + "Disallow: /\n"),
    _rules("that delay for ever", "User-agent: *\nCrawl-delay: 1e99\n"),
    _rules("that delay by nothing", "User-agent: *\nCrawl-delay: NaN\nRequest-rate: 0/0\n"),
    _rules("that say escapes", "User-agent: \x1b[31m\nSitemap: \x1b]0;x\x07\nSitemap: http://[\n"),
    _rules("of sitemaps", "".join(f"Sitemap: {FOREIGN}/{n}.xml\n" for n in range(5_000))),
    _rules("of the house", "Sitemap: file:///etc/passwd\nSitemap: http://169.254.169.254/s.xml\n"),
    _rules("in a bomb", gzip.compress(b"#" * 70_000_000), TEXT,
           b"Content-Encoding: gzip", skipped=_NO_ANSWER),
    _status("that are missing", b"404 Not Found"),
    _status("that are forbidden", b"403 Forbidden"),
    _status("that fail", b"500 Oops", skipped=_NO_ANSWER),
    _status("of status 99", b"99 Odd", skipped=_NO_ANSWER),
    _status("that move nowhere", b"301 Moved"),
    _status("that move to a script", b"301 Moved", b"Location: javascript:x()"),
    _status("that move to the house", b"301 Moved", b"Location: http://169.254.169.254/robots.txt",
            skipped=_NO_ANSWER),
    _status("that move within the site", b"301 Moved", b"Location: http://hostile.test/robots.txt"),
    _robots("that hang up", Play(then=Then.RESET), skipped=_NO_ANSWER),
    _robots("that are silent", Play(then=Then.WAIT), skipped=_NO_ANSWER),
    _robots("that drip", Play(*(x for _ in range(200) for x in (b"H", 0.1))), skipped=_NO_ANSWER),
    _robots("that break off", Play(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *\n",
            then=Then.CLOSE), skipped=_NO_ANSWER),
)  # fmt: skip

LOOPS = (
    _status("that move to themselves", b"301 Moved", b"Location: /robots.txt"),
    _status("that move in a ring", b"301 Moved", b"Location: http://robots-that-move-back.test/robots.txt"),
    _status("that move back", b"301 Moved", b"Location: http://robots-that-move-in-a-ring.test/robots.txt"),
)  # fmt: skip
"""Such a robots.txt is no rule at all (RFC 9309 2.3.1.2)."""

Context = Callable[[Authority, Authority], ssl.SSLContext | None]
"""Makes what a TLS server needs of an authority that the crawler trusts and of one that it does
not; None for a server that speaks no TLS."""
_PAST = timedelta(days=30)


def _old(ours: Authority, _: Authority) -> ssl.SSLContext:
    context = ours.context("tls-old.test")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what it is there for
        context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1
    return context


TLS: dict[str, tuple[Context, str]] = {
    "tls-trusted.test": (lambda ours, _: ours.context("tls-trusted.test"), ""),
    "tls-self-signed.test": (lambda _, own: own.context("tls-self-signed.test"), "certificate"),
    "tls-wrong-name.test": (
        lambda ours, _: ours.context("another.test"),
        "Mismatch|VerificationError",
    ),
    "tls-expired.test": (
        lambda ours, _: ours.context("tls-expired.test", age=_PAST),
        "certificate",
    ),
    "tls-old.test": (_old, "."),
    "tls-plain.test": (lambda _, __: None, "."),
    "tls-cut.test": (lambda _, __: None, "."),
}
"""By host: its certificate, and what the reason says; nothing is wrong with the first."""
CUT_HOST = "tls-cut.test"


def _tls(host: str, why: str) -> Misdeed:
    if not why:
        return served("TLS", host, html(story(host)), url=f"https://{host}/story/")
    return Misdeed(
        kind="TLS", name=host, url=f"https://{host}/story/", fetched=False, outcomes=LOST,
        reason=why, skipped=_NO_ANSWER, witness=f"https://{host}/robots.txt",
        play=html(story(host)),
    )  # fmt: skip


OVER_TLS = tuple(_tls(host, why) for host, (_, why) in TLS.items())
