"""Whole crawls on loopback beside those of other tools, over the same real pages.

Every tool runs over all pages of a site and over a few of them, in turn and several times, each in
processes of its own. The cost of a page is the difference of the two runs, so start-up does not
count. CPU is that of all processes of the tool, children that outlive it too. The server of the
pages runs on the same cores, which slows down all tools alike; its CPU does not count.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.comparison import known_urls, tools
from benchmarks.comparison.site import pages_by_size, served
from benchmarks.extraction.sets import PLAIN_SETS
from benchmarks.extraction.unseen import DANIEL

__all__ = ["lines", "needs", "run"]

PAGES = int(os.environ.get("PRESSMARK_BENCH_PAGES", "240"))
ROUNDS = int(os.environ.get("PRESSMARK_BENCH_ROUNDS", "3"))
FEW = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A largest or smallest ratio of a figure of one tool to that of another."""

    figure: str
    ours: str
    theirs: str
    ratio: float
    is_most: bool = True


BARS = (
    Bar("cpu_ms", "pressmark", "trafilatura", 1.0),
    Bar("cpu_ms", "pressmark", "naive spider", 0.6),
    Bar("per_second", "pressmark", "naive spider", 1.8, is_most=False),
    # Scrapy's own thread takes 2.2 ms where ours may take 3.5.
    Bar("reactor_ms", "pressmark", "Scrapy, download only", 3.5 / 2.2),
    Bar("cpu_ms", "reprocess", "trafilatura over fastwarc", 0.75),
)


_FIGURES = {
    "cpu_ms": "CPU a page",
    "reactor_ms": "CPU a page of the reactor's thread",
    "per_second": "pages a second",
}


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads."""
    return [data / "extraction" / PLAIN_SETS[0], data / DANIEL / "truth.jsonl"]


def run(data: Path) -> dict[str, Any]:
    """Return the figures of each tool for small and for large pages, and the ratios."""
    absent = tools.absent()
    load = os.getloadavg()[0]
    pages = pages_by_size(data, PAGES)
    sizes = {name: _sized(some, absent) for name, some in pages.items()}
    peaks = known_urls.peaks(pages["small"])
    more = peaks[known_urls.MANY] - peaks[known_urls.FEW]
    bars = [bar for size in sizes.values() for bar in size["bars"]]
    return {
        "pages": PAGES,
        "rounds": ROUNDS,
        "load_before": round(load, 2),
        "absent": absent,
        "sizes": sizes,
        "peak_by_known_urls": peaks,
        "reached": all(bar["reached"] for bar in bars) and more <= known_urls.MOST_MORE,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a reader."""
    yield (
        f"{report['pages']} pages of each size, {report['rounds']} rounds, load"
        f" {report['load_before']}; medians (least to most), start-up does not count"
    )
    for name, why in report["absent"].items():
        yield f"{name} did not run: {why}"
    for size, figures in report["sizes"].items():
        yield f"{size} pages, {figures['mean_page_bytes'] / 1000:.0f} kB of HTML in the mean:"
        yield f"  {'':26}{'CPU ms a page':>22}{'main thread':>20}{'pages/s':>20}{'peak MB':>9}"
        for name, row in figures["tools"].items():
            yield (
                f"  {name:26}{_spread(row['cpu_ms']):>22}{_spread(row['reactor_ms']):>20}"
                f"{_spread(row['per_second']):>20}{row['peak_mb']:>9.0f}  {row['delivers']}"
            )
        for bar in figures["bars"]:
            yield f"  {bar['line']}"
    few, many = report["peak_by_known_urls"].values()
    yield (
        f"peak of the main process with {known_urls.FEW:,} known URLs {few / 1e6:.0f} MB, with"
        f" {known_urls.MANY:,} {many / 1e6:.0f} MB (bar: {known_urls.MOST_MORE / 1e6:.0f} MB more)"
    )


def _sized(pages: Sequence[bytes], absent: Mapping[str, str]) -> dict[str, Any]:
    names = [name for name in tools.TOOLS if name not in absent]
    runs: dict[str, list[dict[str, float]]] = defaultdict(list)
    delivers: dict[str, str] = {}
    with served(pages) as urls, tempfile.TemporaryDirectory() as folder:
        files = _written(pages, Path(folder))
        for number in range(ROUNDS):
            # Each round begins with another tool, so that none is always the first.
            for at in range(len(names)):
                name = names[(at + number) % len(names)]
                costs, delivers[name] = _page_of(name, urls, files)
                runs[name].append(costs)
    figures = {
        name: {
            **{key: [each[key] for each in runs[name]] for key in _FIGURES},
            "peak_mb": max(each["peak_mb"] for each in runs[name]),
            "delivers": delivers[name],
        }
        for name in names
    }
    return {
        "mean_page_bytes": round(statistics.fmean(map(len, pages))),
        "tools": figures,
        "bars": [_judged(bar, runs) for bar in BARS if bar.ours in runs and bar.theirs in runs],
    }


def _page_of(name: str, urls: Sequence[str], files: Sequence[Path]) -> tuple[dict[str, float], str]:
    """Return what a page costs *name*, and what the tool has made of all pages."""
    few = _ran(name, urls[:FEW], files[:FEW]).cost
    ran = _ran(name, urls, files)
    number = len(urls) - FEW
    cpu, reactor = ran.cost.cpu - few.cpu, ran.cost.main_thread_cpu - few.main_thread_cpu
    return {
        "cpu_ms": 1000 * cpu / number,
        "reactor_ms": 1000 * reactor / number,
        "per_second": number / max(ran.cost.seconds - few.seconds, 1e-9),
        "peak_mb": ran.cost.peak_rss_bytes / 1e6,
    }, ran.delivers


def _ran(name: str, urls: Sequence[str], files: Sequence[Path]) -> tools.Ran:
    with tempfile.TemporaryDirectory() as folder:
        return tools.TOOLS[name](tools.Job(urls, files, Path(folder)))


def _written(pages: Sequence[bytes], folder: Path) -> list[Path]:
    files = []
    for number, page in enumerate(pages):
        file = folder / f"{number}.html"
        file.write_bytes(page)
        files.append(file)
    return files


def _judged(bar: Bar, runs: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, Any]:
    """Compare round by round, since a machine that slows down slows both of a round."""
    pairs = zip(runs[bar.ours], runs[bar.theirs], strict=True)
    ratio = statistics.median(ours[bar.figure] / theirs[bar.figure] for ours, theirs in pairs)
    reached = ratio <= bar.ratio if bar.is_most else ratio >= bar.ratio
    what = _FIGURES[bar.figure]
    limit = "at most" if bar.is_most else "at least"
    return {
        "ratio": round(ratio, 3),
        "reached": reached,
        "line": (
            f"{what}, {bar.ours} / {bar.theirs}: {ratio:.2f} (bar: {limit} {bar.ratio:.2g})"
            f"{'' if reached else '  NOT REACHED'}"
        ),
    }


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"
