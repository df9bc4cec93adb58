"""Scenarios of later visits: addresses, removals, walls and frames."""

from __future__ import annotations

from tests.support.scenarios import Scenario, exchange, http, page, url_of


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
)
