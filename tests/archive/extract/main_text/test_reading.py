"""trafilatura's expressions answered from memory say what the expressions themselves say."""

import itertools
from copy import deepcopy

import pytest
import trafilatura
from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from trafilatura.settings import BASIC_CLEAN_XPATH

from archive.extract.main_text import reading
from archive.extract.main_text.expressions import Remembered
from archive.extract.main_text.reading import main_text

_TAGS = ("div", "section", "article", "main", "p", "span", "ul", "list", "details", "aside", "b")
_NAMES = (
    *("entry-content", "post", "Comments", "comment-list", "share", "cookie", "teaser", "caption"),
    *("hidden", "reply-1", "mvp-post-add-box", "elementor-share-buttons", "main-content", "x"),
    *("Cookie-Consent", "footer", "article body", "related", "noprint", "y" * 600 + "share"),
)
_OTHERS = (
    {"style": "display:none"},
    {"style": "color:red"},
    {"aria-hidden": "true"},
    {"role": "Navigation"},
    {"role": "main"},
    {"itemprop": "articleBody"},
    {"data-lp-replacement-content": ""},
    {"data-component": "MostPopularStories"},
)


def _every_element() -> HtmlElement:
    tree = document_fromstring("<body></body>").find("body")
    for tag in _TAGS:
        etree.SubElement(tree, tag)
        for name in _NAMES:
            etree.SubElement(tree, tag, {"class": name, "title": "t"})
            etree.SubElement(tree, tag, {"id": name})
        for first, second in itertools.product(_NAMES[3:9], repeat=2):
            etree.SubElement(tree, tag, {"id": first, "class": second})
            etree.SubElement(tree, tag, {"class": first, "id": second})
        for attributes in _OTHERS:
            etree.SubElement(tree, tag, attributes)
            etree.SubElement(tree, tag, {**attributes, "id": "hidden"})
            etree.SubElement(tree, tag, {"id": "reply-2", **attributes})
        outer = etree.SubElement(tree, tag, {"class": "infinite-scroll"})
        etree.SubElement(outer, "h1")
    return tree


_SETS = {name: getattr(trafilatura.xpaths, name) for name in reading._discards()}


@pytest.mark.parametrize("name", _SETS)
def test_an_expression_that_is_remembered_finds_the_same_elements(name):
    tree = _every_element()

    for own, remembered in zip(_SETS[name], reading._discards()[name], strict=True):
        for _ in range(2):  # the second time all is answered from memory
            assert remembered(tree) == own(tree)
        assert own(tree)


def test_the_places_of_a_text_are_the_first_ones_that_the_expressions_find():
    tree = _every_element()

    for own, remembered in zip(trafilatura.xpaths.BODY_XPATH, reading._places(), strict=True):
        elements = [*tree.iterdescendants()]
        assert next(iter(remembered(tree))) is own(tree)[0]
        for element in elements[::7]:  # any other element may be the first one as well
            part = deepcopy(element)
            above = etree.Element("div")
            above.append(part)
            assert [*remembered(above)][:1] == own(above)[:1]


def test_what_is_cleaned_away_is_what_the_expression_finds():
    tree = _every_element()

    assert reading._unclean()(tree) == BASIC_CLEAN_XPATH(tree)


def test_names_that_xml_cannot_hold_are_asked_of_the_expression_itself():
    expression = etree.XPath(".//*[contains(@class, 'share')]")
    tree = document_fromstring("<div><o:p class=share>1</o:p><p class='a share'>2</p></div>")

    assert Remembered(expression, ("class",))(tree) == expression(tree)


_STORY = "".join(
    f"<p>Sentence {n} of a story that goes on for a while, as it must.</p>" for n in range(9)
)
_PAGES = {
    "a story in an article": f"<article class=post-content>{_STORY}</article>",
    "a story beside boxes": f"<div id=content>{_STORY}<div class=share>Share this</div></div>",
    "hidden parts": f"<main>{_STORY}<div style='display:none'>Not shown</div></main>",
    "a short note": "<div class=story><p>A short note.</p></div><div class=teaser>More</div>",
    "short, with much beside it": "<div class=text><p>Only this.</p></div>"
    + "".join(f"<div class=entry>Other text number {n}, of some length.</div>" for n in range(40)),
    "appended stories": f"<div>{_STORY}</div><div class=infinite-scroll><p>Another.</p></div>",
    "comments": f"<div>{_STORY}<ol class=comment-list><li>Nice.</li></ol></div>",
    "a table": f"<article>{_STORY}<table><tr><td>1</td><td>2</td></tr></table></article>",
    "nothing": "<p></p>",
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("page", _PAGES)
def test_the_text_is_that_of_the_whole_of_trafilatura(page, fast):
    tree = document_fromstring(f"<html><body>{_PAGES[page]}</body></html>")
    before = etree.tostring(tree)
    whole = trafilatura.bare_extraction(
        deepcopy(tree), fast=fast, include_comments=False, output_format="xml"
    )

    body = main_text(tree, fast=fast)

    assert (whole is None) == (body is None)
    if whole is not None:
        assert etree.tostring(body) == etree.tostring(whole.body)
    assert etree.tostring(tree) == before
