"""Run trafilatura on a tree, without the steps of it that an article's text does not need.

Its functions are used as they are. They are bound to other globals, in copies, so that the
module itself stays as any other program expects it. Pitfall: the names that are bound are no
stable interface of trafilatura; a test compares the results to those of the whole of it.
"""

from __future__ import annotations

import logging
from copy import copy
from types import FunctionType
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import core, htmlprocessing, main_extractor, xpaths
from trafilatura.baseline import baseline, basic_cleaning, html2txt
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.settings import BASIC_CLEAN_XPATH, Extractor

from archive.extract.main_text.expressions import Expression, First, Possible, Remembered

# trafilatura's warnings about a page are of no use to the operator of a crawl.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_BOXES = ("div", "item", "list", "p", "section", "span")
_PLACES = ("article", "div", "main", "section")
_ID, _CLASS = "id", "class"


def main_text(tree: HtmlElement, *, fast: bool) -> etree._Element | None:
    """Return the body that trafilatura extracts from *tree*, which stays as it is; None without.

    With *fast*, trafilatura does not compare its text with those of other extractors. May raise
    ``RecursionError`` if elements are nested deeply.
    """
    options = _FAST if fast else _WHOLE
    try:
        body, text, _, _ = _sequence(copy(tree), options)
    except (TypeError, ValueError):
        return None
    return body if len(text) >= options.min_output_size else None


def _options(*, fast: bool) -> Extractor:
    # The format is XML, else each text would also be written.
    return Extractor(output_format="xml", fast=fast, comments=False, tables=True)


_FAST, _WHOLE = _options(fast=True), _options(fast=False)


def _bound(function: Any, **names: Any) -> Any:
    """Return a copy of *function*, for which the globals *names* have other values."""
    bound = FunctionType(
        function.__code__,
        {**function.__globals__, **names},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    bound.__kwdefaults__ = function.__kwdefaults__
    return bound


def _discards() -> dict[str, list[Expression]]:
    by_names, by_style = xpaths.OVERALL_DISCARD_XPATH
    attributes = (_ID, _CLASS, "role", "data-component", "data-lp-replacement-content")
    appended, shared = xpaths.RAW_TREE_PRUNE_XPATH
    (comments,) = xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH
    (images,), (teasers,) = xpaths.DISCARD_IMAGE_ELEMENTS, xpaths.TEASER_DISCARD_XPATH
    sides = ("div", "section", "aside")
    return {
        "OVERALL_DISCARD_XPATH": [
            Remembered(by_names, attributes, _BOXES),
            Remembered(by_style, (_ID, _CLASS, "style", "aria-hidden")),
        ],
        "DISCARD_IMAGE_ELEMENTS": [Remembered(images, (_ID, _CLASS), _BOXES)],
        "TEASER_DISCARD_XPATH": [Remembered(teasers, (_ID, _CLASS), _BOXES)],
        "RAW_TREE_PRUNE_XPATH": [
            Possible(appended, (_ID, _CLASS), sides),
            Remembered(shared, (_CLASS,), sides),
        ],
        "REMOVE_COMMENTS_AND_LISTS_XPATH": [
            Remembered(comments, (_ID, _CLASS), ("div", "list", "section", "details", "ol", "ul"))
        ],
    }


def _places() -> list[Expression]:
    marked, first_article, story, content, main = xpaths.BODY_XPATH
    return [
        First(marked, (_ID, _CLASS, "itemprop"), _PLACES),
        first_article,
        First(story, (_ID, _CLASS, "role"), _PLACES),
        First(content, (_ID, _CLASS), _PLACES),
        First(main, (_ID, _CLASS, "role"), _PLACES),
    ]


def _unclean() -> Expression:
    return Remembered(
        BASIC_CLEAN_XPATH,
        (_ID, _CLASS),
        others=("aside", "div", "fencedframe", "footer", "script", "style", "svg", "template"),
    )


def _prepared(
    tree: HtmlElement, options: Extractor, url: str | None
) -> tuple[HtmlElement, HtmlElement | None]:
    """Return *tree* cleaned and converted, and as only other extractors need it: cleaned."""
    cleaned = tree_cleaning(copy(tree), options)
    backup = None if options.fast else copy(cleaned)
    return convert_tags(cleaned, options, url), backup


def _density_tested(element: HtmlElement, favor_precision: bool = False) -> tuple[bool, bool]:
    """Return what trafilatura says of the links in *element*; most elements have none."""
    if next(element.iter("ref"), None) is None:
        return False, False
    tested: tuple[bool, bool] = htmlprocessing.link_density_test(element, favor_precision)
    return tested


def _sequence_with_memory() -> Any:
    """Return trafilatura's sequence of steps with expressions that are answered from memory."""
    expressions = _discards()
    by_links = _bound(htmlprocessing.delete_by_link_density, link_density_test=_density_tested)
    sections = _bound(
        main_extractor.prune_unwanted_sections, **expressions, delete_by_link_density=by_links
    )
    extract = _bound(
        main_extractor._extract, prune_unwanted_sections=sections, BODY_XPATH=_places()
    )
    wild = _bound(main_extractor.recover_wild_text, prune_unwanted_sections=sections)
    content = _bound(main_extractor.extract_content, _extract=extract, recover_wild_text=wild)
    compare = _bound(core._extract_and_compare, extract_content=content)
    cleaned = _bound(basic_cleaning, BASIC_CLEAN_XPATH=_unclean())
    return _bound(
        core.trafilatura_sequence,
        **expressions,
        _prepare_tree=_prepared,
        _extract_and_compare=compare,
        _recall_retry=_bound(
            core._recall_retry, _prepare_tree=_prepared, _extract_and_compare=compare
        ),
        baseline=_bound(baseline, basic_cleaning=cleaned),
        html2txt=_bound(html2txt, basic_cleaning=cleaned),
    )


_sequence = _sequence_with_memory()
