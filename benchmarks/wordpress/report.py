"""The report of the WordPress benchmark, for a reader."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.extraction.blocks import block_lines

SHOWN = 10
"""Largest number of examples of one kind in the printed report; ``--json`` has all."""


def lines(report: Mapping[str, Any]) -> Iterable[str]:
    """Yield the report's lines for a reader."""
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
