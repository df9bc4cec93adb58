"""The pages of an article in several pages are visited together, on each engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.model import EdgeKind, Outcome
from archive.model.reason import Reason
from archive.revisit.inputs import Due
from archive.revisit.url_updates import fetched as note_fetched
from archive.revisit.url_updates import make_due_pending
from archive.sql.database import Database
from archive.sql.frontier.store import RESTING, State, add
from archive.sql.views import url as table
from tests.support.frontier import HOUR, NOON, A, B, C, entry, fetched
from tests.support.graphs import Seen
from tests.support.settled import new_profile, store

PARTS = {A: f"{A}2/", B: f"{B}2/"}


@pytest.fixture
def publisher(database: Database, ingest) -> int:
    """A publisher whose articles at A and B have a second page, and C has none."""
    profile = new_profile()
    links = [
        Seen(later, at, Outcome.PAGE, ((EdgeKind.PART, first),))
        for at, (first, later) in enumerate(PARTS.items())
    ]
    store(ingest, profile, list(enumerate(links)))
    owner = ingest.do(lambda connection: ingest.publisher_id(connection, profile)).result()
    with database.writing() as connection:
        add(connection, owner, [entry(url) for url in (A, B, C, *PARTS.values())])
    return int(owner)


def states(connection, owner: int) -> dict[str, str]:
    rows = connection.execute(table.select().where(table.c.publisher_id == owner))
    return {row.url: row.state for row in rows}


def rests(url: str, until) -> object:
    return fetched(url, NOON, due=Due(until, Reason.AGE))  # type: ignore[arg-type]


@pytest.mark.parametrize("due", [A, PARTS[A]], ids=["the first page", "a later page"])
def test_when_one_page_is_due_the_others_are_fetched_with_it(database, publisher, due):
    late = NOON + timedelta(days=7)
    with database.writing() as connection:
        captures = [
            rests(url, NOON + HOUR if url == due else late) for url in (A, B, C, *PARTS.values())
        ]
        note_fetched(connection, publisher, captures)  # type: ignore[arg-type]

        made = make_due_pending(connection, publisher, NOON + 2 * HOUR, RESTING)

        assert made == 2
        assert {
            url for url, state in states(connection, publisher).items() if state == State.PENDING
        } == {A, PARTS[A]}


def test_a_page_that_this_crawl_has_fetched_is_not_fetched_again(database, publisher):
    with database.writing() as connection:
        late = NOON + timedelta(days=7)
        note_fetched(connection, publisher, [rests(A, NOON + HOUR)])  # type: ignore[list-item]
        again = fetched(PARTS[A], NOON + HOUR, due=Due(late, Reason.AGE))  # type: ignore[arg-type]
        note_fetched(connection, publisher, [again])

        make_due_pending(
            connection, publisher, NOON + 2 * HOUR, (State.FETCHED,), not_since=NOON + HOUR
        )

        assert states(connection, publisher)[PARTS[A]] == State.FETCHED
        assert states(connection, publisher)[A] == State.PENDING
