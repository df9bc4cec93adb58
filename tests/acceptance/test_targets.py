"""What is fetched: a publisher by its URL alone, exactly these pages, so many and no more."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from archive.model import Outcome
from tests.support.archives import addresses, articles, frontier, outcomes
from tests.support.command import pressmark
from tests.support.server import Received, Reply, Server
from tests.support.sites import allow, listing, page, write_profile

ROBOTS = "User-agent: *\nDisallow: /hidden/\n"


def small_site(received: Received) -> Reply:
    """A front page, two articles, a sitemap that names a third, and one that is forbidden."""
    base = f"http://{received.header('Host')}"
    match received.path:
        case "/":
            return listing("/first-story/", "/second-story/", "/hidden/story/")
        case "/robots.txt":
            text = f"{ROBOTS}Sitemap: {base}/news-sitemap.xml\n"
            return 200, {"Content-Type": "text/plain"}, text
        case "/news-sitemap.xml":
            entry = f"<url><loc>{base}/third-story/</loc></url>"
            xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</urlset>'
            return 200, {"Content-Type": "application/xml"}, xml
        case "/first-story/" | "/second-story/" | "/third-story/" | "/hidden/story/":
            return page(f"Of {received.path.strip('/')}")
    return None


def test_a_bare_url_is_crawled_and_gets_a_profile(tmp_path: Path):
    with Server(small_site) as server:
        contact = ("--contact", "me@example.org")
        done = pressmark(tmp_path, "crawl", server.url, "--json", *contact, *allow(server))

    name = f"127.0.0.1-{server.port}"
    assert (done.account["publisher"], done.account["exit"]) == (name, "done")
    profile = tomllib.loads((tmp_path / "publishers" / f"{name}.toml").read_text())
    assert profile["home"] == f"{server.url}/"
    assert profile["sitemaps"] == [f"{server.url}/news-sitemap.xml"]
    expected = {f"{server.url}/{number}-story/" for number in ("first", "second", "third")}
    assert set(articles(tmp_path)) == expected
    assert "/hidden/story/" not in server.targets
    (agent,) = {received.header("User-Agent") or "" for received in server.received}
    assert agent.startswith("Pressmark/")
    assert agent.endswith(" (+me@example.org)")


def test_two_publishers_are_crawled_one_after_the_other(tmp_path: Path):
    with Server(small_site) as one, Server(small_site) as other:
        done = pressmark(
            tmp_path, "crawl", one.url, other.url, "--json", *allow(one), *allow(other)
        )

    assert [row["exit"] for row in done.rows] == ["done", "done"]
    assert len(articles(tmp_path)) == 6


@pytest.mark.slow
def test_a_profile_may_allow_its_publishers_address_and_no_other_crawl_gets_there(tmp_path: Path):
    with Server(small_site) as server:
        (tmp_path / "publishers").mkdir()
        profile = f'home = "{server.url}/"\ndelay_seconds = 0\n'
        allowing = f'allow_addresses = ["{server.netloc}"]\n'
        (tmp_path / "publishers" / "one.toml").write_text(profile + allowing)
        (tmp_path / "publishers" / "other.toml").write_text(profile)

        done = pressmark(tmp_path, "crawl", "one", "other", "--json", code=3)

    assert [(row["publisher"], row["exit"]) for row in done.rows] == [
        ("one", "done"),
        ("other", "dead"),
    ]
    assert "or in the profile's allow_addresses" in done.rows[1]["last_failure"]


def test_fetch_archives_exactly_the_pages_that_it_is_given_or_reads_from_a_file(tmp_path: Path):
    with Server(small_site) as server:
        file = tmp_path / "urls.txt"
        file.write_text(f"# mine\n{server.url}/first-story/\n\n")
        home, given = tmp_path / "home", f"{server.url}/second-story/"

        done = pressmark(home, "fetch", given, "--from", str(file), "--json", *allow(server))

    assert sorted(server.targets) == ["/first-story/", "/robots.txt", "/second-story/"]
    assert done.counts["exchanges"] == 3
    assert set(articles(home)) == {f"{server.url}/first-story/", given}


def test_fetch_follows_redirects_but_asks_for_no_page_twice(tmp_path: Path):
    """Twenty old addresses of one page, and one that leads in a circle."""

    def reply(received: Received) -> Reply:
        if received.path.startswith("/old-"):
            return 301, {"Location": "/first-story/"}, b""
        if received.path.startswith("/circle-"):
            return (
                302,
                {"Location": "/circle-b" if received.path == "/circle-a" else "/circle-a"},
                b"",
            )
        return small_site(received)

    with Server(reply) as server:
        old = [f"{server.url}/old-{number}" for number in range(20)]

        pressmark(tmp_path, "fetch", *old, f"{server.url}/circle-a", *allow(server))

    expected = ["/circle-a", "/circle-b", "/first-story/", "/robots.txt"]
    assert sorted(t for t in server.targets if not t.startswith("/old-")) == expected
    assert len(server.targets) == 24
    known = addresses(tmp_path)
    assert len(known) == 21
    assert {role for _, role in known.values()} == {"canonical", "redirect"}


def test_a_chain_of_redirects_ends_after_ten(tmp_path: Path):
    def reply(received: Received) -> Reply:
        number = received.path.strip("/") or "0"
        return (302, {"Location": f"/{int(number) + 1}"}, b"") if number.isdecimal() else None

    with Server(reply) as server:
        pressmark(tmp_path / "fetched", "fetch", f"{server.url}/0", *allow(server))
        fetched = [target for target in server.targets if target != "/robots.txt"]
        server.received.clear()
        pressmark(tmp_path / "crawled", "crawl", f"{server.url}/", *allow(server))

    assert fetched == [f"/{number}" for number in range(11)]
    assert "/10" in server.targets
    assert "/11" not in server.targets
    skipped = frontier(tmp_path / "crawled")[f"{server.url}/11"]
    assert (skipped["state"], skipped["skip_reason"]) == ("skipped", "more than 10 redirects")


def test_a_crawl_of_somebody_elses_server_needs_a_contact(tmp_path: Path):
    done = pressmark(tmp_path, "crawl", "http://news.example/", code=2)

    assert len(done.err.splitlines()) == 1
    assert "--contact you@example.org" in done.err
    assert done.out == ""


@pytest.mark.slow
def test_a_publisher_that_does_not_answer_ends_with_a_code_of_its_own(tmp_path: Path):
    with Server(small_site) as server:
        url, allowed = server.url, allow(server)  # nobody listens there any more

    done = pressmark(tmp_path, "crawl", url, "--json", *allowed, code=3)

    assert done.account["exit"] == "dead"
    assert "refused" in done.account["last_failure"]
    assert {row["outcome"] for seen in outcomes(tmp_path).values() for row in seen} == {
        Outcome.ERROR
    }


@pytest.mark.slow
def test_a_loopback_address_is_refused_unless_it_is_allowed_and_the_report_says_so(tmp_path: Path):
    with Server(small_site) as server:
        done = pressmark(tmp_path, "crawl", server.url, code=3)

    assert server.targets == []
    assert f"--allow-address {server.netloc}" in done.out


@pytest.mark.slow
def test_a_publisher_that_refuses_everything_counts_as_dead(tmp_path: Path):
    """Though its second refusal is the same as its first, and so a revisit."""
    refusal = (403, {"Content-Type": "text/html"}, "<p>Not for you.</p>")
    with Server(lambda _: refusal) as server:
        done = pressmark(tmp_path, "crawl", server.url, "--json", *allow(server), code=3)

    assert server.targets.count("/") == 2
    assert (done.account["exit"], done.counts["blocked"]) == ("dead", len(server.targets))
    assert "403" in done.account["last_failure"]


def test_a_front_page_that_leads_to_another_site_says_where_and_what_to_do(tmp_path: Path):
    def moved(received: Received) -> Reply:
        if received.path == "/robots.txt":
            return None
        if received.path == "/":
            return 302, {"Location": "/home"}, ""
        return 301, {"Location": f"http://new.test{received.target}"}, ""

    write_profile(tmp_path, "old")
    with Server(moved) as server:
        crawl = ("crawl", "http://old.test/")
        mapped = ("--connect-to", f"old.test:80:127.0.0.1:{server.port}")
        first = pressmark(tmp_path, *crawl, "--json", *mapped, code=3)
        again = pressmark(tmp_path, *crawl, *mapped, code=3)

    advice = first.account["advice"]
    assert advice.startswith("http://old.test/ redirects to http://new.test/home")
    assert "pressmark crawl http://new.test/home" in advice
    assert f'"new.test" to hosts in {tmp_path / "publishers" / "old.toml"}' in advice
    assert " ".join(advice.split()) in " ".join(again.out.split())


@pytest.mark.parametrize("name", ["www.example.org", "example.org/news", "localhost:8080"])
def test_a_site_that_is_named_without_its_scheme_is_told_how_to_name_it(tmp_path: Path, name: str):
    done = pressmark(tmp_path / "home", "crawl", name, code=2)

    scheme = "http" if name.startswith("localhost") else "https"
    assert f"pressmark crawl {scheme}://{name}" in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("contact", ["me at example.org", "a@b (c)"])
def test_a_contact_that_nobody_can_use_is_refused_with_an_example(tmp_path: Path, contact: str):
    done = pressmark(tmp_path, "crawl", "http://news.example/", "--contact", contact, code=2)

    assert repr(contact) in done.err
    assert "such as you@example.org or https://" in done.err
