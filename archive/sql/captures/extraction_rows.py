"""Rows of the table ``extraction``: what was read in a capture, and how it is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.model import (
    Article,
    Block,
    BlockKind,
    Extraction,
    NamedPart,
    Outcome,
    Part,
    SiteReading,
    clean,
)


def extraction_row(capture_id: int, found: Extraction, profile_digest: str) -> dict[str, Any]:
    """Return the row of *found*, the extraction of capture *capture_id* under a profile."""
    article = found.article
    is_article = found.outcome is Outcome.ARTICLE
    return {
        "capture_id": capture_id,
        "extractor": found.extractor,
        "profile_digest": profile_digest,
        "outcome": found.outcome,
        "reason": found.reason,
        "evidence": list(found.evidence),
        "flags": list(found.flags),
        "language": found.language,
        "alternates": [[alternate.language, alternate.url] for alternate in found.alternates],
        "fields": None if article is None else fields_of(article),
        "blocks": None
        if article is None
        else [[block.kind, block.level, block.text] for block in article.blocks],
        # The text of an article is that of its version, and need not be stored twice.
        "text": None if article is None or is_article else article.text,
        "text_sha256": None if article is None else sha256(article.text),
        "confidence": found.confidence,
        "confidence_reasons": None if article is None else list(found.confidence_reasons),
        "part": None if found.part is None else _part_json(found.part),
        "lines": found.lines,
        "template": found.template,
        "by_site": None if found.by_site is None else _site_json(found.by_site),
        "is_in_place": found.is_in_place,
        "holds_until": found.holds_until,
    }


def _site_json(site: SiteReading) -> dict[str, Any]:
    return {"cut": list(site.cut), "restored": list(site.restored)}


def site_reading_of(value: Mapping[str, Any]) -> SiteReading:
    """Return what the column *by_site* of an extraction row holds."""
    return SiteReading(cut=tuple(value["cut"]), restored=tuple(value["restored"]))


def _part_json(part: Part) -> dict[str, Any]:
    named = [[named.number, named.url] for named in part.named]
    return {"number": part.number, "first": part.first, "named": named}


def part_of_row(value: Mapping[str, Any] | None) -> Part | None:
    """Return the part that the column *part* of an extraction row holds."""
    if value is None:
        return None
    named = tuple(NamedPart(number, url) for number, url in value["named"])
    return Part(number=value["number"], first=value["first"], named=named)


def fields_of(article: Article) -> dict[str, Any]:
    """Return the article's fields, its blocks aside, as JSON holds them; times as ISO 8601 UTC.

    Fields that say nothing are left out.
    """
    found = {
        "headline": article.headline,
        "description": article.description,
        "author": list(article.author),
        "author_organization": list(article.author_organization),
        "date_published": _iso(article.date_published),
        "date_published_raw": article.date_published_raw,
        "date_source": article.date_source,
        "date_precision": article.date_precision,
        "date_modified": _iso(article.date_modified),
        "date_modified_raw": article.date_modified_raw,
        "date_modified_source": article.date_modified_source,
        "date_modified_precision": article.date_modified_precision,
        "article_section": list(article.article_section),
        "keywords": list(article.keywords),
        "in_language": article.in_language,
        "image": article.image,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "publisher": article.publisher,
        "license": article.license,
        "is_accessible_for_free": article.is_accessible_for_free,
    }
    return {name: value for name, value in found.items() if value is not None and value != []}


def article_of(fields: Mapping[str, Any], blocks: Sequence[Sequence[Any]]) -> Article:
    """Return the article that *fields* of an extraction row and its *blocks* hold."""
    keys = ("author", "author_organization", "article_section", "keywords")
    lists = {key: tuple(fields[key]) for key in keys if key in fields}
    times = {
        key: datetime.fromisoformat(fields[key])
        for key in ("date_published", "date_modified")
        if key in fields
    }
    return Article(
        **{**fields, **lists, **times},
        blocks=tuple(Block(BlockKind(kind), text, level) for kind, level, text in blocks),
    )


def sha256(text: str) -> str:
    """Return the SHA-256 of *text*, as it is stored, in UTF-8, as hex."""
    return hashlib.sha256(clean(text).encode()).hexdigest()


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
