"""Detect the second and later pages of an article that is split into pages.

WordPress serves the text after ``<!--nextpage-->`` at ``/post/2/`` with its own canonical URL. Only
the page numbers under the text show that it is no article of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement

from archive.extract.dom.class_names import names_of
from archive.extract.dom.document import Page, element_text
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.urls import absolute

_NUMBERED = re.compile(r"/(\d{1,3})/?$")
_NUMBER_QUERY = re.compile(rf"(?:^|&)(?:p|{any_of(phrases().page_parameter)})=(\d{{1,3}})(?=&|$)")
_CURRENT = frozenset({"current", "active", "is-current"})
_BOXES = re.compile(
    r"page-links|post-page-numbers|(?:post|entry|article|page|content)-?_?pag(?:es|inat(?:ion|ed))"
    r"|multi-?_?page|nextpage",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Part *number* (2 or more) of an article; *first* is the URL of part 1, None if unknown."""

    number: int
    first: str | None


def later_part(page: Page) -> Part | None:
    """Return which part of an article *page* is; None for the first part and a whole article."""
    parts = urlsplit(page.url)
    found = _NUMBERED.search(parts.path) or _NUMBER_QUERY.search(parts.query)
    if found is None or (number := int(found.group(1))) < 2:
        return None
    box = _numbers(page.tree, number)
    if box is None:
        box = _unnamed_numbers(page, number)
    if box is None:
        return None
    first = _first_by_link(page, box) or _first_by_address(page, number)
    return Part(number, first if first != page.url else None)


def _numbers(tree: HtmlElement, number: int) -> HtmlElement | None:
    """Return the element around the page numbers if *number* is the current one, else None."""
    for element in tree.iter("span", "a", "li", "strong", "b", "em"):
        words = (element.get("class") or "").lower().split()
        if "aria-current" not in element.attrib and _CURRENT.isdisjoint(words):
            continue
        is_small = len(list(islice(element.iter(), 4))) < 4  # not a list with everything in it
        if not is_small or element_text(element) != str(number):
            continue
        if "post-page-numbers" in words:
            parent = element.getparent()
            return element if parent is None else parent
        for ancestor in element.iterancestors():
            if _BOXES.search(names_of(ancestor)):
                return ancestor
    return None


def _unnamed_numbers(page: Page, number: int) -> HtmlElement | None:
    """Return the element around page numbers that no class names: "Pages: 1 <b>2</b> 3".

    Old content management systems write them so. Every other number must be a link to a URL that
    differs from the URL of *page* only in the number.
    """
    for element in page.tree.iter("b", "strong", "span", "font", "em"):
        parent = element.getparent()
        if parent is None or len(element) or (element.text or "").strip(" []") != str(number):
            continue
        linked = [link for link in parent.iter("a") if element_text(link).isdecimal()]
        numbers = {int(element_text(link)) for link in linked} - {number}
        if 1 in numbers and all(_is_other_part(page, link) for link in linked):
            return parent
    return None


def _is_other_part(page: Page, link: HtmlElement) -> bool:
    target = absolute(page.base, link.get("href", ""))
    if target is None:
        return False
    there, here = urlsplit(target), urlsplit(page.url)
    number = _NUMBER_QUERY.search(there.query)
    written = int(element_text(link))
    return there[:3] == here[:3] and (int(number.group(1)) if number else 1) == written


def _first_by_link(page: Page, box: HtmlElement) -> str | None:
    for link in box.iter("a"):
        if element_text(link) == "1" and link.get("href"):
            return absolute(page.base, link.get("href", ""))
    return None


def _first_by_address(page: Page, number: int) -> str | None:
    parts = urlsplit(page.url)
    path = re.sub(rf"/{number}(/?)$", r"\1", parts.path)
    if path == parts.path:
        return None
    return absolute(page.url, urlunsplit(parts._replace(path=path or "/", query="", fragment="")))
