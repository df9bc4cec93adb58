"""Which captures of a URL showed which story: a pure function of a set of captures.

A publisher gives the address of a deleted or renamed story to a new one. The captures of such a
URL belong to two articles, and so do the links to it, each by its story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.model import DOUBTFUL, Address, Article, EdgeKind, Link, Outcome, Reading, Sighting
from archive.settle.spans import Comparison, Span
from archive.settle.stories import is_another_story, same_story, tell_one_story
from archive.urls import amp_base, url_path

MOST_STORIES = 20
"""An unread address that so many stories name is some template's mistake, and none of theirs."""
_REMOVED = frozenset({Outcome.MISSING, Outcome.REDIRECT})


@dataclass(slots=True)
class _Stay:
    """One story at one URL."""

    sightings: list[Sighting] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


class Addresses:
    """The captures of some URLs by address. *sightings* are in order of time."""

    def __init__(self, sightings: Iterable[Sighting], readings: Iterable[Reading]) -> None:
        self._readings = {reading.record_id: reading for reading in readings}
        self._stays: dict[Address, _Stay] = {}
        self._by_url: dict[str, list[Address]] = defaultdict(list)
        self._of: dict[str, Address] = {}
        self._moment: dict[str, datetime] = {}
        self._unread: dict[str, dict[Address, tuple[Address, Reading | None]]] = defaultdict(dict)
        self._spans: dict[Address, Span] = {}
        self._shown: dict[Address, frozenset[int]] = {}
        self._comparison = Comparison()
        by_url: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in dict.fromkeys(sightings):
            by_url[sighting.url].append(sighting)
        for url, seen in by_url.items():
            self._divide(url, seen)

    def __iter__(self) -> Iterator[Address]:
        return iter(self._stays)

    def sightings(self, address: Address) -> Sequence[Sighting]:
        """Return the captures of *address*, in order of time."""
        stay = self._stays.get(address)
        return stay.sightings if stay else ()

    def readings(self, address: Address) -> Sequence[Reading]:
        """Return those of its captures that were read as the article, in order of time."""
        stay = self._stays.get(address)
        return stay.readings if stay else ()

    def at(self, url: str) -> Sequence[Address]:
        """Return the addresses that captures of *url* showed, one for each story."""
        return self._by_url.get(url, ())

    def of(self, reading: Reading) -> Address:
        """Return the address that the capture of *reading* showed."""
        return self._of.get(reading.record_id, Address(reading.url))

    def bears_a_story(self, url: str) -> bool:
        """Return whether any capture of *url* was read as an article."""
        return any(self._stays[address].readings for address in self._by_url.get(url, ()))

    def replaced_at(self, address: Address, after: datetime) -> datetime | None:
        """Return when, after *after*, another story was first seen at the URL of *address*."""
        moments = [
            reading.fetched_at
            for other in self._by_url[address.url]
            if other != address
            for reading in self._stays[other].readings
            if reading.fetched_at > after
        ]
        return min(moments, default=None)

    def source(self, link: Link) -> Address:
        """Return the address whose capture makes the claim *link*."""
        return self._of.get(link.record_id, Address(link.source))

    def was_seen_as_amp(self, address: Address) -> bool:
        """Return whether *address* says that it is, or was seen to be, an AMP page."""
        is_amp = any(sighting.is_amp for sighting in self.sightings(address))
        return is_amp or amp_base(address.url) is not None

    def with_one_payload(self) -> Iterator[tuple[Address, Address]]:
        """Yield pairs of addresses of one path that showed an equal payload as the article.

        They differ in scheme, host or query alone. At different paths, an equal payload may be that
        of a page that stands in place of many others.
        """
        found: dict[tuple[str, str], set[Address]] = defaultdict(set)
        for address, stay in self._stays.items():
            path = url_path(address.url)
            for digest in {reading.payload_digest for reading in stay.readings} - {None}:
                found[path, str(digest)].add(address)
        for alike in found.values():
            plainest, *others = sorted(alike, key=_plainness)
            yield from ((other, plainest) for other in others)

    def in_order(self, links: Iterable[Link]) -> list[Link]:
        """Return *links* in the order in which they were claimed."""
        never = datetime.max.replace(tzinfo=UTC)
        return sorted(links, key=lambda link: (self._moment.get(link.record_id, never), link))

    def target(self, link: Link) -> Address | None:
        """Return which address of the target *link* means; None if it means another story.

        If both ends were read, the story decides; otherwise the time, since a redirect leads to
        the next story that is seen there. Ask for links `in_order`: a target where no story was
        read gets an address for each story that names it, in that order.
        """
        if not self.bears_a_story(link.target):
            return self._unread_target(link)
        known = self._by_url[link.target]
        moment = self._moment.get(link.record_id)
        story = self._story_behind(link)
        fitting = known
        if story is not None:
            here = self.source(link)
            fitting = [
                address
                for address in known
                if self._shows(address, story) and not self._are_apart(here, address)
            ]
        if len(fitting) < 2 or moment is None:
            return fitting[0] if fitting else None
        if link.kind is EdgeKind.PART:
            return self._last_seen(fitting, moment) or fitting[0]
        return self._next_seen(fitting, moment)

    def _unread_target(self, link: Link) -> Address | None:
        """Return the address of the story behind *link* at a target where none was ever read.

        The target may be a twin that is not fetched, or a page that was only seen to redirect. Two
        stories that name it, as by a template's mistake, do not become one because of that.
        """
        source, story = self.source(link), self._story_behind(link)
        if story is not None and story.flags & DOUBTFUL:
            story = None
        named = self._unread[link.target]
        if source not in named:
            alike = (
                address
                for place, (address, other) in reversed(named.items())
                if story is None or other is None or tell_one_story(other.article, story.article)
                if not self._are_apart(place, source)
            )
            stories = len({address for address, _ in named.values()})
            address = next(alike, Address(link.target, stories + 1))
            if address.ordinal > MOST_STORIES:
                return None
            named[source] = (address, story)
        address, before = named[source]
        named[source] = (address, story or before)
        return address

    def _last_seen(self, addresses: list[Address], moment: datetime) -> Address | None:
        """Return which of *addresses* was seen last by *moment*; a part belongs to that."""
        earlier = [
            (sighting.fetched_at, address)
            for address in addresses
            for sighting in self._stays[address].sightings
            if sighting.fetched_at <= moment
        ]
        return max(earlier)[1] if earlier else None

    def _next_seen(self, addresses: list[Address], moment: datetime) -> Address:
        later = [
            (sighting.fetched_at, address)
            for address in addresses
            for sighting in self._stays[address].sightings
            if sighting.fetched_at >= moment
        ]
        return min(later)[1] if later else addresses[-1]

    def _story_behind(self, link: Link) -> Reading | None:
        """Return what the claiming page read as; of a redirect, what its address did before."""
        reading = self._readings.get(link.record_id)
        if reading is not None or link.kind is not EdgeKind.REDIRECT:
            return reading
        before = self.readings(self.source(link))
        return before[-1] if before else None

    def _shows(self, address: Address, story: Reading) -> bool:
        texts = {reading.extraction_id: reading for reading in self._stays[address].readings}
        return any(tell_one_story(reading.article, story.article) for reading in texts.values())

    def _divide(self, url: str, seen: list[Sighting]) -> None:
        here = Address(url)
        self._open(here)
        latest: dict[Address, Reading] = {}
        was_removed = False
        for sighting in seen:
            reading = self._readings.get(sighting.record_id)
            if reading is not None and not reading.flags & DOUBTFUL:
                last = latest.get(here)
                if last is not None and is_another_story(last, reading, was_removed=was_removed):
                    here = self._returned(latest, reading) or Address(url, len(latest) + 1)
                    self._open(here)
                latest[here], was_removed = reading, False
            was_removed = was_removed or sighting.outcome in _REMOVED
            stay = self._stays[here]
            stay.sightings.append(sighting)
            if reading is not None:
                stay.readings.append(reading)
            self._of[sighting.record_id] = here
            self._moment[sighting.record_id] = sighting.fetched_at

    def _open(self, address: Address) -> None:
        if address not in self._stays:
            self._stays[address] = _Stay()
            self._by_url[address.url].append(address)

    @staticmethod
    def _returned(latest: dict[Address, Reading], reading: Reading) -> Address | None:
        """Return the address whose story is back."""
        return next(
            (a for a, last in latest.items() if same_story(last.article, reading.article)), None
        )

    def are_apart(self, group: Iterable[Address], other: Collection[Address]) -> bool:
        """Return whether an address of *group* and one of *other* are surely two articles."""
        some = [(address, self._states(address)) for address in group]
        others = [(address, self._states(address)) for address in other]
        # Hundreds of addresses of one page showed nothing else; no two of them are compared.
        if len(frozenset().union(*(states for _, states in (*some, *others)))) < 2:
            return False
        return any(
            len(here | there) > 1 and self._are_apart(a, b)
            for a, here in some
            for b, there in others
        )

    def _are_apart(self, one: Address, other: Address) -> bool:
        return self._comparison.are_apart(self._span(one), self._span(other))

    def _states(self, address: Address) -> frozenset[int]:
        """Return the numbers of what *address* showed, which equal states share."""
        if address not in self._shown:
            readings = self.readings(address)
            self._shown[address] = frozenset(map(self._comparison.state, readings))
        return self._shown[address]

    def _span(self, address: Address) -> Span:
        if address not in self._spans:
            seen, readings = self.sightings(address), self.readings(address)
            removals = (
                sighting.fetched_at
                for sighting in seen
                if sighting.outcome in _REMOVED and sighting.fetched_at > readings[-1].fetched_at
            )
            removed_at = next(removals, None) if readings else None
            self._spans[address] = Span(readings, removed_at, self.was_seen_as_amp(address))
        return self._spans[address]

    def may_be_one(self, group: Iterable[Address], other: Iterable[Address]) -> bool:
        """Return whether two groups of addresses show one story, or one of them shows none.

        What is in doubt, such as a paywall's stub, is no evidence for another story.
        """
        texts = [self._texts(group), self._texts(other)]
        if not all(texts):
            return True
        return any(tell_one_story(a, b) for a in texts[0] for b in texts[1])

    def _texts(self, group: Iterable[Address]) -> list[Article]:
        found = {
            reading.extraction_id: reading.article
            for address in group
            for reading in self.readings(address)
            if not reading.flags & DOUBTFUL
        }
        return list(found.values())


def without_plainest(addresses: Iterable[Address]) -> set[Address]:
    """Return *addresses* without the plainest one of each path."""
    by_path: dict[str, list[Address]] = defaultdict(list)
    for address in addresses:
        by_path[url_path(address.url)].append(address)
    return {address for some in by_path.values() for address in sorted(some, key=_plainness)[1:]}


def _plainness(address: Address) -> tuple[bool, bool, int, Address]:
    """Return a key that sorts the plainest of some addresses of one path first."""
    _, _, query = address.url.partition("?")
    return bool(query), not address.url.startswith("https:"), len(address.url), address
