"""The lines of a page as people look at them: each with its place, and the path that this is of."""

from __future__ import annotations

import gzip

import pytest

from archive.extract.coding import MAX_BODY_BYTES
from archive.extract.template.inspection import inspected_lines
from archive.model import Payload
from tests.support.pages import PROSE, payload, story
from tests.support.placed import places_on


def inspected(reply: Payload) -> dict[str, tuple[int, str]]:
    return {line.text: (line.place, line.path) for line in inspected_lines(reply)}


def test_each_line_has_its_place_and_the_path_from_body():
    found = inspected(payload(story()))

    assert {text: place for text, (place, _) in found.items()} == places_on(story())
    assert found[PROSE[0]][1] == "article.post > div.entry-content > p"


def test_a_path_has_the_names_that_the_publisher_gave():
    """Names of the frame and of captions are changed while a text is read."""
    picture = '<div class="pic"><img src="/a.png"><span>The bridge at night</span></div>'
    html = story(body=f"<p>{PROSE[0]}</p>{picture}<p>{PROSE[1]}</p>").replace(
        'class="post"', 'class="newsletter-page"'
    )

    paths = {path for _, path in inspected(payload(html)).values()}

    assert "article.newsletter-page > div.entry-content > p" in paths
    assert "article.newsletter-page > div.entry-content > div.pic" in paths


def test_a_packed_page_is_unpacked():
    packed = payload(gzip.compress(story().encode()), content_encoding="gzip")

    assert inspected(packed) == inspected(payload(story()))


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(payload(""), id="nothing"),
        pytest.param(payload(gzip.compress(bytes(MAX_BODY_BYTES + 1), 1)), id="a bomb"),
    ],
)
def test_what_is_no_page_has_no_lines(reply):
    assert inspected(reply) == {}
