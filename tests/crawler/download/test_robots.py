"""What robots.txt means, and that every request of a real crawl waits for it."""

import gzip
import time
import zlib

import brotli
import pytest

from crawler.download.robots import (
    MAX_PARSED_BYTES,
    Disallowed,
    RobotsUnreachable,
    parse,
    policy_of,
)
from tests.support.scrapy_run import run
from tests.support.server import Server

ROBOTS = "https://example.org/robots.txt"
PAGE = "https://example.org/private/page"
SETTINGS = {"DOWNLOADER_MIDDLEWARES": {"crawler.download.robots.RobotsMiddleware": 100}}
RULES = "User-agent: *\nDisallow: /private/\n"
TEXT = {"Content-Type": "text/plain"}


def outcome(policy, url=PAGE):
    try:
        policy.check(url)
    except (Disallowed, RobotsUnreachable) as error:
        return type(error).__name__
    return "allowed"


def outcomes(notes):
    return {note["url"]: note["error"] or note["status"] for note in notes}


@pytest.mark.parametrize("agent", ["Pressmark", "PRESSMARK", "pressmark/1.0", "Pressmark *", "*"])
def test_a_group_is_ours_when_its_product_token_is(agent):
    rules = parse(f"User-agent: {agent}\nDisallow: /private/\nCrawl-delay: 3")

    assert not rules.can_fetch(PAGE, "Pressmark")
    assert rules.crawl_delay("Pressmark") == 3


@pytest.mark.parametrize("agent", ["Press", "Pressmarks", "Pressmark-Images", "mark", "Googlebot"])
def test_a_group_whose_name_only_resembles_ours_is_anothers(agent):
    rules = parse(f"User-agent: {agent}\nDisallow: /")

    assert rules.can_fetch(PAGE, "Pressmark")


def test_our_own_group_wins_over_that_of_all_and_may_stand_with_others():
    rules = parse(f"{RULES}\nUser-agent: Other\nuser-agent : pressmark # us\nDisallow: /ours/")

    assert rules.can_fetch(PAGE, "Pressmark")
    assert not rules.can_fetch("https://example.org/ours/", "Pressmark")


@pytest.mark.parametrize("agent", ["*WordPress*", "*bot", "**", "*/1.0", "*,"])
def test_only_a_star_alone_or_before_a_space_is_everyone(agent):
    rules = parse(f"User-agent: *\nDisallow: /private/\n\nUser-agent: {agent}\nDisallow: /")

    assert rules.can_fetch("https://example.org/news", "Pressmark")
    assert not rules.can_fetch(PAGE, "Pressmark")


@pytest.mark.parametrize("agent", ["* # all", "* and more", "*\t"])
def test_google_takes_a_star_before_a_space_for_everyone(agent):
    assert not parse(f"User-agent: {agent}\nDisallow: /").can_fetch(PAGE, "Pressmark")


@pytest.mark.parametrize(
    "between",
    ["Crawl-delay: 2", "Noindex: /x", "Sitemap: https://example.org/s", "", "# ours", "nonsense"],
)
@pytest.mark.parametrize("others", ["Googlebot", "Googlebot\nUser-agent: Bingbot"])
def test_only_a_rule_ends_the_names_of_a_group(between, others):
    rules = parse(f"User-agent: *\n{between}\nUser-agent: {others}\nDisallow: /search/")

    assert not rules.can_fetch("https://example.org/search/", "Pressmark")


def test_a_delay_is_for_the_names_just_above_it():
    rules = parse("User-agent: slurp\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /private/")

    assert rules.crawl_delay("Pressmark") is None
    assert not rules.can_fetch(PAGE, "Pressmark")


@pytest.mark.parametrize(
    "prose", ["User-agent names of others follow", "Disallow rules are below", "Allow: "]
)
def test_prose_without_a_colon_is_no_line_of_a_group(prose):
    rules = parse(f"User-agent: *\nDisallow: /a\n{prose}\nDisallow: /b\n")

    assert not rules.can_fetch("http://news.test/b", "Pressmark")
    assert rules.can_fetch("http://news.test/c", "Pressmark")


def test_an_empty_rule_ends_the_names_of_a_group():
    rules = parse("User-agent: *\nDisallow:\nUser-agent: Googlebot\nDisallow: /")

    assert rules.can_fetch(PAGE, "Pressmark")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n", "\n\r"])
@pytest.mark.parametrize("field", ["User-agent", "useragent", "User agent", "USER-AGENT "])
@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff\ufeff", "\0"])
def test_a_line_ends_with_cr_lf_or_both(end, field, mark):
    text = mark + end.join(["# ours", f"{field}: *", "Disallow: /private/", "Allow: /open"])

    assert outcome(policy_of(ROBOTS, 200, text.encode(), None)) == "Disallowed"
    assert outcome(policy_of(ROBOTS, 200, text.encode(), None), ROBOTS) == "allowed"


@pytest.mark.parametrize("other", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_no_other_character_ends_a_line(other):
    rules = parse(f"User-agent: *\nDisallow: /a{other}Disallow: /private/")

    assert rules.can_fetch(PAGE, "Pressmark")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_rules_are_read_in_other_charsets(codec):
    policy = policy_of(ROBOTS, 200, (RULES + "Disallow: /café/\n").encode(codec), None)

    assert outcome(policy) == "Disallowed"
    assert outcome(policy, "https://example.org/caf%C3%A9/") == "Disallowed"


def test_a_very_long_line_hides_no_other():
    text = f"User-agent: *\nDisallow: /{'x' * 50_000}\nDisallow: /private/\n"

    assert outcome(policy_of(ROBOTS, 200, text.encode(), None)) == "Disallowed"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "Disallowed"),
        (203, "Disallowed"),
        (404, "allowed"),
        (401, "allowed"),
        (403, "allowed"),
        (410, "allowed"),
        (302, "allowed"),
        (429, "RobotsUnreachable"),
        (500, "RobotsUnreachable"),
        (503, "RobotsUnreachable"),
    ],
)
def test_a_missing_file_allows_everything_and_a_failing_server_nothing(status, expected):
    assert outcome(policy_of(ROBOTS, status, RULES.encode(), None)) == expected


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (None, RULES.encode()),
        (None, b"\xef\xbb\xbf" + RULES.encode()),
        (None, RULES.replace("\n", "\r").encode()),
        (None, b"\xff\xfe junk\n" + RULES.encode()),
        ("gzip", gzip.compress(RULES.encode(), mtime=0)),
        ("br", brotli.compress(RULES.encode())),
        ("gzip", RULES.encode()),
    ],
)
def test_rules_are_read_in_every_coding(coding, body):
    assert outcome(policy_of(ROBOTS, 200, body, coding)) == "Disallowed"


def test_a_page_in_place_of_the_file_forbids_nothing():
    html = b"<!doctype html><title>Not found</title><p>Disallow: /private/</p>"

    assert outcome(policy_of(ROBOTS, 200, html, None)) == "allowed"


def test_a_file_that_is_too_long_is_read_up_to_the_limit_and_to_a_whole_line():
    head = RULES.encode() + b"Disallow: /a\n"
    filler = b"#" * (MAX_PARSED_BYTES - len(head) - len(b"\nDisallow: /")) + b"\n"
    body = head + filler + b"Disallow: /whole/line\nDisallow: /never\n"

    policy = policy_of(ROBOTS, 200, body, None)

    assert outcome(policy) == "Disallowed"
    assert outcome(policy, "https://example.org/open") == "allowed"
    assert outcome(policy, "https://example.org/never") == "allowed"


def test_a_file_that_breaks_off_is_not_known_unless_it_is_long_enough():
    short = policy_of(ROBOTS, 200, RULES.encode(), None, complete=False)
    long = policy_of(ROBOTS, 200, RULES.encode() + b"#\n" * MAX_PARSED_BYTES, None, complete=False)

    assert outcome(short, "https://example.org/open") == "RobotsUnreachable"
    assert outcome(long, "https://example.org/open") == "allowed"


def test_a_decompression_bomb_leaves_the_rules_unknown():
    bomb = gzip.compress(bytes(9_000_000), 9)

    policy = policy_of(ROBOTS, 200, bomb, "gzip")

    assert outcome(policy) == "RobotsUnreachable"
    assert str(policy.failure) == "unpacks to more than 8 MB"


def test_the_message_names_the_file_that_forbids():
    with pytest.raises(Disallowed, match=f"^disallowed by {ROBOTS}$"):
        policy_of(ROBOTS, 200, RULES.encode(), None).check(PAGE)


def test_all_of_eight_requests_that_wait_for_the_file_obey_it():
    routes = {"/robots.txt": (200, TEXT, RULES), "/1": "one", "/2": "two"}
    with Server(routes) as server:
        urls = [f"{server.url}/{n}" for n in (1, 2)]
        urls += [f"{server.url}/private/{n}" for n in range(6)]

        notes = run(urls, SETTINGS)

        assert outcomes(notes) == {url: "Disallowed" if "private" in url else 200 for url in urls}
        assert server.targets.count("/robots.txt") == 1
        assert server.targets[0] == "/robots.txt"
        assert sorted(server.targets[1:]) == ["/1", "/2"]


def test_one_request_at_a_time_is_no_deadlock():
    routes = {"/robots.txt": (200, TEXT, RULES), "/1": "one", "/2": "two"}
    one = {**SETTINGS, "CONCURRENT_REQUESTS": 1, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    with Server(routes) as server:
        urls = [f"{server.url}{path}" for path in ("/1", "/private/1", "/2")]

        assert list(outcomes(run(urls, one)).values()) == [200, "Disallowed", 200]


def test_each_server_is_asked_for_its_own_file():
    with (
        Server({"/robots.txt": (200, TEXT, RULES), "/private/1": "a"}) as closed,
        Server({"/private/1": "b"}) as open_,
    ):
        urls = [f"{closed.url}/private/1", f"{open_.url}/private/1"]

        assert outcomes(run(urls, SETTINGS)) == {urls[0]: "Disallowed", urls[1]: 200}


def test_the_file_is_asked_for_with_the_crawlers_own_headers():
    with Server({"/": "home"}) as server:
        run([f"{server.url}/"], {**SETTINGS, "USER_AGENT": "Pressmark/0 (+mailto:a@example.org)"})

        assert server.received[0].header("User-Agent") == "Pressmark/0 (+mailto:a@example.org)"


def test_redirects_of_the_file_are_followed_to_the_fifth():
    def serve(received):
        step = int(received.target.removeprefix("/hop") or 0) if "hop" in received.target else 0
        if received.target == "/robots.txt":
            return (301, {"Location": "/hop1"}, "")
        if received.target.startswith("/hop"):
            return (200, TEXT, RULES) if step == 5 else (302, {"Location": f"hop{step + 1}"}, "")
        return "a page"

    with Server(serve) as server:
        notes = run([f"{server.url}/private/1", f"{server.url}/open"], SETTINGS)

        assert {note["error"] for note in notes} == {"Disallowed", None}
        assert server.targets[:6] == ["/robots.txt", "/hop1", "/hop2", "/hop3", "/hop4", "/hop5"]


def test_an_endless_redirect_of_the_file_counts_as_a_missing_one():
    with Server({"/robots.txt": (302, {"Location": "/robots.txt?"}, ""), "/": "a page"}) as server:
        assert run([f"{server.url}/"], SETTINGS)[0]["status"] == 200
        assert len(server.targets) == 7


CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *\nAllow: /\n"


@pytest.mark.parametrize("reply", [(503, {}, "busy"), b"", CUT])
def test_a_file_that_cannot_be_had_closes_the_server_for_now(reply):
    with Server({"/robots.txt": reply, "/": "a page"}) as server:
        note = run([f"{server.url}/"], SETTINGS)[0]

        assert note["error"] == "RobotsUnreachable"
        assert note["message"].startswith(f"no answer from {server.url}/robots.txt: ")
        assert "/" not in server.targets


def test_a_gzip_coded_file_is_read_where_scrapy_does_not_decode():
    body = gzip.compress(RULES.encode())
    routes = {"/robots.txt": (200, {**TEXT, "Content-Encoding": "gzip"}, body)}
    with Server(routes) as server:
        note = run([f"{server.url}/private/"], {**SETTINGS, "COMPRESSION_ENABLED": False})[0]

        assert note["error"] == "Disallowed"


def test_a_crawl_delay_is_kept_between_all_requests_of_the_server():
    routes = {"/robots.txt": (200, TEXT, "User-agent: *\nCrawl-delay: 0.5")}
    with Server(routes) as server:
        run([f"{server.url}/{n}" for n in range(3)], {**SETTINGS, "DOWNLOAD_DELAY": 0.1})

        times = [received.at for received in server.received]
        assert len(times) == 4
        assert times[-1] - times[0] > 1.2  # three pauses, less what a busy machine swallows


def test_a_longer_delay_of_ours_and_the_cap_win_over_the_crawl_delay():
    routes = {"/robots.txt": (200, TEXT, "User-agent: *\nCrawl-delay: 900")}
    settings = {**SETTINGS, "PRESSMARK_MAX_CRAWL_DELAY": 0.1, "DOWNLOAD_DELAY": 0.6}
    with Server(routes) as server:
        started = time.monotonic()
        run([f"{server.url}/{n}" for n in range(2)], settings)

        times = [received.at for received in server.received]
        assert time.monotonic() - started < 60
        assert times[-1] - times[0] > 0.9


def test_a_server_that_the_guard_refuses_is_out_of_reach_and_the_message_says_why():
    settings = {**SETTINGS, "TWISTED_DNS_RESOLVER": "crawler.download.guard.GuardedResolver"}
    with Server({}) as server:
        note = run([f"{server.url}/"], settings)[0]

        assert note["error"] == "RobotsUnreachable"
        assert f"allow it with --allow-address {server.netloc}" in note["message"]
        assert server.targets == []


def test_a_crawl_that_is_stopped_while_the_file_is_awaited_ends():
    def serve(received):
        time.sleep(1.5)
        return (200, TEXT, RULES)

    setup = "from twisted.internet import reactor\nreactor.callLater(0.3, lambda: crawler.stop())\n"
    with Server(serve) as server:
        urls = [f"{server.url}/private/{n}" for n in range(4)]

        notes = run(urls, SETTINGS, setup=setup, timeout=30)

        assert outcomes(notes) == dict.fromkeys(urls, "Disallowed")


def test_deflate_is_read_too():
    assert outcome(policy_of(ROBOTS, 200, zlib.compress(RULES.encode()), "deflate")) == "Disallowed"
