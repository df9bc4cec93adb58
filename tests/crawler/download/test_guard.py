"""The guard in front of real connections: each crawl runs in a process of its own."""

from ipaddress import ip_address

import pytest

from crawler.download.addresses import parse_allow, parse_connect_to
from crawler.download.guard import AddressRefusedError, Guard
from tests.support.scrapy_run import run
from tests.support.server import Server

GUARDED = {"TWISTED_DNS_RESOLVER": "crawler.download.guard.GuardedResolver"}
LOOPBACK = ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "localhost"]
LOOPBACK += ["localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::127.0.0.1]"]
PUBLIC, PRIVATE = ip_address("8.8.8.8"), ip_address("10.0.0.1")


def outcomes(notes):
    return {note["url"]: note["error"] or note["status"] for note in notes}


def test_no_spelling_of_loopback_is_connected_to():
    with Server({"/": "secret"}) as server:
        urls = [f"http://{host}:{server.port}/" for host in LOOPBACK]
        urls += [f"https://{host}:{server.port}/" for host in ("127.1", "localhost")]

        notes = run(urls, GUARDED)

        assert len(notes) == len(urls)
        assert {note["error"] for note in notes} == {"AddressRefusedError"}
        assert server.targets == []


def test_a_refusal_says_what_was_refused_and_how_to_allow_it():
    note = run(["http://0x7f.1:81/"], GUARDED)[0]

    assert note["message"] == (
        "0x7f.1:81 was not connected to: 127.0.0.1 is a loopback address; "
        "if it is meant, allow it with --allow-address 0x7f.1:81, or in the profile's"
        " allow_addresses"
    )


def test_an_allowed_host_is_fetched_at_its_port_only():
    with Server({"/": "one"}) as allowed, Server({"/": "two"}) as other:
        settings = {**GUARDED, "PRESSMARK_ALLOW_ADDRESS": [f"127.0.0.1:{allowed.port}"]}
        urls = [f"{allowed.url}/", f"http://127.1:{allowed.port}/", f"{other.url}/"]

        assert outcomes(run(urls, settings)) == {
            urls[0]: 200,
            urls[1]: 200,
            urls[2]: "AddressRefusedError",
        }
        assert other.targets == []


def test_an_allowed_address_does_not_allow_the_names_that_resolve_to_it():
    with Server({"/": "one"}) as server:
        settings = {**GUARDED, "PRESSMARK_ALLOW_ADDRESS": f"127.0.0.1:{server.port}"}

        note = run([f"http://localhost:{server.port}/"], settings)[0]

        assert note["error"] == "AddressRefusedError"


def test_connect_to_sends_a_name_to_a_port_of_loopback_under_its_own_name():
    with Server(lambda received: received.header("Host")) as server:
        settings = {**GUARDED, "PRESSMARK_CONNECT_TO": [f"demo.test:80:127.0.0.1:{server.port}"]}
        urls = ["http://demo.test/", f"http://127.0.0.1:{server.port}/"]

        notes = run(urls, settings)

        assert outcomes(notes) == {urls[0]: 200, urls[1]: "AddressRefusedError"}
        assert [note["body"] for note in notes if note["status"]] == ["demo.test"]


def test_what_may_be_fetched_can_be_extended_while_the_process_runs():
    with Server({"/": "late"}) as server:
        setup = (
            "from crawler.download.guard import installed_guard\n"
            "from crawler.download.addresses import parse_allow, parse_connect_to\n"
            "import builtins, contextlib\n"  # so that it outlives the setup
            "builtins.late = contextlib.ExitStack()\n"
            f"mapping = parse_connect_to('demo.test:80:127.0.0.1:{server.port}')\n"
            "builtins.late.enter_context(installed_guard().connecting([mapping]))\n"
            f"allowed = parse_allow('localhost:{server.port}')\n"
            "builtins.late.enter_context(installed_guard().allowing([allowed]))\n"
        )
        urls = ["http://demo.test/", f"http://localhost:{server.port}/"]

        assert outcomes(run(urls, GUARDED, setup=setup)) == dict.fromkeys(urls, 200)


def test_a_host_that_does_not_resolve_fails_as_in_scrapy():
    urls = ["http://nosuch.invalid/", "http://a..b/"]

    assert outcomes(run(urls, GUARDED)) == dict.fromkeys(urls, "CannotResolveHostError")


def test_a_lookup_that_takes_too_long_fails():
    setup = "import time; from twisted.internet import reactor; reactor.callInThread(time.sleep, 2)"
    settings = {**GUARDED, "REACTOR_THREADPOOL_MAXSIZE": 1, "DNS_TIMEOUT": 0.2}

    note = run(["http://localhost:9/"], settings, setup=setup)[0]

    assert note["error"] == "CannotResolveHostError"
    assert "no address of localhost in 0.2 s" in note["message"]


@pytest.mark.parametrize("url", ["http://example.invalid/", "https://example.invalid/"])
def test_a_private_proxy_must_be_allowed_too(url, monkeypatch):
    with Server(lambda received: (403, {}, received.target)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://localhost:{proxy.port}")
        monkeypatch.setenv("https_proxy", f"http://localhost:{proxy.port}")
        allowing = {**GUARDED, "PRESSMARK_ALLOW_ADDRESS": [f"localhost:{proxy.port}"]}

        refused = run([url], GUARDED)[0]
        before = list(proxy.targets)
        run([url], allowing)

        assert refused["status"] is None
        assert before == []
        assert len(proxy.targets) == 1


def test_of_the_addresses_of_a_name_only_the_public_ones_are_left():
    assert Guard().checked("example.org", 80, [PRIVATE, PUBLIC]) == [PUBLIC]


def test_a_name_with_private_addresses_only_is_refused():
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1 is a private address"):
        Guard().checked("example.org", 80, [PRIVATE])


def test_what_is_allowed_for_a_while_is_refused_after_it_but_for_what_was_allowed_before():
    always, other = parse_allow("always.example:80"), parse_allow("other.example:80")
    guard = Guard([always])

    with guard.allowing([always, other]):
        assert guard.checked("other.example", 80, [PRIVATE]) == [PRIVATE]
    assert guard.checked("always.example", 80, [PRIVATE]) == [PRIVATE]
    with pytest.raises(AddressRefusedError):
        guard.checked("other.example", 80, [PRIVATE])


def test_a_name_without_an_address_is_not_refused():
    assert Guard().checked("example.org", 80, []) == []


def test_an_unknown_port_is_allowed_where_any_port_of_the_host_is():
    guard = Guard([parse_allow("proxy.example:3128")])

    assert guard.checked("PROXY.example.", 0, [PRIVATE]) == [PRIVATE]
    with pytest.raises(AddressRefusedError):
        guard.checked("other.example", 0, [PRIVATE])


def test_the_first_mapping_that_fits_wins_and_keeps_what_it_leaves_empty():
    guard = Guard(mappings=[parse_connect_to("a.test:80:127.0.0.1:1"), parse_connect_to(":::2")])

    assert guard.target("A.test", 80) == ("127.0.0.1", 1)
    assert guard.target("b.test", 443) == ("b.test", 2)


def test_a_mapping_of_a_crawl_wins_within_the_crawl_and_is_gone_afterwards():
    guard = Guard(mappings=[parse_connect_to("news.test:80:127.0.0.1:8000")])

    with guard.connecting([parse_connect_to("news.test:80:127.0.0.1:9000")]):
        assert guard.target("news.test", 80) == ("127.0.0.1", 9000)

    assert guard.target("news.test", 80) == ("127.0.0.1", 8000)
