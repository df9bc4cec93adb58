"""Take footnotes and their marks out of a page, to put the notes below the text.

Otherwise a mark would become part of a word ("the flood1"), and a note an item of some list. Notes
are recognised by the classes of authoring tools, or by links from a mark to its note and back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.dom.document import DOOMED, class_tokens, drop, drop_all, element_text
from archive.extract.dom.lines import letters_of, line_of
from archive.model import Block, BlockKind

_HOLDERS_TEXT = """
    wp-block-footnotes footnotes endnotes footnotes-list footnote-list easy-footnotes-wrapper
    modern-footnotes-list footnotes_reference_container footnote-reference-container
"""
_HOLDERS = frozenset(_HOLDERS_TEXT.split())
"""Classes of the element around all notes: WordPress's block and plugins, Pandoc, Kramdown,
Python-Markdown, GitHub."""
_HOLDING_ROLES = frozenset({"doc-endnotes", "doc-footnote"})
"""Roles of Digital Publishing WAI-ARIA 1.1."""
_SINGLE = frozenset({"footnote", "endnote"})
_TOOLTIPS = frozenset({"modern-footnotes-footnote__note", "footnote_tooltip"})
"""Classes of notes right after their mark, in the middle of a sentence."""
_MAYBE_CLASS = ("ootnote", "ndnote", "references")
_MAYBE_ROLE = ("doc-endnote", "doc-footnote")
_ANCHORS = etree.XPath("//*[@id] | //a[@name]")

_SIGN = r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z]|[ivx]{1,5})[\])]?"
_MARK = re.compile(_SIGN)
_MARKS = re.compile(rf"{_SIGN}(?:\s*[,;–-]?\s*{_SIGN})*")
_BETWEEN_MARKS = re.compile(r"[\s,;]+")
_BACK = re.compile(r"[\s↩↑↵⇑⇧^⤴⬆\ufe0e\ufe0f\[\]()]*")
_EMPTY_BRACKETS = re.compile(r"\s*[\[(]\s*[\])]\s*$")
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?)\]»”…]")
_BLOCKS = frozenset({"p", "li", "div", "dd", "td", "aside", "section"})
_MAX_LETTERS = 3_000
"""A longer text is a chapter with links back to its table of contents."""
_NEAR = 2


def taken_notes(bare: HtmlElement) -> tuple[Block, ...]:
    """Return the footnotes of *bare* in order, and remove them and all marks from *bare*."""
    texts: list[str] = []
    named = [each for each in bare.iter("*") if _may_be_named(each)]
    for element in named:
        if not _TOOLTIPS.isdisjoint(class_tokens(element)):
            texts.append(_note_text(element))
            drop(element)
    links = [
        link
        for link in bare.iter("a")
        if "#" in link.get("href", "") or link.get("role") == "doc-noteref"
    ]
    paired = list(_paired(bare, links)) if links else []
    holders = [element for element in named if _holds_notes(element)]
    _cut_marks(bare, [mark for mark, _ in paired], links)
    for element in (*holders, *(note for _, note in paired)):
        if _is_part(element, bare):
            texts.extend(_note_text(each) for each in _single_notes(element))
            drop(element)
    known: dict[str, str] = {}
    for text in texts:
        if text:
            known.setdefault(letters_of(text), text)
    return tuple(Block(BlockKind.FOOTNOTE, text) for text in known.values())


def _may_be_named(element: HtmlElement) -> bool:
    return _may_name_notes(element.get("class"), element.get("role"))


@lru_cache(maxsize=16_384)
def _may_name_notes(classes: str | None, role: str | None) -> bool:
    return bool(classes and any(part in classes for part in _MAYBE_CLASS)) or bool(
        role and any(part in role for part in _MAYBE_ROLE)
    )


def _is_part(element: HtmlElement, tree: HtmlElement) -> bool:
    return element.getroottree().getroot() is tree


def _holds_notes(element: HtmlElement) -> bool:
    if element.find(".//h1") is not None or element.find(".//article") is not None:
        return False
    if (element.get("role") or "").lower() in _HOLDING_ROLES:
        return True
    tokens = class_tokens(element)
    if not _HOLDERS.isdisjoint(tokens):
        is_list = element.tag in {"ol", "ul", "dl", "table"}
        return is_list or element.find(".//li") is not None or element.find(".//tr") is not None
    if element.tag == "ol" and "references" in tokens:  # MediaWiki
        return element.find(".//li[@id]") is not None
    if element.tag in {"div", "p", "li", "aside"} and not _SINGLE.isdisjoint(tokens):
        return _leading_mark(element) is not None
    return False


def _single_notes(holder: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the notes in *holder*, or *holder* itself if it has no list of notes."""
    for tag in ("li", "tr", "dd"):
        items = dict.fromkeys(holder.iter(tag))
        if items:
            yield from (item for item in items if next(item.iterancestors(tag), None) not in items)
            return
    yield holder


def _note_text(note: HtmlElement) -> str:
    """Return the text of *note* on one line, without its mark and the links back to the text."""
    for element in list(note.iter("a", "span", "sup", "th")):
        if element.tag == "a":
            text = element_text(element)
            is_back = bool(_BACK.fullmatch(text) or _MARK.fullmatch(text))
            if is_back and "#" in (element.get("href") or "#"):
                drop(element)
        elif any("backlink" in token for token in class_tokens(element)):
            drop(element)
    if (mark := _leading_mark(note)) is not None:
        drop(mark)
    return _EMPTY_BRACKETS.sub("", line_of(note))


def _leading_mark(note: HtmlElement) -> HtmlElement | None:
    """Return the first element of *note* if it is only a mark, else None."""
    element = note
    while len(element) and not (element.text or "").strip():
        element = element[0]
        if element.tag in {"sup", "a", "b", "strong", "span", "th"}:
            text = element_text(element)
            if _MARK.fullmatch(text.lstrip("↑ ").rstrip(". ")):
                return element
            if not text and element.getnext() is not None and not (element.tail or "").strip():
                element = element.getnext()
                if _MARK.fullmatch(element_text(element)):
                    return element
    return None


def _paired(
    bare: HtmlElement, links: list[HtmlElement]
) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """Yield each mark with its note, in order, if the note links back to its mark."""
    marks = [link for link in links if _fragment(link) and _MARK.fullmatch(element_text(link))]
    if not marks:
        return
    anchors: dict[str, HtmlElement] = {}
    for element in _ANCHORS(bare):
        for name in (element.get("id"), element.get("name")):
            if name:
                anchors.setdefault(name, element)
    notes: set[HtmlElement] = set()
    for mark in marks:
        target = anchors.get(_fragment(mark))
        if target is None or not notes.isdisjoint((mark, *mark.iterancestors())):
            continue
        note = next((e for e in (target, *target.iterancestors()) if e.tag in _BLOCKS), None)
        if note is None or note in mark.iterancestors() or not _leads_back(note, mark):
            continue
        if note not in notes:
            notes.add(note)
        yield mark, note


def _leads_back(note: HtmlElement, mark: HtmlElement) -> bool:
    around = [mark, *mark.iterdescendants(), *list(mark.iterancestors())[:_NEAR]]
    names = {name for each in around for name in (each.get("id"), each.get("name")) if name}
    before = mark.getprevious()  # an empty element may be the target of the link back
    if before is not None and before.get("id"):
        names.add(before.get("id"))
    if not any(_fragment(link) in names for link in note.iter("a")):
        return False
    return len(element_text(note)) <= _MAX_LETTERS


def _fragment(link: HtmlElement) -> str:
    return (link.get("href") or "").partition("#")[2]


def _cut_marks(bare: HtmlElement, marks: list[HtmlElement], links: list[HtmlElement]) -> None:
    """Remove *marks* and other marks by markup: superscript links, or classes of marks."""
    known = set(marks)
    for sup in list(bare.iter("sup")):
        text = element_text(sup)
        is_comma = bool(_BETWEEN_MARKS.fullmatch(text)) and sup.getprevious() in known
        if is_comma or (_MARKS.fullmatch(text) and _is_noted(sup)):
            marks.append(sup)
            known.add(sup)
    marks.extend(
        link
        for link in links
        if link.get("role") == "doc-noteref" and _MARK.fullmatch(element_text(link))
    )
    for mark in marks:
        parent = mark.getparent()
        is_raised = parent is not None and parent.tag == "sup"
        is_whole = is_raised and element_text(parent) == element_text(mark)
        _cut(parent if is_whole else mark)
    drop_all(bare, ())


def _is_noted(sup: HtmlElement) -> bool:
    """Return whether *sup* links to a place on the page, or has the class of a mark."""
    link = next(sup.iter("a"), None)
    if link is None:
        link = next((each for each in sup.iterancestors("a")), None)
    if link is not None and "#" in (link.get("href") or ""):
        return True
    return (
        any("footnote" in token for token in class_tokens(sup)) or sup.get("role") == "doc-noteref"
    )


def _cut(mark: HtmlElement) -> None:
    """Prepare *mark* for ``drop_all``; also drop the space before it if punctuation follows.

    ``drop_all`` removes all marks together.
    """
    parent, before = mark.getparent(), mark.getprevious()
    if parent is None:
        return
    if _NO_SPACE_BEFORE.match(mark.tail or ""):
        while before is not None:
            before.tail = (before.tail or "").rstrip()
            if before.tail or before.tag != DOOMED:
                break
            before = before.getprevious()
        else:
            parent.text = (parent.text or "").rstrip()
    mark.clear(keep_tail=True)
    mark.tag = DOOMED
