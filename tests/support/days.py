"""Archives of the demo publisher on some of its days, and what they must contain.

The crawls run one after the other in a process of their own, because a reactor cannot be started
twice in one process. The demo's own chronicle says what they must archive, day by day.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from archive.model import Address, BlockKind, ChangeKind, Removal, Role
from archive.sql.captures.revisits import READ_AS
from archive.sql.database import Database
from archive.sql.schema.view_tables import address, article, capture, extraction, version
from crawler.demo.exact.truth import Name, Truth, expected, truth
from crawler.demo.newsroom.chronicle import LAST_DAY, Chronicle
from crawler.demo.newsroom.events import DISTURBANCES, Gone, StoryEvent, StoryEventKind
from crawler.demo.newsroom.stories import Story
from crawler.demo.publisher import read_publisher
from tests.support.demo import folded

ROOT = Path(__file__).parents[2]
TOLD = Chronicle()
HOST = "http://demo.test"
REMOVALS = {
    Gone.NOT_FOUND: Removal.NOT_FOUND,
    Gone.GONE: Removal.GONE,
    Gone.REDIRECT_HOME: Removal.REDIRECT_HOME,
    Gone.SOFT_404: Removal.SOFT_404,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said from the visit on day *seen_from* to that on day *seen_until*."""

    seen_from: int
    seen_until: int
    headline: str
    text: str
    kind: ChangeKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article with its addresses; *gone* is the day and the reason of its removal."""

    addresses: Mapping[Address, Role]
    versions: tuple[Version, ...]
    gone: tuple[int, Removal] | None

    @property
    def canonical(self) -> Address:
        """The address to cite."""
        (found,) = (place for place, role in self.addresses.items() if role is Role.CANONICAL)
        return found


# --- crawls ---------------------------------------------------------------------------------------


def crawl_days(
    home: Path, days: Sequence[int], *, amp: str = "skip", frame: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Crawl everything that is known of the demo on each of *days*; return their accounts.

    *frame* has fields of the demo's ``Frame`` that differ from the default.
    """
    job = {"home": str(home), "days": list(days), "amp": amp, "frame": dict(frame or {})}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.days"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    accounts = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(accounts) != len(days):
        raise AssertionError(f"the crawls exited with {done.returncode}:\n{done.stderr}")
    return accounts


def _main() -> None:
    from archive.profile import find_profile, write_profile
    from crawler.demo.newsroom.edition import Frame
    from crawler.demo.server import DemoServer
    from crawler.demo.site import DemoSite
    from crawler.process import CrawlJob, run_crawls

    job = json.load(sys.stdin)
    home, publisher = Path(job["home"]), read_publisher()
    profile = replace(find_profile(home, "demo"), amp=job["amp"])
    write_profile(home, profile)
    frame = Frame(**{"year": publisher.year, **job["frame"]})
    with DemoServer(DemoSite(frame=frame)) as server:
        jobs = [
            CrawlJob(
                profile,
                clock=publisher.moment(day),
                before=lambda day=day: server.set_day(day),  # type: ignore[misc]
            )
            for day in job["days"]
        ]
        options = {"connect_to": [f"demo.test:80:127.0.0.1:{server.port}"], "refresh": True}
        for account in run_crawls(home, jobs, {**options, "progress": False}):
            sys.stdout.write(json.dumps(account.as_dict()) + "\n")


# --- what an archive holds ------------------------------------------------------------------------


def held(database: Database) -> list[Article]:
    """Return all articles in *database*."""
    with database.reading() as connection:
        rows = connection.execute(select(article).order_by(article.c.id)).all()
        return [
            Article(
                addresses={
                    Address(place.url, place.ordinal): Role(place.role)
                    for place in connection.execute(select(address).filter_by(article_id=row.id))
                },
                versions=_versions(connection, row.id),
                gone=row.gone_at and (day_of(row.gone_at), Removal(row.gone_reason)),
            )
            for row in rows
        ]


def _versions(connection: Connection, key: int) -> tuple[Version, ...]:
    statement = select(version).filter_by(article_id=key).order_by(version.c.seq)
    return tuple(
        Version(
            seen_from=day_of(row.seen_from),
            seen_until=day_of(row.seen_until),
            headline=row.headline,
            text=row.text,
            kind=row.change_kind and ChangeKind(row.change_kind),
        )
        for row in connection.execute(statement)
    )


def groups_held(database: Database) -> set[frozenset[Address]]:
    """Return the canonical addresses of each group of translations in *database*."""
    found: dict[str, set[Address]] = {}
    with database.reading() as connection:
        statement = select(article).where(article.c.translation_group.is_not(None))
        for row in connection.execute(statement):
            place = Address(row.canonical_url, row.ordinal)
            found.setdefault(row.translation_group, set()).add(place)
    return {frozenset(places) for places in found.values()}


def eventful_days() -> tuple[int, ...]:
    """Return day 0 and every day on which something happens to a story, or to all pages."""
    lies = {e.until + 1 for e in TOLD.events if e.until is not None and e.until < LAST_DAY}
    published = {TOLD.publisher.day_of(story.date_published) for story in TOLD.stories(LAST_DAY)}
    return tuple(sorted({event.day for event in TOLD.events} | published | lies | {0}))


def day_of(moment: Any) -> int:
    """Return the day on which a crawl made a capture at *moment*."""
    days: int = (moment - TOLD.publisher.day_zero).days
    return days


def stand_ins(database: Database, days: Sequence[int]) -> Iterator[tuple[StoryEvent, set[str]]]:
    """Yield what was served in place of a page on *days*, and how it was read.

    That is the outcomes of the captures of the page on that day, and their flags.
    """
    with database.reading() as connection:
        for event in TOLD.events:
            if event.kind not in DISTURBANCES or event.day not in days:
                continue
            for language in event.languages:
                url = on(event.day)[event.key or "", language].url()
                statement = (
                    select(capture.c.fetched_at, extraction.c.outcome, extraction.c.flags)
                    .select_from(READ_AS)
                    .where(capture.c.url == url)
                )
                seen = [
                    {row.outcome, *row.flags}
                    for row in connection.execute(statement)
                    if day_of(row.fetched_at) == event.day
                ]
                yield event, set[str]().union(*seen)


def differences(name: Name, here: Article, there: Article) -> Iterator[str]:
    """Yield a sentence for each difference between *here*, the archive, and *there*, the truth.

    A crawl holds back the forms for print once some of them have said nothing new; those that it
    fetched are addresses.
    """
    called = "/".join(name)
    fetched = {
        place: role
        for place, role in there.addresses.items()
        if role is not Role.SUBPAGE or place in here.addresses
    }
    for fact, one, other in (
        ("addresses", here.addresses, fetched),
        ("gone", here.gone, there.gone),
    ):
        if one != other:
            yield f"{called}: {fact}: {one}, and not {other}"
    for one, other in zip_longest(here.versions, there.versions):
        if one is None or other is None:
            yield f"{called}: the version {one} is held, and not {other}"
            continue
        for field in fields(one):
            said, true = getattr(one, field.name), getattr(other, field.name)
            if field.name == "text":
                said, true = folded(said), folded(true)
            if said != true:
                yield f"{called}: day {one.seen_from}: {field.name}: {said!r}, and not {true!r}"


# --- what it must hold ----------------------------------------------------------------------------


@cache
def on(day: int) -> dict[Name, Truth]:
    """Return the truth about every story on *day*."""
    return truth(day, TOLD)


@cache
def must_hold(days: tuple[int, ...]) -> dict[Name, Article]:
    """Return what an archive of *days* must have of each story, with AMP pages as addresses."""
    visits = [on(day) for day in days]
    places = _places(visits)
    found: dict[Name, Article] = {}
    for name, item in expected(days, TOLD).items():
        seen = [visit[name] for visit in visits if visit[name].is_shown]
        addresses: dict[Address, Role] = {}
        for path in {*item.old_paths, item.path}:
            place = Address(f"{HOST}{path}", places[path].index(name) + 1)
            is_canonical = path == item.path
            addresses[place] = Role.CANONICAL if is_canonical else Role.REDIRECT
            addresses[replace(place, url=f"{place.url}?amp=1")] = Role.AMP
        for story in (visit.story for visit in seen if visit.story is not None):
            parts = (Address(f"{HOST}{path}") for path in story.page_paths[1:])
            addresses |= dict.fromkeys(parts, Role.PART)
            if story.print_path is not None:
                addresses[Address(f"{HOST}{story.print_path}")] = Role.SUBPAGE
        found[name] = Article(
            addresses=addresses,
            versions=tuple(_versions_of(_as_believed(name, seen, days))),
            gone=None if item.gone is None else (item.gone_on or 0, REMOVALS[item.gone]),
        )
    return found


def groups_expected(days: tuple[int, ...]) -> set[frozenset[Address]]:
    """Return the canonical addresses of the stories that were seen in two languages or more."""
    stories: dict[str, set[Address]] = {}
    for (key, _), item in must_hold(days).items():
        stories.setdefault(key, set()).add(item.canonical)
    return {frozenset(places) for places in stories.values() if len(places) > 1}


def _places(visits: Iterable[Mapping[Name, Truth]]) -> dict[str, list[Name]]:
    """Return which stories were seen at each path, the first of them first."""
    found: dict[str, list[Name]] = {}
    for visit in visits:
        for name, item in visit.items():
            if item.is_shown and item.story is not None:
                names = found.setdefault(item.story.path, [])
                if name not in names:
                    names.append(name)
    return found


def _as_believed(name: Name, seen: Sequence[Truth], days: Sequence[int]) -> list[Truth]:
    """Return the story that each visit saw; frozen validators that answer 304 hide edits.

    A client that has seen the page since they froze gets no other until they change again.
    """
    lies = [
        event
        for event in TOLD.events
        if event.kind is StoryEventKind.ETAG_FROZEN
        and event.answers_304
        and event.key == name[0]
        and name[1] in event.languages
    ]
    believed: list[Truth] = []
    for item in seen:
        lie = next((e for e in lies if e.day <= item.day <= (e.until or 0)), None)
        if lie is not None and any(lie.day <= day < item.day for day in days):
            item = replace(item, standing=believed[-1].standing)  # noqa: PLW2901
        believed.append(item)
    return believed


def _versions_of(seen: Sequence[Truth]) -> Iterator[Version]:
    """Yield the versions that the visits in *seen* make."""
    before: Truth | None = None
    found: Version | None = None
    for visit in seen:
        kind = _kind(before, visit)
        if found is None or before is None or kind is not None:
            if found is not None:
                yield found
            found = Version(
                seen_from=visit.day,
                seen_until=visit.day,
                headline=_story(visit).headline,
                text=_story(visit).text,
                kind=kind,
            )
        found = replace(found, seen_until=visit.day)
        before = visit
    if found is not None:
        yield found


def _kind(before: Truth | None, after: Truth) -> ChangeKind | None:
    """Return the kind of the version that *after* makes; None if it makes none."""
    if before is None:
        return None
    old, new = _story(before), _story(after)
    if old.headline != new.headline:
        return ChangeKind.HEADLINE if old.text == new.text else ChangeKind.HEADLINE_AND_BODY
    if old.text != new.text:
        is_correction = any(
            event.kind is StoryEventKind.CORRECTION and before.day < event.day <= after.day
            for event in TOLD.events_of(new)
        )
        return ChangeKind.CORRECTION if is_correction else ChangeKind.BODY
    if _shape(old) != _shape(new):
        return ChangeKind.FORMATTING
    return ChangeKind.METADATA if old.author != new.author else None


def _shape(story: Story) -> list[tuple[BlockKind, int]]:
    return [(block.kind, block.level) for block in story.blocks]


def _story(visit: Truth) -> Story:
    assert visit.story is not None, "nobody visits what is not published"
    return visit.story


if __name__ == "__main__":
    _main()
