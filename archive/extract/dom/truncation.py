"""Tell HTML that breaks off: servers close connections early, and say nothing of it.

End tags of html, body and paragraphs may be left out (HTML standard, 13.1.2.4), so that a page
without them is suspected only: it breaks off where a tag, a comment or a script has no end, where
elements stay open that must be closed, or in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections import Counter

_END = (b"</html", b"</body")
_CLOSED = (b"article", b"main", b"section", b"table", b"div")
"""Elements whose end tag must not be left out, the one that tells most first."""
_OPENED = re.compile(rb"<(/?)(article|main|section|table|div)\b[^<>]*>", re.IGNORECASE)
_OPAQUE = re.compile(rb"<!--|<(script|style)\b")
_SENTENCE_END = tuple(".!?…:;»\"”’')]}|©>。！？」")
_MIN_SENTENCE = 40
_TAIL_BYTES = 4_096


def breaks_off(data: bytes) -> str | None:
    """Return where the HTML in *data* breaks off ("in a tag"); None where it seems to be whole."""
    # Nearly every page ends as it should, and says so at its end: the rest is rarely looked at.
    for tail in (data[-_TAIL_BYTES:], data):
        lowered = tail.lower()
        ends = max(map(lowered.rfind, _END))
        if ends >= 0 and not _is_in_script(lowered, ends):
            return None
    if b"<html" not in lowered and b"<body" not in lowered:
        return None  # a fragment: nobody promised an end
    text, place = _without_opaque(lowered)
    if place is not None:
        return place
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
    """Return *html* without comments, scripts and styles, and in which of them it ends, if in one.

    In one pass: a search for pairs would begin anew behind every one of a million "<!--".
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
    """Whether a script writes what stands at *place*, as those do that make frames."""
    if html.rfind(b"<script", 0, place) > html.rfind(b"</script", 0, place):
        return True
    opening, closing = html.find(b"<script", place), html.find(b"</script", place)
    return closing >= 0 and (opening < 0 or closing < opening)
