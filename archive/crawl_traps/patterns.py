"""What a pattern of URLs is worth: how many of its pages gave something new.

Pure. A site can make URLs without end: a calendar, any subset of thirty filters, a session in the
path, missing pages that link on. What they have in common is not how they look but that they yield
nothing: no article that was not known, and no way to one. So each page that is fetched for the
first time is counted for the *pattern* of its URL, and a pattern that yields nothing any more is
*held back*.

The rule is a sequential test. Page's cumulative sum (E. S. Page, "Continuous inspection schemes",
Biometrika 41, 1954; Wald's likelihood ratio, restarted whenever it speaks for the pattern) adds to
each pattern's *score* the logarithm of how much likelier a finding is on a worthless pattern than
on one that is barely worth its requests, and lets no score fall below 0. At ``LIMIT`` the pattern
is held back. A pattern at the edge of its worth is so held back wrongly once in some 1,000 pages
(Lorden, "Procedures for reacting to a change in distribution", 1971), one that gives something new
with each page never. What a worthless one costs follows from it as well: 34 pages, or 8 copies, and
16 pages more for each that was new. A text that was not taken for an article says little: a site
whose articles are all mistaken for something else has 700 pages archived before it is held back.

Patterns back off to more general ones, as language models do (Katz, 1987): a trap may give every
page a pattern of its own. The first page of a pattern also counts for the pattern above it, which
so learns what a new pattern is worth. What yields speaks for itself, whatever stands above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from math import log

from archive.model import Kind
from archive.urls import host_of


class FirstFetch(StrEnum):
    """What the first fetch of a URL gave; a failure says nothing and is none."""

    NEW = "new"
    """An article that no other URL gave; of a sitemap or feed, pages that nothing had named."""
    COPY = "copy"
    """The payload, or the text, of another URL."""
    TEXT = "text"
    """A page with a text of its own that was not taken for an article, perhaps wrongly."""
    NOTHING = "nothing"
    """Anything else: a list, a redirect, a missing page. The pages that it leads to may be new."""


WORTH = {
    FirstFetch.NEW: 0.25,
    FirstFetch.COPY: 0.08,
    FirstFetch.TEXT: 0.1,
    FirstFetch.NOTHING: 0.57,
}
"""Shares of findings on a pattern that is barely worth its requests: every fourth is new."""
WORTHLESS = {
    FirstFetch.NEW: 0.01,
    FirstFetch.COPY: 0.19,
    FirstFetch.TEXT: 0.101,
    FirstFetch.NOTHING: 0.699,
}
"""The same on a pattern that is not."""
WEIGHT = {finding: log(WORTHLESS[finding] / WORTH[finding]) for finding in FirstFetch}
LIMIT = log(1_000)
"""Score from which a pattern is held back: one false alarm in 1,000 pages."""

MOST_CHILDREN = 64
"""Patterns below one that are counted apart; further ones are counted for that one itself."""
LONGEST_KEY = 300
"""Characters of a pattern's key; a path of a thousand numbers would have nine thousand."""
FIRST_PROBE = 16
"""Of the URLs that a pattern holds back, the 16th is fetched all the same, the 32nd, the 64th, …"""
SOURCE_KINDS = frozenset({Kind.SITEMAP, Kind.FEED, Kind.API})

_DATE = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:[0-2]\d|3[01])"
_CLASSES = re.compile(
    rf"(?P<date>{_DATE})|(?P<number>\d+)"
    r"|(?P<code>(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{16,}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<word>[a-z]{1,20})",
    re.ASCII,
)
_ENDING = re.compile(r"\.[a-z]{1,5}$")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of one pattern.

    *fetched* of its URLs were fetched, *copies* gave what another URL had given. *new* counts the
    new articles that they gave, and those they led to while anything spoke against the pattern.
    *children* is the number of patterns below it, *turned_away* that of the URLs that it held back
    since it last yielded.
    """

    fetched: int = 0
    new: int = 0
    copies: int = 0
    score: float = 0.0
    children: int = 0
    turned_away: int = 0

    @property
    def is_held(self) -> bool:
        """Whether URLs of the pattern are held back."""
        return self.score >= LIMIT

    def with_finding(self, finding: FirstFetch, *, fetched: bool = True) -> Tally:
        """Return the tally after *finding*; not *fetched* when another page's find is credited."""
        return Tally(
            self.fetched + fetched,
            self.new + (finding is FirstFetch.NEW),
            self.copies + (finding is FirstFetch.COPY),
            min(max(self.score + WEIGHT[finding], 0.0), LIMIT),
            self.children,
            self.turned_away,
        )

    def turning_away(self) -> tuple[Tally, bool]:
        """Return the tally after one more URL, and whether that one is fetched all the same."""
        number = self.turned_away + 1
        is_probe = number >= FIRST_PROBE and number & (number - 1) == 0
        return replace(self, turned_away=number), is_probe


Tallies = Mapping[str, Tally]
NO_TALLY = Tally()


def keys_of(url: str, kind: Kind, depth: int, *, is_twin: bool = False) -> tuple[str, ...]:
    """Return the patterns of *url* (normalized), the most special first.

    Of a sitemap, those at its *depth* below other sitemaps. *is_twin*: the URL is another spelling
    of one that is known (see ``fold``).
    """
    host = host_of(url)
    if is_twin:
        return (f"{host} other spellings",)
    if kind in SOURCE_KINDS:
        level = f"{kind} {depth} {host}" if kind is Kind.SITEMAP else f"{kind} {host}"
        return _short(level + _shapes(_path_of(url))[0]), level
    return _keys_of_page(url, host)


def _keys_of_page(url: str, host: str) -> tuple[str, ...]:
    path, question, query = url.partition("://")[2].partition("?")
    path = path[path.find("/") :]
    special, general = _shapes(path, has_query=bool(question))
    keys = [host + special]
    if question:
        keys = [f"{host}{special}?{_parameters(query)}", f"{host}{special}?*"]
        general += "?*"
    return tuple(dict.fromkeys((*map(_short, keys), host + general, f"{host} *")))


def _short(key: str) -> str:
    """Return *key*, or its beginning and a digest where it is long: an index must hold it."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:LONGEST_KEY]}#{blake2b(key.encode(), digest_size=8).hexdigest()}"


def held_by(keys: Sequence[str], tallies: Tallies) -> str | None:
    """Return which of its patterns *keys* holds a URL back; None when it may be fetched."""
    for key in keys:
        known = tallies.get(key, NO_TALLY)
        if known.is_held:
            return key
        if known.new:
            return None  # what yields speaks for itself
    return None


def note(keys: Sequence[str], tallies: MutableMapping[str, Tally], finding: FirstFetch) -> None:
    """Count what the first fetch of a URL with the patterns *keys* gave."""
    remaining = _told_apart(keys, tallies)
    for index, key in enumerate(remaining):
        before = tallies.get(key, NO_TALLY)
        tallies[key] = before.with_finding(finding)
        if before.fetched:
            if finding is FirstFetch.NEW:
                credit(remaining[index + 1 :], tallies)
            return
        if index + 1 < len(remaining):
            above = remaining[index + 1]
            parent = tallies.get(above, NO_TALLY)
            tallies[above] = replace(parent, children=parent.children + 1)


def credit(keys: Iterable[str], tallies: MutableMapping[str, Tally]) -> None:
    """Credit the patterns *keys* with a new article that a page of theirs led to.

    One in good standing stays as it is: most pages change no more than one row.
    """
    for key in keys:
        known = tallies.get(key)
        if known is not None and (known.score or not known.new):
            tallies[key] = known.with_finding(FirstFetch.NEW, fetched=False)


def _told_apart(keys: Sequence[str], tallies: Tallies) -> Sequence[str]:
    """Return *keys* without those that are new below a pattern that has many already."""
    while len(keys) > 1 and keys[0] not in tallies:
        if tallies.get(keys[1], NO_TALLY).children < MOST_CHILDREN:
            return keys
        keys = keys[1:]
    return keys


def _path_of(url: str) -> str:
    rest = url.partition("://")[2].partition("?")[0]
    return rest[rest.find("/") :]


def _shapes(path: str, *, has_query: bool = False) -> tuple[str, str]:
    """Return the shape of *path* with its words, and that of classes alone, each of them once."""
    slash = "/" if path.endswith("/") and path != "/" else ""
    folder, _, name = path.lower().partition(";")[0].rstrip("/").rpartition("/")
    special, general = _folders(folder)
    ending = _ENDING.search(name)
    stem = name[: ending.start()] if ending else name
    kind = _class_of(stem)
    # A script that takes parameters is distinguished by its name, as a folder is.
    shown = stem if kind == "word" and has_query else "<slug>" if kind == "word" else f"<{kind}>"
    last = (shown if stem else "") + (ending[0] if ending else "") + slash
    folded = "<slug>" if kind == "word" else f"<{kind}>"
    return f"{special}/{last}", f"{general}/{folded if stem else ''}"


@lru_cache(maxsize=4_096)
def _folders(folder: str) -> tuple[str, str]:
    segments = folder.split("/")[1:]
    kinds = [_class_of(segment) for segment in segments]
    shown = zip(segments, kinds, strict=True)
    special = "".join(f"/{part if kind == 'word' else f'<{kind}>'}" for part, kind in shown)
    # In whatever order and number: a path that repeats must not be another pattern each time.
    return special, "/" * bool(kinds) + "".join(f"<{kind}>" for kind in sorted(set(kinds)))


def _class_of(segment: str) -> str:
    found = _CLASSES.fullmatch(segment)
    return (found.lastgroup or "slug") if found else "slug"


@lru_cache(maxsize=4_096)
def _key_of(name: str, value: str) -> str:
    name = _DIGITS.sub("#", name)
    return f"{name}={value}" if value and _WORD.fullmatch(value) else name


def _parameters(query: str) -> str:
    """Return the set of a query's keys; a value that is a word names a part of the site."""
    pairs = (parameter.partition("=") for parameter in query.lower().split("&") if parameter)
    names = (_key_of(name[:64], value[:21]) for name, _, value in pairs)
    return "&".join(sorted(set(names)))
