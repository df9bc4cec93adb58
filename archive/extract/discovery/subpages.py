"""Find the links between an article and what may be its subpages: comments, a form for print.

A link may be one for its address, or because its text is the headline of the page. Settling decides
by what the pages say (``archive/settle/subpages.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml.html import HtmlElement

from archive.extract.coding import one_line
from archive.extract.dom.document import Page, element_text
from archive.model import Edge, EdgeKind
from archive.session_ids import without_sessions
from archive.subpage_addresses import StoryAddress, subpage_address
from archive.urls import absolute, host_of

MOST_SUBPAGES = 12
"""A page with more such links is a list with filters, or links each of its comments."""


_LEAST_LETTERS = 12
"""A shorter headline may be the text of any link."""


def story_edges(page: Page) -> tuple[Edge, ...]:
    """Return the claims of *page*, which is no article, to be a subpage of one that it links.

    Its address has that of the article in it, and its title the text of the link.
    """
    url = without_sessions(page.url)
    if not subpage_address(url):
        return ()
    own = StoryAddress(url)
    title = one_line(page.title or "").casefold()
    return tuple(
        dict.fromkeys(
            Edge(EdgeKind.STORY, target)
            for target, link in _links(page)
            if target != url
            and len(text := element_text(link)) >= _LEAST_LETTERS
            and text.casefold() in title
            and (own.shares_a_name(target) or StoryAddress(target).is_above(url))
        )
    )


def subpage_edges(page: Page, headline: str, others: Collection[str]) -> tuple[Edge, ...]:
    """Return the claims of *page*, an article with *headline*, about subpages: its own, or itself.

    *others* are known to be something else, such as parts of the article.
    """
    url = without_sessions(page.url)
    if not subpage_address(url):
        return ()
    own = [StoryAddress(url), *map(StoryAddress, _short_links(page))]
    said = one_line(headline).casefold()
    found: dict[Edge, None] = {}
    is_told = len(said) >= _LEAST_LETTERS
    asked: set[str] = set()
    for target, link in _links(page):
        if target == url or target in others:
            continue
        if target not in asked:
            asked.add(target)
            if any(each.is_above(target) or each.shares_a_name(target) for each in own):
                found.setdefault(Edge(EdgeKind.SUBPAGE, target))
        if is_told and element_text(link).casefold() == said:
            found.setdefault(Edge(EdgeKind.STORY, target))
    claims = [edge for edge in found if subpage_address(edge.target)]
    own_pages = [edge for edge in claims if edge.kind is EdgeKind.SUBPAGE]
    stories = [edge for edge in claims if edge.kind is EdgeKind.STORY][:MOST_SUBPAGES]
    return tuple(stories if len(own_pages) > MOST_SUBPAGES else [*own_pages, *stories])


def _short_links(page: Page) -> Iterator[str]:
    """Yield the addresses by which the system itself calls the page; the number is in them."""
    for link in page.tree.iter("link"):
        if "shortlink" in link.get("rel", "").lower().split():
            target = absolute(page.base, link.get("href", ""))
            if target is not None and host_of(target) == host_of(page.url):
                yield target


def _links(page: Page) -> Iterator[tuple[str, HtmlElement]]:
    """Yield the target of each link of the page to its host, and the link."""
    host = host_of(page.url)
    here = f"http://{host}/", f"https://{host}/"
    for link in page.elements_having("href"):
        if link.tag != "a":
            continue
        href = link.get("href", "")
        target = absolute(page.base, href) if href and not href.startswith("#") else None
        if target is not None and target.startswith(here):
            yield without_sessions(target), link
