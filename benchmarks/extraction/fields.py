"""Compare metadata with the truth: how often each field is exactly right.

- **headline**: with normalized white space, in NFC. *headline, any* also accepts any other headline
of the page (h1, og:title, twitter:title, JSON-LD), because publishers write several, and the truth
has one of them.
- **published**: the instant, to the second. A truth without a time zone counts as UTC.
- **authors**: the same names, in any order. Pages whose truth names none do not count.
- **language**: the primary subtag. The fundus truth has none, so it is the publisher's language, by
the page's country and the exceptions below, which were found by reading the texts. Norwegian (no,
nb, nn) is one language.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import lxml.html

from archive.model import Article
from benchmarks.extraction.sets import Page

FIELDS = ("headline", "headline, any", "published", "authors", "language")
_COUNTRY_LANGUAGES = {
    "at": "de", "ca": "en", "ch": "de", "cn": "zh", "cz": "cs", "de": "de", "es": "es", "fr": "fr",
    "ind": "en", "isl": "is", "jp": "ja", "kr": "ko", "li": "de", "ls": "en", "lu": "de",
    "my": "en", "na": "en", "no": "no", "pl": "pl", "py": "de", "se": "sv", "tr": "tr", "tw": "en",
    "uk": "en", "us": "en", "za": "en",
}  # fmt: skip
_PUBLISHER_LANGUAGES = {
    "MallorcaZeitung": "de",
    "Dizindaba": "xh",
    "IsolezweLesiXhosa": "xh",
    "EyethuNews": "zu",
}
_SAME_LANGUAGE = {"nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What is compared of a page."""

    headline: str
    published: datetime | None
    authors: tuple[str, ...]
    language: str | None


def true_fields(page: Page) -> Fields:
    """Return the truth of a fundus or wordpress *page*."""
    truth = page.truth
    if "post_id" in truth:
        return Fields(
            headline=truth["title"],
            published=instant(truth["date"]),
            authors=(truth["author"],),
            language=truth["lang"],
        )
    return Fields(
        headline=truth["title"],
        published=instant(truth["publishing_date"]),
        authors=tuple(truth.get("authors") or ()),
        language=language_of(page.id),
    )


def our_fields(article: Article | None) -> Fields:
    """Return the fields of *article*; without an article all are unknown."""
    if article is None:
        return Fields(headline="", published=None, authors=(), language=None)
    return Fields(
        headline=article.headline,
        published=article.date_published,
        authors=article.author,
        language=article.in_language,
    )


def their_fields(document: Any) -> Fields:
    """Return the fields of a document of trafilatura's; it joins authors by "; "."""
    author = getattr(document, "author", None) or ""
    return Fields(
        headline=getattr(document, "title", None) or "",
        published=instant(getattr(document, "date", None) or ""),
        authors=tuple(name.strip() for name in author.split(";") if name.strip()),
        language=getattr(document, "language", None),
    )


def right(true: Fields, said: Fields, own_headlines: set[str]) -> dict[str, bool]:
    """Return whether *said* is right, for each of ``FIELDS`` that counts on this page.

    *own_headlines* are those of the page itself, from ``headlines_of``.
    """
    headline = folded(said.headline)
    exact = headline == folded(true.headline)
    found = {
        "headline": exact,
        "headline, any": exact or headline in own_headlines,
        "published": same_second(true.published, said.published),
        "authors": _names(true.authors) == _names(said.authors),
        "language": _primary(true.language) == _primary(said.language),
    }
    if not true.authors:
        del found["authors"]
    return found


def headlines_of(page: Page) -> set[str]:
    """Return the headlines of *page*, with normalized white space."""
    tree = lxml.html.document_fromstring(
        page.payload, parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    found = [element.text_content() for element in tree.iter("h1")]
    for meta in tree.iter("meta"):
        if (meta.get("property") or meta.get("name") or "") in {"og:title", "twitter:title"}:
            found.append(meta.get("content") or "")
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            with suppress(ValueError):  # a script that is not JSON has no headline
                found.extend(_json_headlines(json.loads(script.text or "", strict=False)))
    return {text for raw in found if (text := folded(raw))}


def instant(text: str) -> datetime | None:
    """Return the moment in *text* (ISO 8601; UTC without a zone); None if there is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def same_second(one: datetime | None, other: datetime | None) -> bool:
    """Return whether both are given and name the same second."""
    if one is None or other is None:
        return False
    return one.replace(microsecond=0) == other.replace(microsecond=0)


def language_of(page_id: str) -> str:
    """Return the language of the publisher that a fundus id ("de__Taz_2024_04_22") names."""
    country, _, rest = page_id.partition("__")
    return _PUBLISHER_LANGUAGES.get(rest.split("_")[0]) or _COUNTRY_LANGUAGES[country]


def folded(text: str) -> str:
    """Return *text* in NFC, with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _names(names: tuple[str, ...]) -> list[str]:
    return sorted(folded(name) for name in names)


def _primary(tag: str | None) -> str | None:
    primary = (tag or "").lower().replace("_", "-").partition("-")[0]
    return _SAME_LANGUAGE.get(primary, primary) or None


def _json_headlines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        headline = value.get("headline")
        if isinstance(headline, str):
            yield headline
        for entry in value.values():
            yield from _json_headlines(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _json_headlines(entry)
