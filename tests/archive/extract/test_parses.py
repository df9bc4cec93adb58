"""Reading a page costs one parse: all steps share its tree."""

import lxml.html
import pytest
import trafilatura
from lxml import etree

from archive.extract.article import extract_page
from archive.model import Outcome

_SENTENCE = "The council of the town met on Monday and decided to repair the old bridge at once. "
_PROSE = "".join(f"<p>{number}. {_SENTENCE * 3}</p>" for number in range(8))
_HEAD = "<title>The old bridge will be repaired at once</title>"
_HEADLINE = "<h1>The old bridge will be repaired at once</h1><time datetime=2026-02-03>3 Feb</time>"
_MENU = "".join(f"<li><a href=/{n}>Part {n} of the town</a></li>" for n in range(30))

_PAGES = {
    "an article whose element is named": (
        f"{_HEAD}<article class=entry-content>{_HEADLINE}{_PROSE}</article>",
        Outcome.ARTICLE,
    ),
    "an article in plain boxes, which the line model reads": (
        f"{_HEAD}<div>{_HEADLINE}<div>{_PROSE}</div></div><ul>{_MENU}</ul>",
        Outcome.ARTICLE,
    ),
    "a text that is little of its page, so that other extractors are asked": (
        f"{_HEAD}<article>{_HEADLINE}<p>{_SENTENCE}</p></article><main>"
        + "".join(f"<div>{n}: {_SENTENCE * 3}</div>" for n in range(20))
        + "</main>",
        Outcome.ARTICLE,
    ),
    "a page without a text": (f"<title>All parts</title><ul>{_MENU}</ul>", Outcome.LISTING),
}


@pytest.fixture
def parses(monkeypatch):
    """Return a list that gets an entry for each document that lxml parses."""
    counted = []

    def counting(parse):
        def parse_and_count(*arguments, **options):
            counted.append(parse.__name__)
            return parse(*arguments, **options)

        return parse_and_count

    for name in ("fromstring", "HTML", "XML", "parse"):
        monkeypatch.setattr(etree, name, counting(getattr(etree, name)))
    return counted


def test_what_counts_parses_also_sees_those_of_libraries(parses):
    lxml.html.fromstring("<p>One</p>")
    assert len(parses) == 1

    trafilatura.bare_extraction(f"<html><body>{_PROSE}</body></html>")
    assert len(parses) > 1


@pytest.mark.parametrize("page", _PAGES)
def test_a_page_is_parsed_once(page, parses):
    markup, outcome = _PAGES[page]

    found = extract_page(f"<html><body>{markup}</body></html>".encode(), "https://a.test/bridge")

    assert found.outcome is outcome
    assert parses == ["fromstring"]
