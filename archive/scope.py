"""Decide whether a URL is in scope, and in which order URLs are fetched.

The functions are pure and are called for every link of every page. A URL that is out of scope is
kept with the reason, so that the operator can see what a crawl left out. The reasons are stored, so
their words must not change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from archive.model import Capture, Kind, Via
from archive.profile import Profile
from archive.urls import LANGUAGES, amp_base, file_ending, host_of, is_home

MAX_TRAP_LENGTH = 1_024
"""Characters. A WordPress slug has at most 200; a URL that grows with each page has no limit."""
MAX_SEGMENTS = 20
"""Segments of a path, as in Heritrix's ``TooManyPathSegmentsDecideRule``."""
MAX_REPETITIONS = 2
"""How often a segment may occur in a path; a wrong relative link adds one at each step."""
MAX_PARAMETERS = 8
"""Query parameters; combinations of filters make URLs without end."""
MAX_SITEMAP_DEPTH = 3
"""Sitemaps above a sitemap. sitemaps.org allows one (an index); some sites add one for each
year."""

ACTIONS = frozenset(
    # WordPress, Jetpack and WooCommerce; the last line has other forms of the same page.
    {"replytocom", "unapproved", "moderation-hash", "_wpnonce", "like_comment", "share"}
    | {"add-to-cart", "add_to_cart", "add_to_wishlist", "remove_item", "preview", "preview_id"}
    | {"noamp", "print", "printable", "preview_nonce", "customize_changeset_uuid"}
)
"""Query parameters, in lower case, that request an action and not a page."""

NO_CONTENT = frozenset(
    {"wp-admin", "wp-login.php", "wp-signup.php", "wp-activate.php", "wp-cron.php", "xmlrpc.php"}
    | {"wp-trackback.php", "wp-comments-post.php", "wp-json", "cgi-bin", "cdn-cgi"}
)
"""Path segments, anywhere in a path, below which there is no page for readers."""

ACCOUNT = frozenset(
    {"login", "log-in", "logout", "signin", "sign-in", "signup", "sign-up", "register", "admin"}
    | {"administrator", "account", "my-account", "cart", "checkout", "basket", "wishlist"}
)
"""First path segments, after a language, of a visitor's account or purchase."""

AMP_TWIN = "amp twin"
"""The page is recorded as an address of its article, and fetched only if there is no other."""
COMMENTS = "page of comments"
"""The whole article with another canonical address: WordPress gives one to each page of
comments."""
SEARCH = "search results"

REASONS_SHOWN = 4

_FEED_NAMES = frozenset({"feed", "rss", "rss2", "rdf", "atom"})
_OTHER_FORMS = {"trackback": "trackback", "embed": "embedded form", "print": "print form"}
_PRINT_SCRIPT = re.compile(
    r"print(?:able|er|-?_?(?:version|view|page))?\.(?:php\d?|aspx?|jsp|cfm|cgi|pl)"
)
_NEXT_PAGE = re.compile(r"(?<=/)page/[0-9]+/?$")
_COMMENT_PAGE = re.compile(r"comment-page-[0-9]+")
_PAGES = frozenset({Kind.PAGE, Kind.AMP})
_REPEATABLE = re.compile(r"[0-9]*")  # /2011/11/11/11/ is a date

_FIRST = {Kind.ROBOTS: 0, Kind.SITEMAP: 10, Kind.FEED: 30, Kind.API: 30}
_THEN = {
    Via.SEED: 20,
    Via.REDIRECT: 25,
    Via.PART: 26,
    Via.FEED: 40,
    Via.PODCAST: 40,
    Via.API: 50,
    Via.SITEMAP: 50,
    Via.NEWS_SITEMAP: 50,
}
_LAST = 100


def why_hidden(capture: Capture, profile: Profile) -> str | None:
    """Return why *capture* is not shown; None if it is shown.

    This is the only rule for what the view contains. It uses the profile's ``hosts`` and
    ``exclude``; a list of what was taken down belongs here, too. Rules that only decide what is
    fetched (depth, traps, robots.txt, AMP) do not belong here.
    """
    return why_url_hidden(capture.url, profile)


def why_url_hidden(url: str, profile: Profile) -> str | None:
    """Return why no capture of *url* (normalized) is shown; None if they are shown."""
    if host_of(url) not in profile.all_hosts:
        return "another host"
    if not profile.exclude:
        return None
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    for pattern in _compiled(profile.exclude):
        if pattern.search(f"/{path}?{query}" if query else f"/{path}"):
            return f"excluded by {pattern.pattern}"
    return None


def reason_out_of_scope(url: str, kind: Kind, depth: int, profile: Profile) -> str | None:
    """Return why *url* (normalized) is out of scope; None if it is in scope.

    *depth* is the number of links from a front page, sitemap or feed; for a sitemap, the number of
    sitemaps above it.
    """
    hidden = why_url_hidden(url, profile)
    if hidden is not None:
        return hidden
    if kind is Kind.SITEMAP:
        if depth > MAX_SITEMAP_DEPTH:
            return f"below more than {MAX_SITEMAP_DEPTH} sitemaps"
    elif depth > profile.max_depth:
        return f"deeper than {profile.max_depth} links"
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    is_page = kind in _PAGES
    if is_page and profile.amp == "skip" and (kind is Kind.AMP or amp_base(url) is not None):
        return AMP_TWIN
    return (
        _path_trap(url, path)
        or (_query_trap(url, query) if query else None)
        or (_no_page(url, path) if is_page else None)
    )


def priority(kind: Kind, via: Via, depth: int) -> int:
    """Return the place of a URL in the order of fetching; the lowest comes first.

    The order is robots.txt, sitemaps, the seeds, other parts of articles that were fetched, feeds,
    what feeds and sitemaps name, then links by depth. So a crawl that ends early has the news.
    """
    return _FIRST.get(kind, _THEN.get(via, _LAST + depth))


def priority_of_sources() -> int:
    """Return the last place of a sitemap or feed in the order of fetching."""
    return max(_FIRST.values())


def priority_of_pages() -> int:
    """Return the first place of a page in the order of fetching."""
    return min(_THEN.values())


def skipped_text(counts: Mapping[str, int]) -> str:
    """Return a line with the number of URLs out of scope and the most common reasons."""
    total = sum(counts.values())
    some = [f"{number} {reason}" for reason, number in [*counts.items()][:REASONS_SHOWN]]
    if others := total - sum([*counts.values()][:REASONS_SHOWN]):
        some.append(f"{others} for other reasons")
    return f"{total} {'URL' if total == 1 else 'URLs'} ({', '.join(some)})"


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _path_trap(url: str, path: str) -> str | None:
    if len(url) > MAX_TRAP_LENGTH:
        return f"longer than {MAX_TRAP_LENGTH} characters"
    segments = path.split("/")
    if len(segments) > MAX_SEGMENTS:
        return f"more than {MAX_SEGMENTS} path segments"
    if len(segments) > MAX_REPETITIONS and _repeats(segments):
        return "repeated path segments"
    return None


def _query_trap(url: str, query: str) -> str | None:
    names = [parameter.partition("=")[0].lower() for parameter in query.split("&")]
    if len(names) > MAX_PARAMETERS:
        return f"more than {MAX_PARAMETERS} parameters"
    for name in names:
        if name in ACTIONS:
            return f"action {name}"
    if "cpage" in names:
        return COMMENTS
    # WordPress answers a search on a front page and the pages after it.
    if "s" in names and is_home(_NEXT_PAGE.sub("", url.partition("?")[0])):
        return SEARCH
    return None


def _repeats(segments: list[str]) -> bool:
    return any(
        segments.count(segment) > MAX_REPETITIONS
        for segment in set(segments)
        if not _REPEATABLE.fullmatch(segment)
    )


def _no_page(url: str, path: str) -> str | None:
    ending = file_ending(url)
    if ending is not None:
        return f"file {ending}"
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments:
        return None
    if not NO_CONTENT.isdisjoint(segments):
        return "no content"
    last = segments[-1]
    if last in _FEED_NAMES:
        return "feed"
    if last in _OTHER_FORMS and len(segments) > 1:
        return _OTHER_FORMS[last]
    if _PRINT_SCRIPT.fullmatch(last):
        return _OTHER_FORMS["print"]
    if _COMMENT_PAGE.fullmatch(last):
        return COMMENTS
    after_language = segments[1:] if segments[0] in LANGUAGES else segments
    if after_language and after_language[0] in ACCOUNT:
        return "account"
    return SEARCH if after_language[:1] == ["search"] and len(after_language) > 1 else None
