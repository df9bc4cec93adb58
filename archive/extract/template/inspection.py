"""The lines of an archived page with their places, for people who look at a template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.coding import TooLargeError, decode_body, gunzip_file
from archive.extract.html_page import text_by_lines
from archive.extract.template.places import path_of
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
    except TooLargeError:
        return
    data, _ = gunzip_file(body)
    content_type = payload.header("content-type") or ""
    text = text_by_lines(data, payload.url, content_type, payload.captured_at)
    for line, place in zip(text.lines, text.places, strict=True):
        yield InspectedLine(place, path_of(line.element), line.text)
