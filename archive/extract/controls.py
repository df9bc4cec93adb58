"""Remove control characters from all that is extracted from a page.

Browsers draw nothing for them, and a terminal obeys them. Some pages write characters of
Windows-1252 as C1 controls: decoding and the HTML parser have already turned these into the
characters (HTML 13.2.5.80).
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
    """Return *found* without control characters; those that are white space become a space.

    The text of a block keeps its line feeds and tabs; every other field is one line. Candidates are
    not changed: URLs are normalized and have none, and dates stay as the source wrote them.
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
    """Return the named fields that contained control characters, without them."""
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
