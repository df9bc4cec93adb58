"""Bodies that unpack to more than fits, that lie about their coding, or about their charset."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import brotli

from archive.model import Outcome
from tests.hostile.misdeed import GIVEN_UP, HTML, READ, Misdeed, html, served, story
from tests.support.raw_server import Play

TOO_LARGE = "unpacks to more than"
_NOT_READ = frozenset({Outcome.NOT_HTML, Outcome.FAILED, Outcome.EMPTY, Outcome.ERROR})


def _entry(name: str, play: Play | Callable[[], Play], **facts: Any) -> Misdeed:
    return served("coding", name, play, **facts)


def _coded(names: str, body: bytes) -> Play:
    return html(body, HTML, b"Content-Encoding: " + names.encode())


def _page(name: str) -> bytes:
    return story(name).encode()


def _bomb() -> bytes:
    """HTML that any parser takes, of 70 MB, and as dull as can be."""
    return story("the bomb").encode() + b"<p>tick tock</p>" * 4_400_000


def _zipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _twice_over() -> bytes:
    return _zipped(_zipped(b"<p>tick tock</p>" * 4_400_000))


def _layers(number: int) -> bytes:
    data = _page("layers")
    for _ in range(number):
        data = gzip.compress(data, 1, mtime=0)
    return data


def _long_name(data: bytes) -> bytes:
    packed = _zipped(data)
    return packed[:3] + b"\x08" + packed[4:10] + b"n" * 500_000 + b"\0" + packed[10:]


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


_WRONG_SUM = _zipped(_page("sum"))[:-8] + b"\0" * 8
_MEMBERS = b"".join(_zipped(_page("members")[n : n + 1]) for n in range(len(_page("members"))))
_ZSTD = b"\x28\xb5\x2f\xfd\x04\x00" + bytes(range(256)) * 20

CODINGS = (
    _entry("a bomb of gzip", lambda: _coded("gzip", _zipped(_bomb())), outcomes=GIVEN_UP,
           reason=TOO_LARGE),
    _entry("a bomb of brotli", lambda: _coded("br", brotli.compress(_bomb(), quality=3)),
           outcomes=GIVEN_UP, reason=TOO_LARGE),
    _entry("a bomb of deflate", lambda: _coded("deflate", zlib.compress(_bomb())),
           outcomes=GIVEN_UP, reason=TOO_LARGE),
    _entry("a bomb in a bomb", lambda: _coded("gzip, gzip", _twice_over()), outcomes=GIVEN_UP,
           reason=TOO_LARGE),
    _entry("a bomb that calls itself a page", lambda: _coded("identity", _zipped(_bomb())),
           outcomes=GIVEN_UP, reason=TOO_LARGE),
    _entry("gzip of gzip", _coded("gzip, gzip", _zipped(_zipped(_page("twice"))))),
    _entry("gzip of gzip that says so once", _coded("gzip", _zipped(_zipped(_page("once"))))),
    _entry("fifty layers of gzip", _coded(", ".join(["gzip"] * 50), _layers(50)),
           outcomes=READ | _NOT_READ),
    _entry("codings that are not there", _coded("gzip, br, deflate, gzip", _page("nothing"))),
    _entry("gzip that is none", _coded("gzip", _page("none"))),
    _entry("brotli that is gzip", _coded("br", _zipped(_page("brotli")))),
    _entry("gzip that nobody announces", html(_zipped(_page("secret")))),
    _entry("gzip that breaks off", _coded("gzip", _zipped(_page("off"))[:-60])),
    _entry("gzip with something behind it", _coded("gzip", _zipped(_page("more")) + b"\0junk" * 9)),
    _entry("gzip of a wrong sum", _coded("gzip", _WRONG_SUM)),
    _entry("gzip of a member a byte", _coded("gzip", _MEMBERS)),
    _entry("gzip with a name of half a megabyte", _coded("gzip", _long_name(_page("name")))),
    _entry("raw deflate", _coded("deflate", _raw_deflate(_page("raw")))),
    _entry("zlib", _coded("deflate", zlib.compress(_page("zlib")))),
    _entry("x-gzip", _coded("X-GZip", _zipped(_page("x")))),
    _entry("a charset for a coding", _coded("utf-8", _page("charset"))),
    _entry("zstd", _coded("zstd", _ZSTD), outcomes=_NOT_READ),
    _entry("gzip of nothing", _coded("gzip", b""), outcomes=frozenset({Outcome.EMPTY})),
)  # fmt: skip

SENTENCE = "La forêt brûlée de Foix a été replantée."


def _charset(name: str, encoding: str, declared: bytes, *, mark: bytes = b"", meta: str = "utf-8",
             sentence: str = SENTENCE, says: str = SENTENCE) -> Misdeed:  # fmt: skip
    """A page in *encoding* that its header and its meta element call *declared* and *meta*."""
    text = story(name, body=f"<p>{sentence}</p>", lang="fr").replace("utf-8", meta)
    header = b"Content-Type: text/html" + (b"; charset=" + declared if declared else b"")
    play = html(mark + text.encode(encoding), header)
    return served("charset", name, play, says=says)


def _spoilt() -> Play:
    body = story("bytes", body=f"<p>{SENTENCE}</p>").encode()
    return html(body.replace(b"</h1>", b"\xff</h1>").replace(b"</article>", b"\xed\xa0\x80\x9f"))


CHARSETS = (
    _charset("windows 1252 that says UTF 8", "cp1252", b"utf-8"),
    _charset("UTF 8 that says latin 1", "utf-8", b"iso-8859-1"),
    _charset("UTF 8 that says nothing", "utf-8", b"", meta="x"),
    _charset("UTF 8 with a mark that says latin 1", "utf-8", b"latin1", mark=b"\xef\xbb\xbf"),
    _charset("header against meta", "utf-8", b"utf-8", meta="koi8-r"),
    _charset("meta against bytes", "utf-8", b"", meta="shift_jis"),
    _charset("meta that says UTF 16", "utf-8", b"", meta="utf-16"),
    _charset("header that says UTF 16", "utf-8", b"utf-16"),
    _charset("UTF 16 little-endian with a mark", "utf-16-le", b"", mark=b"\xff\xfe"),
    _charset("UTF 16 big-endian with a mark", "utf-16-be", b"utf-8", mark=b"\xfe\xff"),
    _charset("UTF 16 without a mark", "utf-16-le", b"utf-16le"),
    _charset("UTF 16 of no order", "utf-16-le", b"utf-16"),
    _charset("UTF 32 with a mark", "utf-32-le", b"", mark=b"\xff\xfe\0\0"),
    _charset("UTF 7", "ascii", b"utf-7", sentence="Here +ADw-script+AD4-run()+ADw-/script+AD4-.",
             says="+ADw-script+AD4-"),
    _charset("a charset that nobody knows", "utf-8", b"x-klingon", meta="x-klingon"),
    _charset("a charset with a name of 10 kB", "utf-8", b"x" * 10_000, meta="y" * 10_000),
    _charset("a codec of Python's", "utf-8", b"rot13", meta="unicode_escape"),
    _charset("punycode", "utf-8", b"punycode", meta="idna"),
    _charset("two charsets", "utf-8", b"utf-8; charset=koi8-r"),
    _charset("a charset in escapes", "utf-8", b'\x1b[31m"utf-8'),
    served("charset", "bytes that are no UTF 8", _spoilt, says=SENTENCE),
    served("charset", "NULs between the letters",
           html(story("NULs", body=f"<p>{SENTENCE}</p>").replace("forêt", "fo\0rêt")),
           says=SENTENCE),
    served("charset", "no characters at all",
           html(story("none", body=f"<p>\ufffe\uffff{SENTENCE}\u0085\u009b1m</p>")), says=SENTENCE),
    served("charset", "a punycode page of a megabyte",
           html(story("slow").encode() + b"<!-- " + b"abc-" * 250_000 + b" -->",
                b"Content-Type: text/html; charset=punycode")),
)  # fmt: skip
