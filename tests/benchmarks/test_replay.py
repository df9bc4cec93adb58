"""What a WARC file recorded is served again byte for byte."""

from __future__ import annotations

import socket

import pytest

from benchmarks.replay import Replay
from tests.support.stores import exchange, filled, reply, store_at

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nX-Odd:1\r\ntransfer-encoding: Chunked\r\n\r\n"
    b"5;name=value\r\nhello\r\n0\r\nX-Trailer: yes\r\n\r\n"
)
UNTIL_CLOSED = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>until the end</p>"


def recorded(folder, *exchanges):
    """A WARC file of *exchanges*."""
    store = store_at(folder)
    name, _ = filled(store, exchanges)
    return store.path(name)


def ask(site, *targets, host="demo.test"):
    """Send requests over one connection; return all that comes back until the server closes it."""
    lines = [f"GET {target} HTTP/1.1\r\nHost: {host}\r\n" for target in targets]
    lines[-1] += "Connection: close\r\n"
    address, _, port = site.address.rpartition(":")
    with socket.create_connection((address.strip("[]"), int(port)), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_reply_comes_back_byte_for_byte(tmp_path):
    warc = recorded(tmp_path, exchange(1, CHUNKED))

    with Replay(warc) as site:
        assert ask(site, "/1") == CHUNKED


def test_a_connection_serves_one_request_after_the_other(tmp_path):
    warc = recorded(tmp_path, exchange(1), exchange(2, CHUNKED), exchange(3))

    with Replay(warc) as site:
        came = ask(site, "/3", "/2", "/1")

    assert came == reply(b"<p>page 3</p>") + CHUNKED + reply(b"<p>page 1</p>")
    assert site.served == 3


@pytest.mark.parametrize("cut", [UNTIL_CLOSED, reply(b"<p>cut off</p>")[:-4]])
def test_a_reply_that_only_the_connections_end_ends_is_the_last_on_it(tmp_path, cut):
    warc = recorded(tmp_path, exchange(1, cut), exchange(2))

    with Replay(warc) as site:
        assert ask(site, "/1", "/2") == cut


def test_what_is_not_recorded_is_not_found(tmp_path):
    warc = recorded(tmp_path, exchange(1))

    with Replay(warc) as site:
        for came in (ask(site, "/2"), ask(site, "/1?x=1"), ask(site, "/1", host="other.test")):
            assert came.startswith(b"HTTP/1.1 404 ")
        assert site.not_recorded == ["/2", "/1?x=1", "/1"]


def test_of_a_url_recorded_twice_the_last_reply_is_served(tmp_path):
    first, second = exchange(1, reply(b"old")), exchange(2, reply(b"new"), url=exchange(1).url)

    with Replay(recorded(tmp_path, first, second)) as site:
        assert ask(site, "/1") == reply(b"new")


def test_a_client_is_led_from_the_recorded_host_to_the_server(tmp_path):
    warc = recorded(tmp_path, exchange(1))

    with Replay(warc) as site:
        assert site.home == "http://demo.test/"
        assert site.connect_options == ["--connect-to", f"demo.test:80:{site.address}"]


def test_a_loopback_address_is_bound_as_it_was_recorded_if_it_is_free(tmp_path):
    with socket.create_server(("127.9.8.7", 0)) as free:
        port = free.getsockname()[1]
    warc = recorded(tmp_path, exchange(1, url=f"http://127.9.8.7:{port}/1"))

    with Replay(warc) as site, Replay(warc) as other:
        assert site.address == f"127.9.8.7:{port}"
        assert site.connect_options == []
        assert other.address != site.address
        assert other.connect_options == ["--connect-to", f"127.9.8.7:{port}:{other.address}"]


def test_closing_cuts_a_connection_on_which_nothing_is_asked_any_more(tmp_path):
    site = Replay(recorded(tmp_path, exchange(1)))
    host, _, port = site.address.rpartition(":")

    with socket.create_connection((host, int(port)), timeout=10) as idle:
        with site:
            idle.sendall(b"GET /1 HTTP/1.1\r\nHost: demo.test\r\n\r\n")
            came = idle.recv(65536)

        assert came == reply(b"<p>page 1</p>")
        assert idle.recv(1) == b""


def test_a_file_without_a_reply_is_refused(tmp_path):
    warc = recorded(tmp_path, exchange(1, b"", error="refused"))

    with pytest.raises(ValueError, match="no response record"):
        Replay(warc)
