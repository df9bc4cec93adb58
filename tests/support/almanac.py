"""A paper whose pages teach how to read them: short notices stand beside long letters of readers.

A notice that is read alone has the letter for its text. Where its text is, only the other pages
tell, on which the article is longer than the letter.
"""

from __future__ import annotations

from archive.model import Exchange
from tests.sites.prose import ENGLISH
from tests.support.scenarios import exchange, http, url_of

LONG, SHORT = 16, 2
NUMBERS = range(LONG + SHORT)


def path(number: int) -> str:
    """The path of article *number*."""
    return f"/almanac/{number}/"


def text(number: int) -> tuple[str, ...]:
    """The paragraphs of article *number*; those from ``LONG`` on are notices of a sentence."""
    paragraphs = ENGLISH.paragraphs(f"almanac {number}", 4)
    return paragraphs if number < LONG else (paragraphs[0].split(". ")[0] + ".",)


def letter(number: int) -> str:
    """The letter beside article *number*."""
    return ENGLISH.paragraphs(f"letter {number}", 1)[0]


def headline(number: int) -> str:
    """The headline of article *number*."""
    return ENGLISH.paragraphs(f"headline {number}", 1)[0].split(".")[0]


def page(number: int, *, reads: int = 0, prefix: str = "") -> str:
    """The page of article *number*, read *reads* times; *prefix* begins the names of a design."""
    paragraphs = "".join(f'<div class="{prefix}par">{each}</div>' for each in text(number))
    return (
        f'<!doctype html><html lang="en"><head><title>{headline(number)} - The Almanac</title>'
        '</head><body><div class="menu"><a href="/">Home</a> <a href="/people/">People</a></div>'
        f'<div class="main"><h1>{headline(number)}</h1>'
        f'<div class="stamp">{number + 1} February 2026</div>'
        f'<div class="{prefix}copy">{paragraphs}</div>'
        f'<div class="{prefix}board"><h3>Letters</h3>'
        f'<div class="comment">{letter(number)}</div></div>'
        f'<div class="views">Read {reads} times since this morning</div></div></body></html>'
    )


def visit(minute: float, *numbers: int, prefix: str = "") -> list[Exchange]:
    """Captures of articles *numbers*, some seconds apart, from *minute* on."""
    return [
        exchange(
            path(number),
            minute + at / 60,
            http(200, page(number, reads=int(minute) * 7 + 31 * number, prefix=prefix)),
        )
        for at, number in enumerate(numbers)
    ]


def texts_in(said: dict[str, str]) -> dict[int, str]:
    """The texts of our articles by their numbers, of *said*, texts by URL."""
    return {n: said[url_of(path(n))] for n in NUMBERS if url_of(path(n)) in said}
