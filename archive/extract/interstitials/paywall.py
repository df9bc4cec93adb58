"""Tell an article's beginning, its rest withheld from who does not pay, from an article.

Publishers declare whole pages as not free (``isAccessibleForFree``), since search engines may read
what readers may not, and they leave the wall's box in the markup of every page. So neither proves
that anything is missing: what is missing must show as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from archive.extract.dom import schema_org
from archive.extract.dom.class_names import MAX_NAMES, is_hidden, names_of
from archive.extract.dom.document import Page, element_text
from archive.extract.dom.text_density import Prose
from archive.model import Block, BlockKind

# Elements that a plugin or a CMS writes on its server in place of the text it keeps back.
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
_STEMS_TEXT = """
    wall gate lock barrier only reserv restrict premium withheld piano tp- tinypass poool leaky mepr
    memberships pmpro rcp memberful steady laterpay revenue-gen gh- zephr pelcro evolok swpm
"""
_STEMS = tuple(_STEMS_TEXT.split())
"""One of these is in all that ``_BOX`` finds; asked first, since it takes a tenth of the time."""
_NO_BOX = re.compile(r"\b(?:no|without|non|hide|has|is|not|js)[-_]", re.IGNORECASE)
_SELECTOR = re.compile(r"([.#])([\w-]+)(?=[^.#\w-]*$)")
_OPEN_END = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))\W{0,3}$")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")

_SHORT = 1_500
"""Letters of a text that may be a beginning; longer previews show only by what they declare."""
_VERY_SHORT = 700
_LONG = 6_000
_MIN_BOX = 20
"""A box with less in it waits for a script, on a page that may hold everything."""
_MAX_BOX = 2_500
_MAX_PARTS = 5
_MAX_BOXES = 20
_MAX_PROMISE = 500
"""Letters of a wall's sentences that may have been read as the article's."""


@dataclass(frozen=True, slots=True)
class Stub:
    """What speaks for a stub, and the article's blocks without those of the wall itself."""

    evidence: tuple[str, ...]
    blocks: tuple[Block, ...]


def paywall_stub(page: Page, blocks: tuple[Block, ...], *, free: bool | None) -> Stub | None:
    """Return why *blocks* are only the beginning of the article on *page*; None where not.

    *free* is what the page's metadata say of the access.
    """
    locked = free is False or next(_locked_parts(page), None) is not None
    letters = sum(len(block.text) for block in blocks)
    if letters > (_LONG if locked else _SHORT):
        return None
    found = _Reading(page, blocks, locked=locked)
    evidence = found.evidence()
    if not evidence:
        return None
    return Stub(tuple(f"{sign} (paywall stub)" for sign in evidence), tuple(found.own))


class _Reading:
    """One text, and what there is on its page about the access to it."""

    def __init__(self, page: Page, blocks: tuple[Block, ...], *, locked: bool) -> None:
        self.page, self.blocks, self.locked = page, blocks, locked
        self.boxes = tuple(islice(_boxes(page.tree, blocks), _MAX_BOXES))
        promised = [element_text(box) for box in self.boxes]
        self.own = [b for b in blocks if not any(b.text in text for text in promised)]
        self.letters = sum(len(block.text) for block in self.own)
        last = next((b for b in reversed(self.own) if b.kind is not BlockKind.HEADING), None)
        self.is_open = last is not None and _OPEN_END.search(last.text) is not None

    def evidence(self) -> list[str]:
        """Return the signs of a stub, the strongest first; none where it is not one."""
        message = next((name for box in self.boxes if (name := _message(box))), None)
        missing = self._missing()
        signs = []
        if message is not None:
            signs.append(f"message {message}")
        if missing is not None:
            signs.append(missing)
        if self.locked:
            signs.append("declared not free")
        if self.boxes:
            signs.append(f"wall {names_of(self.boxes[0]).split()[0]}")
        if self.is_open:
            signs.append("text ends in an ellipsis")
        return signs if self._is_stub(message, missing) else []

    def _is_stub(self, message: str | None, missing: str | None) -> bool:
        if message is not None and self.letters <= 2 * _SHORT:
            return True
        if missing is not None and (self.locked or self.boxes):
            return True
        if self.letters > _SHORT:
            return False
        if self.boxes:
            # A short piece of news may be whole although a wall is drawn on its page.
            return self.is_open or self.letters <= _VERY_SHORT or (self.locked and not self._held())
        if not self.locked:
            return False
        selectors = [selector for selector in _locked_parts(self.page) if selector]
        return (
            self.is_open or (self.letters <= _VERY_SHORT and bool(selectors))
        ) and not self._held()

    def _missing(self) -> str | None:
        """Return how many of the article's words are not there, if the page counts them."""
        node = schema_org.article_node(self.page.json_ld) or {}
        declared = re.sub(r"\D", "", schema_org.text(node.get("wordCount")) or "")
        if not 0 < len(declared) < 7:
            return None
        text = " ".join(block.text for block in self.blocks)
        here = len(re.findall(r"\w+", text)) + len(_WIDE.findall(text))
        if int(declared) < max(1.8 * here, here + 100):
            return None
        # Perhaps the words are on the page, and were not recognised as the article's.
        if Prose(self.page.tree).total > 3.5 * int(declared):
            return None
        return f"{here} of {declared} words"

    def _held(self) -> bool:
        """Whether a paragraph of the text stands in what is declared to be locked: it was not."""
        texts = [block.text for block in self.own if len(block.text) >= 60]
        for selector in _locked_parts(self.page):
            held = " ".join(
                element_text(element) for element in _selected(self.page.tree, selector)
            )
            if any(text in held for text in texts):
                return True
        return False


def _locked_parts(page: Page) -> Iterator[str]:
    """Yield the CSS selectors of the parts that the page declares not to be free ("" for none)."""
    node = schema_org.article_node(page.json_ld) or {}
    parts = node.get("hasPart")
    for part in parts[:_MAX_PARTS] if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and schema_org.boolean(part.get("isAccessibleForFree")) is False:
            selectors = list(islice(schema_org.texts(part.get("cssSelector")), _MAX_PARTS))
            yield from selectors or [""]


def _selected(tree: HtmlElement, selectors: str) -> Iterator[HtmlElement]:
    """Yield what *selectors* select, going by the last class or id of each alone."""
    for selector in selectors.split(",")[:5]:
        if (last := _SELECTOR.search(selector.strip())) is None:
            continue
        attribute = "class" if last.group(1) == "." else "id"
        name = last.group(2)
        for element in tree.iter("div", "section", "article", "main", "p", "span"):
            if name in (element.get(attribute) or "").split():
                yield element


def _boxes(tree: HtmlElement, blocks: tuple[Block, ...]) -> Iterator[HtmlElement]:
    """Yield the walls that are drawn beside the text: they promise it, and offer a way to it."""
    last = next((block.text[:40] for block in reversed(blocks)), "")
    long = [block.text for block in blocks if len(block.text) >= 60]
    for element in tree.iter("div", "section", "aside"):
        if not any(
            _is_named_wall(names[:MAX_NAMES])
            for names in (element.get("class"), element.get("id"))
            if names
        ):
            continue
        text = element_text(element)
        if not _MIN_BOX <= len(text) <= _MAX_BOX or any(
            map(is_hidden, (element, *element.iterancestors()))
        ):
            continue
        inside = [block for block in long if block in text]
        if _message(element) is None and (
            sum(map(len, inside)) > _MAX_PROMISE or (inside and inside[0] == long[0])
        ):
            continue  # sites call what holds the article "paywall" as well
        around = [ancestor for ancestor in element.iterancestors() if ancestor.tag != "body"][:2]
        near = last in text or any(last in element_text(ancestor) for ancestor in around)
        if near and next(element.iter("a", "button", "form"), None) is not None:
            yield element


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
