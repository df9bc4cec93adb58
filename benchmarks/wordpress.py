"""Crawl the recorded WordPress site as a new user would: a bare URL, no profile, an empty home.

The truth says what its 60 posts are. The bars: each is an article once, and nothing else is one;
the text of the archive, what the site repeats left out, has an F1 of ``MIN_F1`` and no line of the
page's frame, and captions and footnotes are blocks of their kind; headlines, authors, instants and
languages are exact. The same is told of the AMP twins, fetched without their canonical pages.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from archive.library import open_archive
from archive.model import Article, Block
from archive.sql import schema, views
from archive.sql.history import blocks_of, stories, versions
from benchmarks.extraction.bars import Bar
from benchmarks.extraction.blocks import block_bars, block_lines, block_report
from benchmarks.extraction.metric import compare, score
from benchmarks.extraction.sets import Page, wordpress_pages
from benchmarks.measure import Measured, measure, stretch
from benchmarks.replay import Replay

WARC = Path("wordpress/wordpress-sample.warc.gz")
TRUTH = Path("wordpress/truth.jsonl")
MIN_F1 = 0.985
SHOWN = 10
"""Most examples of one kind in the printed report; ``--json`` has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an archive holds of the site."""

    articles: list[dict[str, Any]]
    """Rows of the view ``articles``, each with its ``addresses`` and the ``blocks`` of its text."""
    outcomes: dict[str, int]
    reasons: dict[str, str]
    """For each URL: what became of it, in words."""


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads."""
    return [data / WARC, data / TRUTH]


def run(data: Path) -> dict[str, Any]:
    """Crawl the sample into a fresh home, fetch it into another, and return the report."""
    pages = {page.url: page for page in wordpress_pages((data / TRUTH).parent)}
    truth = [dict(page.truth) for page in pages.values()]
    load = os.getloadavg()[0]
    found, crawl = _crawled(data / WARC, "crawl")
    # Exactly the recorded URLs: what a page costs with no 404 to dilute it, AMP twins included.
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

    *address* is the key of the truth under which a post's article is looked up.
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
    """Return what an archive holds of the site, and what it took to make it."""
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
        return _read(home), costs


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


# --- what the archive holds -----------------------------------------------------------------------


def _read(home: Path) -> Found:
    with open_archive(home) as archive, archive.database.reading() as connection:
        return Found(
            articles=_articles(connection),
            outcomes=_outcomes(connection),
            reasons=_reasons(connection),
        )


def _articles(connection: Connection) -> list[dict[str, Any]]:
    addresses: dict[str, list[str]] = {}
    statement = select(schema.article.c.canonical_url, schema.address.c.url).join(
        schema.address, schema.address.c.article_id == schema.article.c.id
    )
    for canonical, url in connection.execute(statement):
        addresses.setdefault(canonical, []).append(url)
    rows = connection.execute(select(views.articles)).mappings()
    return [
        {
            **row,
            "addresses": addresses.get(row["canonical_url"], []),
            "blocks": _blocks(connection, row["canonical_url"]),
        }
        for row in rows
    ]


def _blocks(connection: Connection, url: str) -> tuple[Block, ...]:
    story = stories(connection, url)[0]
    return blocks_of(connection, versions(connection, story)[-1])


def _outcomes(connection: Connection) -> dict[str, int]:
    number = func.count().label("number")
    outcome = schema.extraction.c.outcome
    statement = select(outcome, number).group_by(outcome).order_by(number.desc())
    return {row.outcome: row.number for row in connection.execute(statement)}


def _reasons(connection: Connection) -> dict[str, str]:
    words = {
        row.url: f"{row.state}, {row.skip_reason}" if row.skip_reason else row.state
        for row in connection.execute(select(schema.url))
    }
    statement = (
        select(
            schema.capture.c.url,
            schema.extraction.c.outcome,
            schema.extraction.c.reason,
            schema.extraction.c.evidence,
        )
        .join(schema.extraction, schema.extraction.c.capture_id == schema.capture.c.id)
        .order_by(schema.capture.c.fetched_at)
    )
    for url, outcome, reason, evidence in connection.execute(statement):
        words[url] = ", ".join([outcome, *([reason] if reason else []), *evidence])
    return words


# --- judging --------------------------------------------------------------------------------------


def judge(truth: list[dict[str, Any]], found: Found) -> dict[str, Any]:
    """Return how *found* compares with *truth*, the posts of the site."""
    by_address: dict[str, list[dict[str, Any]]] = {}
    for row in found.articles:
        for url in {row["canonical_url"], *row["addresses"]}:
            by_address.setdefault(url, []).append(row)
    posts_of: dict[str, list[str]] = {}
    once, missing, repeated = [], {}, {}
    for post in truth:
        rows = {
            row["canonical_url"]: row
            for url in (post["url"], post["amp_url"])
            for row in by_address.get(url, ())
        }
        for canonical in rows:
            posts_of.setdefault(canonical, []).append(post["url"])
        if not rows:
            missing[post["url"]] = found.reasons.get(post["url"], "no source named it")
        elif len(rows) > 1:
            repeated[post["url"]] = sorted(rows)
        else:
            once.append((post, next(iter(rows.values()))))
    merged = {canonical: posts for canonical, posts in posts_of.items() if len(posts) > 1}
    once = [(post, row) for post, row in once if row["canonical_url"] not in merged]
    wrong = {
        row["canonical_url"]: found.reasons.get(row["canonical_url"], "")
        for row in found.articles
        if row["canonical_url"] not in posts_of
    }
    return {
        "posts": len(truth),
        "found_once": len(once),
        "canonical_url_exact": sum(row["canonical_url"] == post["url"] for post, row in once),
        "missing": missing,
        "repeated": repeated,
        "merged": merged,
        "wrongly_articles": wrong,
        "reached": len(once) == len(truth) and not wrong,
        "text": _text(once),
        "fields": _fields(once),
        "translations": translations(truth, found.articles, posts_of),
    }


def translations(
    truth: list[dict[str, Any]],
    articles: Iterable[Mapping[str, Any]],
    posts_of: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return how the groups of *articles* compare with those of *truth*, pair by pair.

    *posts_of* gives the posts that each article is, by its canonical URL. Only posts whose pages
    are served can be found, which are those in *truth*.
    """
    served = {post["url"] for post in truth}
    true = {
        pair
        for post in truth
        for pair in _pairs(served.intersection(post["translations"].values()))
    }
    groups: dict[str, set[str]] = {}
    for row in articles:
        if row["translation_group"] is not None:
            posts = posts_of.get(row["canonical_url"], [row["canonical_url"]])
            groups.setdefault(row["translation_group"], set()).update(posts)
    found = {pair for members in groups.values() for pair in _pairs(members)}
    return {
        "pairs": len(true),
        "pairs_found": len(found),
        "precision": round(len(true & found) / len(found), 4) if found else 1.0,
        "recall": round(len(true & found) / len(true), 4) if true else 1.0,
        "missing": sorted(true - found),
        "wrong": sorted(found - true),
    }


def _pairs(urls: Iterable[str]) -> Iterable[tuple[str, str]]:
    return combinations(sorted(urls), 2)


def _text(once: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    absent = []
    shares, number, spaced = [], 0, 0
    for post, row in once:
        text = _folded(row["text"])
        paragraphs = [paragraph for paragraph in post["paragraphs"] if paragraph.strip()]
        lost = [paragraph for paragraph in paragraphs if _folded(paragraph) not in text]
        absent += [[post["url"], paragraph] for paragraph in lost]
        spaced += sum(_without_spaces(paragraph) in _without_spaces(text) for paragraph in lost)
        shares.append(1 - len(lost) / len(paragraphs) if paragraphs else 1.0)
        number += len(paragraphs)
    return {
        "paragraphs": number,
        "paragraphs_found": number - len(absent),
        "mean_share": round(sum(shares) / len(shares), 4) if shares else 0.0,
        "posts_whole": sum(share == 1 for share in shares),
        "absent": absent,
        "absent_by_white_space_alone": spaced,
    }


def _fields(once: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    exact: Counter[str] = Counter()
    wrong: dict[str, list[list[Any]]] = {}
    for post, row in once:
        pairs = {
            "headline": (post["title"], row["headline"]),
            "author": ([post["author"]], list(row["author"])),
            "date_published": (_instant(post["date"]), row["date_published"]),
            "date_modified": (_instant(post["modified"]), row["date_modified"]),
            "in_language": (post["lang"], (row["in_language"] or "").partition("-")[0]),
        }
        for name, (true, said) in pairs.items():
            exact[name] += true == said
            if true != said:
                wrong.setdefault(name, []).append([post["url"], str(true), str(said)])
    return {"exact": dict(exact), "wrong": wrong}


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _without_spaces(text: str) -> str:
    return "".join(_folded(text).split())


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# --- the report -----------------------------------------------------------------------------------


def lines(report: Mapping[str, Any]) -> Iterable[str]:
    """Yield the report's lines for a person."""
    total = report["posts"]
    yield f"{report['found_once']} of {total} posts found once each" + (
        "; nothing else taken for an article" if not report["wrongly_articles"] else ""
    )
    for name, words in (
        ("missing", "missing"),
        ("repeated", "more than one article"),
        ("merged", "several posts in one article"),
        ("wrongly_articles", "wrongly taken for an article"),
    ):
        yield from _examples(words, [f"{url}: {why}" for url, why in report[name].items()])
    yield f"the bar (all found once, nothing else) is {'' if report['reached'] else 'NOT '}reached"
    yield ""
    text = report["text"]
    yield (
        f"paragraphs: {text['paragraphs_found']} of {text['paragraphs']} are in the text;"
        f" {text['mean_share']:.4f} a post; {text['posts_whole']} of {total} posts have all"
    )
    yield from _examples(
        f"absent, {text['absent_by_white_space_alone']} of them by white space within alone",
        [f"{url}: {words[:80]!r}" for url, words in text["absent"]],
    )
    exact = report["fields"]["exact"]
    yield "exact: " + ", ".join(f"{name} {number}/{total}" for name, number in exact.items())
    for name, cases in report["fields"]["wrong"].items():
        yield from _examples(
            f"{name} wrong", [f"{url}: {said!r}, not {true!r}" for url, true, said in cases]
        )
    groups = report["translations"]
    yield (
        f"translations: {groups['pairs_found']} pairs, of {groups['pairs']};"
        f" precision {groups['precision']:.4f}, recall {groups['recall']:.4f}"
    )
    yield from _examples("pairs missing", [" and ".join(pair) for pair in groups["missing"]])
    yield from _examples("pairs that are none", [" and ".join(pair) for pair in groups["wrong"]])
    yield ""
    yield from _block_lines("blocks of the texts", report["blocks"])
    yield from _block_lines("blocks of the AMP twins alone", report["blocks_of_amp_twins"])
    yield ""
    yield "outcomes: " + ", ".join(f"{name} {n}" for name, n in report["outcomes"].items())
    yield ""
    yield f"{os.cpu_count()} cores, load {report['load_before']} before; rates need a quiet machine"
    yield from _cost_lines("crawl from the bare URL", report["crawl"])
    yield ""
    yield from _cost_lines("fetch of the recorded URLs, AMP twins too", report["fetch"])
    twins = report["with_amp_twins"]
    yield f"  {twins['found_once']} of {total} posts found once each"
    for name in ("missing", "repeated", "merged", "wrongly_articles"):
        yield from _examples(name, [f"{url}: {why}" for url, why in twins[name].items()])


def _block_lines(title: str, blocks: Mapping[str, Any]) -> Iterable[str]:
    measured = blocks["score"]
    yield (
        f"{title}, {blocks['posts']} posts: precision {measured['precision']:.4f}, recall"
        f" {measured['recall']:.4f}, F1 {measured['f1']:.4f}, exact {measured['exact']:.4f}"
    )
    yield from block_lines(blocks, SHOWN)
    yield from blocks["bars"]


def _examples(words: str, found: list[str]) -> Iterable[str]:
    if found:
        yield f"  {words}: {len(found)}"
        yield from (f"    {line}" for line in found[:SHOWN])
        if len(found) > SHOWN:
            yield f"    and {len(found) - SHOWN} more"


def _cost_lines(title: str, costs: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"{title}: {costs['ended']}, {costs['exchanges']} exchanges in {costs['seconds']} s,"
        f" {costs['not_recorded']} of them 404 for want of a record"
    )
    before = costs["before_first_request"]
    yield (
        f"  before the first request: {before['seconds']} s, {before['main_cpu_seconds']} s of CPU"
    )
    for name in ("first_to_last", "middle_half"):
        part = costs[name]
        yield (
            f"  {name.replace('_', ' ')}: {part['per_second']} a second; CPU an exchange:"
            f" main {part['main_cpu_ms']} ms, workers {part['workers_cpu_ms']} ms"
        )
    yield (
        f"  in all: CPU main {costs['main_cpu_seconds']} s, workers"
        f" {costs['workers_cpu_seconds']} s; peak memory of main {costs['main_peak_rss_mb']} MB"
    )
