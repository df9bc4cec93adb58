"""A small archive of articles that were followed for a week, for the commands that show it."""

from __future__ import annotations

from collections.abc import Iterator

from archive.model import Exchange
from tests.support.pages import paragraphs, story
from tests.support.scenarios import exchange, http, url_of

BRIDGE, SHORT, REUSED = "/2026/03/the-bridge/", "/?p=7", "/2026/03/today/"
ENGLISH, FRENCH, ALONE = "/2026/03/the-heron/", "/fr/2026/03/le-heron/", "/2026/03/the-otter/"
FOLLOW = "Follow the Herald on the usual channels, and never miss a story."
"""A line below every story in English that no rule of extraction knows."""

OPENED = (
    "The bridge that the town had waited for since the flood of 2011 opened on Tuesday morning.",
    "Some four hundred people crossed it in the first hour, many of them with prams and bicycles.",
    "The mayor thanked the builders and said that the old ferry would run until the end of June.",
)
DUG = (
    "Two machines that started from either side of the hill met on Friday, a hand's breadth apart.",
    "The first train is to run through the tunnel in autumn, if the signals come before the rain.",
    "Until then walkers may look in on Sundays between ten and four, with a lamp and a helmet.",
)
COUNTED = OPENED[1].replace("four hundred", "three hundred and fifty")
MINUTES_A_DAY = 24 * 60


def _page(title: str, *texts: str, author: str = "Ann Bell", head: str = "") -> bytes:
    named = f'<meta name="author" content="{author}">{head}'
    return http(200, story(title=title, head=named, body=paragraphs(*texts, FOLLOW)))


def _told_of(animal: str) -> tuple[str, ...]:
    return (
        f"The {animal} of the upper river was seen again on Sunday, three weeks after the ice.",
        f"Nobody at the weir knew where the {animal} had been, but all of them had an opinion.",
        f"The warden wrote down each of them, and the {animal} went on with what it was doing.",
    )


HERON_IN_FRENCH = (
    "Le héron du haut de la rivière a été revu dimanche, trois semaines après le gel.",
    "Personne au barrage ne savait où il avait passé ce temps, mais chacun avait son avis.",
    "Le garde a tout noté, et le héron a continué ce qu’il était en train de faire.",
)


def _named(*others: tuple[str, str]) -> str:
    return "".join(
        f'<link rel="alternate" hreflang="{language}" href="{url_of(path)}">'
        for language, path in others
    )


def followed() -> Iterator[Exchange]:
    """The exchanges of six days."""

    def on(day: int, path: str, reply: bytes) -> Exchange:
        return exchange(path, day * MINUTES_A_DAY, reply)

    first, second = "The bridge over the river opens", "Hundreds cross the new bridge"
    both = _named(("en", ENGLISH), ("fr", FRENCH))
    yield on(0, BRIDGE, _page(first, *OPENED))
    yield on(0, SHORT, http(301, location=url_of(BRIDGE)))
    yield on(0, REUSED, _page("A kite above the square", *_told_of("kite")))
    yield on(0, ENGLISH, _page("The heron is back", *_told_of("heron"), head=both))
    french = story(title="Le héron est de retour", head=both, body=paragraphs(*HERON_IN_FRENCH))
    yield on(0, FRENCH, http(200, french.replace('lang="en-GB"', 'lang="fr"')))
    yield on(
        0, ALONE, _page("An otter", *_told_of("otter"), head=_named(("fr", "/fr/2026/03/loutre/")))
    )
    for animal in ("badger", "marten", "weasel", "dormouse"):
        yield on(0, f"/2026/03/the-{animal}/", _page(f"The {animal}", *_told_of(animal)))
    edited = (OPENED[0], COUNTED, OPENED[2])
    yield on(1, BRIDGE, _page(first, *edited, author="Ann Bell, Bo Diaz"))
    yield on(2, BRIDGE, http(410))
    yield on(2, REUSED, http(404))
    yield on(3, BRIDGE, _page(first, *edited, author="Ann Bell, Bo Diaz"))
    yield on(3, REUSED, _page("A tunnel under the hill", *DUG))
    yield on(4, BRIDGE, http(403, "<title>Forbidden</title>"))
    yield on(5, BRIDGE, _page(second, *edited, author="Ann Bell, Bo Diaz"))
