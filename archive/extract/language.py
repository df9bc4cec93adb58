"""Find the language of a page: compare what it declares with what its text is written in.

Sites set a language once, and authors then write in others: some pages in Xhosa declare English,
and some pages declare nothing. Compact Language Detector 2, from Chromium, knows 160 languages,
takes a tenth of a millisecond and needs little memory.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pycld2  # type: ignore[import-untyped]
from babel.core import get_global

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
_FEW_BYTES = 40
"""A text so long can confirm what the page says elsewhere; a shorter one shows its script alone."""
_READ_CHARS = 4_000
_SCRIPT_CHARS = 1_500
_SURE_PERCENT = 85
"""With a lower share of one language, a text may quote another or be written in two."""
_ALONE_PERCENT, _RIVAL_PERCENT = 60, 5
"""The same where hardly any of the text looks like another language."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")
_SCRIPTS = {
    "Latn": r"A-Za-z\u00aa-\u024f\u1e00-\u1eff", "Cyrl": r"\u0400-\u052f",
    "Grek": r"\u0370-\u03ff\u1f00-\u1fff", "Hebr": r"\u0590-\u05ff",
    "Arab": r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "Deva": r"\u0900-\u097f", "Beng": r"\u0980-\u09ff", "Guru": r"\u0a00-\u0a7f",
    "Gujr": r"\u0a80-\u0aff", "Taml": r"\u0b80-\u0bff", "Telu": r"\u0c00-\u0c7f",
    "Knda": r"\u0c80-\u0cff", "Mlym": r"\u0d00-\u0d7f", "Sinh": r"\u0d80-\u0dff",
    "Thai": r"\u0e00-\u0e7f", "Laoo": r"\u0e80-\u0eff", "Tibt": r"\u0f00-\u0fff",
    "Mymr": r"\u1000-\u109f", "Geor": r"\u10a0-\u10ff\u2d00-\u2d2f", "Ethi": r"\u1200-\u139f",
    "Khmr": r"\u1780-\u17ff", "Armn": r"\u0530-\u058f", "Kore": r"\u1100-\u11ff\uac00-\ud7af",
    "Jpan": r"\u3040-\u30ff", "Hans": r"\u3400-\u4dbf\u4e00-\u9fff",
}  # fmt: skip
"""Blocks of Unicode by script (ISO 15924); "Jpan" are kana, "Hans" all Chinese characters."""
_LETTERS = {script: re.compile(f"[{blocks}]") for script, blocks in _SCRIPTS.items()}
_LANGUAGE_OF_SCRIPT = {
    "Grek": "el", "Hebr": "he", "Beng": "bn", "Guru": "pa", "Gujr": "gu", "Taml": "ta",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo",
    "Tibt": "bo", "Mymr": "my", "Geor": "ka", "Ethi": "am", "Khmr": "km", "Armn": "hy",
    "Kore": "ko", "Jpan": "ja", "Hans": "zh",
}  # fmt: skip
"""The one language, or the largest by far, of each script that has one."""
_FOREIGN = {
    "ru": "іїєґўјљњћђџѓќѕ", "uk": "ыэёъўјљњћђџѓќѕ", "be": "иїєґъщјљњћђџѓќѕ",
    "bg": "ыэёіїєґўјљњћђџѓќѕ", "mk": "ыэёъйщюяіїєґўћђ", "sr": "ыэёъйщюяіїєґўѓќѕ",
    "cs": "äľĺŕô", "sk": "ěřů", "tr": "ə", "pt": "ñ", "gl": "ãõ",
}  # fmt: skip
"""Letters that a language does not have, though its kin, or the same script, does."""
_FOREIGN_SHARE, _FEWEST_FOREIGN = 0.005, 5
"""A text with so many of them is not in the language; with fewer, it may quote another."""
_HAN = frozenset({"Hans", "Hant", "Jpan", "Kore", "Hani"})
_SEVERAL_TEXT = (
    "sr bs hr uz az kk ky tg tk tt mn ku pa ks sd ug ha ms yi cnr sh mo ro ba crh zh ja ko"
)
_SEVERAL = frozenset(_SEVERAL_TEXT.split())
"""Languages that are written in several scripts, so that no script speaks against them."""
_SCRIPT_SHARE = 0.6
_LEAST_LETTERS = {"Latn": 100}
_LEAST_OF_OTHERS = 10
"""Latin letters are found in texts of all languages, so more of them are needed."""
_TRADITIONAL = frozenset({"tw", "hk", "mo"})
"""Regions in which Chinese is written in traditional characters (CLDR, likely subtags)."""


def claimed_languages(page: Page) -> tuple[str, ...]:
    """Return the languages that *page* declares, each once: tags in lower case without region.

    ``html lang`` comes first, since themes set it for each text; then the page's own hreflang;
    og:locale, JSON-LD and content-language often keep the site's default. The region is left out:
    it says where the software was set up, and differs between templates of one publisher. A value
    that is no language code ("utf-8", "x") is ignored.
    """
    node = schema_org.article_node(page.json_ld) or {}
    own = {page.url, page.canonical}
    claims = [
        page.html_lang,
        *(each.language for each in page.alternates if each.url in own),
        page.first_meta("og:locale"),
        schema_org.text(node.get("inLanguage")),
        page.first_meta("content-language", "language", "dc.language", "dcterms.language"),
    ]
    return tuple(dict.fromkeys(tag for claim in claims if (tag := _tag(claim))))


def declared_language(page: Page) -> str | None:
    """Return the first of ``claimed_languages``; None if *page* declares none."""
    return next(iter(claimed_languages(page)), None)


def language_of(
    claims: tuple[str, ...], text: str, headline: str = ""
) -> tuple[str | None, tuple[str, ...]]:
    """Return the language of an article, and flags: the first of *claims* that *text* allows.

    A text in another script disproves a claim, however short it is, as do letters that the language
    does not have. A text that is surely in another language does, too; one that is short, mixed, or
    in a language similar to the declared one proves nothing, but may confirm another claim. If the
    first claim is not taken, there is a flag such as ``language: declared en, text xh``. *headline*
    is read with a short text.
    """
    sample = text if _size(text) >= _ENOUGH_BYTES else f"{headline}\n{text}"
    written, script = written_language(sample), _script(text)
    possible = [
        claim for claim in claims if _may_be(claim, script) and not _has_foreign(claim, sample)
    ]
    hint = written or (_guessed(sample) if claims else None)
    language = next((claim for claim in possible if _primary(claim) == _primary(hint)), None)
    if language is None and written is not None:
        near = (claim for claim in possible if _are_kindred(claim, written))
        language = next(near, written)
    if language is None:
        by_script = _LANGUAGE_OF_SCRIPT.get(script or "")
        language = next((each for each in (*possible, hint, by_script, *claims) if each), None)
    if not claims or language is None or _primary(claims[0]) == _primary(language):
        return claims[0] if claims else language, ()
    return language, (f"language: declared {claims[0]}, text {language}",)


def _size(text: str) -> int:
    """Return the bytes of *text* in UTF-8, which weigh letters of larger scripts more."""
    return len(text.encode(errors="replace"))


def _primary(tag: str | None) -> str | None:
    return tag.partition("-")[0] if tag else None


def _are_kindred(one: str, other: str) -> bool:
    return any({_primary(one), _primary(other)} <= kindred for kindred in _KINDRED)


def _script(text: str) -> str | None:
    """Return the script of most letters of *text*; None if it has few letters, or is mixed.

    Japanese has more Chinese characters than kana, so a tenth of kana make a text Japanese.
    """
    sample = text[:_SCRIPT_CHARS]
    latin = len(_LETTERS["Latn"].findall(sample))
    if latin > _SCRIPT_SHARE * len(sample):  # most pages, whose other scripts need no count
        return "Latn" if latin >= _LEAST_LETTERS["Latn"] else None
    counts = {script: len(letters.findall(sample)) for script, letters in _LETTERS.items()}
    if 10 * counts["Jpan"] > counts["Hans"]:
        counts["Jpan"] += counts.pop("Hans")
    if 10 * counts["Kore"] > counts.get("Hans", 0) > 0:
        counts["Kore"] += counts.pop("Hans")
    script = max(counts, key=lambda each: counts[each])
    total = sum(counts.values())
    if (
        total < _LEAST_LETTERS.get(script, _LEAST_OF_OTHERS)
        or counts[script] < _SCRIPT_SHARE * total
    ):
        return None
    return script


def _may_be(claim: str, script: str | None) -> bool:
    """Return whether a text in *script* may be in the language *claim*."""
    code = _primary(claim)
    if script is None:
        return True
    if code in {"zh", "ja", "ko", "yue"}:
        return script in _HAN and (script == "Hans" or _LANGUAGE_OF_SCRIPT[script] == code)
    if code in _SEVERAL:
        return script not in _HAN
    usual = _usual_script(claim)
    return usual is None or usual == script


def _has_foreign(claim: str, text: str) -> bool:
    """Return whether *text* has letters in number that the language *claim* does not have."""
    foreign = _FOREIGN.get(claim)
    if foreign is None:
        return False
    sample = text[:_READ_CHARS].lower()
    count = sum(map(sample.count, foreign))
    return count >= max(_FEWEST_FOREIGN, _FOREIGN_SHARE * len(sample))


@lru_cache(maxsize=512)
def _usual_script(claim: str) -> str | None:
    """Return the script in which the language *claim* is written, if it is one of ``_SCRIPTS``."""
    likely = get_global("likely_subtags").get(_primary(claim) or "")
    script = likely.split("_")[1] if likely and likely.count("_") == 2 else None
    return script if script in _SCRIPTS else None


def _guessed(text: str) -> str | None:
    """Return the language of a short *text*, if CLD2 takes its guess for reliable."""
    sample = _UNPRINTED.sub(" ", text[:_READ_CHARS])
    return _detected(sample) if _size(sample) >= _FEW_BYTES else None


def written_language(text: str) -> str | None:
    """Return the language that *text* is surely written in; None when it is short or unsure."""
    sample = _UNPRINTED.sub(" ", text[:_READ_CHARS])
    return _detected(sample) if _size(sample) >= _ENOUGH_BYTES else None


def _detected(sample: str) -> str | None:
    try:
        is_sure, _, details = pycld2.detect(sample)
    except pycld2.error:  # a character that CLD2 refuses
        return None
    (_, code, percent, _), *others = details
    # What CLD2 cannot tell, such as names, speaks for no other language.
    rival = max((share for _, other, share, _ in others if other != "un"), default=0)
    if percent >= _SURE_PERCENT:
        return _tag(code) if is_sure else None
    return _tag(code) if percent >= _ALONE_PERCENT and rival <= _RIVAL_PERCENT else None


def _tag(claim: str | None) -> str | None:
    found = _TAG.fullmatch((claim or "").strip())
    if found is None:
        return None
    code = found.group(1).lower()
    code = _ALIASES.get(code, code)
    if code not in LANGUAGES and code not in _LONGER:
        return None
    script = (found.group(2) or "").lower()
    if code == "zh" and not script and not _TRADITIONAL.isdisjoint(_parts(claim)):
        script = "hant"
    return f"{code}-{script}" if script else code


def _parts(claim: str | None) -> set[str]:
    return set(re.split(r"[-_]", (claim or "").strip().lower()))
