"""Find the authors of an article, and which of them are organizations.

Agencies and outlets are credited beside people, or instead of them. They stay among the authors,
after the people, since the publisher writes "dpa" as its byline. A separate list says which they
are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.document import class_tokens, content_of, element_text
from archive.extract.metadata.person_names import is_organization, names_in, unique
from archive.extract.metadata.sources import Sources, Spoken
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of

_META_TEXT = """
    author article:author dc.creator dcterms.creator parsely-author sailthru.author
    cxenseparse:author byl article:author_name author_name og:article:author
"""
_META = tuple(_META_TEXT.split())
_BYLINE_TEXT = """
    byline byline__name byline-author author author-name article-author article__author
    entry-author post-author vcard fn
"""
_BYLINE = frozenset(_BYLINE_TEXT.split())
"""Classes of bylines; ``fn`` in ``vcard`` is the hCard microformat, which WordPress writes."""
_LIKE_BYLINE = re.compile(
    r"(?:^|[-_ ])(?:by[-_]?lines?|authors?|auteurs?|autor(?:e[ns]?|i)?|redakteur\w*|writers?"
    r"|reporters?|journalists?)(?:$|[-_ ])|person[-_]link|author(?=list|name|link|item)",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(rf"/{any_of(phrases().author_path)}/[^/?#]{{3,}}", re.IGNORECASE)
_NOT_NAMES = re.compile(
    r"\d|[?!:]|(?:bio|photo|image|avatar|follow|more|box|related|comment)", re.IGNORECASE
)
_MAX_NAME_CHARS = 80
_MAX_NAMES = 50


class Credited(NamedTuple):
    """A name, and whether it is that of an agency, an outlet or another organization."""

    name: str
    is_organization: bool


@dataclass(frozen=True, slots=True)
class Authors:
    """All credited names, people first, and those among them that are organizations."""

    names: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


def authors(sources: Sources) -> Authors:
    """Return the authors in the best source that names anyone but the publisher.

    Software names the publisher as author by default, so the publisher counts only when nobody else
    is named.
    """
    defaults: list[Credited] = []
    for read in (_in_nodes, _in_meta, _in_markup, _in_others):
        credited = [
            Credited(name, by_type or is_organization(name) or sources.is_site(name))
            for name, by_type in read(sources)
        ][:_MAX_NAMES]
        if others := [credit for credit in credited if not sources.is_site(credit.name)]:
            return _as_authors(others)
        defaults.extend(credited)
    return _as_authors(defaults)


def _as_authors(credited: Iterable[Credited]) -> Authors:
    listed = sorted(credited, key=lambda credit: credit.is_organization)
    return Authors(
        unique(credit.name for credit in listed),
        unique(credit.name for credit in listed if credit.is_organization),
    )


def _in_nodes(sources: Sources) -> list[Credited]:
    return _in(sources.nodes, sources)


def _in_others(sources: Sources) -> list[Credited]:
    return _in(sources.others, sources)


def _in(nodes: tuple[Spoken, ...], sources: Sources) -> list[Credited]:
    for value in (node.node.get(key) for node in nodes for key in ("author", "creator")):
        found: list[Credited] = []
        for name, by_type in schema_org.people(value, sources.all_nodes):
            names = [name] if by_type else names_in(name)
            found.extend(Credited(each, by_type) for each in names)
        if found:
            return found
    return []


def _in_meta(sources: Sources) -> list[Credited]:
    for name in _META:
        values = sources.page.meta.get(name, ())
        if found := [Credited(each, False) for value in values for each in names_in(value)]:
            return found
    return []


def _in_markup(sources: Sources) -> list[Credited]:
    """Return the names in the first byline of the article, and in the bylines beside it."""
    bylines = [element for element in sources.bylines if _is_byline(element)]
    holders = {above for element in bylines for above in element.iterancestors()}
    for element in bylines:
        if element in holders and not any(map(_is_author_page, element.iter("a"))):
            continue  # a box around bylines, with other content
        entries = [entry for each in _alike(element, sources) for entry in _entries(each)]
        found = [name for entry in entries for name in names_in(entry)]
        if found := [name for name in found if _could_be_name(name)]:
            return [Credited(name, False) for name in found]
    return []


def _entries(element: HtmlElement) -> list[str]:
    """Return the texts of the links to authors in *element*, or its own text if it has none."""
    links = [text for link in element.iter("a") if _is_author_page(link) and (text := _line(link))]
    texts = links or [_line(element)]
    return [text for text in texts if 2 < len(text) <= _MAX_NAME_CHARS]


def _alike(element: HtmlElement, sources: Sources) -> list[HtmlElement]:
    """Return *element* and the similar bylines in the same line or short list."""
    around = element
    for above in islice(element.iterancestors(), 3):
        if len(content_of(above)) > 8 * _MAX_NAME_CHARS or above.find(".//h1") is not None:
            break
        around = above
    kind = (element.tag, element.get("class"))
    return [
        other
        for other in sources.bylines
        if (other.tag, other.get("class")) == kind
        and (other is element or (around in other.iterancestors() and _is_byline(other)))
    ]


def _could_be_name(name: str) -> bool:
    """Return whether *name* looks like a name; "capital", "3 min" and "Follow us" do not."""
    if _NOT_NAMES.search(name):
        return False
    return not name.islower() or is_organization(name)


def _line(element: HtmlElement) -> str:
    return element_text(element).strip(" ,;|")


def _is_author_page(link: HtmlElement) -> bool:
    return "author" in (link.get("rel") or "").lower().split() or bool(
        _AUTHOR_PAGE.search(link.get("href") or "")
    )


def _is_byline(element: HtmlElement) -> bool:
    if element.tag not in {"a", "span", "p", "div", "address", "li", "ul", "strong", "em", "cite"}:
        return False
    if element.tag == "a" and _is_author_page(element):
        return True
    words = {*(element.get("rel") or "").split(), *(element.get("itemprop") or "").split()}
    if "author" in words:
        return True
    tokens = class_tokens(element)
    if not _BYLINE.isdisjoint(tokens):
        return True
    return any(_LIKE_BYLINE.search(token) and not _NOT_NAMES.search(token) for token in tokens)
