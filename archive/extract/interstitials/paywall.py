"""Detect paywall stubs: pages that have only the beginning of an article.

Publishers also declare complete pages as not free (``isAccessibleForFree``), since search engines
may read what readers may not, and they leave the wall's box in the markup of every page. Neither
proves that text is missing: other signs must show it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.class_names import MAX_NAMES, is_hidden, names_of
from archive.extract.dom.document import Page, element_text
from archive.extract.dom.text_density import Prose
from archive.extract.interstitials.cut_text import OPEN_END, CutText, cut_text
from archive.extract.signs import Sign, Table, score
from archive.model import Block, BlockKind

# Classes of elements that a server-side plugin or CMS writes in place of the withheld text.
_MESSAGES_TEXT = """
    mepr-unauthorized-message mepr_unauthorized_message mepr-unauthorized-excerpt
    wc-memberships-restriction-message wc-memberships-content-restricted-message
    wc-memberships-content-delayed-message leaky_paywall_message leaky-paywall-message
    leaky_paywall_message_wrap pmpro_content_message pmpro-content-message rcp_restricted
    rcp-restricted-content-message swpm-post-not-logged-in-msg swpm-more-tag-not-logged-in
    swpm-not-logged-in-msg pms-message-restricted gh-post-upgrade-cta newspack-content-gate__gate
    um-locked-content ihc-locker-wrap s2member-restricted memberful-restricted-content
"""
_MESSAGES = frozenset(_MESSAGES_TEXT.split())
_BOX = re.compile(
    r"pay-?_?wall|reg(?:istration)?-?_?wall|log-?in-?_?wall|subs(?:cri(?:ption|ber|be))?-?_?wall"
    r"|member(?:ship)?-?_?wall|(?:abo|offer|premium|meter|metered|soft|hard|article)-?_?wall"
    r"|(?:content|article|subscri(?:ption|ber)|premium|membership)-?_?(?:gate|lock|barrier)\b"
    r"|(?:subscribers?|members|premium|abonnes)-?_?only|reserved?-?_?(?:subscribers?|abonn)"
    r"|(?:locked|restricted|gated|premium|withheld)-?_?(?:content|article|text|message|teaser)"
    r"|(?:content|article)-?_?(?:locked|restricted|gated|withheld)|restriction-?_?message"
    r"|\bpiano-|\btp-(?:container|modal|iframe)|tinypass|\bpoool|leaky_|\bmepr-|wc-memberships"
    r"|\bpmpro|\brcp[-_]|newspack-(?:content-gate|memberships)|memberful|steady-(?:paywall|widget)"
    r"|laterpay|revenue-generator|\bgh-(?:post-upgrade|content)-cta|\bzephr|\bpelcro|\bevolok|\bswpm-",
    re.IGNORECASE,
)
_BOX_TAGS = frozenset({"div", "section", "aside", "form"})
"""Elements that may be a wall, beside those that a site has made itself ("paywall-box")."""
_NAMING_TEXT = """
    class id data-testid data-test data-qa data-component data-module data-block data-widget
    data-type data-name data-role
"""
_NAMING = frozenset(_NAMING_TEXT.split())
"""Attributes in which programmers write what an element is."""
_STEMS_TEXT = """
    wall gate lock barrier only reserv restrict premium withheld piano tp- tinypass poool leaky mepr
    memberships pmpro rcp memberful steady laterpay revenue-gen gh- zephr pelcro evolok swpm
"""
_STEMS = tuple(_STEMS_TEXT.split())
"""Every match of ``_BOX`` contains one of these; they are checked first, at a tenth of the time."""
_AMP_WALL = frozenset({"amp-access", "subscriptions-display", "subscriptions-dialog"})
_AMP_TAGS = frozenset({"div", "section", "article", "p", "span"})
_NO_BOX = re.compile(r"\b(?:no|without|non|hide|has|is|not|js)[-_]", re.IGNORECASE)
_NOT = re.compile(r"\bNOT\b|!(?!=)|\bfalse\b", re.IGNORECASE)
_SELECTOR = re.compile(r"([.#])([\w-]+)(?=[^.#\w-]*$)")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")

_SHORT = 1_500
"""Letters of a text that may be a stub; a longer stub shows only by what the page declares."""
_VERY_SHORT = 700
_LONG = 6_000
_MIN_BOX = 20
"""A box with fewer letters is filled by a script, and the page may be complete."""
_MAX_BOX = 2_500
_MAX_PARTS = 5
_MAX_BOXES = 20
_MAX_PROMISE = 500
"""Letters of the article's text that may in truth be the sentences of a wall."""


@dataclass(frozen=True, slots=True)
class Stub:
    """The evidence for a stub, and the article's blocks without the sentences of the wall."""

    evidence: tuple[str, ...]
    blocks: tuple[Block, ...]


def paywall_stub(page: Page, blocks: tuple[Block, ...], *, free: bool | None) -> Stub | None:
    """Return why *blocks* are only the beginning of the article on *page*; None if they are not.

    *free* says whether the page declares free access; None when it declares nothing.
    """
    locked = free is False or _is_declared_locked(page)
    letters = sum(len(block.text) for block in blocks)
    if letters > (_LONG if locked else _SHORT):
        return None
    found = _Reading(page, blocks, locked=locked)
    if not any(shows_stub(found) for shows_stub in _STUB_RULES):
        return None
    own = tuple(found.own) if found.cut is None else found.cut.blocks
    return Stub(score(_SIGNS, found).evidence("paywall stub"), own)


class _Reading:
    """The text of a page, and what the page says about access to the text."""

    def __init__(self, page: Page, blocks: tuple[Block, ...], *, locked: bool) -> None:
        self.page, self.blocks, self.locked = page, blocks, locked
        self.boxes = tuple(islice(_boxes(page, blocks), _MAX_BOXES))
        promised = [element_text(box) for box in self.boxes]
        self.own = [b for b in blocks if not any(b.text in text for text in promised)]
        self.letters = sum(len(block.text) for block in self.own)
        last = next((b for b in reversed(self.own) if b.kind is not BlockKind.HEADING), None)
        self.is_open = last is not None and OPEN_END.search(last.text) is not None

    @cached_property
    def message(self) -> str | None:
        """The name of an element that a plugin writes in place of the text, if there is one."""
        return next(filter(None, map(_message, self.boxes)), None)

    @cached_property
    def missing(self) -> str | None:
        """How many of the article's words are there, if the page counts them and most are not."""
        node = schema_org.article_node(self.page.json_ld) or {}
        declared = re.sub(r"\D", "", schema_org.text(node.get("wordCount")) or "")
        if not 0 < len(declared) < 7:
            return None
        text = " ".join(block.text for block in self.blocks)
        here = len(re.findall(r"\w+", text)) + len(_WIDE.findall(text))
        if int(declared) < max(1.8 * here, here + 100):
            return None
        # The words may be on the page, but not recognised as those of the article.
        if Prose(self.page.tree).total > 3.5 * int(declared):
            return None
        return f"{here} of {declared}"

    @cached_property
    def cut(self) -> CutText | None:
        """How the text breaks off before a box that nothing names, if it does."""
        if self.boxes or self.letters > _SHORT or self.holds_locked_text():
            return None
        return cut_text(self.page.tree, tuple(self.own), is_locked=self.locked)

    def holds_locked_text(self) -> bool:
        """Return whether the text has a paragraph of the part that is declared to be locked."""
        texts = [block.text for block in self.own if len(block.text) >= 60]
        selected = (_selected(self.page.tree, selector) for selector in _locked_parts(self.page))
        held = map(element_text, chain(*selected, _amp_parts(self.page)))
        return any(text in place for place in held for text in texts)


def _has_message(text: _Reading) -> bool:
    return text.message is not None and text.letters <= 2 * _SHORT


def _lacks_words(text: _Reading) -> bool:
    return text.missing is not None and (text.locked or bool(text.boxes))


def _is_cut_at_wall(text: _Reading) -> bool:
    """Return whether a wall ends the text; short news may be whole although there is a wall."""
    if not text.boxes or text.letters > _SHORT:
        return False
    if text.is_open or text.letters <= _VERY_SHORT:
        return True
    return text.locked and not text.holds_locked_text()


def _is_cut_without_wall(text: _Reading) -> bool:
    """Return whether the text is declared to be locked, and looks like a beginning."""
    if text.boxes or not text.locked or text.letters > _SHORT:
        return False
    has_selector = any(_locked_parts(text.page)) or next(_amp_parts(text.page), None) is not None
    is_beginning = text.is_open or (text.letters <= _VERY_SHORT and has_selector)
    return is_beginning and not text.holds_locked_text()


def _is_cut_at_a_box(text: _Reading) -> bool:
    return text.cut is not None


_STUB_RULES = (_has_message, _lacks_words, _is_cut_at_wall, _is_cut_without_wall, _is_cut_at_a_box)
"""Each of these is enough to show that a text is only a beginning."""

_SIGNS: Table[_Reading] = (
    Sign("message {}", lambda text: text.message),
    Sign("{} words", lambda text: text.missing),
    Sign("declared not free", lambda text: text.locked),
    Sign("wall {}", lambda text: bool(text.boxes) and _name_of(text.boxes[0])),
    Sign("text ends in an ellipsis", lambda text: text.is_open),
    Sign("box behind the text: {}", lambda text: text.cut.signs if text.cut else None),
)
"""The evidence for a stub, the strongest first."""


def _is_declared_locked(page: Page) -> bool:
    """Return whether *page* says that a part of its text is locked."""
    return next(chain(_locked_parts(page), _amp_parts(page)), None) is not None


def _amp_parts(page: Page) -> Iterator[HtmlElement]:
    """Yield what AMP shows to those who have access (amp-access, amp-subscriptions)."""
    for element in page.elements_having("amp-access", "subscriptions-section"):
        if element.tag not in _AMP_TAGS:
            continue
        condition = element.get("amp-access")
        if element.get("subscriptions-section") == "content" or (
            condition and not _NOT.search(condition)
        ):
            yield element


def _is_amp_wall(element: HtmlElement) -> bool:
    """Return whether AMP shows *element* to those who have no access."""
    conditions = (element.get("amp-access"), element.get("subscriptions-display"))
    return "subscriptions-dialog" in element.attrib or any(
        condition and _NOT.search(condition) for condition in conditions
    )


def _locked_parts(page: Page) -> Iterator[str]:
    """Yield the CSS selector of each part that the page declares as not free ("" without one)."""
    node = schema_org.article_node(page.json_ld) or {}
    parts = node.get("hasPart")
    for part in parts[:_MAX_PARTS] if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and schema_org.boolean(part.get("isAccessibleForFree")) is False:
            selectors = list(islice(schema_org.texts(part.get("cssSelector")), _MAX_PARTS))
            yield from selectors or [""]


def _selected(tree: HtmlElement, selectors: str) -> Iterator[HtmlElement]:
    """Yield the elements of *selectors*; only the last class or id of each selector is used."""
    for selector in selectors.split(",")[:5]:
        if (last := _SELECTOR.search(selector.strip())) is None:
            continue
        attribute = "class" if last.group(1) == "." else "id"
        name = last.group(2)
        for element in tree.iter("div", "section", "article", "main", "p", "span"):
            if name in (element.get(attribute) or "").split():
                yield element


@dataclass(frozen=True, slots=True)
class _Box:
    """An element that is called a wall, and the article's text beside it."""

    element: HtmlElement
    text: str
    long: Sequence[str]
    """The texts of the article's longer blocks."""
    last: str
    """The beginning of the article's last block."""


def _boxes(page: Page, blocks: tuple[Block, ...]) -> Iterator[HtmlElement]:
    """Yield the walls beside the text: boxes that promise the text and offer a way to it."""
    last = next((block.text[:40] for block in reversed(blocks)), "")
    long = [block.text for block in blocks if len(block.text) >= 60]
    for element in page.elements:
        tag = element.tag
        if (tag in _BOX_TAGS or "-" in tag) and _is_called_wall(element):
            box = _Box(element, element_text(element), long, last)
            if all(holds(box) for holds in _WALL_RULES):
                yield element


def _has_sentences(box: _Box) -> bool:
    return _MIN_BOX <= len(box.text) <= _MAX_BOX


def _is_shown(box: _Box) -> bool:
    return not any(map(is_hidden, (box.element, *box.element.iterancestors())))


def _is_beside_article(box: _Box) -> bool:
    """Return whether *box* does not hold the article: sites call its element "paywall" too."""
    if _message(box.element) is not None:
        return True
    inside = [text for text in box.long if text in box.text]
    is_first_inside = bool(inside) and inside[0] == box.long[0]
    return sum(map(len, inside)) <= _MAX_PROMISE and not is_first_inside


def _is_near_end(box: _Box) -> bool:
    around = [each for each in box.element.iterancestors() if each.tag != "body"][:2]
    return box.last in box.text or any(box.last in element_text(each) for each in around)


def _offers_way(box: _Box) -> bool:
    return next(box.element.iter("a", "button", "form"), None) is not None


_WALL_RULES = (_has_sentences, _is_shown, _is_beside_article, _is_near_end, _offers_way)
"""All of these hold for a wall."""


def _name_of(box: HtmlElement) -> str:
    return next(iter(names_of(box).split()), box.tag)


def _is_called_wall(element: HtmlElement) -> bool:
    if "-" in element.tag and _is_named_wall(element.tag[:MAX_NAMES]):
        return True
    is_amp = False
    for name, value in element.items():
        if value and name in _NAMING and _is_named_wall(value[:MAX_NAMES]):
            return True
        is_amp = is_amp or name in _AMP_WALL
    return is_amp and _is_amp_wall(element)


@lru_cache(maxsize=8_192)
def _is_named_wall(names: str) -> bool:
    likely = names.lower().replace("block", "")
    if not any(stem in likely for stem in _STEMS):
        return False
    return _BOX.search(names) is not None and _NO_BOX.search(names) is None


def _message(box: HtmlElement) -> str | None:
    for element in (box, *box.iterancestors()):
        if found := next(
            (name for name in names_of(element).lower().split() if name in _MESSAGES), None
        ):
            return found
    return None
