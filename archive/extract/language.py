"""The language of a page: what it declares, held against what its text is written in.

Software is set up once and then writes in whatever language its authors choose: pages in Xhosa
that call themselves English, pages that name no language at all. Compact Language Detector 2,
Chromium's, tells 160 languages apart in a tenth of a millisecond and with no memory to speak of.
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
"""Languages that ISO 639-1 has no code for and that newspapers are written in."""

_ALIASES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "cmn": "zh"}
"""Older codes, which CLD2 and old software write, and today's."""
_CLOSE_TEXT = "no nb nn da|hr bs sr sh|id ms|zu xh nr ss|cs sk|gl pt|fa prs|az tr tk|ru be uk bg mk"
_KINDRED = tuple(frozenset(group.split()) for group in _CLOSE_TEXT.split("|"))
"""Languages so near to each other that a short text may pass for its neighbour's."""

_ENOUGH_BYTES = 300
_READ_CHARS = 4_000
_SURE_PERCENT = 85
"""Share of the text in one language below which the page may quote, or be written in two."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")


def declared_language(page: Page) -> str | None:
    """Return the language that *page* declares: a lower-case BCP 47 tag without region ("fr").

    ``html lang`` first, since themes set it by the text; og:locale, JSON-LD and content-language
    often stay at the site's default. The region says where the software was set up, not how the
    text is written, and one publisher's pages would differ in it by template. What is no code of
    a language ("utf-8", "x") is no claim.
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
    """Return the language of an article and flags: *declared*, unless *text* surely is another's.

    A text that is short, mixed, or in a language near to the declared one proves nothing. Where
    it does disagree, it is believed, and the flag ``language: declared en, text xh`` says so.
    """
    written = written_language(text)
    if written is None or declared is None:
        return declared or written, ()
    own, other = declared.partition("-")[0], written.partition("-")[0]
    if own == other or any({own, other} <= kindred for kindred in _KINDRED):
        return declared, ()
    return written, (f"language: declared {declared}, text {written}",)


def written_language(text: str) -> str | None:
    """Return the language that *text* is surely written in; None where it is short or unsure."""
    sample = _UNPRINTED.sub(" ", text[:_READ_CHARS])
    if len(sample.encode()) < _ENOUGH_BYTES:
        return None
    try:
        is_sure, _, details = pycld2.detect(sample)
    except pycld2.error:  # a sign that it has no place for
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
