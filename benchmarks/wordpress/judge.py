"""Compare an archive with the truth about the site's posts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from benchmarks.wordpress.found import Found


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

    *posts_of* has the posts of each article, by its canonical URL. Only posts whose pages are
    served can be found; *truth* has these.
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
