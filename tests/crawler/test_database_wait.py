"""A database whose server goes away in mid crawl is waited for, once for all who need it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from archive.errors import DatabaseAwayError, DatabaseError
from archive.sql.database import Database, open_database
from crawler.database_wait import Outage
from crawler.exits import Exit
from tests.support.away import Gateway, gateway
from tests.support.crawling import NEWS, OpenCrawl, until
from tests.support.postgres import Server


@pytest.fixture
def way(postgres: Server, postgres_template: str) -> Iterator[Gateway]:
    with gateway(postgres, postgres_template) as opened:
        yield opened


@pytest.fixture
def database(way: Gateway) -> Iterator[Database]:
    opened = open_database(way.url, Path("/"), patience_seconds=20)
    yield opened
    opened.close()


def one(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT 1")) or 0)


async def test_while_the_server_is_there_a_read_is_done_at_once(database: Database):
    outage = Outage(database)

    assert await outage.read(one) == 1

    assert not outage.lasts


async def test_a_read_is_done_as_soon_as_the_server_is_there_again(
    database: Database, way: Gateway
):
    outage = Outage(database)
    await outage.read(one)
    way.shut()

    read = asyncio.ensure_future(outage.read(one))
    await asyncio.sleep(0.1)
    assert outage.lasts
    assert not read.done()
    way.open()

    assert await read == 1
    assert not outage.lasts


async def test_the_loop_stays_awake_while_the_server_is_away(database: Database, way: Gateway):
    outage = Outage(database)
    way.shut()
    read = asyncio.ensure_future(outage.read(one))
    await asyncio.sleep(0)

    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.05)
    assert asyncio.get_running_loop().time() - began < 0.2
    assert outage.lasts

    way.open()
    assert await read == 1


async def test_while_the_server_is_away_the_loops_thread_does_not_look_for_it(
    database: Database, way: Gateway
):
    outage = Outage(database)
    way.shut()
    reads = [asyncio.ensure_future(outage.read(one))]
    await asyncio.sleep(0)
    attempts: list[threading.Thread] = []
    event.listen(
        database.engine, "do_connect", lambda *_: attempts.append(threading.current_thread())
    )

    reads.append(asyncio.ensure_future(outage.read(one)))
    await until(lambda: bool(attempts))

    assert threading.current_thread() not in attempts
    way.open()
    assert await asyncio.gather(*reads) == [1, 1]


async def test_all_who_read_share_one_wait_and_who_is_cancelled_ends_no_others(
    database: Database, way: Gateway
):
    outage = Outage(database)
    way.shut()
    reads = [asyncio.ensure_future(outage.read(one)) for _ in range(3)]
    await asyncio.sleep(0.05)

    assert database.losses == 1
    reads[0].cancel()
    await asyncio.sleep(0)
    assert outage.lasts
    way.open()

    assert await asyncio.gather(*reads[1:]) == [1, 1]
    assert reads[0].cancelled()


async def test_a_server_that_stays_away_raises_what_it_raised_when_patience_is_over(
    database: Database, way: Gateway
):
    database.patience_seconds = 0.1
    outage = Outage(database)
    way.shut()

    with pytest.raises(DatabaseAwayError, match="cannot be read"):
        await outage.read(one)

    assert not outage.lasts
    way.open()
    assert await outage.read(one) == 1


async def test_an_error_that_is_no_outage_is_raised_at_once(database: Database):
    outage = Outage(database)

    with pytest.raises(DatabaseError, match="nowhere"):
        await outage.read(lambda connection: connection.execute(text("SELECT * FROM nowhere")))

    assert not outage.lasts


# --- a crawl whose database is away ---------------------------------------------------------------


async def test_a_crawl_leases_nothing_while_its_database_is_away_and_goes_on_after_that(
    way: Gateway, opening: OpenCrawl
):
    crawl = await opening(PRESSMARK_DATABASE=way.url)
    way.shut()

    assert crawl.lease() is None
    assert crawl.run.outage.lasts
    assert crawl.scheduler.has_pending_requests()
    assert crawl.lease() is None
    way.open()
    await until(lambda: not crawl.run.outage.lasts)

    assert crawl.lease() == NEWS.home
    assert crawl.run.error is None


async def test_a_crawl_whose_database_stays_away_ends(way: Gateway, opening: OpenCrawl):
    crawl = await opening(PRESSMARK_DATABASE=way.url)
    crawl.run.archive.database.patience_seconds = 0.1
    way.shut()

    crawl.lease()
    await until(lambda: not crawl.run.outage.lasts)
    await asyncio.sleep(0)

    assert crawl.run.exit is Exit.DATABASE
    assert isinstance(crawl.run.error, DatabaseAwayError)
    assert crawl.lease() is None
    way.open()
