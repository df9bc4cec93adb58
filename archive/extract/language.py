"""Find the language of a page: compare what it declares with what its text is written in.

Sites set a language once, and authors then write in others: some pages in Xhosa declare English,
and some pages declare nothing. Compact Language Detector 2, from Chromium, knows 160 languages,
takes a tenth of a millisecond and needs little memory.
"""

from __future__ import annotations

import re

import pycld2  # type: ignore[import-untyped]

from archive.extract.dom import schema_org
from archive.extract.dom.document import Page
from archive.urls import LANGUAGES

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4})(?=[-_]|$))?(?:[-_][a-z0-9]+)*", re.IGNORECASE)
_LONGER_TEXT = """
    ast bar bat bho brx ceb cgg chr ckb cmn crh crs csb dsb fil frp fur gag gsw guc hak haw hbo hmn
    hsb ilo jam kea kha kmr krl ksh lad lij lld lmo ltg lua lus mai mfe mni nap nds new nso pam pap
    pms prs rcf rup sat scn sco sgs shi smn sms sma smj srn syc szl tet tlh tpi tyv udm vec vls vro
    war yue zea zgh
"""
_LONGER = frozenset(_LONGER_TEXT.split())
"""Languages of newspapers without a code in ISO 639-1."""

_ALIASES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "cmn": "zh"}
"""Old codes, which CLD2 and old software write, and the current ones."""
_CLOSE_TEXT = "no nb nn da|hr bs sr sh|id ms|zu xh nr ss|cs sk|gl pt|fa prs|az tr tk|ru be uk bg mk"
_KINDRED = tuple(frozenset(group.split()) for group in _CLOSE_TEXT.split("|"))
"""Groups of languages so similar that a short text may look like another of its group."""

_ENOUGH_BYTES = 300
_READ_CHARS = 4_000
_SURE_PERCENT = 85
"""With a lower share of one language, a text may quote another or be written in two."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")


def declared_language(page: Page) -> str | None:
    """Return the language that *page* declares: a lower-case BCP 47 tag without region ("fr").

    ``html lang`` comes first, since themes set it for each text; og:locale, JSON-LD and
    content-language often keep the site's default. The region is left out: it says where the
    software was set up, and differs between templates of one publisher. A value that is no
    language code ("utf-8", "x") is ignored.
    """
    node = schema_org.article_node(page.json_ld) or {}
    claims = [
        page.html_lang,
        page.first_meta("og:locale"),
        schema_org.text(node.get("inLanguage")),
        page.first_meta("content-language", "language", "dc.language"),
    ]
    return next((tag for claim in claims if (tag := _tag(claim))), None)


def language_of(declared: str | None, text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the language of an article, and flags: *declared*, unless *text* is surely in another.

    A text that is short, mixed, or in a language similar to the declared one proves nothing. When
    the text surely disagrees, its language is returned with the flag ``language: declared en, text
    xh``.
    """
    written = written_language(text)
    if written is None or declared is None:
        return declared or written, ()
    own, other = declared.partition("-")[0], written.partition("-")[0]
    if own == other or any({own, other} <= kindred for kindred in _KINDRED):
        return declared, ()
    return written, (f"language: declared {declared}, text {written}",)


def written_language(text: str) -> str | None:
    """Return the language that *text* is surely written in; None when it is short or unsure."""
    sample = _UNPRINTED.sub(" ", text[:_READ_CHARS])
    if len(sample.encode()) < _ENOUGH_BYTES:
        return None
    try:
        is_sure, _, details = pycld2.detect(sample)
    except pycld2.error:  # a character that CLD2 refuses
        return None
    _, code, percent, _ = details[0]
    return _tag(code) if is_sure and percent >= _SURE_PERCENT else None


def _tag(claim: str | None) -> str | None:
    found = _TAG.fullmatch((claim or "").strip())
    if found is None:
        return None
    code = found.group(1).lower()
    code = _ALIASES.get(code, code)
    if code not in LANGUAGES and code not in _LONGER:
        return None
    return f"{code}-{found.group(2).lower()}" if found.group(2) else code
