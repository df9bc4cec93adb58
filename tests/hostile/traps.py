"""Parts of a site that never end: calendars, permuted queries, paths that repeat, visits.

Each answers whatever it is asked below its address, and may be asked a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from zlib import crc32

from tests.hostile.misdeed import html
from tests.support.raw_server import Heard, Play
from tests.support.sites import page, prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A part of the site below *entrance*, which may be asked for *most* pages of it."""

    name: str
    entrance: str
    reply: Callable[[str], str]
    most: int = 150

    @property
    def below(self) -> str:
        """The beginning that all its addresses share."""
        return self.entrance.partition("?")[0]

    def play(self, heard: Heard) -> Play:
        """Return the page at the target that was *heard*."""
        return html(self.reply(heard.target))


def _links(*targets: str) -> str:
    return "".join(f'<li><a href="{target}">{target[-20:]}</a></li>' for target in targets)


def _bare(title: str, *targets: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f"<body><h1>{title}</h1><ul>{_links(*targets)}</ul></body></html>"
    )


def _calendar(target: str) -> str:
    number = int(target.rpartition("=")[2])
    months = (number - 1, number + 1, number + 12, number - 12, number + 120, number - 120)
    return _bare(f"Events of month {number}", *(f"/calendar/?month={n}" for n in months))


def _permuted(_: str) -> str:
    pairs = ("sort=date", "view=list", "lang=en", "size=10", "page=1")
    return page(
        "One page by many names",
        body=prose("one page"),
        links=tuple("/permuted/?" + "&".join(order) for order in permutations(pairs)),
    )


def _filters(target: str) -> str:
    chosen = set(target.partition("?")[2].split("&")) - {""}
    more = (f"f{n}=1" for n in range(30))
    return page(
        "One list by many filters",
        body=prose("one list"),
        links=tuple("/filters/?" + "&".join(sorted({*chosen, one})) for one in more),
    )


def _repeating(target: str) -> str:
    below = ("about/", "news/", "team/")
    return _bare("A wrong relative link", *(target + name for name in below))


def _visits(target: str) -> str:
    """Return a page whose links bear another visit's name at each look."""
    visit = f"{crc32(target.encode()):08x}"
    return _bare("Your visit", *(f"/visits/(S({visit}{n:04x}))/page.aspx" for n in range(20)))


def _missing(target: str) -> str:
    seed = crc32(target.encode())
    return _bare("Page not found", *(f"/missing/{seed + n * 7919:x}/" for n in range(20)))


def _cases(target: str) -> str:
    name = "onepathinmanycases"
    seed = crc32(target.encode())
    spelled = (
        "".join(c.upper() if seed * (n + 7) >> k & 1 else c for k, c in enumerate(name))
        for n in range(20)
    )
    return page("One path in many cases", body=prose("one path"),
                links=tuple(f"/cases/{one}/" for one in spelled))  # fmt: skip


TRAPS = (
    Trap(name="a calendar", entrance="/calendar/?month=0", reply=_calendar),
    Trap(name="permuted keys", entrance="/permuted/", reply=_permuted),
    Trap(name="any subset of filters", entrance="/filters/", reply=_filters),
    Trap(name="paths that repeat", entrance="/repeating/", reply=_repeating),
    Trap(name="visits in a path", entrance="/visits/", reply=_visits),
    Trap(name="missing pages that link on", entrance="/missing/", reply=_missing),
    Trap(name="one path in many cases", entrance="/cases/", reply=_cases),
)
