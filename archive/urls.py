"""Normalize URLs: one spelling is requested, stored and compared.

Normalization only follows syntax (RFC 3986 6.2.2 and 6.2.3) and never guesses. Percent escapes stay
as the publisher wrote them, including the case of hex digits, because the server is known to answer
this spelling (WordPress writes lower-case hex). w3lib's ``safe_url_string`` does not change the
result of ``normalize``, so Scrapy requests exactly this URL.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import unquote

import idna

MAX_LENGTH = 2048
"""Largest number of bytes of a stored URL, and of characters of a normalized URL, which is ASCII.

sitemaps.org allows fewer, so no publisher can list a longer URL, and an entry of a PostgreSQL index
must be shorter than 2,704 bytes."""
_CUT = "#sha256:"
"""Precedes the digest of a URL that is cut; no normalized URL has a fragment."""

TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "matomo_", "itm_", "at_custom", "__hs")
"""Prefixes of parameters that identify a campaign: Google Analytics, Matomo, Piano, HubSpot."""

_CLICK_NAMES = """
    _branch_match_id _ga _gl _hsenc _hsmi _openstat at_campaign at_medium dclid epik
    fb_action_ids fb_action_types fb_ref fb_source fbclid gad_campaignid gad_source gbraid gclid
    gclsrc gidzl guccounter guce_referrer guce_referrer_sig hsctatracking igsh igshid irclickid
    li_fat_id mc_cid mc_eid mibextid mkt_tok ml_subscriber ml_subscriber_hash msclkid oly_anon_id
    oly_enc_id rb_clickid s_cid sc_cid sccid srsltid ttclid twclid vero_conv vero_id wbraid
    wickedid wt_zmc xtor yclid ysclid zanpid zarsrc
"""
TRACKING_PARAMETERS = frozenset(_CLICK_NAMES.split())
"""Names, in lower case, of parameters that say who clicked where and never change the page.

From Firefox's query-stripping list, the global rules of ClearURLs and AdGuard's TrackParam filter
(gidzl and zarsrc are Zalo's), without their ambiguous names (ref, source, id, campaign ...), which
sites use for content.
"""

_LANGUAGE_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_LANGUAGE_CODES.split())
"""Language codes of ISO 639-1, as in the path of a site's front page."""

_FILE_ENDINGS = """
    7z aac apk atom avi avif bmp bz2 css csv doc docx eot epub exe flac flv gif gz ico ics iso jpe
    jpeg jpg js json m3u8 m4a m4v mid mjs mkv mov mp3 mp4 mpeg mpg msi odp ods odt ogg ogv opus otf
    pdf png ppt pptx ps rar rdf rss rtf svg swf tar tgz tif tiff ts ttf txt wasm wav webm
    webmanifest webp wma wmv woff woff2 xls xlsx xml xz zip
"""
FILE_ENDINGS = frozenset(_FILE_ENDINGS.split())
"""Endings of a path, in lower case, that no HTML page has."""

_STRIPPED = "".join(map(chr, range(0x21)))
_REMOVED = str.maketrans("", "", "\t\n\r")
# ASCII, or "ſ" would match "s".
_HTTP = re.compile(
    r"(https?):[/\\]*([^/?#\\]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE | re.ASCII | re.DOTALL
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([/\\]{0,2})")
_DOT = re.compile(r"/(?:\.|%2e)", re.IGNORECASE)
_LABEL = r"[a-z0-9_-]{1,63}"
_MAX_HOST = 253  # RFC 1035 2.3.4, less the length bytes
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_ESCAPE = r"%[0-9A-Fa-f]{2}"
_IN_PATH = r"A-Za-z0-9\-._~!$&'()*+,;=:@/"
# RFC 3986 allows "'" in a query; browsers escape it, and so does w3lib.
_IN_QUERY = _IN_PATH.replace("'", "") + "?"
_NOT_IN_PATH = re.compile(rf"[^{_IN_PATH}%]|%(?![0-9A-Fa-f]{{2}})")
_NOT_IN_QUERY = re.compile(rf"[^{_IN_QUERY}%]|%(?![0-9A-Fa-f]{{2}})")
_PLAIN = re.compile(rf"https?://({_LABEL}(?:\.{_LABEL})*)/[{_IN_PATH}]*(?:{_ESCAPE}[{_IN_PATH}]*)*")
_ORIGIN = re.compile(r"https?://[^/?#]+(?=/)")
_PLAIN_HOST = re.compile(rf"https?://({_LABEL}(?:\.{_LABEL})*)(?=/|$)")
_HOME_PATH = re.compile(
    r"/(?:([a-z]{2})(?:[-_](?:[a-z]{2}|[a-z]{4}|[0-9]{3}))?/?)?(?:index\.(?:html?|php))?",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"(?:(/)amp(/?)|(?<=[^./])\.amp(\.html?)?)", re.IGNORECASE)
_AMP_VALUES = {
    "amp": frozenset({"", "1", "true", "yes"}),
    "noamp": frozenset({"", "1", "mobile", "available"}),
    "outputtype": frozenset({"amp"}),
}


_SCHEMELESS = re.compile(r"(localhost|[^\s/:]+\.[^\s/:]+)(:[0-9]+)?(/\S*)?")
"""What looks like a URL without its scheme: "www.example.org", "localhost:8080/"."""


def normalize(url: str) -> str:
    """Return *url* in the spelling in which it is requested and stored.

    Scheme and host are in lower case, and the host is ASCII (UTS 46, as in browsers). Default port,
    user, fragment, dot segments and tracking parameters are removed. The path is at least "/", and
    characters that are not allowed in a URL are escaped as UTF-8. All other parameters and their
    order are kept. Raises ``ValueError`` if *url* is not an http or https URL or is longer than
    ``MAX_LENGTH``.
    """
    if _is_plain(url):
        return url
    scheme, host, path, query = _parts(url)
    result = f"{scheme}://{host}{_path(path)}"
    query = _without_tracking(_escaped(query, _NOT_IN_QUERY))
    if query:
        result += "?" + query
    if len(result) > MAX_LENGTH:
        raise ValueError(f"URL of {len(result)} characters, more than {MAX_LENGTH}: {url[:80]}")
    return result


@lru_cache(maxsize=4_096)  # each link of a page is asked for by several steps
def absolute(base: str, href: str) -> str | None:
    """Return *href*, as found on the page *base*, absolute and normalized.

    Returns None if it cannot be fetched: another scheme (``mailto:``, ``javascript:``, ``data:``),
    an impossible host or port, a URL that is too long. Never raises.
    """
    if _is_plain(href):
        return href
    if href.startswith("/") and not href.startswith("//") and (origin := _ORIGIN.match(base)):
        target = origin[0] + href
        if _is_plain(target):
            return target
    reference = href.strip(_STRIPPED).translate(_REMOVED)
    try:
        return normalize(_resolved(base.strip(_STRIPPED), reference))
    except ValueError:
        return None


def completed(name: str) -> str | None:
    """Return the URL for *name*, a host without a scheme; None if *name* is not a host.

    "www.example.org/news" gives "https://www.example.org/news".
    """
    if not _SCHEMELESS.fullmatch(name):
        return None
    scheme = "http" if name.startswith("localhost") else "https"
    return absolute(f"{scheme}://{name}", "")


def bounded(name: str) -> str:
    """Return *name*, a URL or a record id, as it is stored: at most ``MAX_LENGTH`` bytes.

    Only records of other software have longer names. Such a name is cut, and the SHA-256 of the
    whole name follows, so different names stay different.
    """
    data = name.encode()
    if len(data) <= MAX_LENGTH:
        return name
    digest = _CUT + hashlib.sha256(data).hexdigest()
    return data[: MAX_LENGTH - len(digest)].decode(errors="ignore") + digest


def is_cut(url: str) -> bool:
    """Return whether ``bounded`` has cut *url*; a cut URL cannot be requested."""
    return _CUT in url


def host_of(url: str) -> str:
    """Return the host of *url*, with the port if it is not the default ("example.org:8080").

    The spelling is that of ``normalize``. Raises ``ValueError`` as ``normalize`` does.
    """
    plain = _PLAIN_HOST.match(url)
    return plain[1] if plain and len(plain[1]) <= _MAX_HOST else _parts(url)[1]


def url_path(url: str) -> str:
    """Return the path of *url* (normalized): "/story" for "https://example.org/story?ref=x"."""
    return "/" + url.partition("://")[2].partition("?")[0].partition("/")[2]


def is_home(url: str) -> bool:
    """Return whether *url* (normalized) is a front page: the root, or the root of a language."""
    parts = _HTTP.fullmatch(url)
    if parts is None or parts[4]:
        return False
    path = _HOME_PATH.fullmatch(parts[3])
    return path is not None and (path[1] is None or path[1].lower() in LANGUAGES)


def is_robots_txt(url: str) -> bool:
    """Return whether *url* (normalized) is the robots.txt of a server (RFC 9309 2.3)."""
    authority, _, path = url.partition("://")[2].partition("/")
    return bool(authority) and path.partition("?")[0] == "robots.txt"


def file_ending(url: str) -> str | None:
    """Return the ending of the path of *url* (normalized) if no page has it: "jpg", "pdf".

    Returns None if there is no ending, or one that a page may have ("html", "php", "vnp").
    """
    name = url.partition("?")[0].rpartition("/")[2]
    stem, _, ending = name.lower().rpartition(".")
    return ending if stem and ending in FILE_ENDINGS else None


def amp_base(url: str) -> str | None:
    """Return *url* (normalized) without its AMP marker; None if it has no marker.

    Markers are those that publishers use: ``?amp``, ``?amp=1``, ``?noamp=mobile`` (the link back),
    ``?outputType=amp``, and a path that ends in ``/amp``, ``/amp/``, ``.amp`` or ``.amp.html``. The
    page at the returned URL need not exist.
    """
    if "amp" not in url.lower():
        return None
    head, question, query = url.partition("?")
    parameters = query.split("&") if question else []
    kept = [parameter for parameter in parameters if not _is_amp(parameter)]
    base = _without_amp_path(head)
    if len(kept) == len(parameters) and base == head:
        return None
    return base + ("?" + "&".join(kept) if any(kept) else "")


def _is_plain(url: str) -> bool:
    """Return whether a quick check shows that *url* is normalized; most links of a page are."""
    match = _PLAIN.fullmatch(url)
    return (
        match is not None
        and not _DOT.search(url)
        and len(url) <= MAX_LENGTH
        and len(match[1]) <= _MAX_HOST
    )


def _parts(url: str) -> tuple[str, str, str, str]:
    """Return scheme, host with port, raw path and raw query of *url*."""
    match = _HTTP.match(url.strip(_STRIPPED).translate(_REMOVED))
    if match is None:
        raise ValueError(f"no http or https URL: {url[:80]!r}")
    scheme = match[1].lower()
    return scheme, _authority(match[2], scheme), match[3], match[4] or ""


def _authority(authority: str, scheme: str) -> str:
    hostport = authority.rpartition("@")[2]
    if hostport.startswith("["):
        literal, bracket, rest = hostport[1:].partition("]")
        host = f"[{_ipv6(literal)}]"
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f"no host and port: {authority[:80]!r}")
        port = rest[1:]
    else:
        name, _, port = hostport.partition(":")
        host = _name(name)
    if not port:
        return host
    if not (port.isascii() and port.isdigit() and len(port) <= 8 and 0 < int(port) <= 65535):
        raise ValueError(f"impossible port {port[:10]!r}")
    number = int(port)
    return host if number == {"http": 80, "https": 443}[scheme] else f"{host}:{number}"


def _name(name: str) -> str:
    if "%" in name:  # browsers decode escapes in a host
        name = unquote(name, errors="strict")
    if name.isascii():
        name = name.lower()
    else:
        name = _ascii_name(name)
    if len(name) > _MAX_HOST or not _HOST.fullmatch(name):
        raise ValueError(f"impossible host name {name[:80]!r}")
    return name


def _ascii_name(name: str) -> str:
    """Return *name* as browsers ask for it (UTS 46): IDNA 2008, and what registries sell besides.

    IDNA 2008 has no emoji. Browsers map a name and encode it without asking further.
    """
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        pass
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise ValueError(f"impossible host name {name[:80]!r}: {error}") from error
    labels = mapped.split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
        for label in labels
    )


def _ipv6(literal: str) -> str:
    address = IPv6Address(literal)
    if address.scope_id is not None:  # RFC 6874: a zone is only valid on one machine
        raise ValueError(f"address with a zone: {literal[:80]!r}")
    return address.compressed


def _path(path: str) -> str:
    path = _escaped(path.replace("\\", "/"), _NOT_IN_PATH)
    if _DOT.search(path):
        path = _without_dots(path)
    return path or "/"


def _without_dots(path: str) -> str:
    """Remove "." and ".." segments (RFC 3986 5.2.4, where empty segments count).

    Browsers take an escaped dot ("%2e") for a dot.
    """
    segments = path.split("/")[1:]
    kept: list[str] = []
    dots = [segment.lower().replace("%2e", ".") for segment in segments]
    for segment, dotted in zip(segments, dots, strict=True):
        if dotted == "..":
            if kept:
                kept.pop()
        elif dotted != ".":
            kept.append(segment)
    if dots[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str, unsafe: re.Pattern[str]) -> str:
    return unsafe.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    parameters = query.split("&")
    kept = [parameter for parameter in parameters if not _is_tracking(parameter)]
    return query if len(kept) == len(parameters) else "&".join(kept)


def _is_tracking(parameter: str) -> bool:
    # If "&amp;" was escaped twice, "amp;" remains before the name.
    name = parameter.partition("=")[0].lower().removeprefix("amp;")
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _resolved(base: str, reference: str) -> str:
    """Resolve *reference* against *base* as browsers do (RFC 3986 5.2.2, WHATWG URL 4.4).

    ``urljoin`` is not used: it drops empty path segments and differs between versions of Python.
    """
    if scheme := _SCHEME.match(reference):
        # "https:/a" and "https:a" are paths on a page of https, and hosts elsewhere.
        if len(scheme[2]) > 1 or not base.lower().startswith(f"{scheme[1].lower()}://"):
            return reference
        reference = reference[scheme.start(2) :]
    match = _HTTP.match(base)
    if match is None:
        raise ValueError(f"no http or https URL: {base[:80]!r}")
    protocol, authority, path, query = match.groups()
    origin = f"{protocol}://{authority}"
    if reference.startswith(("//", "\\\\", "/\\", "\\/")):
        return f"{protocol}:{reference}"
    if reference.startswith(("/", "\\")):
        return origin + reference
    if reference.startswith("?"):
        return origin + path + reference
    if not reference or reference.startswith("#"):
        return origin + path + ("" if query is None else "?" + query)
    folder = path.replace("\\", "/").rpartition("/")[0]
    return f"{origin}{folder}/{reference}"


def _is_amp(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return value.lower() in _AMP_VALUES.get(name.lower(), ())


def _without_amp_path(head: str) -> str:
    """Return *head*, a URL without its query, without an AMP marker at the end of its path."""
    for match in _AMP_PATH.finditer(head, max(len(head) - 10, 0)):
        if match.end() == len(head) and head.find("/", 8) <= match.start():
            slash, trailing, extension = match.groups()
            start = head[: match.start()]
            if slash:  # "/story/amp/" gives "/story/", "/story/amp" gives "/story"
                is_root = start.count("/") == 2
                return start + ("/" if trailing or is_root else "")
            return start + (extension or "")
    return head
