"""The demo server on the wire: codings, framing, conditional requests, keep-alive, its end."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time

import pytest

from crawler.demo.newsroom.stories import read_stories
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite

STORIES = read_stories()
STORY = STORIES[0]
TARGETS = (
    STORY.path,
    STORY.amp_path,
    "/",
    "/en/about/",
    "/sitemap_index.xml",
    "/robots.txt",
    "/nothing/",
    "/wp-content/themes/metricmag/style.css",
)


@pytest.mark.parametrize("target", TARGETS)
def test_a_coded_body_decodes_to_the_plain_one(fetch, target):
    plain, *coded = (
        fetch(target, Accept_Encoding=name) for name in ("identity", "gzip", "gzip, br")
    )

    assert "Content-Encoding" not in plain.headers
    assert [answer.decoded for answer in coded] == [plain.body, plain.body]


def test_brotli_gzip_and_plain_bodies_all_occur(fetch):
    answers = [fetch(target, Accept_Encoding="gzip, br") for target in TARGETS]

    assert {answer.headers.get("Content-Encoding") for answer in answers} == {"br", "gzip", None}


def test_chunked_and_counted_bodies_both_occur(fetch):
    assert fetch(STORY.path).headers["Transfer-Encoding"] == "chunked"
    assert int(fetch("/").headers["Content-Length"]) == len(fetch("/").body)


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "/nothing/"])
def test_a_page_that_is_known_is_answered_with_304(fetch, target):
    first = fetch(target, Accept_Encoding="br, gzip")

    by_tag = fetch(target, If_None_Match=first.headers["ETag"])
    by_date = fetch(target, If_Modified_Since=first.headers["Last-Modified"])

    assert [(item.status, item.body) for item in (by_tag, by_date)] == [(304, b"")] * 2


@pytest.mark.parametrize("target", TARGETS)
def test_head_answers_as_get_without_a_body(fetch, target):
    got, headed = fetch(target), fetch(target, method="HEAD")

    assert headed.body == b""
    assert (headed.status, without_date(headed)) == (got.status, without_date(got))


def test_two_servers_send_the_same_bytes(fetch, fetch_at):
    with DemoServer() as other:
        for target in TARGETS:
            here, there = fetch(target), fetch_at(other.port, target)

            assert (here.body, without_date(here)) == (there.body, without_date(there))


def test_another_state_of_the_site_is_another_set_of_stories(fetch_at):
    with DemoServer(DemoSite(STORIES[1:])) as server:
        assert fetch_at(server.port, STORY.path).status == 404
        assert fetch_at(server.port, STORIES[1].path).status == 200
        assert STORY.path not in fetch_at(server.port, "/post-sitemap-en.xml").text


def test_a_site_without_stories_still_answers(fetch_at):
    with DemoServer(DemoSite(())) as server:
        assert fetch_at(server.port, "/").status == 200
        assert fetch_at(server.port, "/sitemap_index.xml").status == 200


def test_a_connection_serves_many_requests(demo):
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=10)
    ports = set()
    try:
        for target in TARGETS:
            connection.request("GET", target)
            connection.getresponse().read()
            ports.add(connection.sock.getsockname()[1])
    finally:
        connection.close()

    assert len(ports) == 1


def test_a_client_of_http_1_0_gets_no_chunks(demo):
    with socket.create_connection(("127.0.0.1", demo.port), timeout=10) as client:
        client.sendall(f"GET {STORY.path} HTTP/1.0\r\nHost: demo.test\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: client.recv(65536), b"")).partition(b"\r\n\r\n")

    assert b"Transfer-Encoding" not in head
    assert body.strip().endswith(b"</html>")


def test_an_absolute_target_is_understood(demo):
    with socket.create_connection(("127.0.0.1", demo.port), timeout=10) as client:
        client.sendall(
            b"GET http://demo.test/robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        reply = b"".join(iter(lambda: client.recv(65536), b""))

    assert b"Sitemap: http://demo.test/sitemap_index.xml" in reply


def test_posting_is_refused_and_ends_the_connection(fetch):
    answer = fetch("/wp-comments-post.php", method="POST")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.headers["Connection"] == "close"


def test_closing_is_quick_while_a_client_keeps_its_connection():
    server = DemoServer()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/")
    connection.getresponse().read()

    begun = time.monotonic()
    server.close()

    assert time.monotonic() - begun < 2
    assert connection.sock.recv(1) == b""
    connection.close()


def test_the_port_can_be_chosen():
    with DemoServer() as first:
        port = first.port

    with DemoServer(port=port) as second:
        assert second.url == f"http://127.0.0.1:{port}/"


def test_naming_the_demos_host_loads_neither_templates_nor_markdown():
    code = (
        "import sys; from crawler.demo.publisher import DEMO_HOST; "
        "print(DEMO_HOST, *{'jinja2', 'markdown_it', 'brotli'}.intersection(sys.modules))"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "demo.test"


def without_date(answer):
    return {name: value for name, value in answer.headers.items() if name != "Date"}
