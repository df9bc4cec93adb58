"""How much the database is asked to do for a page; time is measured in ``benchmarks``."""

from __future__ import annotations

from archive.model import Outcome
from archive.pipeline.ingest import Ingest
from archive.pipeline.storing import CaptureRow, Storing
from archive.profile import Profile
from archive.sql.chunks import chunks
from archive.sql.database import Database
from tests.support.graphs import Seen, canonical
from tests.support.settled import ingestible, new_profile
from tests.support.work import Work, counted

PAGES, AT_ONCE = 1_000, 50


def story(number: int, minute: int, again: Seen | None = None) -> Seen:
    text = f"What number {number} told, in full and to the end"
    path = f"/story-{number}/"
    payload = f"sha1:{number}"
    return Seen(path, minute, text=text, payload=payload, edges=(canonical(path),), again=again)


def stored(database: Database, profile: Profile, seen: list[Seen], first: int) -> None:
    """Store *seen* as the writer does, ``AT_ONCE`` in a transaction, from the offset *first* on."""
    storing = Storing(database)
    for some in chunks(list(enumerate(seen, first)), AT_ONCE):
        storing.store([CaptureRow(profile, ingestible(item, profile, at)) for at, item in some])


def test_a_thousand_pages_take_few_statements_and_transactions(database: Database, ingest: Ingest):
    profile = new_profile()
    stored(database, profile, [story(0, 0)], 0)

    with counted(database) as storing:
        stored(database, profile, [story(n, n) for n in range(1, PAGES + 1)], 1)
    with counted(database) as settling:
        ingest.settle_all(profile)
    revisits = [story(n, PAGES + n, again=story(n, n)) for n in range(1, PAGES + 1)]
    with counted(database) as again:
        stored(database, profile, revisits, PAGES + 1)
    with counted(database) as nothing:
        assert ingest.settle_all(profile) == 0

    assert storing.commits <= PAGES / AT_ONCE + 2  # statistics have commits of their own
    assert storing.statements <= 0.5 * PAGES
    assert settling.statements <= 0.3 * PAGES
    assert settling.commits <= 0.03 * PAGES
    assert again.statements <= 0.5 * PAGES
    assert nothing.statements <= 20


def test_a_page_costs_the_same_however_often_its_address_was_captured(
    database: Database, ingest: Ingest
):
    profile = new_profile()
    home = [Seen("/", 10_000 + n, Outcome.LISTING, payload=f"sha1:home {n}") for n in range(600)]
    lists = [
        Seen("/list/", 20_000 + n, Outcome.LISTING, text=f"list {n}", payload=f"sha1:list {n}")
        for n in range(600)
    ]
    few, many = story(1, 0), story(2, 0)
    stored(database, profile, [few, many, home[0], lists[0]], 0)
    ingest.settle_all(profile)
    revisits = {
        of: [story(number, n, again=of) for n in range(1, 600)]
        for number, of in ((1, few), (2, many))
    }

    def work_for(item: Seen, at: int) -> Work:
        with counted(database) as work:
            stored(database, profile, [item], at)
        return work

    stored(database, profile, [*revisits[few][:60], *home[1:60]], 10)
    stored(database, profile, lists[1:60], 300)
    once_more, front_page = work_for(revisits[few][60], 200), work_for(home[60], 201)
    section = work_for(lists[60], 400)
    stored(database, profile, [*revisits[many][:500], *home[61:500]], 1_000)
    stored(database, profile, lists[61:500], 4_000)

    assert work_for(revisits[many][500], 3_000) == once_more
    assert work_for(home[500], 3_001) == front_page
    assert work_for(lists[500], 3_002) == section
    assert ingest.settle_all(profile) == 0
