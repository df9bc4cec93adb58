"""What a crawl does with what is due: budget, refresh, since, sitemaps, AMP, and ``--due``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.archives import articles, captures, frontier
from tests.support.command import pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, page, stories, tree, write_profile

PARTLY, USAGE, DEAD, LOCKED, INTERRUPTED, LIMIT = 1, 2, 3, 4, 7, 8
XML = {"Content-Type": "application/xml"}


@dataclass
class News:
    """A site whose sitemap names *dated* paths with their dates, and whose front page links some.

    *edited* paths have another text, *gone* ones answer 404. Other paths answer what *more* says.
    """

    dated: dict[str, str] = field(default_factory=dict)
    linked: tuple[str, ...] = ()
    edited: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    more: dict[str, Reply] = field(default_factory=dict)

    def __call__(self, received: Received) -> Reply:
        path = received.path
        if path in self.more:
            return self.more[path]
        if path == "/":
            return listing(*self.linked)
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, f"Sitemap: {_URL}/sitemap.xml\n"
        if path == "/sitemap.xml":
            return 200, XML, sitemap(self.dated)
        if path in self.gone or path not in {*self.dated, *self.linked}:
            return None
        return page(f"About {path}{' anew' if path in self.edited else ''}")


_URL = "http://tree.test"


def sitemap(dated: dict[str, str]) -> str:
    entries = "".join(
        f"<url><loc>{_URL}{path}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>"
        for path, date in dated.items()
    )
    return f"<urlset>{entries}</urlset>"


def asked(server: Server) -> list[str]:
    """The pages that *server* was asked for since the last call, in order."""
    found = [t for t in server.targets if t.startswith("/") and t.endswith("-story/")]
    server.received.clear()
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    write_profile(folder)
    return folder


# --- what sitemaps call for ---------------------------------------------------------------------


def test_a_page_that_its_sitemap_dates_anew_is_fetched_in_the_same_crawl(home: Path):
    site = News(dated={"/a-story/": "2020-01-01", "/b-story/": "2020-01-01"})
    with Server(site) as server:
        crawl = ("crawl", "tree", "--json", *connect_to(server))
        pressmark(home, *crawl)
        asked(server)
        unchanged = pressmark(home, *crawl)
        at_rest = asked(server)
        site.dated["/a-story/"] = "2100-01-01"  # no date that anybody can mean
        site.dated["/b-story/"] = _in_a_moment(home)
        site.edited.add("/b-story/")
        dated = pressmark(home, *crawl)

        assert at_rest == []
        assert unchanged.counts.get("due_lastmod") is None
        assert asked(server) == ["/b-story/"]
        assert dated.counts["due_lastmod"] == 1

    assert articles(home)[f"{_URL}/b-story/"]["headline"] == "About /b-story/ anew"


def _in_a_moment(home: Path) -> str:
    """The instant after the last capture."""
    from datetime import timedelta

    latest = max(row["fetched_at"] for row in frontier(home).values() if row["fetched_at"])
    return (latest + timedelta(milliseconds=1)).isoformat()


def test_a_page_that_vanished_from_its_sitemap_is_looked_at_at_once_and_once(home: Path):
    site = News(dated={f"/{letter}-story/": "2020-01-01" for letter in "abc"})
    with Server(site) as server:
        crawl = ("crawl", "tree", "--json", *connect_to(server))
        pressmark(home, *crawl)
        asked(server)
        del site.dated["/b-story/"]
        first = pressmark(home, *crawl)
        looked_at = asked(server)
        second = pressmark(home, *crawl)

        assert looked_at == ["/b-story/"]
        assert asked(server) == []

    assert (first.counts["due_vanished"], second.counts.get("due_vanished")) == (1, None)
    assert articles(home)[f"{_URL}/b-story/"]["gone_at"] is not None


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param((200, XML, "<urlset></urlset>"), marks=pytest.mark.slow),
        (200, XML, f"<urlset><url><loc>{_URL}/a-story/</loc></url><url><lo"),
        pytest.param((503, XML, "<urlset></urlset>"), marks=pytest.mark.slow),
        pytest.param(None, marks=pytest.mark.slow),
    ],
    ids=["empty", "breaks off", "fails", "is missing"],
)
def test_a_sitemap_that_is_not_whole_proves_nothing(home: Path, broken: Reply):
    site = News(dated={f"/{letter}-story/": "2020-01-01" for letter in "ab"})
    with Server(site) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
        asked(server)
        site.more["/sitemap.xml"] = broken
        pressmark(home, "crawl", "tree", *connect_to(server), code=None)

        assert asked(server) == []


@pytest.mark.slow
def test_a_page_that_moved_to_another_sitemap_has_not_vanished(home: Path):
    site = News(dated={"/a-story/": "2020-01-01", "/b-story/": "2020-01-01"})
    index = "".join(f"<sitemap><loc>{_URL}/{n}.xml</loc></sitemap>" for n in (1, 2))
    site.more["/sitemap.xml"] = 200, XML, f"<sitemapindex>{index}</sitemapindex>"
    site.more["/1.xml"] = 200, XML, sitemap(site.dated)
    site.more["/2.xml"] = 200, XML, sitemap({"/": ""})
    with Server(site) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
        first = asked(server)
        site.more["/1.xml"] = 200, XML, sitemap({"/a-story/": "2020-01-01"})
        site.more["/2.xml"] = 200, XML, sitemap({"/b-story/": "2020-01-01"})
        done = pressmark(home, "crawl", "tree", "--json", *connect_to(server))

        assert sorted(first) == ["/a-story/", "/b-story/"]
        assert asked(server) == []
        assert done.counts.get("due_vanished") is None


# --- options ------------------------------------------------------------------------------------


def test_a_budget_counts_every_request_and_the_next_crawl_goes_on(home: Path):
    with Server(tree(30)) as server:
        crawl = ("crawl", "tree", "--json", *connect_to(server))
        first = pressmark(home, *crawl, "--budget", "10", code=LIMIT)
        requests = len(server.received)
        second = pressmark(home, *crawl)

    assert (first.account["exit"], second.account["exit"]) == ("limit", "done")
    assert requests == first.counts["exchanges"] == 10
    assert set(articles(home)) == stories(30)
    assert len([target for target in server.targets if "story" in target]) == 30


@pytest.mark.slow
@pytest.mark.parametrize("budget", [1, 2])
def test_a_budget_that_robots_txt_eats_up_puts_no_page_off(home: Path, budget: int):
    with Server(tree(3)) as server:
        crawl = ("crawl", "tree", "--json", *connect_to(server))
        pressmark(home, *crawl, "--budget", str(budget), code=None)
        spent = len(server.received)
        pressmark(home, *crawl)

    assert spent == budget
    assert set(articles(home)) == stories(3)


@pytest.mark.slow
def test_a_crawl_of_an_endless_site_ends_with_its_minutes_and_the_next_one_goes_on(home: Path):
    with Server(tree(10**9)) as server:
        crawl = "crawl", "tree", "--json", *connect_to(server), "--minutes", "0.05"
        first = pressmark(home, *crawl, code=LIMIT)
        asked = {received.path for received in server.received}
        pressmark(home, *crawl, code=LIMIT)

    assert first.account["exit"] == "limit"
    assert {received.path for received in server.received} > asked


@pytest.mark.slow
def test_a_budget_that_is_just_enough_ends_no_crawl(home: Path):
    with Server(tree(3)) as server:
        whole = pressmark(home, "crawl", "tree", "--json", *connect_to(server))
        needed = str(whole.counts["exchanges"])
        write_profile(home.with_name("other"))
        again = home.with_name("other"), "crawl", "tree", "--json", "--budget", needed
        done = pressmark(*again, *connect_to(server))

    assert done.account["exit"] == "done"
    assert done.counts["exchanges"] == int(needed)


def test_a_refresh_asks_for_everything_once_and_sends_validators(home: Path):
    site = News(dated={f"/{letter}-story/": "2020-01-01" for letter in "ab"})

    def reply(received: Received) -> Reply:
        answer = site(received)
        if not isinstance(answer, str):
            return answer
        return 200, {"Content-Type": "text/html", "ETag": '"1"'}, answer

    with Server(reply) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
        asked(server)
        done = pressmark(home, "crawl", "tree", "--refresh", "--json", *connect_to(server))
        received = {r.path: r for r in server.received}

        assert sorted(asked(server)) == ["/a-story/", "/b-story/"]

    assert received["/a-story/"].header("If-None-Match") == '"1"'
    assert done.counts["due_refresh"] >= 4


def test_since_leaves_out_what_is_dated_before_and_what_only_a_sitemap_names_without_a_date(
    home: Path,
):
    site = News(
        dated={"/old-story/": "2025-12-31", "/new-story/": "2026-01-02", "/bare-story/": ""},
        linked=("/front-story/", "/old-story/"),
    )
    with Server(site) as server:
        pressmark(home, "crawl", "tree", "--since", "2026-01-01", *connect_to(server))
        since = asked(server)
        pressmark(home, "crawl", "tree", *connect_to(server))
        rest = asked(server)

    assert sorted(since) == ["/front-story/", "/new-story/"]
    assert {"/bare-story/", "/old-story/"} <= set(rest)
    assert set(articles(home)) == {f"{_URL}{path}" for path in {*site.dated, *site.linked}}


def test_since_wants_a_date(home: Path):
    done = pressmark(home, "crawl", "tree", "--since", "yesterday", code=USAGE)

    assert "is no date, such as 2026-11-01" in done.err


# --- amp = "skip" -------------------------------------------------------------------------------


def amp_pages(home: Path, site: News) -> list[str]:
    with Server(site) as server:
        pressmark(home, "crawl", "tree", *connect_to(server))
    return [target for target in server.targets if "amp" in target]


def test_an_amp_twin_is_not_fetched(home: Path):
    site = News(linked=("/a-story/",))
    site.more["/a-story/"] = page("A", head='<link rel="amphtml" href="/a-story/?amp=1">')
    site.more["/a-story/?amp=1"] = page("A")

    assert amp_pages(home, site) == []
    assert frontier(home)[f"{_URL}/a-story/?amp=1"]["skip_reason"] == "amp twin"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        pytest.param((410, {}, "gone"), marks=pytest.mark.slow),
        pytest.param((302, {"Location": "/a-story/amp/"}, ""), marks=pytest.mark.slow),
    ],
)
def test_a_page_that_exists_as_amp_only_is_fetched_in_the_same_crawl(home: Path, answer: Reply):
    site = News(dated={"/a-story/amp/": "2026-01-01"})
    site.more["/a-story/"] = answer
    site.more["/a-story/amp/"] = page("A", head='<link rel="canonical" href="/a-story/">')

    assert amp_pages(home, site) == ["/a-story/amp/"]
    assert [row["headline"] for row in articles(home).values()] == ["A"]


# --- crawl --due --------------------------------------------------------------------------------


def test_due_crawls_what_is_due_and_prints_nothing(home: Path):
    write_profile(home, "twig")
    with Server(tree(3)) as server:
        maps = (*connect_to(server), *connect_to(server, "twig"))
        pressmark(home, "crawl", "twig", *maps)
        server.received.clear()
        done = pressmark(home, "crawl", "--due", *maps)
        hosts = {received.header("Host") for received in server.received}
        server.received.clear()
        again = pressmark(home, "crawl", "--due", *maps)

        assert server.received == []

    assert (done.out, done.err) == (again.out, again.err) == ("", "")
    assert hosts == {"tree.test"}  # nothing of the other was due yet


@pytest.mark.slow
def test_due_says_what_is_wrong_in_a_line_each_and_the_worst_exit_counts(home: Path):
    write_profile(home, "dead")

    def reply(received: Received) -> Reply:
        return (500, {}, "") if received.path == "/story-2/" else tree(3)(received)

    with Server(reply) as server, Server(lambda _: None) as gone:
        maps = (*connect_to(server), *connect_to(gone, "dead"))
    with Server(reply) as server:
        maps = (*connect_to(server), *maps[2:])
        done = pressmark(home, "crawl", "--due", *maps, code=DEAD)
        named = pressmark(home, "crawl", "--due", "tree", *maps, code=None)

    lines = done.err.splitlines()
    assert [line.split(":")[1] for line in lines] == [" dead", " tree"]
    assert "nothing answered" in lines[0]
    assert "http://tree.test/story-2/" in lines[1]
    assert (done.out, named.out) == ("", "")


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What a server waits for that never answers; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_a_second_due_exits_at_once_and_a_signal_ends_the_first_with_everything_kept(
    home: Path, never: threading.Event
):
    whole = tree(40)

    def reply(received: Received) -> Reply:
        if received.path.endswith("7/"):
            never.wait(300)
        return whole(received)

    with Server(reply) as server:
        with started(home, "crawl", "--due", *connect_to(server)) as crawl:
            crawl.until(lambda: "/story-17/" in server.targets, "a page that hangs")
            second = pressmark(home, "crawl", "--due", *connect_to(server), code=LOCKED)
            named = pressmark(home, "crawl", "--due", "tree", *connect_to(server), code=LOCKED)
            seconds = crawl.terminate()
            first = crawl.result()
        assert captures(home) >= 10
        pressmark(home, "verify")
        never.set()
        last = pressmark(home, "crawl", "--due", *connect_to(server))

    assert (first.code, seconds < 30, first.out) == (INTERRUPTED, True, "")
    assert first.err == "pressmark: tree: interrupted, everything kept\n"
    assert len(second.err.splitlines()) == len(named.err.splitlines()) == 1
    assert "is running" in second.err
    assert (last.out, last.err) == ("", "")
    assert set(articles(home)) == stories(40)


def test_due_without_an_archive_is_a_line_of_advice(tmp_path: Path):
    done = pressmark(tmp_path / "none", "crawl", "--due", code=USAGE)

    assert "there is no archive here" in done.err


def test_due_of_a_publisher_nobody_knows_is_a_line_that_names_those_known(home: Path):
    done = pressmark(home, "crawl", "--due", "nobody", code=None)

    assert done.code != 0
    assert len(done.err.splitlines()) == 1
    assert "tree" in done.err


def test_a_crawl_wants_a_name_or_due(home: Path):
    assert "--due" in pressmark(home, "crawl", code=USAGE).err
