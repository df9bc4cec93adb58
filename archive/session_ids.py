"""Find session ids in URLs and remove them: parameters that identify a visit and not a page.

Some parameters are known by name, because only one software uses the name. Others are learned for
each host (``archive.crawl_traps.session_parameters``) and passed to these functions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_SESSION_NAMES = """
    asp.net_sessionid cfid cftoken jsessionid oscsid phpsessid phpsessionid sess_id sessid
    session-id session_id sessionid xtcsid zenid
"""
_COOKIE_CHECKS = """
    aspxautodetectcookiesupport check_cookie checkcookie checkcookies cookie_check cookie_test
    cookiecheck cookiesupport cookietest test_cookie testcookie
"""
NAMES = frozenset((_SESSION_NAMES + _COOKIE_CHECKS).split())
"""Parameters of query or path, in lower case, that identify a visit (Java, PHP, ColdFusion,
ASP.NET, osCommerce and shops based on it), or that test whether a browser accepts cookies."""
PREFIXES = ("aspsessionid",)
"""Beginnings of the names of such parameters: classic ASP adds random letters."""
_SHORT_NAMES = frozenset({"s", "sid", "sess", "session"})
_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
"""The ids of phpBB (``sid``) and vBulletin (``s``), whose names mean other things elsewhere."""
_ASP_NET = re.compile(
    r"/\((?:(?:[A-Z]\([^()/]*\))*?S\([0-9A-Za-z]{24}\)(?:[A-Z]\([^()/]*\))*|[a-z0-5]{24})\)(?=/)"
)
"""The path segment of ASP.NET sessions without cookies: ``/(S(...))/``, in 1.x ``/(...)/``."""
_PATH_PARAMETER = re.compile(r";([^;/=]+)=([^;/]*)")


def parameters(url: str) -> Iterator[tuple[str, str]]:
    """Yield the name, in lower case, and the value of each parameter in path and query of *url*."""
    head, _, query = url.partition("?")
    if ";" in head:
        for match in _PATH_PARAMETER.finditer(head):
            yield _name(match[1]), match[2]
    for parameter in query.split("&") if query else ():
        name, equals, value = parameter.partition("=")
        if equals:
            yield _name(name), value


def without_sessions(url: str, learned: Collection[str] = ()) -> str:
    """Return *url* (normalized) without the parameters that identify a visit.

    *learned* are the names, in lower case, that were learned for its host.
    """
    head, _, query = url.partition("?")
    if ";" in head:
        head = _PATH_PARAMETER.sub(
            lambda match: "" if _is_session(match[1], match[2], learned) else match[0], head
        )
    if "/(" in head:
        head = _ASP_NET.sub("", head)
    if not query:
        return head
    kept = [part for part in query.split("&") if not _names_a_visit(part, learned)]
    return f"{head}?{'&'.join(kept)}" if kept else head


def without_parameter(url: str, name: str) -> str:
    """Return *url* without the parameter *name* (in lower case), in path or query."""
    head, _, query = url.partition("?")
    head = _PATH_PARAMETER.sub(lambda match: "" if _name(match[1]) == name else match[0], head)
    kept = [part for part in query.split("&") if part and _name(part.partition("=")[0]) != name]
    return f"{head}?{'&'.join(kept)}" if kept else head


def _names_a_visit(parameter: str, learned: Collection[str]) -> bool:
    name, _, value = parameter.partition("=")
    return _is_session(name, value, learned)


def _is_session(name: str, value: str, learned: Collection[str]) -> bool:
    name = _name(name)
    if name in NAMES or name in learned or name.startswith(PREFIXES):
        return True
    return name in _SHORT_NAMES and _MD5.fullmatch(value) is not None


def _name(name: str) -> str:
    # If "&amp;" was escaped twice, "amp;" remains before the name.
    return name.lower().removeprefix("amp;")
