"""The share of pages on which each field is right: sites kept for validation, and the others.

With ``--json`` the report also has our errors (page, true value, our value). It never has those on
pages of validation, which nobody looks at while writing rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.extraction.extractors import ours
from benchmarks.extraction.fields import FIELDS, headlines_of, our_fields, right, true_fields
from benchmarks.extraction.sets import WORDPRESS, Page, pages_of, wordpress_pages
from benchmarks.extraction.validation import is_validation

__all__ = ["lines", "needs", "run"]

_FUNDUS = "fundus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One page of a set: what is right, and the errors as page, true value and our value."""

    part: str
    right: Mapping[str, bool]
    errors: Mapping[str, tuple[str, str, str]]


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    return [data / "extraction" / _FUNDUS / "truth.jsonl", data / WORDPRESS / "truth.jsonl"]


def run(data: Path) -> dict[str, Any]:
    """Return the rates of each part, by field. There is no bar."""
    with Pool() as pool:
        measured = pool.map(measure, list(_tasks(data)), chunksize=8)
    parts = dict.fromkeys(page.part for page in measured)
    return {
        "parts": {part: _rates([page for page in measured if page.part == part]) for part in parts},
        "errors": _errors(measured),
        "reached": True,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    yield f"{'fields right':24} pages  " + "  ".join(FIELDS)
    for part, found in report["parts"].items():
        shown = (f"{found.get(field, 0):.3f}".rjust(len(field)) for field in FIELDS)
        yield f"{part:24} {found['pages']:5}  " + "  ".join(shown)


def measure(task: tuple[str, Page]) -> Measured:
    """Return what is right on one page of a part."""
    part, page = task
    true, said = true_fields(page), our_fields(ours(page).article)
    found = right(true, said, headlines_of(page))
    wrong = [field for field, is_right in found.items() if not is_right and hasattr(true, field)]
    kept = is_validation(page.url)
    return Measured(
        part=f"{part}, {'validation' if kept else 'others'}",
        right=found,
        errors={}
        if kept
        else {field: (page.id, str(getattr(true, field)), str(getattr(said, field)))
              for field in wrong},
    )  # fmt: skip


def _rates(pages: Sequence[Measured]) -> dict[str, Any]:
    said = {field: [page.right[field] for page in pages if field in page.right] for field in FIELDS}
    rates = {field: round(fmean(each), 4) for field, each in said.items() if each}
    return {"pages": len(pages), **rates}


def _errors(measured: Sequence[Measured]) -> dict[str, list[tuple[str, str, str]]]:
    errors = {field: [page.errors[field] for page in measured if field in page.errors]
              for field in FIELDS}  # fmt: skip
    return {field: found for field, found in errors.items() if found}


def _tasks(data: Path) -> list[tuple[str, Page]]:
    tasks = [
        *((_FUNDUS, page) for page in pages_of(data / "extraction" / _FUNDUS)),
        *((WORDPRESS, page) for page in wordpress_pages(data / WORDPRESS)),
    ]
    return sorted(tasks, key=lambda task: (task[0], not is_validation(task[1].url)))
