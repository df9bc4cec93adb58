"""Print one digest over the extractions of all pages of the sets, without the extractor's name.

Two runs that print the same digest read every page in the same way. Use it before and after a
change of the code that must not change any result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from archive.extract.article import extract_page
from archive.model.answers import encode
from benchmarks.extraction.sets import WORDPRESS, Page, pages_of, wordpress_pages

FOLDERS = ("daniel", "wcxb-types", "extraction/scrapinghub", "extraction/fundus", "extraction/wcxb")
"""Sets of pages with a ``truth.jsonl``; a truth that names no URL has a host."""
_CAPTURED = datetime(2026, 1, 1, tzinfo=UTC)


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    return [data / folder / "truth.jsonl" for folder in FOLDERS] + [data / WORDPRESS]


def run(data: Path) -> dict[str, Any]:
    """Return the digest of each set and of all. There is no bar."""
    with Pool() as pool:
        sets = {name: _digest(pool.map(_result, pages, chunksize=8)) for name, pages in _sets(data)}
    return {"sets": sets, "all": _digest(found["digest"] for found in sets.values())["digest"],
            "reached": True}  # fmt: skip


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    for name, found in report["sets"].items():
        yield f"{name:24} {found['pages']:5} pages  {found['digest']}"
    yield f"{'all':36} {report['all']}"


def _sets(data: Path) -> Iterator[tuple[str, list[Page]]]:
    for name in FOLDERS:
        yield name, pages_of(data / name)
    yield WORDPRESS, wordpress_pages(data / WORDPRESS)


def _result(page: Page) -> str:
    found = extract_page(page.payload, page.url, captured_at=_CAPTURED)
    said = encode(replace(found, extractor=""))
    return f"{page.id} {hashlib.sha256(said).hexdigest()}"


def _digest(results: Any) -> dict[str, Any]:
    each = list(results)
    return {
        "pages": len(each),
        "digest": hashlib.sha256("\n".join(each).encode()).hexdigest()[:16],
    }
