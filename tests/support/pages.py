"""Payloads and small pages for tests of extraction."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.extract.payload import extract
from archive.model import Extraction, Payload

CAPTURED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STORY = "https://news.test/2026/02/the-bridge-over-the-river-opens/"
PROSE = (
    "The bridge that the town had waited for since the flood of 2011 opened on Tuesday morning.",
    "Some four hundred people crossed it in the first hour, many of them with prams and bicycles.",
    "The mayor thanked the builders and said that the old ferry would run until the end of June.",
    "Tolls were never considered, she added, since the province had paid for most of the work.",
)


def payload(body: bytes | str, url: str = STORY, status: int = 200, **headers: str) -> Payload:
    """A reply of *status* with *body*; headers are written as keywords (``content_type=...``)."""
    given = {"content_type": "text/html; charset=utf-8", **headers}
    return Payload(
        url=url,
        captured_at=CAPTURED,
        status=status,
        headers=tuple((name.replace("_", "-").title(), value) for name, value in given.items()),
        body=body.encode() if isinstance(body, str) else body,
    )


def read(body: bytes | str, url: str = STORY, status: int = 200, **headers: str) -> Extraction:
    """What the reply says."""
    return extract(payload(body, url, status, **headers))


def paragraphs(*texts: str) -> str:
    """Markup with a paragraph for each of *texts*, or of ``PROSE``."""
    return "".join(f"<p>{text}</p>" for text in texts or PROSE)


def story(
    *,
    head: str = "",
    above: str = "",
    body: str | None = None,
    below: str = "",
    after: str = "",
    title: str = "The bridge over the river opens",
    body_class: str = "single single-post postid-7",
) -> str:
    """A page with one article; *above* and *below* are inside it, *after* follows it."""
    return f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
{head}</head><body class="{body_class}"><article class="post"><header><h1>{title}</h1></header>
{above}<div class="entry-content">{paragraphs() if body is None else body}</div>{below}</article>
{after}</body></html>"""
