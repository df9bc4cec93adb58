"""Whole sites as archives: what the archive says of each page, and what the page alone would give.

Each host of ``daniel`` with ``LEAST_PAGES`` pages and more becomes an archive, and so do the
recorded WordPress pages. The pages are archived and read in three random orders, and once two
thirds of them are read and settled before the others come. All four archives must say the same.

F1 by host, mean over its pages: with the site (the text of the archive), page by page, trafilatura.
The metric is that of ``unseen``. Hosts that are kept for validation come first.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from sqlalchemy import Connection

from archive.library import Archive, open_archive
from archive.model import Exchange
from archive.profile import Profile, find_profile, write_profile
from archive.queries.pages import pages_at
from archive.queries.search import find_article
from archive.urls import host_of, normalize
from benchmarks.extraction.extractors import CONTENT_TYPE, ours, text_in, trafilatura_text
from benchmarks.extraction.sets import WORDPRESS, Page, pages_of, wordpress_pages
from benchmarks.extraction.unseen import DANIEL, f1
from benchmarks.extraction.validation import is_validation

__all__ = ["lines", "needs", "run"]

LEAST_PAGES = 10
SEEDS = (1, 2, 3)
MEAN_BAR, MEAN_AIM = 0.91, 0.93
MOST_LOST = 0.01
"""No host may have an F1 that is lower by more than that of reading page by page."""
_NAME = "site"
_BEGINNING = datetime(2012, 1, 1, tzinfo=UTC)


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    return [data / DANIEL / "truth.jsonl", data / WORDPRESS / "truth.jsonl"]


def run(data: Path) -> dict[str, Any]:
    """Return the figures of each host, those kept for validation first."""
    sites = sorted(_sites(data).items(), key=lambda site: (not is_validation(site[1][0].url), site))
    hosts = [_measured(host, pages) for host, pages in sites]
    mean = fmean(host["site"] for host in hosts)
    return {
        "hosts": hosts,
        "mean": {name: round(fmean(host[name] for host in hosts), 4) for name in _WAYS},
        "reached": mean >= MEAN_BAR
        and all(host["same"] and host["site"] >= host["alone"] - MOST_LOST for host in hosts),
    }


_WAYS = ("site", "alone", "trafilatura")


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    yield f"{'F1 by host':28} {'':10} pages  {'  '.join(_WAYS)}  the same in each order"
    for host in report["hosts"]:
        part = "validation" if host["validation"] else "others"
        yield (
            f"{host['host']:28} {part:10} {host['pages']:5}  {host['site']:.3f} {host['alone']:.3f}"
            f"  {host['trafilatura']:.3f}        {host['same']}"
        )
    mean = report["mean"]
    yield (
        f"mean over hosts: {', '.join(f'{name} {mean[name]:.3f}' for name in _WAYS)}"
        f" (bar: {MEAN_BAR} with the site, aim {MEAN_AIM}; no host more than {MOST_LOST} below"
        " reading page by page)"
    )


def _sites(data: Path) -> dict[str, list[Page]]:
    by_host: dict[str, list[Page]] = defaultdict(list)
    for page in (*pages_of(data / DANIEL), *wordpress_pages(data / WORDPRESS)):
        by_host[host_of(page.url)].append(page)
    return {host: pages for host, pages in by_host.items() if len(pages) >= LEAST_PAGES}


def _measured(host: str, pages: Sequence[Page]) -> dict[str, Any]:
    orders = [random.Random(seed).sample(pages, len(pages)) for seed in SEEDS]
    texts = [_archived(host, pages, [order]) for order in orders]
    two_thirds = 2 * len(pages) // 3
    texts.append(_archived(host, pages, [orders[0][:two_thirds], orders[0][two_thirds:]]))
    with Pool() as pool:
        alone = pool.map(_alone, pages, chunksize=4)
    return {
        "host": host,
        "validation": is_validation(pages[0].url),
        "pages": len(pages),
        "site": round(fmean(f1(page.text, texts[0][page.url]) for page in pages), 4),
        "alone": round(fmean(one for one, _ in alone), 4),
        "trafilatura": round(fmean(other for _, other in alone), 4),
        "same": all(each == texts[0] for each in texts),
    }


def _alone(page: Page) -> tuple[float, float]:
    return f1(page.text, text_in(ours(page))), f1(page.text, trafilatura_text(page))


def _archived(host: str, pages: Sequence[Page], visits: Sequence[Sequence[Page]]) -> dict[str, str]:
    """Return the text of each of *pages* by URL, of an archive that took them in by *visits*."""
    when = {page.url: _BEGINNING + timedelta(minutes=at) for at, page in enumerate(pages)}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_profile(home, Profile(name=_NAME, home=f"http://{host}/"))
        with open_archive(home, create=True) as archive:
            for visit in visits:
                _take_in(archive, visit, when)
            with archive.database.reading() as connection:
                return {page.url: _text_at(connection, normalize(page.url)) for page in pages}


def _take_in(archive: Archive, pages: Sequence[Page], when: Mapping[str, datetime]) -> None:
    profile = find_profile(archive.home, _NAME)
    writer = archive.store.open_writer(profile.name, {}, lambda *_: None)
    for page in pages:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {CONTENT_TYPE}\r\n"
        length = f"Content-Length: {len(page.payload)}\r\n\r\n"
        writer.write(
            Exchange(
                url=normalize(page.url),
                date=when[page.url],
                request=f"GET / HTTP/1.1\r\nHost: {host_of(page.url)}\r\n\r\n".encode(),
                response=f"{head}{length}".encode() + page.payload,
                ip="127.0.0.1",
            )
        )
    writer.close()
    archive.catch_up()


def _text_at(connection: Connection, url: str) -> str:
    """Return the text of the article at *url*, or of the page that is none; empty without any."""
    found = [article.text for article in find_article(connection, url)]
    return next(iter(found), "") or next((page.text for page in pages_at(connection, url)), "")
