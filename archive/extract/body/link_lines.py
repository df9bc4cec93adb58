"""Remove lines that are only links to other stories of the same site.

Such lines interrupt the text: "More on the flood", or the headline of another story. Three kinds of
links are kept: an invitation by the writer ("Read also: ..."), since publishers count it as text; a
list with a heading of the text; a link that ends like a sentence. Links that a newsroom's tools
insert are removed: a line that is one link with its label; a label in capitals or with "related"; a
box that is one link; a list of links below "More great stories", with that heading.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archive.extract.body.alignment import Placed
from archive.extract.dom.lines import Line, letters_of
from archive.extract.phrases.boilerplate_phrases import heads_other_stories
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.extract.sites import registrable_domain
from archive.model import Block, BlockKind

_LINK_LETTERS = 15
_LABEL = re.compile(r"\W*([^:|–—.]{2,40}?)\s*[:|–—]\s*")
_ADDRESS = re.compile(r"://|\bwww\.")
_SIGNPOST = re.compile(r"\s*[\[(]\W*[^\W\d_]{3,15}\W*[\])]\W*$")
"""Labels that some newsrooms put after a link: "[VIDEO]", "(INSIGHT)"."""
_SHOUTED_LETTERS = 4
_RELATED = re.compile(any_of(phrases().related_label), re.IGNORECASE)
_SENTENCE_ENDS = (".", "!", ".”", '."', ".»", "。", ".)")
_SHARED_ON_TEXT = """
    facebook.com twitter.com x.com linkedin.com pinterest.com whatsapp.com wa.me t.me telegram.me
    reddit.com tumblr.com instagram.com threads.net bsky.app vk.com ok.ru line.me xing.com
    tiktok.com flipboard.com getpocket.com addtoany.com
"""
_SHARED_ON = frozenset(_SHARED_ON_TEXT.split())
"""Sites to which share buttons lead."""
_LINES = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
_HEADS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})
_IN_CARDS = _LINES | {BlockKind.HEADING, BlockKind.LIST_ITEM}
_MOST_ITEMS = 50
"""The line above a list is searched for among so many lines before an item."""
_HEAD_LETTERS = 30
_MOST_SHARE = 0.75


def without_link_lines(placed: Sequence[Placed], lines: Sequence[Line], base: str) -> list[Placed]:
    """Return *placed*, from a page with *lines*, without lines that are only links."""
    site = _site(base)
    doomed: set[int] = set()
    run: list[int] = []
    for number, each in enumerate(placed):
        line = each.line
        if line and _is_interruption(each.block, line) and _is_internal(line.element, base, site):
            doomed.add(number)
        if each.block.kind is BlockKind.LIST_ITEM:
            run.append(number)
        elif run:
            doomed.update(_doomed_list(placed, lines, run, base, site))
            run = []
    doomed.update(_doomed_list(placed, lines, run, base, site))
    doomed.update(
        number for number in range(len(placed)) if _is_orphaned_heading(placed, number, doomed)
    )
    return [each for number, each in enumerate(placed) if number not in doomed]


def _is_orphaned_heading(placed: Sequence[Placed], number: int, doomed: Container[int]) -> bool:
    """Return whether block *number* of *placed* heads other stories that are not below it."""
    head = placed[number]
    if head.block.kind not in _HEADS or not heads_other_stories(head.block.text):
        return False
    if number + 1 in doomed:
        return True
    below = placed[number + 1].line if number + 1 < len(placed) else None
    if head.line is None or below is None or len(head.block.text) > _HEAD_LETTERS:
        return False
    return not head.line.linked and below.number > head.line.number + 1


def _is_interruption(block: Block, line: Line) -> bool:
    if block.kind in _IN_CARDS and line.is_link and _is_in_card(line.element):
        return True
    if letters_of(block.text) != line.letters:
        return False
    if block.kind is BlockKind.HEADING:
        label = _LABEL.match(line.text)
        return label is not None and _RELATED.fullmatch(label[1]) is not None and _is_labelled(line)
    return block.kind in _LINES and _is_link_line(line)


def _is_in_card(element: HtmlElement) -> bool:
    """Return whether *element* is inside a link: then the link is a box, such as a teaser."""
    return any(each.tag == "a" and each.get("href") for each in (element, *element.iterancestors()))


def _is_link_line(line: Line) -> bool:
    if line.linked < _LINK_LETTERS or line.text.rstrip().endswith(_SENTENCE_ENDS):
        return False
    if _ADDRESS.search(line.text) or (" " not in line.text and not _is_headline(line)):
        return False
    if line.linked == len(line.letters):
        return True
    signpost = _SIGNPOST.search(line.text)
    if signpost and _is_shouted(signpost[0]) and _without(signpost[0], line) == line.linked:
        return True
    label = _LABEL.match(line.text)
    if label is None:
        return line.is_link
    if not line.is_half_linked:
        return False
    return _is_shouted(label[1]) or _RELATED.fullmatch(label[1]) is not None


def _without(part: str, line: Line) -> int:
    return len(line.letters) - len(letters_of(part))


def _is_headline(line: Line) -> bool:
    """Return whether a line without spaces is in a script without spaces, and no URL."""
    return not line.text.isascii() and sum(1 for _ in line.element.iter("a")) == 1


def _is_shouted(label: str) -> bool:
    letters = sum(map(str.isalpha, label))
    return letters >= _SHOUTED_LETTERS and label == label.upper() != label.lower()


def _doomed_list(
    placed: Sequence[Placed], lines: Sequence[Line], run: list[int], base: str, site: str
) -> list[int]:
    """Return *run*, the numbers of a list's items, if each is or has a link to another story.

    Below a heading of other stories, a link as part of each item is enough. A list with a heading
    of the text belongs to the text.
    """
    if not run or run[0] == 0:
        return []
    first = placed[run[0]].line
    is_headed = placed[run[0] - 1].block.kind is BlockKind.HEADING
    is_of_others = first is not None and heads_other_stories(_above_list(first, lines))
    linked = [number for number in run if _tells_of_another(placed[number], base, site)]
    if is_of_others and len(linked) >= _MOST_SHARE * len(run):
        return run
    if is_headed or len(linked) < len(run):
        return []
    several = [placed[number].line for number in run]
    if not all(line and (line.is_link or _is_labelled(line)) for line in several):
        return []
    return run


def _above_list(item: Line, lines: Sequence[Line]) -> str:
    """Return the line above the list of *item* on the page; empty when there is none."""
    whole = next(item.element.iterancestors("ul", "ol"), None)
    for number in range(item.number - 1, max(-1, item.number - _MOST_ITEMS), -1):
        line = lines[number]
        if whole is None or next(line.element.iterancestors("ul", "ol"), None) is not whole:
            return line.text
    return ""


def _tells_of_another(placed: Placed, base: str, site: str) -> bool:
    """Return whether the item *placed* has a link to another story, and little other text."""
    line = placed.line
    if line is None or line.linked < _LINK_LETTERS or 4 * line.linked < len(line.letters):
        return False
    return _is_internal(line.element, base, site)


def _is_labelled(line: Line) -> bool:
    label = _LABEL.match(line.text)
    return label is not None and _without(label[1], line) == line.linked


def _is_internal(element: HtmlElement, base: str, site: str) -> bool:
    """Return whether all links in or around *element* lead to other pages of the site."""
    links = list(element.iter("a")) or list(element.iterancestors("a"))
    hrefs = [(link.get("href") or "").strip() for link in links]
    return bool(hrefs) and all(
        href and not href.startswith("#") and _site(_joined(base, href)) == site for href in hrefs
    )


def leads_away(element: HtmlElement, base: str) -> bool:
    """Return whether all links in *element* lead to other sites, and none to share a story."""
    site = _site(base)
    places = {_site(_joined(base, (link.get("href") or "").strip())) for link in element.iter("a")}
    return bool(places) and places.isdisjoint({"", site, *_SHARED_ON})


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # brackets without a valid IP address
        return ""


def _site(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return registrable_domain(host)
