"""Which addresses are one article: connected components of addresses, a pure function of a set.

The captures of a URL give edges to others (redirect, canonical, amphtml). Some edges do not mean
that two addresses are one article: an old article redirects to the front page, a template has the
section, or the first post, as the canonical link of every page. So an edge from or to a hub (the
front page, a listing) does not count, and neither does an edge between two stories. Without any
edge, two addresses of one path that showed an equal payload are one article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.model import (
    Absence,
    Address,
    Component,
    EdgeKind,
    Link,
    Outcome,
    Reading,
    Removal,
    Role,
    Sighting,
)
from archive.settle.addresses import Addresses, without_plainest
from archive.settle.subpages import subpages
from archive.urls import is_home, is_robots_txt

READ = frozenset({Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE})
"""Outcomes that say what kind of page a URL is; a 404 or a failure does not."""
_SAME_PAYLOAD = "payload"
"""The kind of tie between two addresses of one path that showed an equal payload."""
_SURE = {_SAME_PAYLOAD: 0, EdgeKind.REDIRECT: 1, EdgeKind.PART: 2}
"""Which ties come first; all others come after them."""
_BY_STATUS = {404: Removal.NOT_FOUND, 410: Removal.GONE, 451: Removal.LEGAL}


def is_source(url: str) -> bool:
    """Return whether *url* is a source by its name: a front page or a robots.txt, never an article.

    It ties no article either. So none of its captures is looked at when articles are settled.
    """
    return is_home(url) or is_robots_txt(url)


def hubs(sightings: Iterable[Sighting]) -> set[str]:
    """Return the URLs that list many articles: front pages and listings, as last read."""
    latest: dict[str, Sighting] = {}
    found = set()
    for sighting in sightings:
        if is_source(sighting.url):
            found.add(sighting.url)
        elif sighting.outcome in READ and _order(sighting) > _order(latest.get(sighting.url)):
            latest[sighting.url] = sighting
    return found | {url for url, sighting in latest.items() if sighting.outcome is Outcome.LISTING}


def believable(link: Link, hub_urls: Collection[str], is_shown: Callable[[str], bool]) -> bool:
    """Return whether *link* may join two addresses; *is_shown* says which URLs may be one."""
    if link.source == link.target or link.source in hub_urls or link.target in hub_urls:
        return False
    return not is_source(link.source) and not is_source(link.target) and is_shown(link.target)


@dataclass(frozen=True, slots=True, order=True)
class _Tie:
    source: Address
    kind: str
    target: Address


def components(
    sightings: Iterable[Sighting],
    readings: Iterable[Reading],
    links: Iterable[Link],
    is_shown: Callable[[str], bool],
) -> list[Component]:
    """Return the articles that captures and links amount to, ordered by canonical address.

    A component without an article page is no article and is left out.
    """
    seen = sorted(sightings, key=_order)
    hub_urls = hubs(seen)
    read = sorted(readings, key=_order)
    pages = [reading for reading in read if reading.is_article and not reading.is_later_part]
    addresses = Addresses(seen, pages)
    parts = {reading.record_id: reading for reading in read if reading.is_later_part}
    claims = addresses.in_order(links)
    believed = [link for link in claims if believable(link, hub_urls, is_shown)]
    others = [reading for reading in read if reading.is_later_part or not reading.is_article]
    below = subpages(addresses, others, believed)
    ties = set()
    for link in believed:
        if link.kind in {EdgeKind.SUBPAGE, EdgeKind.STORY}:
            continue
        if (target := addresses.target(link)) is not None:
            ties.add(_Tie(addresses.source(link), link.kind, target))
    for one, other in addresses.with_one_payload():
        if one.url not in hub_urls and other.url not in hub_urls:
            ties.add(_Tie(one, _SAME_PAYLOAD, other))
    redirects = {link.record_id: link.target for link in claims if link.kind is EdgeKind.REDIRECT}
    found = []
    places = (address for address in addresses if address.url not in hub_urls)
    for group in _groups(places, ties, addresses, below):
        if any(addresses.readings(address) for address in group):
            inside = sorted(tie for tie in ties if {tie.source, tie.target} <= group)
            article = _Article(group, inside, addresses, parts, below)
            absences = article.absences(hub_urls, redirects)
            found.append(article.component(tuple(absences)))
    return sorted(found, key=lambda component: component.canonical)


def _order(item: Sighting | Reading | None) -> tuple[datetime, str] | tuple[()]:
    return () if item is None else (item.fetched_at, item.record_id)


def _groups(
    places: Iterable[Address],
    ties: Collection[_Tie],
    addresses: Addresses,
    below: Mapping[Address, Address],
) -> list[set[Address]]:
    """Return the groups that *ties* make of *places*, none of them with two stories.

    Two stories may be tied to an address where none was read. What a server does counts before what
    a page claims, and the numbers of parts before the links of templates. Subpages are with the
    article that they are *below*, whose text alone is compared.
    """
    group_of = {place: {place} for place in places}
    for page, article in below.items():
        group_of[article].add(page)
        group_of[page] = group_of[article]
    for tie in sorted(ties, key=lambda tie: (_SURE.get(tie.kind, len(_SURE)), tie)):
        one, other = (group_of.setdefault(end, {end}) for end in (tie.source, tie.target))
        if one is other:
            continue
        told = one - below.keys(), other - below.keys()
        if addresses.are_apart(*told):
            continue
        if tie.kind == _SAME_PAYLOAD or addresses.may_be_one(*told):
            smaller, larger = sorted((one, other), key=len)
            larger |= smaller
            group_of.update(dict.fromkeys(smaller, larger))
    return list({id(group): group for group in group_of.values()}.values())


class _Article:
    """A group of addresses that is one article."""

    def __init__(
        self,
        group: set[Address],
        ties: list[_Tie],
        addresses: Addresses,
        parts: Mapping[str, Reading],
        below: Mapping[Address, Address],
    ) -> None:
        self._group, self._addresses = group, addresses
        self._below = group & below.keys()
        self._amp = {tie.target for tie in ties if tie.kind is EdgeKind.AMPHTML}
        self._amp |= {a for a in group if addresses.was_seen_as_amp(a)}
        self._variants = without_plainest(
            {end for tie in ties if tie.kind == _SAME_PAYLOAD for end in (tie.source, tie.target)}
        )
        self._named: dict[Address, int] = defaultdict(int)
        for tie in ties:
            if tie.kind not in {EdgeKind.AMPHTML, EdgeKind.PART, _SAME_PAYLOAD}:
                self._named[tie.target] += 1
        read = {a for a in group - self._below if addresses.readings(a)}
        self._parts = {
            address: [parts[s.record_id] for s in seen if s.record_id in parts]
            for address in group - read - self._below
            if (seen := addresses.sightings(address))
        }
        pages = read - self._amp
        # Of an article known by its AMP page only, the page that it names is the address to cite.
        others = {a for a in self._named if a not in self._amp and not self._parts.get(a)}
        others -= self._below
        eligible = pages or others or read
        self.canonical = max(eligible, key=self._rank)
        self.readings = sorted(
            (r for a in (pages or read) for r in addresses.readings(a)), key=_order
        )

    def component(self, absences: tuple[Absence, ...]) -> Component:
        roles = {address: self._role(address) for address in sorted(self._group)}
        left_out = set() if self.canonical in self._amp else self._amp
        parts = [r for a, some in self._parts.items() if a not in left_out for r in some]
        return Component(
            canonical=self.canonical,
            roles=roles,
            readings=tuple(self.readings),
            absences=absences,
            parts=tuple(sorted(parts, key=_order)),
        )

    def absences(self, hub_urls: set[str], redirects: dict[str, str]) -> Iterator[Absence]:
        """Yield the captures of the canonical address that found it without the article."""
        for sighting in self._addresses.sightings(self.canonical):
            reason = self._removal(sighting, hub_urls, redirects)
            if reason is not None:
                yield Absence(sighting.fetched_at, reason)
        replaced = self._addresses.replaced_at(self.canonical, self.readings[-1].fetched_at)
        if replaced is not None:
            yield Absence(replaced, Removal.REPLACED)

    def _removal(
        self, sighting: Sighting, hub_urls: set[str], redirects: dict[str, str]
    ) -> Removal | None:
        if sighting.removal is not None:
            return sighting.removal
        if sighting.outcome is Outcome.MISSING:
            return _BY_STATUS.get(sighting.status or 0, Removal.SOFT_404)
        target = redirects.get(sighting.shown_by)
        if sighting.outcome is not Outcome.REDIRECT or target is None:
            return None
        if is_home(target):
            return Removal.REDIRECT_HOME
        if target in hub_urls:
            return Removal.REDIRECT_LISTING
        # To a page that is no article, such as a consent host, it may lead for a day only.
        is_joined = any(address.url == target for address in self._group)
        is_other = self._addresses.bears_a_story(target) and not is_joined
        return Removal.REDIRECT_ELSEWHERE if is_other else None

    def _moved(self, address: Address) -> bool:
        seen = self._addresses.sightings(address)
        return bool(seen) and seen[-1].outcome is Outcome.REDIRECT

    def _rank(self, address: Address) -> tuple[bool, int, bool, tuple[object, ...], int, Address]:
        readings = self._addresses.readings(address)
        newest = _order(readings[-1] if readings else None)
        return (
            not self._moved(address),
            self._named[address],
            address not in self._variants,
            newest,
            -len(address.url),
            address,
        )

    def _role(self, address: Address) -> Role:
        if address == self.canonical:
            return Role.CANONICAL
        if address in self._amp:
            return Role.AMP
        if self._moved(address):
            return Role.REDIRECT
        if address in self._below:
            return Role.SUBPAGE
        return Role.PART if self._parts.get(address) else Role.ALIAS
