"""The lines of an archived page with their places, for people who look at a template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.coding import TooLargeError, decode_body, gunzip_file
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.extract.html_page import text_by_lines
from archive.extract.template.places import path_of, places_of_lines
from archive.model import Payload


@dataclass(frozen=True, slots=True)
class InspectedLine:
    """A line of a page: its *text*, its *place* and the *path* that this is made of."""

    place: int
    path: str
    text: str


def inspected_lines(payload: Payload) -> Iterator[InspectedLine]:
    """Yield the lines of the HTML in *payload* in their order; none if it cannot be unpacked."""
    try:
        body, _ = decode_body(payload.body, payload.header("content-encoding"))
        data, _ = gunzip_file(body)
    except TooLargeError:
        return
    page = parse_page(data, payload.url, payload.header("content-type"))
    if page is None:
        return
    text = text_by_lines(page, payload.captured_at)
    # To read a text changes the elements, so that they have no longer the names in their places.
    whole = lines_of(page.tree)
    paths = {
        place: path_of(line.element)
        for line, place in zip(whole, places_of_lines(whole), strict=True)
    }
    for line, place in zip(text.lines, text.places, strict=True):
        yield InspectedLine(place, paths.get(place) or path_of(line.element), line.text)
