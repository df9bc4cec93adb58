"""Sites with endless URLs and twenty good articles each.

A trap is a function that returns a page for a request, or None for a path that is not its own. The
page only depends on the URL, so a site is the same in each crawl.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import permutations
from urllib.parse import parse_qsl, urlencode

from tests.support.server import Received, Reply
from tests.support.sites import listing, page

Trap = Callable[[Received], "Reply"]
ARTICLES = 20
STORY = "/news/story-{}.html"
HOST = "http://tree.test"


def code(*of: object) -> str:
    """Twelve hex digits computed from *of*, the first a letter and the second a digit."""
    return "a1" + sha256(repr(of).encode()).hexdigest()[:10]


def word(*of: object) -> str:
    """A word of eight letters computed from *of*."""
    digits = sha256(repr(of).encode()).digest()
    return "".join(chr(97 + number % 26) for number in digits[:8])


def beside(trap: Trap, *entries: str, article: str = STORY) -> Trap:
    """Return routes of a site with twenty articles and *trap*, which *entries* link."""
    urls = [article.format(number) for number in range(ARTICLES)]
    targets = dict(zip(urls, range(ARTICLES), strict=True))

    def reply(received: Received) -> Reply:
        if received.target == "/robots.txt":
            return None
        if received.target in targets:
            number = targets[received.target]
            return page(f"Good story number {number}", links=("/", *entries))
        if received.target == "/":
            return listing(*entries, *urls)
        return trap(received)

    return reply


def articles_of(article: str = STORY) -> set[str]:
    """Return the URLs of the twenty articles of ``beside``."""
    return {HOST + article.format(number) for number in range(ARTICLES)}


def _links(title: str, links: Iterable[str]) -> str:
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><ul>{anchors}</ul></body>"
    )


def permuted(received: Received) -> Reply:
    """One page, whose six parameters may come in any order; it links to some orders."""
    pairs = parse_qsl(received.target.partition("?")[2])
    if received.path != "/browse" or len(pairs) != 6:
        return None
    orders = list(permutations(pairs))
    start = int(code(received.target)[2:8], 16) % len(orders)
    some = (orders[(start + 37 * step) % len(orders)] for step in range(12))
    return page("A page to browse", links=tuple(f"/browse?{urlencode(order)}" for order in some))


def cased(received: Received) -> Reply:
    """One page, whose path may be spelled in any case."""
    if received.path.lower() != "/section/overview":
        return None
    spellings = (
        "".join(
            letter.upper() if bit == "1" else letter
            for letter, bit in zip("/section/overview", _bits(received.path, step), strict=False)
        )
        for step in range(12)
    )
    return page("An overview of the section", links=tuple(spellings))


def _bits(text: str, step: int) -> str:
    return "".join(f"{byte:08b}" for byte in sha256(f"{text} {step}".encode()).digest())


def filtered(path: str) -> Trap:
    """A list at *path* that is the same for any subset of thirty filters."""

    def reply(received: Received) -> Reply:
        if received.path != path:
            return None
        chosen = dict(parse_qsl(received.target.partition("?")[2], keep_blank_values=True))
        names = [word("filter", number) for number in range(30)]
        if not set(chosen) <= set(names):
            return None
        links = (
            f"{path}?{urlencode(sorted({**chosen, name: '1'}.items()))}"
            for name in names
            if name not in chosen
        )
        return page("All that the shop has", links=tuple(links))

    return reply


def calendar(received: Received) -> Reply:
    """A calendar with a page for each month and day of every year."""
    parts = received.path.strip("/").split("/")
    if parts[0] != "calendar" or not all(part.isdecimal() for part in parts[1:]):
        return None
    year, month = (int(part) for part in [*parts[1:3], "2026", "1"][:2])
    days = [f"/calendar/{year}/{month:02}/{day:02}/" for day in range(1, 29)]
    months = [f"/calendar/{year + step}/{month:02}/" for step in (-1, 1)]
    return _links(f"Events of {received.path}", [*months, *days])


def calendar_of_keys(path: str) -> Trap:
    """The same at *path*, with parameters."""

    def reply(received: Received) -> Reply:
        chosen = dict(parse_qsl(received.target.partition("?")[2]))
        if received.path != path or set(chosen) != {"month", "year"}:
            return None
        month, year = int(chosen["month"]), int(chosen["year"])
        some = [(month, year + 1), (month, year - 1), (month % 12 + 1, year), (13 - month, year)]
        links = (f"{path}?month={month}&year={year}" for month, year in some)
        return _links(f"Events of {month} in {year}", links)

    return reply


def sessions(received: Received) -> Reply:
    """The whole site below a path with a new session on each page."""
    _, *parts = received.path.split("/")
    if len(parts) != 3 or parts[0] != "s" or not parts[2].startswith("story-"):
        return None
    number = parts[2].removeprefix("story-").removesuffix(".html")
    mine = code(received.path)
    links = tuple(f"/s/{mine}/story-{other}.html" for other in range(ARTICLES))
    return page(f"Good story number {number}", links=links)


def repeating(received: Received) -> Reply:
    """Relative links that lead ever deeper; each page is the same."""
    if not received.path.startswith("/guide/"):
        return None
    return page("A guide for visitors", links=("north/", "south/", "west-1/", "east-2/"))


def missing(status: int, name: Callable[..., str]) -> Trap:
    """Missing pages that link to more missing pages."""

    def reply(received: Received) -> Reply:
        links = [f"/{name(received.path, step)}/{code(received.path, step)}" for step in range(10)]
        title = f"Welcome to our pages, {word(received.path)}"
        return status, {"Content-Type": "text/html"}, _links(title, links)

    return reply


def slugs(path: str, step: int) -> str:
    """The same folder for every path."""
    return "lost"


def index_of_indexes(received: Received) -> Reply:
    """A sitemap index that names fifty more, each of which does the same."""
    if not received.path.startswith("/sitemap"):
        return None
    named = "".join(
        f"<sitemap><loc>{HOST}/sitemap-{code(received.path, number)}.xml</loc></sitemap>"
        for number in range(50)
    )
    body = (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'
    )
    return 200, {"Content-Type": "application/xml"}, body


def sitemaps_of_nothing(received: Received) -> Reply:
    """Sitemaps without end, each of which names ten pages that are missing and three sitemaps."""
    if not received.path.startswith("/sitemap"):
        return None
    pages = "".join(
        f"<url><loc>{HOST}/lost/{code(received.path, number)}</loc></url>" for number in range(10)
    )
    more = "".join(
        f"<sitemap><loc>{HOST}/sitemap-{code(received.path, number)}.xml</loc></sitemap>"
        for number in range(30)
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    body = f'<sitemapindex xmlns="{space}">{more}{pages}</sitemapindex>'
    return 200, {"Content-Type": "application/xml"}, body


def archive_of_lists(received: Received) -> Reply:
    """Two hundred lists whose addresses look like those of articles."""
    name, _, number = received.path.strip("/").rpartition("-")
    if not number.isdecimal():
        return listing(*(f"/all-of-{n}/" for n in range(200))) if not name else None
    if name == "all-of":
        return listing(*(f"/the-tale-{int(number) * 2 + n}/" for n in range(2)))
    return page(f"The tale numbered {number}") if name == "the-tale" else None


def archive_by_day(received: Received) -> Reply:
    """Years lead to months, these to days, and only days to articles, one each."""
    parts = received.path.strip("/").split("/")
    if parts == [""]:
        return _links("Archive", [f"/{year}/" for year in range(2000, 2020)])
    if not all(part.isdecimal() for part in parts[:3]):
        return None
    if len(parts) < 3:
        return _links(received.path, [f"{received.path}{number:02}/" for number in range(1, 5)])
    if len(parts) == 3:
        return _links(received.path, [f"{received.path}it-happened/"])
    return page(f"What happened on {' '.join(parts[:3])}")


def sitemap_of_the_dead(received: Received) -> Reply:
    """A sitemap whose first three hundred pages are missing, and whose last sixty are not."""
    if received.path == "/":
        return listing("/about/")
    if received.path == "/sitemap.xml":
        names = "".join(f"<url><loc>{HOST}/a-life-{n}/</loc></url>" for n in range(360))
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return 200, {"Content-Type": "application/xml"}, f'<urlset xmlns="{space}">{names}</urlset>'
    name, _, number = received.path.strip("/").rpartition("-")
    return page(f"The life of {number}") if name == "a-life" and int(number) >= 300 else None


ORDINARY: dict[str, tuple[Trap, int]] = {
    "lists that look like articles": (archive_of_lists, 400),
    "an archive by day": (archive_by_day, 320),
    "a sitemap that begins with what is gone": (sitemap_of_the_dead, 60),
}
"""Sites that a careless rule would hold back, and how many articles they have."""

_SIX = "/browse?" + "&".join(f"{letter}={letter}1" for letter in "abcdef")
TRAPS: dict[str, tuple[Trap, str]] = {
    "parameters in any order": (beside(permuted, _SIX), STORY),
    "upper and lower case": (beside(cased, "/section/overview"), STORY),
    "any of thirty filters": (beside(filtered("/shop"), "/shop"), STORY),
    "filters beside articles": (
        beside(filtered("/"), "/?" + word("filter", 1) + "=1", article="/?p={}"),
        "/?p={}",
    ),
    "a calendar": (beside(calendar, "/calendar/"), STORY),
    "a calendar beside articles": (
        beside(calendar_of_keys("/"), "/?month=1&year=2026", article="/?p={}"),
        "/?p={}",
    ),
    "a session in the path": (
        beside(sessions, f"/s/{code(1)}/story-1.html"),
        STORY,
    ),
    "paths that repeat": (beside(repeating, "/guide/"), STORY),
    "missing with 404": (beside(missing(404, slugs), "/lost/page"), STORY),
    "missing with 200": (beside(missing(200, slugs), "/lost/page"), STORY),
    "indexes of indexes": (beside(index_of_indexes), STORY),
    "sitemaps of nothing": (beside(sitemaps_of_nothing), STORY),
}
