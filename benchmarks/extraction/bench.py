"""Extract every page of every set with every extractor, in turn, in one process.

CPU is that of this process (``time.process_time``). A first pass over all pages fills the caches.
In the second pass each extractor reads each page, in an order that rotates; text and metadata are
from this pass. With ``--json`` the report also has the measures of each page, by set and id.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.extraction import fields
from benchmarks.extraction.bars import Bar, confidence_bars, cpu_bar, field_bars, text_bars
from benchmarks.extraction.blocks import block_bars, block_lines, block_report
from benchmarks.extraction.extractors import (
    DEFAULT,
    OURS,
    PACKAGES,
    TEXTS,
    WITH_METADATA,
    lacks,
    text_in,
    trafilatura_document,
    versions,
)
from benchmarks.extraction.metric import Match, compare, held_at_best, held_by_least, score
from benchmarks.extraction.sets import PLAIN_SETS, WORDPRESS, Page, load
from benchmarks.extraction.validation import is_validation

__all__ = ["INSTALL", "lacks", "lines", "needs", "run"]

INSTALL = f"uv pip install {' '.join(PACKAGES)}"
_WITH_FIELDS = ("fundus", WORDPRESS)
_INSTANTS = "trafilatura, dates with time"
_SHOWN = 12


def needs(data: Path) -> list[Path]:
    """Return the folder that must exist."""
    folders = [data / "extraction" / name for name in PLAIN_SETS] + [data / WORDPRESS]
    there = [folder for folder in folders if folder.is_dir()]
    return there[:1] or [data / "extraction"]


def run(data: Path) -> dict[str, Any]:
    """Return the report on all sets in *data*."""
    sets = load(data)
    _rounds(sets)
    said, seconds = _rounds(sets)
    report: dict[str, Any] = {
        "versions": versions(),
        "absent": [name for name in (*PLAIN_SETS, WORDPRESS) if name not in sets],
        "text": {},
        "fields": {},
        "confidence": {},
        "cpu": _cpu(seconds),
        "bars": [],
        "pages": {},
    }
    bars: list[Bar] = []
    for name, pages in sets.items():
        matches = _matches(pages, said[name])
        scores = {extractor: score(found) for extractor, found in matches.items()}
        report["text"][name] = {key: _rounded(asdict(value)) for key, value in scores.items()}
        report["pages"][name] = _by_page(pages, matches)
        bars += text_bars(name, scores)
        held = held_by_least(matches[OURS], _confidences(said[name][OURS]))
        best = held_at_best(matches[OURS])
        report["confidence"][name] = _rounded({"tenth_holds": held, "at_best": best})
        bars += confidence_bars(name, held, best)
        if name in _WITH_FIELDS:
            rates, wrong = _fields(pages, said[name])
            report["fields"][name] = {"rates": rates, "wrong": wrong}
            bars += field_bars(name, rates[OURS])
        if name == WORDPRESS:
            articles = [extraction.article for extraction in said[name][OURS]]
            report["blocks"] = block_report(pages, articles)
            bars += block_bars(report["blocks"])
    bars.append(cpu_bar(report["cpu"][OURS]["total"], report["cpu"][WITH_METADATA]["total"]))
    report["bars"] = [bar.as_dict() for bar in bars]
    report["reached"] = all(bar.reached for bar in bars)
    report["lines"] = [bar.line() for bar in bars]
    return report


def _rounds(sets: Mapping[str, list[Page]]) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """Return each extractor's results by set and name, and its CPU seconds for each page."""
    said: dict[str, Any] = {name: {key: [] for key in TEXTS} for name in sets}
    seconds: dict[str, list[float]] = {key: [] for key in TEXTS}
    order = list(TEXTS.items())
    for name, pages in sets.items():
        for page in pages:
            for extractor, extract in order:
                began = time.process_time()
                found = extract(page)
                seconds[extractor].append(time.process_time() - began)
                said[name][extractor].append(found)
            order.append(order.pop(0))
    return said, seconds


def _matches(pages: list[Page], said: Mapping[str, list[Any]]) -> dict[str, list[Match]]:
    return {
        extractor: [
            compare(page.text, text_in(found)) for page, found in zip(pages, found_all, strict=True)
        ]
        for extractor, found_all in said.items()
        if extractor != WITH_METADATA
    }


def _confidences(found: list[Any]) -> list[float]:
    """Return the confidence of each text; a page without a text has none."""
    return [0.0 if each.confidence is None else each.confidence for each in found]


def _by_page(pages: list[Page], matches: Mapping[str, list[Match]]) -> dict[str, Any]:
    return {
        page.id: {extractor: asdict(found[at]) for extractor, found in matches.items()}
        for at, page in enumerate(pages)
    }


def _fields(
    pages: list[Page], said: Mapping[str, list[Any]]
) -> tuple[dict[str, dict[str, float]], dict[str, list[list[str]]]]:
    """Return the rates by extractor and field, and our errors: page, true value, our value.

    The errors on pages of validation are left out, since nobody looks at them.
    """
    counts: dict[str, dict[str, list[bool]]] = {}
    wrong: dict[str, list[list[str]]] = {}
    for at, page in enumerate(pages):
        true, own = fields.true_fields(page), fields.headlines_of(page)
        article = said[OURS][at].article
        found = {
            DEFAULT: fields.their_fields(said[WITH_METADATA][at]),
            _INSTANTS: fields.their_fields(trafilatura_document(page, instants=True)),
            OURS: fields.our_fields(article),
        }
        for extractor, values in found.items():
            for field, is_right in fields.right(true, values, own).items():
                counts.setdefault(extractor, {}).setdefault(field, []).append(is_right)
                is_shown = extractor == OURS and not is_validation(page.url)
                if is_shown and not is_right and field != "headline, any":
                    shown = (str(getattr(true, field)), str(getattr(values, field)))
                    wrong.setdefault(field, []).append([page.id, *shown])
    rates = {
        extractor: {field: round(fmean(each), 4) for field, each in by_field.items()}
        for extractor, by_field in counts.items()
    }
    return rates, wrong


def _cpu(seconds: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        extractor: {
            "median_ms": round(1000 * median(each), 2),
            "mean_ms": round(1000 * fmean(each), 2),
            "total": round(sum(each), 3),
        }
        for extractor, each in seconds.items()
    }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()
    }


# --- the report -----------------------------------------------------------------------------------


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a reader."""
    yield ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    for name in report["absent"]:
        yield f"{name}: skipped, its pages are not there"
    for name, scores in report["text"].items():
        pages = next(iter(scores.values()))["pages"]
        yield ""
        yield f"{f'{name}, {pages} pages':28} precision  recall      F1   exact"
        for extractor, found in scores.items():
            yield (
                f"  {extractor:26}    {found['precision']:.4f}  {found['recall']:.4f}"
                f"  {found['f1']:.4f}  {found['exact']:.4f}"
            )
    for name, found in report["fields"].items():
        yield ""
        yield f"{name + ', fields exact':28} " + "  ".join(fields.FIELDS)
        for extractor, rates in found["rates"].items():
            shown = (f"{rates[field]:.3f}".rjust(len(field)) for field in fields.FIELDS)
            yield f"  {extractor:26} " + "  ".join(shown)
        for field, cases in found["wrong"].items():
            yield f"  {field} not exact, without validation: {len(cases)}"
            yield from (
                f"    {page}: {said!r}, not {true!r}" for page, true, said in cases[:_SHOWN]
            )
            if len(cases) > _SHOWN:
                yield f"    and {len(cases) - _SHOWN} more"
    if "blocks" in report:
        yield ""
        yield "wordpress, typed blocks"
        yield from block_lines(report["blocks"], 3)
    yield ""
    yield f"{'the least confident tenth':28}     holds  at best"
    for name, found in report["confidence"].items():
        yield f"  {name:26}    {found['tenth_holds']:.4f}   {found['at_best']:.4f}"
    yield ""
    yield f"{'CPU a page, ms':28}    median     mean"
    for extractor, times in report["cpu"].items():
        yield f"  {extractor:26}    {times['median_ms']:6.2f}   {times['mean_ms']:6.2f}"
    yield ""
    yield from report["lines"]
    yield f"the bars are {'all' if report['reached'] else 'NOT all'} reached"
