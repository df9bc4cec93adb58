"""What the places of a publisher's pages mean: a template, as extraction uses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache

from archive.model.extraction import Outcome
from archive.model.line_table import PlacedLines, SeenLine, unpack

TEXT_WEIGHT = 60
"""A line of less weight is a label or a name, not a sentence."""
IN_PLACE_SHARE = 0.6
IN_PLACE_WEIGHT = 250
_TEXTS = frozenset({Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING})


class PlaceRole(StrEnum):
    """What the lines at a place are."""

    TEXT = "text"
    """Lines of articles: what reading the page alone left out is restored."""
    FRAME = "frame"
    """Lines of the site: they are cut where they stand before or behind the text."""
    NONE = "none"
    """Not known: reading the page alone decides, although a wider rule says otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class PlaceRule:
    """The role of a place on the pages of a *language*, or on all pages if that is empty.

    It holds for captures from *since* on, and before *until*, each UTC; None has no limit.
    """

    language: str
    place: int
    role: PlaceRole
    since: datetime | None = None
    until: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        """Return whether it holds for a capture of *moment*."""
        since, until = self.since, self.until
        return (since is None or moment >= since) and (until is None or moment < until)


@dataclass(frozen=True)
class Template:
    """The rules for the places of a publisher's pages."""

    rules: tuple[PlaceRule, ...] = ()

    def roles(
        self, places: Collection[int], language: str | None, moment: datetime
    ) -> dict[int, PlaceRole]:
        """Return the roles of *places* on a page in *language*, captured at *moment*.

        Places without a role are left out. A rule for the language replaces one for all pages.
        """
        found: dict[int, PlaceRole] = {}
        for place in places:
            some = self._by_place.get(place, ())
            for wanted in (language, ""):
                fitting = (rule for rule in some if rule.language == wanted)
                rule = next((rule for rule in fitting if rule.holds_at(moment)), None)
                if rule is not None:
                    if rule.role is not PlaceRole.NONE:
                        found[place] = rule.role
                    break
        return found

    @cached_property
    def _by_place(self) -> dict[int, tuple[PlaceRule, ...]]:
        found: dict[int, tuple[PlaceRule, ...]] = {}
        for rule in self.rules:
            found[rule.place] = (*found.get(rule.place, ()), rule)
        return found

    @cached_property
    def encoded(self) -> bytes:
        """The template as bytes, for a worker; empty without rules."""
        if not self.rules:
            return b""
        rows = [
            [rule.language, rule.place, rule.role, _iso(rule.since), _iso(rule.until)]
            for rule in self.rules
        ]
        return json.dumps(rows, separators=(",", ":")).encode()


ALONE = Template()
"""A page is read alone: there are no rules."""


@lru_cache(maxsize=8)
def decoded_template(data: bytes) -> Template:
    """Return the template that ``Template.encoded`` gave as *data*."""
    if not data:
        return ALONE
    return Template(
        tuple(
            PlaceRule(language, place, PlaceRole(role), _moment(since), _moment(until))
            for language, place, role, since, until in json.loads(data)
        )
    )


def effective_roles(
    template: Template, table: bytes, language: str | None, moment: datetime, outcome: Outcome
) -> dict[int, PlaceRole]:
    """Return the roles that may change what is read in a page, by its line *table*.

    *language* and *outcome* are those of the page read alone, *moment* is that of its capture. The
    frame counts where the text has a line of it, a place of the text where the text lacks one. A
    page that is no article has roles only if its text is where the articles have theirs.
    """
    if not template.rules or outcome not in _TEXTS:
        return {}
    places = {each.place: each for each in unpack(table) if each.lines}
    roles = template.roles(places.keys(), language, moment)
    if outcome is not Outcome.ARTICLE:
        return roles if is_in_place(places.values(), roles) else {}
    return {place: role for place, role in roles.items() if _changes(places[place], role)}


def is_in_place(places: Collection[PlacedLines], roles: Mapping[int, PlaceRole]) -> bool:
    """Return whether the text of a page is where the articles of its publisher have theirs."""
    weights = [
        (line.weight, roles.get(each.place) is PlaceRole.TEXT)
        for each in places
        for line in each.lines
        if line.weight >= TEXT_WEIGHT and not line.is_linked
    ]
    inside = sum(weight for weight, is_text in weights if is_text)
    return inside >= max(IN_PLACE_WEIGHT, IN_PLACE_SHARE * sum(weight for weight, _ in weights))


def _changes(lines: PlacedLines, role: PlaceRole) -> bool:
    if role is PlaceRole.FRAME:
        return any(line.is_kept for line in lines.lines)
    return any(map(_may_be_restored, lines.lines))


def _may_be_restored(line: SeenLine) -> bool:
    return not line.is_kept and not line.is_linked


def roles_digest(roles: Mapping[int, PlaceRole]) -> str:
    """Return a digest of *roles*, 16 hex digits; empty without any."""
    if not roles:
        return ""
    named = ",".join(f"{place:08x}{roles[place]}" for place in sorted(roles))
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def place_name(place: int) -> str:
    """Return *place* as people read and write it: eight hex digits."""
    return f"{place:08x}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
