"""Lines that are nothing but links to other stories of the same site.

Within the text they interrupt it: "More on the flood", and the headline of another story. What has
a label ("Read also: ...") is kept, since publishers count it as text; so is a list that the text
gives a heading to, and a link that ends as a sentence does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archive.extract.leaves import Leaf, letters_of
from archive.model import Block, BlockKind

_LINK_LETTERS = 15
_LABEL = re.compile(r"[^:|–—.]{2,40}[:|–—]\s*")
_SENTENCE_ENDS = (".", "!", ".”", '."', ".»", "。")
_SHARED_ON_TEXT = """
    facebook.com twitter.com x.com linkedin.com pinterest.com whatsapp.com wa.me t.me telegram.me
    reddit.com tumblr.com instagram.com threads.net bsky.app vk.com ok.ru line.me xing.com
    tiktok.com flipboard.com getpocket.com addtoany.com
"""
_SHARED_ON = frozenset(_SHARED_ON_TEXT.split())
"""Sites that rows of buttons lead to."""
_COUNTRY_SHARED = 3
"""Letters of a second label, as in co.uk, below which a site's name is in the label before it."""


def without_link_lines(
    blocks: Sequence[Block], leaves: Sequence[Leaf], where: Sequence[int | None], base: str
) -> tuple[list[Block], list[int | None]]:
    """Return *blocks* and *where* they stand in *leaves*, without those that are links alone."""
    site = _site(base)
    doomed: set[int] = set()
    run: list[int] = []
    for number, (block, at) in enumerate(zip(blocks, where, strict=True)):
        leaf = None if at is None else leaves[at]
        if block.kind is BlockKind.LIST_ITEM:
            run.append(number)
            continue
        doomed.update(_doomed_list(blocks, leaves, where, run, base, site))
        run = []
        if leaf is not None and block.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE}:
            whole = letters_of(block.text) == leaf.letters
            if whole and _is_link_line(leaf) and _is_internal(leaf.element, base, site):
                doomed.add(number)
    doomed.update(_doomed_list(blocks, leaves, where, run, base, site))
    kept = [number for number in range(len(blocks)) if number not in doomed]
    return [blocks[number] for number in kept], [where[number] for number in kept]


def _is_link_line(leaf: Leaf) -> bool:
    if leaf.linked < _LINK_LETTERS or not leaf.is_link or _LABEL.match(leaf.text):
        return False
    if " " not in leaf.text:  # an address that is told, not a headline
        return False
    return not leaf.text.rstrip().endswith(_SENTENCE_ENDS)


def _doomed_list(
    blocks: Sequence[Block],
    leaves: Sequence[Leaf],
    where: Sequence[int | None],
    run: list[int],
    base: str,
    site: str,
) -> list[int]:
    """Return *run*, the numbers of a list's items, if each is a link; else nothing of it."""
    if not run or run[0] == 0 or blocks[run[0] - 1].kind is BlockKind.HEADING:
        return []
    for number in run:
        at = where[number]
        leaf = None if at is None else leaves[at]
        if leaf is None or not leaf.is_link or leaf.linked < _LINK_LETTERS:
            return []
        if not _is_internal(leaf.element, base, site):
            return []
    return run


def _is_internal(element: HtmlElement, base: str, site: str) -> bool:
    """Whether all links in or around *element* lead to other pages of the site."""
    links = list(element.iter("a")) or list(element.iterancestors("a"))
    hrefs = [(link.get("href") or "").strip() for link in links]
    return bool(hrefs) and all(
        href and not href.startswith("#") and _site(_joined(base, href)) == site for href in hrefs
    )


def leads_away(element: HtmlElement, base: str) -> bool:
    """Whether all links in *element* lead to other sites, and none to where stories are shared."""
    site = _site(base)
    places = {_site(_joined(base, (link.get("href") or "").strip())) for link in element.iter("a")}
    return bool(places) and places.isdisjoint({"", site, *_SHARED_ON})


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # brackets that enclose no address
        return ""


def _site(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    shared = len(labels) > 2 and len(labels[-2]) <= _COUNTRY_SHARED
    return ".".join(labels[-3 if shared else -2 :])
