"""What a reprocess changed, or would change: counted, with some examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.model import Article
from archive.pipeline.settlement import Settling
from archive.sql.captures import replace
from archive.sql.captures.extraction_rows import article_of
from archive.sql.captures.replace import Replaced

SAMPLES = 3
"""Examples kept of each kind of change."""
PROBLEMS_TOLD = 20

OUTCOMES, TEXTS, HEADLINES, DATES, AUTHORS = "outcomes", "texts", "headlines", "dates", "authors"
OTHERS = "others"
KINDS = (OUTCOMES, TEXTS, HEADLINES, DATES, AUTHORS, OTHERS)
"""What may change of a capture's extraction. A change of the outcome is counted as that alone;
others are blocks of other kinds, links, remarks, and the fields that have no name here."""

_FIELDS = {
    HEADLINES: ("headline",),
    DATES: ("date_published", "date_modified"),
    AUTHORS: ("author",),
}

ArticleKey = tuple[str, str, int]
"""Publisher, canonical URL and ordinal of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A capture whose extraction changes, and what of it; None where it is no article."""

    publisher: str
    url: str
    fetched_at: datetime
    warc_record_id: str
    kinds: tuple[str, ...]
    outcomes: tuple[str, str]
    before: Article | None
    after: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessProgress:
    """How many captures are done, of how many, and how many articles were settled after them."""

    done: int
    total: int
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessed:
    """What a reprocess changed, or would change.

    *captures* were extracted again; *read_before* of them have an equal payload, and no worker read
    them. *updated* had the stamp of another extractor, *changed* say something else now; *changes*
    counts them by kind (``KINDS``), and one capture may be of several. Articles and versions are
    counted before and after: one that moved is counted as gone and as new. *problems* has a
    sentence for each capture that could not be read; it is unchanged.
    """

    captures: int
    read_before: int
    updated: int
    changed: int
    changes: Mapping[str, int]
    articles_come: int
    articles_gone: int
    versions_come: int
    versions_gone: int
    samples: tuple[Sample, ...]
    articles: tuple[tuple[str, str, int, int], ...]
    """The first that have more or fewer versions: publisher, URL, versions before and after."""
    problems: tuple[str, ...]
    problems_left_out: int


@dataclass(slots=True)
class ReprocessAccount:
    """What has changed so far; its size follows the articles that change, not the archive.

    *before* and *after* have only the articles whose number of versions has changed.
    """

    captures: int = 0
    updated: int = 0
    changed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    before: dict[ArticleKey, int] = field(default_factory=dict)
    after: dict[ArticleKey, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    sampled: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    problems_left_out: int = 0

    def add(self, publisher: str, done: Replaced) -> None:
        """Count a capture of *publisher* that was extracted again."""
        self.captures += 1
        self.updated += any(done.before[name] != done.after[name] for name in replace.STAMP)
        if not done.changed:
            return
        kinds = _kinds(done)
        self.changed += 1
        self.changes.update(kinds)
        if any(self.sampled[kind] < SAMPLES for kind in kinds):
            self.sampled.update(kinds)
            self.samples.append(_sample(publisher, done, kinds))

    def settled(self, what: Settling) -> None:
        """Note how many versions articles had and have; leave out those that end as they began."""
        for url, ordinal in what.before.keys() | what.after.keys():
            key = (what.publisher, url, ordinal)
            old, new = (side.get((url, ordinal), 0) for side in (what.before, what.after))
            first = self.before.get(key, old)
            if first == new:
                self.before.pop(key, None)
                self.after.pop(key, None)
            else:
                self.before[key], self.after[key] = first, new

    def tell_of(self, problem: str) -> None:
        """Note a sentence about a capture that could not be read."""
        if len(self.problems) < PROBLEMS_TOLD:
            if problem not in self.problems:
                self.problems.append(problem)
        else:
            self.problems_left_out += 1

    def result(self, read_before: int) -> Reprocessed:
        """Return the account as it is now; *read_before* is that of the result."""
        pairs = [(self.before[key], self.after[key]) for key in self.before]
        return Reprocessed(
            captures=self.captures,
            read_before=read_before,
            updated=self.updated,
            changed=self.changed,
            changes={kind: self.changes[kind] for kind in KINDS},
            articles_come=sum(old == 0 for old, _ in pairs),
            articles_gone=sum(new == 0 for _, new in pairs),
            versions_come=sum(max(new - old, 0) for old, new in pairs),
            versions_gone=sum(max(old - new, 0) for old, new in pairs),
            samples=tuple(self.samples),
            articles=tuple(
                (key[0], key[1], self.before[key], self.after[key])
                for key in sorted(self.before)[:PROBLEMS_TOLD]
            ),
            problems=tuple(self.problems),
            problems_left_out=self.problems_left_out,
        )


def _kinds(done: Replaced) -> tuple[str, ...]:
    before, after = done.before, done.after
    if before["outcome"] != after["outcome"]:
        return (OUTCOMES,)
    old, new = before["fields"] or {}, after["fields"] or {}
    kinds = []
    if before["text_sha256"] != after["text_sha256"]:
        kinds.append(TEXTS)
    for kind, names in _FIELDS.items():
        if any(old.get(name) != new.get(name) for name in names):
            kinds.append(kind)
    return tuple(kinds) or (OTHERS,)


def _sample(publisher: str, done: Replaced, kinds: tuple[str, ...]) -> Sample:
    return Sample(
        publisher=publisher,
        url=done.capture.url,
        fetched_at=done.capture.fetched_at,
        warc_record_id=done.capture.warc_record_id,
        kinds=kinds,
        outcomes=(done.before["outcome"], done.after["outcome"]),
        before=_article(done.before),
        after=_article(done.after),
    )


def _article(row: Mapping[str, Any]) -> Article | None:
    return None if row["fields"] is None else article_of(row["fields"], row["blocks"])
