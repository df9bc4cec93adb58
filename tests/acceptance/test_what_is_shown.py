"""A profile whose rules change: the next crawl hides what they hide, and shows what they do not.

Real crawls of the Gazette, which has pages on both sides of what is hidden; and kill -9 while a
larger archive is settled anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from archive.sql.database import open_database
from tests.support.command import Done, pressmark, started
from tests.support.gazette import PARTNERS, served, write_profile
from tests.support.hidden import IsHidden, assert_hidden
from tests.support.homes import make_home
from tests.support.once import Once
from tests.support.scenarios import exchange, http
from tests.support.sites import page
from tests.support.view import View, assert_same_view, dump_view

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LIMIT_REACHED = 8
PAGES = 450
"""More than two slices of what is settled in one transaction."""
PARTNER_1 = "http://gazette.test/partner/1/"
MOVED = "http://gazette.test/partner/moved/"
POST_1 = "http://blog.gazette.test/post/1/"


def is_partners(url: str) -> bool:
    return "gazette.test/partner/" in url


def is_blogs(url: str) -> bool:
    return "//blog.gazette.test/" in url


@pytest.fixture
def crawled(once: Once, tmp_path: Path) -> Path:
    """An archive of two crawls of the Gazette, which a test may change."""

    def crawl_twice(folder: Path) -> None:
        home = folder / "home"
        write_profile(home)
        for again in (False, True):
            crawl(home, again=again, refresh=True)

    return Path(shutil.copytree(once("gazette", crawl_twice) / "home", tmp_path / "home"))


def crawl(home: Path, *, again: bool = True, refresh: bool = False) -> Done:
    more = ("--refresh",) if refresh else ()
    with served(again=again) as (_, options):
        return pressmark(home, "crawl", "gazette", "--json", *more, *options)


def view_of(home: Path, url: str = "sqlite:///archive.db") -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def rebuilt(home: Path) -> View:
    for file in home.glob("rebuilt.db*"):
        file.unlink()
    pressmark(home, "rebuild", "--into", "sqlite:///rebuilt.db")
    return view_of(home, "sqlite:///rebuilt.db")


def told(home: Path, url: str) -> list[tuple[object, ...]]:
    """Which versions the article at *url* has, and what they say."""
    lines = pressmark(home, "export", "--format", "jsonl", "--history").out.splitlines()
    rows = [row for row in map(json.loads, lines) if row["canonical_url"] == url]
    return [(row["seq"], row["change_kind"], row["text"]) for row in rows]


def assert_no_list_names(home: Path, url: str, is_hidden: IsHidden) -> None:
    """Ask every command that lists articles; none may name what *is_hidden* says of."""
    exported = [
        json.loads(line)
        for more in ((), ("--history",))
        for line in pressmark(home, "export", "--format", "jsonl", *more).out.splitlines()
    ]
    assert exported
    assert [row for row in exported if is_hidden(row["canonical_url"])] == []
    found = pressmark(home, "search", "council", "--limit", "100", "--json").rows
    assert found
    assert [row for row in found if is_hidden(row["canonical_url"])] == []
    for command in ("show", "history"):
        assert pressmark(home, command, url, code=None).code != 0
    (state,) = pressmark(home, "status", "--json").rows
    assert state["articles"] == len({row["canonical_url"] for row in exported})
    assert url not in pressmark(home, "translations", code=None).out


def test_what_exclude_hides_is_gone_after_the_next_crawl_until_it_is_taken_back(crawled):
    before, versions = view_of(crawled), told(crawled, PARTNER_1)
    assert len(versions) == 2

    write_profile(crawled, rules=PARTNERS)
    crawl(crawled)

    hidden = view_of(crawled)
    assert_hidden(hidden, is_partners)
    assert_no_list_names(crawled, PARTNER_1, is_partners)
    assert_same_view(hidden, rebuilt(crawled))
    assert is_alone(hidden, "http://gazette.test/news/2/"), "its canonical address is hidden"

    write_profile(crawled)
    crawl(crawled)

    shown = view_of(crawled)
    assert told(crawled, PARTNER_1) == versions
    assert articles(shown) == articles(before)
    assert_same_view(shown, rebuilt(crawled))


def test_a_host_that_is_no_longer_the_publishers_is_gone_until_it_is_again(crawled):
    before, versions = view_of(crawled), told(crawled, POST_1)

    write_profile(crawled, blog=False)
    pressmark(crawled, "reprocess")

    hidden = view_of(crawled)
    assert_hidden(hidden, is_blogs)
    assert_no_list_names(crawled, POST_1, is_blogs)
    assert_same_view(hidden, rebuilt(crawled))

    write_profile(crawled)
    pressmark(crawled, "reprocess")

    shown = view_of(crawled)
    assert told(crawled, POST_1) == versions
    assert articles(shown) == articles(before)
    assert_same_view(shown, rebuilt(crawled))


def test_what_is_hidden_is_not_fetched_and_is_again_once_it_is_shown(crawled):
    write_profile(crawled, rules=PARTNERS)
    with served(again=True) as (_, options):
        pressmark(crawled, "crawl", "gazette", "--refresh", *options)
    skipped = number(crawled, _SKIPPED)
    assert skipped == number(crawled, "SELECT count(*) FROM url WHERE url LIKE '%/partner/%'") > 3
    captures = number(crawled, _PARTNERS)

    write_profile(crawled)
    crawl(crawled, refresh=True)

    assert number(crawled, _SKIPPED) == 0
    assert number(crawled, _PARTNERS) > captures


def test_fetch_archives_what_is_hidden_and_says_so_in_one_line(crawled):
    write_profile(crawled, rules=PARTNERS)
    captures = number(crawled, _PARTNERS)

    with served(again=True) as (gazette, options):
        done = pressmark(
            crawled, "fetch", PARTNER_1, "http://gazette.test/partner/moved/", *options
        )

    (line,) = [line for line in done.out.splitlines() if "excluded by ^/partner/" in line]
    assert line in {
        f"  the last that is not shown was {page}: excluded by ^/partner/"
        for page in (PARTNER_1, MOVED)  # they are fetched side by side
    }
    assert "/news/5/" in gazette.asked, "where a hidden page redirects to is fetched as well"
    assert number(crawled, _PARTNERS) == captures + 2
    view = view_of(crawled)
    assert_hidden(view, is_partners)
    assert_same_view(view, rebuilt(crawled))


def test_a_fetch_of_what_is_hidden_fails_as_any_other(crawled):
    write_profile(crawled, rules=PARTNERS)

    with served(again=True) as (gazette, options):
        gazette.broken.add("/partner/1/")
        done = pressmark(crawled, "fetch", PARTNER_1, *options, code=1)

    assert f"the last that failed was {PARTNER_1}: status 503" in done.out


_PARTNERS = "SELECT count(*) FROM capture WHERE url LIKE '%/partner/%'"
_SKIPPED = "SELECT count(*) FROM url WHERE state = 'skipped' AND skip_reason LIKE 'excluded by %'"


def articles(view: View) -> set[tuple[object, ...]]:
    """Each article's address, whether it is gone, and how many versions of it there are."""
    rows = [dict(row) for row in view["article"]]
    seen = [dict(row)["article_id"] for row in view["version"]]
    return {
        (row["canonical_url"], row["ordinal"], row["gone_reason"], seen.count(key))
        for row in rows
        for key in [(row["publisher_id"], row["canonical_url"], row["ordinal"])]
    }


def is_alone(view: View, url: str) -> bool:
    """Whether *url* is an article's canonical address, and that has no other."""
    found = [dict(row) for row in view["address"] if dict(row)["article_id"][1] == url]
    return [row["url"] for row in found] == [url]


# --- kill -9 --------------------------------------------------------------------------------------


def is_odd(url: str) -> bool:
    return url.endswith("1/")


@pytest.fixture
def made(once: Once, tmp_path: Path) -> Path:
    """An archive of many pages of the Gazette, each of which links to the next."""

    def make(folder: Path) -> None:
        write_profile(folder / "home")
        pages = [
            exchange(
                f"/story-{n}/",
                n / 10,
                http(200, page(f"Story {n} of many", links=(f"/story-{n + 1}/",))),
                host="gazette.test",
            )
            for n in range(PAGES)
        ]
        make_home(folder / "home", pages, publisher="gazette")

    return Path(shutil.copytree(once("made-gazette", make) / "home", tmp_path / "home"))


def number(home: Path, statement: str) -> int:
    """What a query counts, read past the locks of the command that runs."""
    connection = sqlite3.connect(f"file:{home / 'archive.db'}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute(statement).fetchone()[0])
    finally:
        connection.close()


def test_killed_while_it_settles_anew_it_goes_on_and_ends_as_a_rebuild(made):
    few = PAGES // 10  # of ten stories one is hidden
    write_profile(made, rules='exclude = ["1/$"]\n')

    kill_when(made, "crawl", lambda: number(made, _EXTRACTED) < PAGES, "the first is hidden")
    kill_when(made, "reprocess", lambda: number(made, _ODD) < few, "some are settled anew")
    kill_when(made, "crawl", lambda: number(made, _ODD) < few // 2, "half of them are")
    finish(made, "crawl")

    hidden = view_of(made)
    assert_hidden(hidden, is_odd)
    assert len(hidden["article"]) == PAGES - few
    assert_same_view(hidden, rebuilt(made))

    write_profile(made)
    kill_when(made, "crawl", lambda: number(made, _EXTRACTED) > PAGES - few, "the first is shown")
    finish(made, "reprocess")

    shown = view_of(made)
    assert len(shown["article"]) == PAGES
    assert_same_view(shown, rebuilt(made))


_EXTRACTED = (
    "SELECT count(*) FROM extraction JOIN capture ON capture.id = capture_id"
    " WHERE url LIKE '%/story-%'"
)
_ODD = "SELECT count(*) FROM address WHERE url LIKE '%1/'"


def kill_when(home: Path, how: str, condition: Callable[[], bool], what: str) -> None:
    with served(again=True) as (_, options), started(home, *command(how, options)) as running:
        running.until(condition, what)
        children = psutil.Process(running.pid).children(recursive=True)
        running.kill()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []


def finish(home: Path, how: str) -> None:
    with served(again=True) as (_, options):
        done = pressmark(home, *command(how, options), code=None)
    assert done.code == (LIMIT_REACHED if how == "crawl" else 0)


def command(how: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """A reprocess, or a crawl that asks for one URL: what comes before that is what matters."""
    return ("crawl", "gazette", "--budget=1", *options) if how == "crawl" else (how,)
