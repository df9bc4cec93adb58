"""The day of publication on all pages with a known one: right, wrong and none, ours and htmldate's.

htmldate runs in its extensive mode, for the original date. The sites that are kept for validation
come first, then the others.

- **fundus**, **wordpress**: the truth has the instant; its day is that in the truth's own zone.
  *instants* is the share that is right to the second.
- **daniel**: the truth has the day on which a page was collected, which comes a little after the
  day of publication. A day up to 31 days before it, or one day after it, counts as right. This is
  too kind to a guess, and to both.

Without a zone in the truth, the day of our date is the one that the page wrote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from htmldate import find_date

from archive.extract.charset import decode_text
from archive.model import Article
from benchmarks.extraction.extractors import CONTENT_TYPE, ours
from benchmarks.extraction.fields import instant, same_second
from benchmarks.extraction.sets import WORDPRESS, Page, pages_of, wordpress_pages
from benchmarks.extraction.validation import is_validation

__all__ = ["lines", "needs", "run"]

DANIEL, FUNDUS = "daniel", "fundus"
KEPT, OTHERS, ALL = "validation", "others", "all"
RIGHT, WRONG, NONE = "right", "wrong", "none"
_MOST_BEFORE, _MOST_AFTER = 31, 1
"""Days between publication and collection of a page of daniel."""

Task = tuple[str, str, Page, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What comes out of one page. *is_exact* is None where the truth has no instant."""

    part: str
    half: str
    ours: str
    theirs: str
    is_exact: bool | None


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    folders = (data / DANIEL, data / "extraction" / FUNDUS, data / WORDPRESS)
    return [folder / "truth.jsonl" for folder in folders]


def run(data: Path) -> dict[str, Any]:
    """Return the figures of each part and of all, validation first. There is no bar."""
    with Pool() as pool:
        pages = pool.map(compared, list(_tasks(data)), chunksize=8)
    parts: dict[str, list[Compared]] = defaultdict(list)
    for half in (KEPT, OTHERS):
        for page in pages:
            if page.half == half:
                parts[f"{half}, {page.part}"].append(page)
                parts[f"{half}, {ALL}"].append(page)
    order = sorted(
        parts, key=lambda part: (not part.startswith(KEPT), not part.endswith(ALL), part)
    )
    return {"parts": {part: _counts(parts[part]) for part in order}, "reached": True}


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    yield f"{'':28} pages  right wrong  none   htmldate: right wrong  none   instants"
    for part, found in report["parts"].items():
        own, theirs = found["ours"], found["htmldate"]
        shown = "  ".join(f"{own[verdict]:4}" for verdict in (RIGHT, WRONG, NONE))
        other = "  ".join(f"{theirs[verdict]:4}" for verdict in (RIGHT, WRONG, NONE))
        exact = f"{found['instants']:.3f}" if found["instants"] is not None else ""
        yield f"{part:28} {found['pages']:5}   {shown}             {other}   {exact}".rstrip()


def compared(task: Task) -> Compared:
    """Return the verdicts on one page."""
    part, half, page, true = task
    article = ours(page).article
    said = article.date_published if article else None
    has_instant = len(true) > len("2026-02-03")
    return Compared(
        part=part,
        half=half,
        ours=_verdict(part, _our_day(article, true), true),
        theirs=_verdict(part, _their_day(page), true),
        is_exact=same_second(instant(true), said) if has_instant else None,
    )


def _our_day(article: Article | None, true: str) -> date | None:
    """Return the day of our date in the zone of the truth, else in that of the page."""
    if article is None or article.date_published is None:
        return None
    said = article.date_published
    if article.date_precision == "day":
        return said.date()
    zone = None
    with suppress(ValueError):  # a date in words
        zone = datetime.fromisoformat(article.date_published_raw or "").tzinfo
    truth = instant(true)
    if truth is not None and len(true) > len("2026-02-03"):
        zone = truth.tzinfo
    return said.astimezone(zone).date() if zone else said.date()


def _their_day(page: Page) -> date | None:
    """Return the day that htmldate finds; it gets the text that we decode."""
    text = decode_text(page.payload, CONTENT_TYPE).text
    try:
        found = find_date(text, url=page.url, original_date=True, extensive_search=True)
    except Exception:  # noqa: BLE001 - a page that the other library cannot read has no date
        return None
    return date.fromisoformat(found) if found else None


def _verdict(part: str, said: date | None, true: str) -> str:
    if said is None:
        return NONE
    days = (said - date.fromisoformat(true[: len("2026-02-03")])).days
    is_right = -_MOST_BEFORE <= days <= _MOST_AFTER if part.startswith(DANIEL) else days == 0
    return RIGHT if is_right else WRONG


def _counts(pages: Sequence[Compared]) -> dict[str, Any]:
    verdicts = (RIGHT, WRONG, NONE)
    exact = [page.is_exact for page in pages if page.is_exact is not None]
    return {
        "pages": len(pages),
        "ours": {each: sum(page.ours == each for page in pages) for each in verdicts},
        "htmldate": {each: sum(page.theirs == each for page in pages) for each in verdicts},
        "instants": round(fmean(exact), 4) if exact else None,
    }


def _tasks(data: Path) -> Iterator[Task]:
    for page in pages_of(data / DANIEL):
        day = datetime.strptime(page.truth["day"], "%Y%m%d").date()  # noqa: DTZ007 - a day
        yield f"{DANIEL}, {page.truth['language']}", _half(page), page, day.isoformat()
    for page in pages_of(data / "extraction" / FUNDUS):
        yield FUNDUS, _half(page), page, page.truth["publishing_date"]
    for page in wordpress_pages(data / WORDPRESS):
        yield WORDPRESS, _half(page), page, page.truth["date"]


def _half(page: Page) -> str:
    return KEPT if is_validation(page.url) else OTHERS
