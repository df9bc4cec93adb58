"""The templates of publishers: the one that pages are read with, and how it is learned again.

A template follows from what pages say when they are read alone, so reading pages with it changes
nothing of what is learned. It stays as it is while a crawl runs, and is learned at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from sqlalchemy import Connection

from archive.model.template import PlaceRole, PlaceRule, Template
from archive.pipeline.futures import result_of
from archive.profile import Profile
from archive.sql.captures import templates
from archive.sql.captures.templates import PlaceRow
from archive.sql.chunks import chunks
from archive.sql.database import Database
from archive.template.counts import PlaceCounts
from archive.template.learning import LearnedPlace, learn_template
from archive.template.sample import SampledPage

MARKED_AT_ONCE = 2_000
"""Captures noted in one transaction, so that others do not wait long for the write lock."""

_Do = Callable[[Callable[[Connection], Any]], Future[Any]]


class Templates:
    """The templates of the publishers of one archive.

    *do* runs work on the writer thread. *owner* gives a publisher's id there.
    """

    def __init__(
        self, database: Database, do: _Do, owner: Callable[[Connection, Profile], int]
    ) -> None:
        self._database, self._do, self._owner = database, do, owner
        self._known: dict[str, Template] = {}

    async def of(self, profile: Profile) -> Template:
        """Return the template of *profile*, as it was learned last."""
        if profile.name not in self._known:
            self._known[profile.name] = await result_of(self._do(partial(self._stored, profile)))
        return self._known[profile.name]

    def learn(self, profile: Profile) -> int:
        """Learn the template of *profile* again; return how many captures have to be read again.

        They are noted as such, and their URLs as unsettled. Reading and counting take no write
        lock. A run that is killed in between repeats without effect what was done.
        """
        owner = self._do(lambda connection: self._owner(connection, profile)).result()
        pages = self._database.read(partial(templates.sampled_pages, owner=owner))
        found = _learned(pages, profile)
        new = Template(tuple(sorted((row.learned.rule for row in found), key=_order)))
        old = self._database.read(partial(templates.template_of, owner=owner))
        noted = 0
        changed = {rule.place for rule in {*old.rules} ^ {*new.rules}}
        if changed:
            concerned = self._database.read(
                lambda connection: list(templates.affected(connection, owner, new, changed))
            )
            for some in chunks(concerned, MARKED_AT_ONCE):
                self._do(partial(templates.note_unread, owner=owner, ids=some)).result()
            noted = len(concerned)
        self._do(partial(templates.store_template, owner=owner, found=found)).result()
        self._known[profile.name] = new
        return noted

    def _stored(self, profile: Profile, connection: Connection) -> Template:
        return templates.template_of(connection, self._owner(connection, profile))


def _learned(pages: Sequence[SampledPage], profile: Profile) -> list[PlaceRow]:
    """Return what *pages* teach; the places that *profile* names have the role that it says."""
    given = {place: PlaceRole(role) for place, role in profile.place_roles.items()}
    found = learn_template(pages, given)
    rows = [PlaceRow(each, by_profile=each.rule.place in given) for each in found]
    for place in sorted(given.keys() - {each.rule.place for each in found}):
        rule = PlaceRule(language="", place=place, role=given[place])
        rows.append(PlaceRow(LearnedPlace(rule, _NO_COUNTS, ""), by_profile=True))
    return rows


_NO_COUNTS = PlaceCounts(pages=0, kept=0.0, repeated=0.0, linked=0.0, after_link=0.0, share=0.0)


def _order(rule: PlaceRule) -> tuple[Any, ...]:
    since = "" if rule.since is None else rule.since.isoformat()
    return rule.language, rule.place, since, rule.role
