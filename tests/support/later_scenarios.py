"""Scenarios of later visits: addresses, removals, walls and frames."""

from __future__ import annotations

from tests.support.scenarios import Scenario, canonical_link, exchange, http, page, url_of


def _reused() -> Scenario:
    here, moved_to = "/reused/the-stork-on-the-mast/", "/reused/the-stork-that-stayed/"
    stork, lynx = page("stork", head=_published(1)), _other("lynx", 3)
    return Scenario(
        name="an address that another story takes over when the first has moved",
        exchanges=(
            exchange(here, 1, http(200, stork)),
            exchange(here, 60, http(301, location=url_of(moved_to))),
            exchange(moved_to, 61, http(200, stork)),
            exchange(here, 120, http(200, lynx)),
            exchange(moved_to, 121, http(200, stork)),
            exchange(here, 180, http(200, lynx)),
        ),
        articles={moved_to: 1, f"{here} (2)": 1},
    )


def _replaced() -> Scenario:
    here = "/replaced/the-moth-at-the-lamp/"
    return Scenario(
        name="an address at which another story stands one day",
        exchanges=(
            exchange(here, 1, http(200, page("moth", head=_published(1)))),
            exchange(here, 60, http(200, _other("toad", 2))),
        ),
        articles={here: 1, f"{here} (2)": 1},
        gone=frozenset({here}),
    )


def _removals() -> Scenario:
    paths = {name: f"/removed/the-{name}-in-the-reeds/" for name in ("teal", "coot", "rail")}
    seen = [exchange(path, 1, http(200, page(name))) for name, path in paths.items()]
    return Scenario(
        name="articles that are removed in other ways",
        exchanges=(
            *seen,
            exchange(paths["teal"], 60, http(451, "<p>By order of the court</p>")),
            exchange(paths["coot"], 61, http(302, location="/")),
            exchange(paths["rail"], 62, http(301, location="http://consent.test/ask")),
        ),
        articles=dict.fromkeys(paths.values(), 1),
        gone=frozenset({paths["teal"], paths["coot"]}),
    )


def _translations() -> Scenario:
    names = {"sv": "/sv/ankan-i-dammen/", "da": "/da/anden-i-dammen/", "nb": "/nb/anda-i-dammen/"}
    links = "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{url_of(path)}">'
        for tag, path in (*names.items(), ("x-default", "/"))
    )
    pages = {tag: _in_language(page(f"{tag} duck", head=links), tag) for tag in names}
    return Scenario(
        name="translations that name each other",
        exchanges=tuple(
            exchange(path, minute, http(200, pages[tag]))
            for minute, (tag, path) in enumerate(names.items())
        ),
        articles=dict.fromkeys(names.values(), 1),
    )


def _frame() -> Scenario:
    names = ("amsel", "drossel", "fink", "star", "meise", "specht", "kranich", "reiher", "elster")
    told = [
        (f"/de/{name}-am-deich/", _in_language(page(name, body=_in_german(name)), "de"))
        for name in names
    ]
    first = [exchange(path, n, http(200, text)) for n, (path, text) in enumerate(told)]
    again = [
        exchange(path, 60 + n, http(200, text.replace("um 7 Uhr", "um 8 Uhr")))
        for n, (path, text) in enumerate(told)
    ]
    return Scenario(
        name="a slogan below every article in a language, whose hour moves on",
        exchanges=(*first, *again),
        articles=dict.fromkeys((path for path, _ in told), 1),
    )


def _in_parts() -> Scenario:
    """Three pages of one article; the third is seen late, the second is edited, then it is one."""
    first = "/parts/the-heron-on-the-weir/"
    paths = {1: first, 2: f"{first}2/", 3: f"{first}3/"}
    names = {1: "heron", 2: "weir", 3: "keeper"}
    twin = f"{first}?amp=1"

    def part(number: int, edit: str = "") -> bytes:
        numbers = " ".join(
            f'<span class="post-page-numbers current">{n}</span>'
            if n == number
            else f'<a class="post-page-numbers" href="{url_of(path)}">{n}</a>'
            for n, path in paths.items()
        )
        head = canonical_link(paths[number]) + _published(4)
        if number == 1:
            head += f'<link rel="amphtml" href="{url_of(twin)}">'
        body = _prose(names[number]) + edit + f'<div class="page-links">Pages: {numbers}</div>'
        return http(200, page("heron", head=head, body=body))

    whole = "".join(map(_prose, names.values()))
    amp = page("heron", head=canonical_link(first) + _published(4), body=whole)
    one = page("heron", head=canonical_link(first) + _published(4), body=whole)
    edited = one.replace(_prose("weir"), _prose("weir") + _EDIT)
    return Scenario(
        name="an article in three pages, one of them seen late, one edited, all put together",
        exchanges=(
            exchange(first, 1, part(1)),
            exchange(paths[2], 2, part(2)),
            exchange(paths[3], 3, http(503, "later")),
            exchange(twin, 4, http(200, amp.replace("<html ", "<html amp ", 1))),
            exchange(first, 120, part(1)),
            exchange(paths[3], 121, part(3)),
            exchange(first, 240, part(1)),
            exchange(paths[2], 241, part(2, _EDIT)),
            exchange(paths[3], 242, http(404, "gone")),
            exchange(first, 360, http(200, edited)),
            exchange(paths[2], 361, http(404, "gone")),
        ),
        articles={first: 2},
    )


_EDIT = "<p>The keeper asks all walkers to close the lower gate behind them until the frost.</p>"


def _prose(name: str) -> str:
    return f"""<p>Nobody had seen the {name} in such a light before, and those who came early stood
        on the bridge for an hour without a word.</p><p>What the {name} did next is told in three
        ways in the village, and each teller was there, or knows somebody who was.</p>"""


def _wrong_links() -> Scenario:
    paths = ("/wrong/the-crane-above-the-yard/", "/wrong/the-question-of-the-harbour/")
    head = canonical_link(paths[0]) + _published(6)
    other = _other("harbour", 6).replace("<head>", f"<head>{canonical_link(paths[0])}")
    return Scenario(
        name="two stories of one instant, of which the second names the first as canonical",
        exchanges=(
            exchange(paths[0], 1, http(200, page("crane", head=head))),
            exchange(paths[1], 2, http(200, other)),
        ),
        articles=dict.fromkeys(paths, 1),
    )


def _beside() -> Scenario:
    """The second of two briefings of a day names the first as canonical; both are visited twice."""
    paths = ("/beside/morning-briefing/", "/beside/morning-briefing-2/")
    first = page("dyke", head=_published(7))
    second = _other("pumps", 7).replace("<head>", f"<head>{canonical_link(paths[0])}")
    pages = [
        first.replace("What the dyke saw", "Morning briefing"),
        second.replace("What the pumps saw", "Morning briefing"),
    ]
    return Scenario(
        name="two stories of a day with one headline, of which one claims to be the other",
        exchanges=tuple(
            exchange(path, day * 1440 + at, http(200, text))
            for day in (1, 2)
            for at, (path, text) in enumerate(zip(paths, pages, strict=True))
        ),
        articles=dict.fromkeys(paths, 1),
    )


def _one_payload() -> Scenario:
    """A parameter changes nothing; the other path has the same page, and claims nothing."""
    here, there = "/same/the-otter-in-the-lock/", "/same/the-otter-in-the-lock-again/"
    text = page("otter", head=_published(8))
    edited = text.replace("walked along the dyke", "ran along the dyke")
    return Scenario(
        name="a parameter that changes nothing, and a page at two paths",
        exchanges=(
            exchange(here, 1, http(200, text)),
            exchange(f"{here}?ref=mail", 2, http(200, text)),
            exchange(there, 3, http(200, text)),
            exchange(f"{here}?ref=mail", 1440, http(200, edited)),
            exchange(f"{here}?ref=home", 1441, http(200, edited)),
        ),
        articles={here: 2, there: 1},
    )


def _counted() -> Scenario:
    here = "/counted/the-swifts-under-the-roof/"
    pages = (
        page("swift", after="").replace("</article>", f"<p>{count} views</p></article>")
        for count in ("1,204", "1,377", "2,001")
    )
    return Scenario(
        name="an article that counts its readers",
        exchanges=tuple(
            exchange(here, 60 * number, http(200, text)) for number, text in enumerate(pages)
        ),
        articles={here: 1},
    )


def _other(name: str, day: int) -> str:
    """Another story than those of ``page``, published on *day* of February."""
    body = f"""<p>The council met on the question of the {name} and put it off for another year,
        as it had done in every autumn since the old bridge fell.</p><p>A petition with nine hundred
        signatures lay on the table, and the clerk read all of them out before lunch.</p>"""
    return page(name, head=_published(day), body=body)


def _in_german(name: str) -> str:
    return f"""<p>Am Deich bei {name} standen am Morgen noch die Pfützen, und niemand wusste, ob
        das Wehr die Nacht über gehalten hatte.</p><p>Gegen Mittag kam die Meisterin aus {name} und
        sah, dass zwei Bohlen fehlten, die im Herbst erst erneuert worden waren.</p>
        <p>Die Möwe dreht um 7 Uhr ihre Runde über dem Hafen.</p>"""


def _published(day: int) -> str:
    moment = f"2026-02-{day:02}T08:00:00Z"
    return f'<meta property="article:published_time" content="{moment}">'


def _in_language(text: str, tag: str) -> str:
    return text.replace('lang="en-GB"', f'lang="{tag}"')


LATER: tuple[Scenario, ...] = (
    _reused(),
    _replaced(),
    _removals(),
    _translations(),
    _frame(),
    _in_parts(),
    _wrong_links(),
    _beside(),
    _one_payload(),
    _counted(),
)
