"""What the places of a publisher's pages hold: a template, as extraction uses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache

from archive.model.extraction import Outcome
from archive.model.line_table import LineField, PlacedLines, may_be_restored, unpack

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
    HEADLINE = "headline"
    AUTHOR = "author"
    DATE = "date"
    SECTION = "section"
    KEYWORD = "keyword"


FIELD_ROLES: Mapping[PlaceRole, LineField] = {
    PlaceRole.HEADLINE: LineField.HEADLINE,
    PlaceRole.AUTHOR: LineField.AUTHOR,
    PlaceRole.DATE: LineField.DATE,
    PlaceRole.SECTION: LineField.SECTION,
    PlaceRole.KEYWORD: LineField.KEYWORD,
}
"""The roles of places that say a field of the article; a place may have one beside another role."""


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """The role of a place on the pages of a *language*, or on all pages if that is empty.

    It holds for captures from *since* on, and before *until*, each UTC; None has no limit.
    *repeated* are the digests of lines that several pages have at a place of the text; none of
    these is restored.
    """

    language: str
    place: int
    role: PlaceRole
    since: datetime | None = None
    until: datetime | None = None
    repeated: tuple[int, ...] = ()

    def holds_at(self, moment: datetime) -> bool:
        """Return whether it holds for a capture of *moment*."""
        since, until = self.since, self.until
        return (since is None or moment >= since) and (until is None or moment < until)


@dataclass(frozen=True, slots=True)
class PageRoles:
    """The roles that may change what is read in one page.

    *frame* are places of the frame. *text* are places of the text, each with the digests of lines
    on the page that are not restored. *fields* are the places that say a field which is lacking.
    """

    frame: frozenset[int] = frozenset()
    text: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    fields: Mapping[LineField, frozenset[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.frame or self.text or self.fields)

    @property
    def digest(self) -> str:
        """A digest of all roles, 16 hex digits; empty without any."""
        if not self:
            return ""
        named = [
            sorted(self.frame),
            sorted(self.text.items()),
            sorted((int(each), sorted(places)) for each, places in self.fields.items()),
        ]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]


NO_ROLES = PageRoles()


@dataclass(frozen=True)
class Template:
    """The rules for the places of a publisher's pages."""

    rules: tuple[PlaceRule, ...] = ()

    def rules_for(self, place: int, language: str | None, moment: datetime) -> Iterable[PlaceRule]:
        """Return the rules of *place* on a page in *language*, captured at *moment*.

        There is at most one that says whether it holds text, and one for each field. A rule for the
        language replaces one for all pages.
        """
        chosen: dict[LineField | None, PlaceRule] = {}
        for rule in self._by_place.get(place, ()):
            if rule.language in {"", language} and rule.holds_at(moment):
                kind = FIELD_ROLES.get(rule.role)
                if kind not in chosen or rule.language:
                    chosen[kind] = rule
        return chosen.values()

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
            [
                rule.language,
                rule.place,
                rule.role,
                _iso(rule.since),
                _iso(rule.until),
                rule.repeated,
            ]
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
            PlaceRule(
                language, place, PlaceRole(role), _moment(since), _moment(until), tuple(repeated)
            )
            for language, place, role, since, until, repeated in json.loads(data)
        )
    )


def roles_on_page(
    template: Template, table: bytes, language: str | None, moment: datetime, outcome: Outcome
) -> PageRoles:
    """Return the roles that may change what is read in a page, by its packed line *table*.

    *language* and *outcome* are those of the page read alone, *moment* is that of its capture. The
    frame counts where the text has a line of it, a place of the text where the text lacks one, and
    a place of a field where the page lacks that. A page that is no article has roles only if its
    text is where the articles have theirs.
    """
    if not template.rules or outcome not in _TEXTS:
        return NO_ROLES
    page = unpack(table)
    rules = {each.place: template.rules_for(each.place, language, moment) for each in page.places}
    is_article = outcome is Outcome.ARTICLE
    if not is_article and not _is_in_place(page.places, rules):
        return NO_ROLES
    frame: set[int] = set()
    text: dict[int, tuple[int, ...]] = {}
    fields: dict[LineField, set[int]] = {}
    for each in page.places:
        for rule in rules[each.place]:
            kind = FIELD_ROLES.get(rule.role)
            if rule.role is PlaceRole.FRAME and _has_kept(each):
                frame.add(each.place)
            elif rule.role is PlaceRole.TEXT and (not is_article or _lacks_lines(each, rule)):
                text[each.place] = _repeated_here(each, rule)
            elif kind is not None and kind & page.lacks:
                fields.setdefault(kind, set()).add(each.place)
    return PageRoles(
        frame=frozenset(frame),
        text=text,
        fields={kind: frozenset(some) for kind, some in fields.items()},
    )


def _has_kept(lines: PlacedLines) -> bool:
    return lines.has_more_kept or any(line.is_kept for line in lines.lines)


def _lacks_lines(lines: PlacedLines, rule: PlaceRule) -> bool:
    return lines.has_more_lacking or any(
        may_be_restored(line) and line.digest not in rule.repeated for line in lines.lines
    )


def _repeated_here(lines: PlacedLines, rule: PlaceRule) -> tuple[int, ...]:
    """Return the digests that *rule* does not restore, of lines that the page may have.

    A line that runs has another digest on each page, and no page is read again for those of others.
    """
    if lines.has_more_lacking:
        return rule.repeated
    here = {line.digest for line in lines.lines if may_be_restored(line)}
    return tuple(digest for digest in rule.repeated if digest in here)


def _is_in_place(places: Collection[PlacedLines], rules: Mapping[int, Iterable[PlaceRule]]) -> bool:
    """Return whether the text of a page is where the articles of its publisher have theirs."""
    texts = {place for place, some in rules.items() if any(r.role is PlaceRole.TEXT for r in some)}
    weights = [
        (line.weight, each.place in texts)
        for each in places
        for line in each.lines
        if line.weight >= TEXT_WEIGHT and not line.is_linked
    ]
    inside = sum(weight for weight, is_text in weights if is_text)
    return inside >= max(IN_PLACE_WEIGHT, IN_PLACE_SHARE * sum(weight for weight, _ in weights))


def place_name(place: int) -> str:
    """Return *place* as people read and write it: eight hex digits."""
    return f"{place:08x}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
