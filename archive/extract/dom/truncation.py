"""Detect HTML that breaks off, as when a server closes the connection early.

The end tags of html, body and paragraphs are optional (HTML standard, 13.1.2.4), so a page without
them is only suspected. It breaks off if a tag, a comment or a script has no end, if elements stay
open that must be closed, or if the text ends in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections import Counter

_END = (b"</html", b"</body")
_CLOSED = (b"article", b"main", b"section", b"table", b"div")
"""Elements whose end tag is required, the strongest evidence first."""
_OPENED = re.compile(rb"<(/?)(article|main|section|table|div)\b[^<>]*>", re.IGNORECASE)
_OPAQUE = re.compile(rb"<!--|<(script|style)\b")
_SENTENCE_END = tuple(".!?…:;»\"”’')]}|©>。！？」")
_MIN_SENTENCE = 40
_TAIL_BYTES = 4_096


def breaks_off(data: bytes) -> str | None:
    """Return where the HTML in *data* breaks off ("in a tag"); None when it seems complete."""
    # Nearly every page ends with its end tags, so the rest of it is rarely read.
    for tail in (data[-_TAIL_BYTES:], data):
        lowered = tail.lower()
        ends = max(map(lowered.rfind, _END))
        if ends >= 0 and not _is_in_script(lowered, ends):
            return None
    if b"<html" not in lowered and b"<body" not in lowered:
        return None  # a fragment, which needs no end tags
    text, place = _without_opaque(lowered)
    return _open_end(text) if place is None else place


def _open_end(text: bytes) -> str | None:
    """Return what is open at the end of *text*, HTML without comments and scripts."""
    if text.rfind(b"<") > text.rfind(b">"):
        return "in a tag"
    depths = Counter[bytes]()
    for slash, name in _OPENED.findall(text):
        depths[name] += -1 if slash else 1
    if name := next((name for name in _CLOSED if depths[name] > 0), None):
        return f"in {name.decode()}"
    last = text[text.rfind(b">") + 1 :].decode("utf-8", "replace").strip()
    if len(last) >= _MIN_SENTENCE and not last.endswith(_SENTENCE_END) and "©" not in last:
        return "in a sentence"
    return None


def _without_opaque(html: bytes) -> tuple[bytes, str | None]:
    """Return *html* without comments, scripts and styles, and the one of them in which it ends.

    It takes one pass, since a search for pairs would start again after each of a million "<!--".
    """
    parts: list[bytes] = []
    start = 0
    while found := _OPAQUE.search(html, start):
        parts.append(html[start : found.start()])
        closing = b"</" + found.group(1) if found.group(1) else b"-->"
        end = html.find(closing, found.end())
        if end < 0:
            return b"".join(parts), "in a script" if found.group(1) else "in a comment"
        start = end + len(closing)
    parts.append(html[start:])
    return b"".join(parts), None


def _is_in_script(html: bytes, place: int) -> bool:
    """Return whether the text at *place* is inside a script, such as one that writes frames."""
    if html.rfind(b"<script", 0, place) > html.rfind(b"</script", 0, place):
        return True
    opening, closing = html.find(b"<script", place), html.find(b"</script", place)
    return closing >= 0 and (opening < 0 or closing < opening)
