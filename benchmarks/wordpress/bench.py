"""Crawl the recorded WordPress site as a new user would: a bare URL, no profile, an empty home.

The truth describes its 60 posts. The bars: each post is one article, and nothing else is an
article. The text of the archive, without what the site repeats, has an F1 of ``MIN_F1`` and no line
of the page's frame. Captions and footnotes are blocks of their kind. Headlines, authors, instants
and languages are exact. The same is measured for the AMP twins, which are fetched without their
canonical pages.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.model import Article
from benchmarks.extraction.bars import Bar
from benchmarks.extraction.blocks import block_bars, block_report
from benchmarks.extraction.metric import compare, score
from benchmarks.extraction.sets import Page, wordpress_pages
from benchmarks.measure import Measured, measure, stretch
from benchmarks.replay import Replay
from benchmarks.wordpress.found import Found, read
from benchmarks.wordpress.judge import judge
from benchmarks.wordpress.report import lines

__all__ = ["lines", "needs", "run"]

WARC = Path("wordpress/wordpress-sample.warc.gz")
TRUTH = Path("wordpress/truth.jsonl")
MIN_F1 = 0.985


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads."""
    return [data / WARC, data / TRUTH]


def run(data: Path) -> dict[str, Any]:
    """Crawl the sample into an empty home, fetch it into another, and return the report."""
    pages = {page.url: page for page in wordpress_pages((data / TRUTH).parent)}
    truth = [dict(page.truth) for page in pages.values()]
    load = os.getloadavg()[0]
    found, crawl = _crawled(data / WARC, "crawl")
    # Exactly the recorded URLs, including AMP twins: the cost of a page without any 404.
    fetched, fetch = _crawled(data / WARC, "fetch")
    twins, _ = _crawled(data / WARC, "fetch", lambda url: "amp=1" in url)
    judged = judge(truth, found)
    blocks = blocks_report(pages, found, "url")
    return {
        **judged,
        "reached": judged["reached"] and blocks["reached"] and not judged["fields"]["wrong"],
        "blocks": blocks,
        "blocks_of_amp_twins": blocks_report(pages, twins, "amp_url"),
        "outcomes": found.outcomes,
        "load_before": round(load, 2),
        "crawl": crawl,
        "fetch": fetch,
        "with_amp_twins": {
            key: value
            for key, value in judge(truth, fetched).items()
            if key not in {"text", "fields"}
        },
    }


def blocks_report(pages: Mapping[str, Page], found: Found, address: str) -> dict[str, Any]:
    """Return how the texts in *found* compare, block by block, with the truth of *pages*.

    *address* is the key of the truth that has the address of a post's article.
    """
    by_address = {url: row for row in found.articles for url in row["addresses"]}
    told = [
        (page, by_address[page.truth[address]])
        for page in pages.values()
        if page.truth[address] in by_address
    ]
    articles = [Article(headline=row["headline"], blocks=row["blocks"]) for _, row in told]
    texts = [
        compare(page.text, article.text) for (page, _), article in zip(told, articles, strict=True)
    ]
    blocks = block_report([page for page, _ in told], articles)
    scored = score(texts)
    bars = [Bar("text F1 of the site's articles", scored.f1, MIN_F1), *block_bars(blocks)]
    return {
        "posts": len(told),
        "score": asdict(scored),
        **blocks,
        "bars": [bar.line() for bar in bars],
        "reached": all(bar.reached for bar in bars),
    }


def _crawled(
    warc: Path, command: str, wanted: Callable[[str], bool] = bool
) -> tuple[Found, dict[str, Any]]:
    """Return what an archive has of the site, and the cost of making it."""
    with Replay(warc) as site, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        urls = [site.home] if command == "crawl" else filter(wanted, site.urls)
        measured = measure(_pressmark(home, command, site, urls), lambda: site.served)
        account = _account(measured)
        costs = {
            "ended": account["exit"],
            "not_recorded": len(site.not_recorded),
            **_costs(measured, account["counts"]["exchanges"]),
        }
        return read(home), costs


def _pressmark(home: Path, command: str, site: Replay, urls: Iterable[str]) -> list[str]:
    program = Path(sys.executable).with_name("pressmark")
    allowed = ["--allow-address", site.address, *site.connect_options]
    return [str(program), "--home", str(home), command, "--json", *allowed, *urls]


def _account(measured: Measured) -> dict[str, Any]:
    try:
        account: dict[str, Any] = json.loads(measured.stdout)
    except ValueError as error:
        raise RuntimeError(
            f"pressmark ended with {measured.status}:\n{measured.stderr or measured.stdout}"
        ) from error
    return account


def _costs(measured: Measured, number: int) -> dict[str, Any]:
    start = next((sample for sample in measured.samples if sample.count), measured.samples[-1])
    return {
        "exchanges": number,
        "seconds": round(measured.seconds, 2),
        "main_cpu_seconds": round(measured.main_cpu, 2),
        "workers_cpu_seconds": round(measured.workers_cpu, 2),
        "before_first_request": {
            "seconds": round(start.at - measured.samples[0].at, 2),
            "main_cpu_seconds": round(start.main_cpu, 2),
        },
        "first_to_last": stretch(measured, 1, number).as_dict(),
        "middle_half": stretch(measured, number // 4, 3 * number // 4).as_dict(),
        "main_peak_rss_mb": round(measured.peak_rss_bytes / 1e6, 1),
    }
