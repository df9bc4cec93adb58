"""Learn which parameters of a host name a visit, from the links and the texts of its pages.

Such a parameter has one value in all links of a page, because the server puts it there. A parameter
that distinguishes pages has several. A page also has the same text under every value, which must be
seen for at least three pages. What is learned is state: losing it costs requests.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from archive.crawl_traps import session_parameter_rows
from archive.crawl_traps.session_parameter_rows import Parameter, SeenValue
from archive.model import Extraction, Outcome, Via
from archive.session_ids import NAMES, parameters, without_parameter, without_sessions
from archive.sql.captures.store import Ingestible
from archive.urls import host_of

PAGES_ALIKE = 3
"""Pages that have to say the same under two values."""
MOST_MIXED = 10
"""One page in so many may give a parameter several values: editors paste links with session ids."""
MOST_UNLIKE = 3
"""One page for so many that say the same may say something else: it may have been edited."""
PAGES_AGAINST = 20
"""Pages with several values after which a parameter that has too many is not looked at any more."""
LEAST_LINKS = 3
MOST_PAGES = 500
"""Pages that are remembered of a parameter."""
MOST_LETTERS = 100
"""Longer names are nobody's parameter."""
MOST_NAMES = 200
"""Parameters that are looked at of one publisher."""


@dataclass(frozen=True, slots=True)
class Visits:
    """The names, in lower case, of the parameters that name a visit, by host."""

    names: Mapping[str, frozenset[str]]

    def without(self, url: str) -> str:
        """Return *url* (normalized) without what names a visit, by a known name or as learned."""
        if "?" not in url and ";" not in url and "/(" not in url:
            return url
        return without_sessions(
            url, self.names.get(host_of(url), frozenset()) if self.names else ()
        )


def learned_parameters(connection: Connection, owner: int) -> Visits:
    """Return what is learned of the publisher's hosts."""
    return _visits(session_parameter_rows.linked_parameters(connection, owner).values())


def learn_parameters(
    connection: Connection, owner: int, items: Iterable[Ingestible]
) -> tuple[Visits, dict[str, frozenset[str]]]:
    """Learn from *items*; return all that is learned so far, and what was learned just now."""
    before = session_parameter_rows.linked_parameters(connection, owner)
    counted = dict(before)
    sights: list[SeenValue] = []
    for item in items:
        if item.extraction.outcome in _READ and not item.is_hidden:
            sights += _look_at(item, counted)
    changed = {key for key, each in counted.items() if each != before.get(key)}
    open_sights = [s for s in sights if _is_open(counted[s.host, s.name])]
    session_parameter_rows.add_sights(connection, owner, open_sights, MOST_PAGES)
    new: dict[str, frozenset[str]] = {}
    for host, name in dict.fromkeys((s.host, s.name) for s in open_sights):
        each = counted[host, name]
        alike, unlike = session_parameter_rows.agreement(connection, owner, host, name)
        is_uniform = each.mixed * MOST_MIXED <= each.alone
        if is_uniform and alike >= PAGES_ALIKE and unlike * MOST_UNLIKE <= alike:
            counted[host, name] = replace(each, learned=True)
            changed.add((host, name))
            new[host] = new.get(host, frozenset()) | {name}
    for host, name in changed:
        if not _is_open(counted[host, name]):
            session_parameter_rows.forget_sights(connection, owner, host, name)
    session_parameter_rows.put_parameters(
        connection, owner, (counted[key] for key in sorted(changed))
    )
    return _visits(counted.values()), new


def teach(connection: Connection, owner: int, host: str, names: Iterable[str]) -> None:
    """Take *names* for what names a visit of *host*, and make one row of those that it multiplies.

    For what is seen elsewhere than in links: that a cookie has the value of a parameter.
    """
    counted = session_parameter_rows.linked_parameters(connection, owner)
    new = []
    for name in sorted(names):
        each = counted.get((host, name)) or Parameter(host, name, 0, 0)
        if not each.learned and each.mixed * MOST_MIXED <= each.alone:
            new.append(replace(each, learned=True))
            session_parameter_rows.forget_sights(connection, owner, host, name)
    session_parameter_rows.put_parameters(connection, owner, new)
    merge_learned(connection, owner, {host: {each.name for each in new}} if new else {})


def merge_learned(connection: Connection, owner: int, new: Mapping[str, Collection[str]]) -> None:
    """Make one row of those of the frontier that differ only by what is *new* learned, by host."""
    for host, names in new.items():
        session_parameter_rows.merge_rows(connection, owner, host, names)


_READ = frozenset({Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE})


def _visits(parameters: Iterable[Parameter]) -> Visits:
    names: dict[str, set[str]] = defaultdict(set)
    for each in parameters:
        if each.learned:
            names[each.host].add(each.name)
    return Visits({host: frozenset(some) for host, some in names.items()})


def _is_open(parameter: Parameter) -> bool:
    is_refuted = parameter.mixed >= PAGES_AGAINST and parameter.mixed * MOST_MIXED > parameter.alone
    return not parameter.learned and not is_refuted


def _look_at(item: Ingestible, counted: dict[tuple[str, str], Parameter]) -> Iterator[SeenValue]:
    """Count the parameters in the links of *item*; yield its text under its own values."""
    url, found = item.capture.url, item.extraction
    host = host_of(url)
    values: dict[str, set[str]] = defaultdict(set)
    for link in _links(found, host):
        for name, value in parameters(link):
            values[name].add(value)
    own = dict(parameters(url))
    for name, some in values.items():
        each = counted.get((host, name))
        if each is None:
            if name in NAMES or len(name) > MOST_LETTERS or len(counted) >= MOST_NAMES:
                continue
            each = Parameter(host, name, 0, 0)
        if not _is_open(each):
            continue
        is_alone = len(some) == 1
        counted[host, name] = replace(
            each, alone=each.alone + is_alone, mixed=each.mixed + (not is_alone)
        )
        said = _said(found, url, host, name) if is_alone and own.get(name) else None
        if said is not None:
            page = _digest(without_parameter(url, name))
            yield SeenValue(host, name, page, _digest(own[name]), said)


def _links(found: Extraction, host: str) -> Iterator[str]:
    for candidate in found.candidates:
        url = candidate.url
        if candidate.via is Via.LINK and ("?" in url or ";" in url) and host_of(url) == host:
            yield url


def _said(found: Extraction, url: str, host: str, name: str) -> str | None:
    """Return a digest of what a page says, links to one visit aside; None where that is little."""
    if found.outcome is Outcome.ARTICLE and found.article is not None:
        return _digest(found.article.headline, *(block.text for block in found.article.blocks))
    if found.outcome is not Outcome.LISTING:
        return None
    links = {without_parameter(c.url, name) for c in found.candidates if host_of(c.url) == host}
    links.discard(without_parameter(url, name))
    return _digest(*sorted(links)) if len(links) >= LEAST_LINKS else None


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
