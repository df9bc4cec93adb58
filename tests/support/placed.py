"""Small pages that are read with a template; places are named by a line that is there."""

from __future__ import annotations

from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import letters_of
from archive.extract.html_page import text_by_lines
from archive.extract.payload import extract
from archive.extract.template.line_table import folded_digest
from archive.model import Article, Extraction
from archive.model.line_table import LineTable, PlacedLines, SeenLine, unpack
from archive.model.template import PlaceRole, PlaceRule, Template
from tests.support.pages import CAPTURED, STORY, payload


def places_on(html: str) -> dict[str, int]:
    """The place of each line of *html*, by its text."""
    page = parse_page(html.encode(), STORY, "text/html; charset=utf-8")
    assert page is not None
    text = text_by_lines(page, CAPTURED)
    return dict(zip((line.text for line in text.lines), text.places, strict=True))


def read_by(
    html: str, *, repeated: tuple[str, ...] = (), others: str = "", **roles: str | tuple[str, ...]
) -> Extraction:
    """What *html* says, if the places of the lines in *roles* have these (``frame="Share this"``).

    *repeated* are lines that are on several pages of its publisher. Lines that *html* does not have
    are looked for on the page *others*.
    """
    places = {**(places_on(others) if others else {}), **places_on(html)}
    digests = tuple(folded_digest(letters_of(each)) for each in repeated)
    rules = []
    for role, lines in roles.items():
        for each in (lines,) if isinstance(lines, str) else lines:
            rules.append(PlaceRule("", places[each], PlaceRole(role), repeated=digests))
    return extract(payload(html), Template(tuple(rules)))


def article_by(html: str, **roles: str | tuple[str, ...]) -> Article:
    """The article of *html*, read by *roles* as in ``read_by``."""
    found = read_by(html, **roles).article
    assert found is not None
    return found


def texts_by(html: str, **roles: str | tuple[str, ...]) -> list[str]:
    """The texts of the blocks of ``article_by``."""
    return [block.text for block in article_by(html, **roles).blocks]


def table_of(html: str) -> LineTable:
    """The table of the lines of *html*."""
    lines = extract(payload(html)).lines
    assert lines is not None
    return unpack(lines)


def seen_at(html: str, text: str) -> PlacedLines:
    """What the table of *html* has at the place of its line *text*."""
    place = places_on(html)[text]
    (found,) = (each for each in table_of(html).places if each.place == place)
    return found


def seen(html: str, text: str) -> SeenLine:
    """The line *text* in the table of *html*."""
    digest = folded_digest(letters_of(text))
    (found,) = (line for line in seen_at(html, text).lines if line.digest == digest)
    return found
