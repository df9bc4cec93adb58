"""What is read out of a page holds no control characters, whatever the page holds.

Browsers draw nothing for them, and a terminal obeys them. C1 controls that were meant as
characters of Windows-1252 are none any more by now: decoding and the HTML parser turn them into
those (HTML 13.2.5.80).
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from archive.extract.coding import one_line
from archive.model import Article, Block, Extraction

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LINES_OF = "reason", "language", "evidence", "flags", "confidence_reasons"


def without_controls(found: Extraction) -> Extraction:
    """Return *found* without control characters: white space among them as a space, others gone.

    The text of a block keeps its line feeds and tabs; all else is one line. URLs hold none, since
    they are normalized, and what a source says beside them stays as it wrote it.
    """
    changed = _changed(found, _LINES_OF)
    if found.article is not None:
        changed |= _changed_article(found.article)
    return replace(found, **changed) if changed else found


def without_controls_in_line(text: str) -> str:
    """Return *text* as one line without control characters."""
    return one_line(_CONTROLS.sub(_blank, text)) if _CONTROLS.search(text) else text


def _changed_article(article: Article) -> dict[str, Article]:
    changed = _changed(article, [each.name for each in fields(article) if each.name != "blocks"])
    blocks = tuple(map(_block, article.blocks))
    if blocks != article.blocks:
        changed["blocks"] = tuple(block for block in blocks if block.text.strip())
    return {"article": replace(article, **changed)} if changed else {}


def _changed(value: Extraction | Article, names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    """Return those of the named fields that hold controls, without them."""
    changed: dict[str, Any] = {}
    for name in names:
        old = new = getattr(value, name)
        if isinstance(old, str):
            new = without_controls_in_line(old)
        elif isinstance(old, tuple):
            new = tuple(filter(None, map(without_controls_in_line, old)))
        if new != old:
            changed[name] = new
    return changed


def _block(block: Block) -> Block:
    if not _CONTROLS_IN_LINES.search(block.text):
        return block
    return replace(block, text=_CONTROLS_IN_LINES.sub(_blank, block.text))


def _blank(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""
