"""``status``: what an operator sees at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import last_crawl
from archive.last_crawl import LastCrawl
from archive.locks import lock, of_publisher
from archive.sql.database import open_database
from archive.sql.frontier import store as frontier
from archive.sql.schema import state_tables, view_tables
from tests.support.frontier import entry

NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def crawled(home: Path, **values: Any) -> None:
    """Add the row of a crawl of the demo."""
    database = open_database("sqlite:///archive.db", home)
    with database.writing() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id))
        row = {
            "publisher_id": owner,
            "command": "pressmark crawl demo",
            "started_at": NOON,
            "profile_digest": "",
            "software": {},
            "counts": {},
            **values,
        }
        connection.execute(state_tables.crawl.insert().values(**row))
    database.close()


def test_status_shows_what_is_archived_and_due(following):
    out = following("status").out

    assert out.startswith("demo  http://demo.test/\n")
    assert "  articles    10, 1 of them gone; 12 versions\n" in out
    assert "  translated  2 articles in 1 group\n" in out
    assert ", 2026-03-01 06:00 to 2026-03-06 06:00\n" in out
    assert "  due now     " in out
    assert "last crawl" not in out


def test_status_is_a_line_of_json_for_each_publisher(following):
    (row,) = following("status", "demo", "--json").rows

    assert (row["publisher"], row["articles"], row["gone"], row["captures"]) == ("demo", 10, 1, 17)
    assert (row["last_crawl"], row["state"], row["unsettled"]) == (None, None, 0)
    assert row["first_capture_at"] == "2026-03-01T06:00:00+00:00"


def test_a_crawl_that_ended_is_told_with_what_it_counted(pressmark, home):
    counts = {"exchanges": 12, "article": 9, "listing": 3, "articles": 2, "failed_exchanges": 1}
    crawled(
        home,
        ended_at=NOON.replace(minute=2),
        exit_state="partly",
        counts={**counts, "lying_etags": 1, "ended_because_finished": 1},
    )

    out = pressmark("status").out

    assert (
        "last crawl  2026-03-06 12:00, partly after 120 s, 12 exchanges (9 article, 3 listing),"
        " 2 articles new or changed, 1 failed\n"
    ) in out
    assert "validators  1 URL with an ETag that the last crawl distrusted\n" in out


def test_a_crawl_without_an_end_is_running_while_it_holds_its_lock(pressmark, home):
    crawled(home)

    with lock(home, of_publisher("demo"), busy="cannot be"):
        running = pressmark("status", "--json").rows[0]["state"]
    ended = pressmark("status", "--json").rows[0]["state"]

    assert (running, ended) == ("running", "killed")
    assert "last crawl  2026-03-06 12:00, killed\n" in pressmark("status").out


@pytest.mark.parametrize("has_row", [True, False], ids=["a row without an end", "no row"])
def test_a_crawl_that_could_not_complete_its_row_is_told_by_its_note(pressmark, home, has_row):
    """A disk was full. A note of an earlier crawl than the last tells nothing of that."""
    if has_row:
        crawled(home)
    with lock(home, of_publisher("demo"), busy="") as held:
        end = {"ended_at": NOON.replace(minute=2), "exit_state": "disk"}
        last_crawl.write(held, LastCrawl(started_at=NOON, **end))

    assert "last crawl  2026-03-06 12:00, disk full or not writable after 120 s" in (
        pressmark("status").out
    )
    crawled(home, started_at=NOON.replace(hour=13))
    assert "last crawl  2026-03-06 13:00, killed\n" in pressmark("status").out


@pytest.mark.parametrize("note", ["", "{}", "[]", "no JSON", '{"started_at": 1, "ended_at": 2}'])
def test_a_note_that_cannot_be_read_is_none(pressmark, home, note):
    crawled(home)
    with lock(home, of_publisher("demo"), busy="") as held:
        held.note(note)

    assert ", killed\n" in pressmark("status").out


def test_status_holds_no_lock_that_a_crawl_would_want(pressmark, home):
    crawled(home)

    pressmark("status")

    with lock(home, of_publisher("demo"), busy="is still held"):
        pass


@pytest.mark.parametrize("args", [(), ("--json",)])
def test_an_empty_archive_says_so(pressmark, tmp_path, args):
    (tmp_path / "empty" / "warc").mkdir(parents=True)

    done = pressmark("--home", str(tmp_path / "empty"), "status", *args)

    assert (done.code, done.out, done.err) == (0, "", "nothing is archived yet\n")


def test_what_is_out_of_scope_is_told_by_reason(pressmark, home):
    database = open_database("sqlite:///archive.db", home)
    reasons = ["file pdf"] * 3 + ["action print", "action share", "feed", "account", "account"]
    with database.writing() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id))
        connection.execute(state_tables.frontier.delete())
        urls = [
            entry(f"http://demo.test/x{number}", skip_reason=reason)
            for number, reason in enumerate(reasons)
        ]
        frontier.add(connection, owner, urls)
    database.close()

    (row,) = pressmark("status", "--json").rows
    shown = "8 URLs (3 file pdf, 2 account, 1 action print, 1 action share, 1 for other reasons)"

    assert row["skipped"] == {reason: reasons.count(reason) for reason in reasons}
    assert f"  skipped     {shown}\n" in pressmark("status").out
