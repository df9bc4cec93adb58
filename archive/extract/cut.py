"""Tell HTML that breaks off: servers close connections early, and say nothing of it.

End tags of html, body and paragraphs may be left out (HTML standard, 13.1.2.4), so that a page
without them is suspected only: it breaks off where a tag, a comment or a script has no end, where
elements stay open that must be closed, or in the middle of a sentence.
"""

from __future__ import annotations

import re

_END = (b"</html", b"</body")
_OPENED = re.compile(
    rb"<(/?)(article|main|section|div|table|header|footer|script|style)\b[^<>]*>", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_OPAQUE = re.compile(rb"<(script|style)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
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
    text = _COMMENT.sub(b"", _OPAQUE.sub(b"", lowered))
    if b"<!--" in text:
        return "in a comment"
    if re.search(rb"<(?:script|style)\b", text):
        return "in a script"
    if text.rfind(b"<") > text.rfind(b">"):
        return "in a tag"
    for name in (b"article", b"main", b"section", b"table", b"div"):
        depth = sum(-1 if slash else 1 for slash, tag in _OPENED.findall(text) if tag == name)
        if depth > 0:
            return f"in {name.decode()}"
    last = text[text.rfind(b">") + 1 :].decode("utf-8", "replace").strip()
    if len(last) >= _MIN_SENTENCE and not last.endswith(_SENTENCE_END) and "©" not in last:
        return "in a sentence"
    return None


def _is_in_script(html: bytes, place: int) -> bool:
    """Whether a script writes what stands at *place*, as those do that make frames."""
    if html.rfind(b"<script", 0, place) > html.rfind(b"</script", 0, place):
        return True
    opening, closing = html.find(b"<script", place), html.find(b"</script", place)
    return closing >= 0 and (opening < 0 or closing < opening)
