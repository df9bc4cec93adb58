"""Choose the headline of an article from the spellings on its page.

Publishers write several: one over the text, one for search engines, one for social media, and most
add the site's name. None is wrong. The spelling in most sources is chosen; if several have as many
sources, the one that readers see.
"""

from __future__ import annotations

import html
import re
from collections import Counter

from archive.extract.coding import one_line
from archive.extract.dom.document import element_text
from archive.extract.metadata.person_names import unique
from archive.extract.metadata.sources import Sources, lower_words, squashed
from archive.extract.placeholders import is_placeholder

_SEPARATOR = re.compile(r"\s+[|\-–—·•»:]\s+|\s*[|：｜]\s*")
_MAX_CHARS = 1_000
_MAX_PARTS = 10


def headlines(sources: Sources) -> tuple[str, ...]:
    """Return the spellings of the headline without the site's name, the one to use first."""
    page = sources.page
    written = [
        _h1(sources),
        page.first_meta("og:title"),
        sources.text("headline"),
        page.first_meta("twitter:title", "dc.title", "parsely-title", "sailthru.title"),
        page.title,
        sources.text("name"),
    ]
    found = [
        one_line(html.unescape(text))[:_MAX_CHARS]
        for text in written
        if text and not is_placeholder(text)
    ]
    without = (_without_site(text, found, sources) for text in found)
    cut = [headline for headline in without if headline and not is_placeholder(headline)]
    if not cut:
        return ()
    votes = Counter(lower_words(text) for text in cut)
    best = max(
        cut, key=lambda text: votes[lower_words(text)]
    )  # if several have as many, the first source wins
    return unique([best, *cut])


def _h1(sources: Sources) -> str | None:
    """Return the h1 that another source confirms, else the first that is not the site's name."""
    texts = [
        text for h1 in sources.h1s[:20] if (text := element_text(h1)) and not is_placeholder(text)
    ]
    own = [text for text in texts if not sources.is_site(text)]
    page = sources.page
    others = (page.first_meta("og:title"), page.title, sources.text("headline"))
    known = " ".join(f" {lower_words(text)} " for text in others if text)
    confirmed = (text for text in own if (words := lower_words(text)) and f" {words} " in known)
    return next(confirmed, None) or next(iter(own), None)


def _without_site(text: str, written: list[str], sources: Sources) -> str:
    """Return *text* without the site's name at either end.

    The text after a dash is the site's name if the page names the site so elsewhere, or if another
    source has only the rest. A match with the host ("berlin.de") is weak evidence: it does not
    count if another source has the whole text.
    """
    others = {lower_words(other) for other in written if other != text}
    is_shared = written.count(text) > 1
    for _ in range(_MAX_PARTS):
        parts = list(_SEPARATOR.finditer(text))
        if not parts:
            break
        head, tail = text[: parts[-1].start()].strip(), text[parts[-1].end() :].strip()
        first, rest = text[: parts[0].start()].strip(), text[parts[0].end() :].strip()
        names = sources.sites if is_shared else sources.sites | sources.hosts
        if head and (squashed(tail) in names or (lower_words(head) in others and not is_shared)):
            text = head
        elif rest and squashed(first) in names:
            text = rest
        else:
            break
    return text
