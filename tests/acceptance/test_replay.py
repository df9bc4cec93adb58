"""What the server sent comes back from a real pywb, byte for byte."""

from __future__ import annotations

import gzip
import re
import signal
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import brotli
import psutil
import pytest
from sqlalchemy import select

from archive.maintenance.replay import free_port, running_pywb
from archive.settings import Settings
from archive.sql.schema.view_tables import capture, warc_file
from archive.warc.http import payload_of
from archive.warc.store import Store
from tests.support.archives import rows
from tests.support.command import pressmark
from tests.support.demo import DemoArchive
from tests.support.odd_replies import GZIPPED, PAGE
from tests.support.replay import Replay, Replayed, RunningReplay, replaying, wayback
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, write_profile

pytestmark = pytest.mark.slow

SITE = "http://tree.test"
BROTLI = brotli.compress(PAGE)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n"


def chunked(body: bytes, more: bytes = b"") -> bytes:
    """A reply with *body* in chunks of 16 bytes."""
    pieces = (body[start : start + 16] for start in range(0, len(body), 16))
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return CHUNKED + more + b"\r\n" + chunks + b"0\r\n\r\n"


HTML = {"Content-Type": "text/html; charset=utf-8"}
BODIES: dict[str, tuple[Reply, int, bytes]] = {
    "/plain": ((200, HTML, PAGE), 200, PAGE),
    "/gzip": ((200, {**HTML, "Content-Encoding": "gzip"}, GZIPPED), 200, GZIPPED),
    "/brotli": ((200, {**HTML, "Content-Encoding": "br"}, BROTLI), 200, BROTLI),
    "/chunked": (chunked(PAGE), 200, PAGE),
    "/chunked-gzip": (chunked(GZIPPED, b"Content-Encoding: gzip\r\n"), 200, GZIPPED),
    "/chunked-brotli": (chunked(BROTLI, b"Content-Encoding: br\r\n"), 200, BROTLI),
    "/no-length": (b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, 200, PAGE),
    "/missing": ((404, HTML, b"<p>gone</p>"), 404, b"<p>gone</p>"),
    "/gone": ((410, HTML, b"<p>for good</p>"), 410, b"<p>for good</p>"),
    "/error": ((500, HTML, b"<p>sorry</p>"), 500, b"<p>sorry</p>"),
    "/bytes": ((200, {"Content-Type": "text/html"}, bytes(range(256))), 200, bytes(range(256))),
    "/empty": ((200, HTML, b""), 200, b""),
}
"""For each path: the reply, and the status and body that its replay must have."""


class Site:
    """The site: ``BODIES``, redirects, and pages that answer the second visit otherwise."""

    visit = 1

    def __call__(self, received: Received) -> Reply:
        match received.path, self.visit:
            case "/moved", _:
                return (301, {"Location": "/plain", **HTML}, b"see there")
            case "/moved-away", _:
                return (302, {"Location": f"{SITE}/gzip"}, b"")
            case "/silent", _:
                return b""
            case "/confirmed", 1:
                return (200, {**HTML, "ETag": '"one"'}, PAGE)
            case "/confirmed", _:
                return (304, {"ETag": '"one"'}, b"")
            case "/edited", visit:
                return f"<p>edition {visit}</p>"
            case path, _:
                return BODIES[path][0] if path in BODIES else None


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the site, visited twice."""
    home = tmp_path_factory.mktemp("replayed")
    write_profile(home)
    site = Site()
    paths = [*BODIES, "/moved", "/moved-away", "/silent", "/confirmed", "/edited"]
    urls = [SITE + path for path in paths]
    with Server(site) as server:
        for site.visit in (1, 2):
            # "/silent" never answers, so the command says that something failed.
            pressmark(home, "fetch", *urls, *connect_to(server), code=None)
            time.sleep(1)  # replay tells captures apart by their second
    return home


@pytest.fixture(scope="module")
def replay(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """pywb on that archive."""
    with replaying(home, tmp_path_factory.mktemp("log") / "pywb.log") as running:
        yield running


def timestamps(home: Path, path: str) -> list[str]:
    """When *path* was captured, in order."""
    statement = select(capture.c.fetched_at).where(capture.c.url == SITE + path)
    found = [row["fetched_at"] for row in rows(home, statement.order_by(capture.c.fetched_at))]
    return [f"{moment:%Y%m%d%H%M%S}" for moment in found]


@pytest.mark.parametrize("path", BODIES)
def test_the_body_comes_back_as_it_was_sent(home: Path, replay: Replay, path: str):
    _, status, body = BODIES[path]

    for timestamp in timestamps(home, path):
        answer = replay.get(SITE + path, timestamp)
        assert (answer.status, answer.body) == (status, body)
        assert answer.headers["content-location"].partition("id_/")[0].endswith(timestamp)


def test_an_unchanged_body_is_kept_once_and_comes_back_on_both_dates(home: Path, replay: Replay):
    statement = select(capture.c.record_type).where(capture.c.url == SITE + "/brotli")

    answers = [replay.get(SITE + "/brotli", moment) for moment in timestamps(home, "/brotli")]

    kinds = [row["record_type"] for row in rows(home, statement.order_by(capture.c.fetched_at))]
    assert kinds == ["response", "revisit"]
    assert [answer.body for answer in answers] == [BROTLI, BROTLI]


def test_a_page_that_was_confirmed_comes_back_as_it_was_before(home: Path, replay: Replay):
    statement = select(capture.c.http_status).where(capture.c.url == SITE + "/confirmed")
    statuses = [row["http_status"] for row in rows(home, statement.order_by(capture.c.fetched_at))]

    answers = [replay.get(SITE + "/confirmed", moment) for moment in timestamps(home, "/confirmed")]

    assert statuses == [200, 304]
    assert [(answer.status, answer.body) for answer in answers] == [(200, PAGE), (200, PAGE)]


def test_an_edited_page_comes_back_as_it_was_on_each_date(home: Path, replay: Replay):
    bodies = [replay.get(SITE + "/edited", moment).body for moment in timestamps(home, "/edited")]

    assert bodies == [b"<p>edition 1</p>", b"<p>edition 2</p>"]


@pytest.mark.parametrize(
    ("path", "status", "target"), [("/moved", 301, "/plain"), ("/moved-away", 302, "/gzip")]
)
def test_a_redirect_leads_to_the_capture_of_its_target(
    replay: Replay, path: str, status: int, target: str
):
    answer = replay.get(SITE + path, mode="mp_")

    assert answer.status == status
    found = re.fullmatch(r".*/archive/(\d+)mp_/(.*)", answer.headers["location"])
    assert found is not None
    followed = replay.get(found[2], found[1])
    assert found[2] == SITE + target
    assert (followed.status, followed.body) == (200, BODIES[target][2])


@pytest.mark.parametrize("path", ["/silent", "/never-asked-for"])
def test_what_was_not_captured_is_not_found_and_never_fetched(replay: Replay, path: str):
    assert replay.get(SITE + path).status == 404


def test_a_page_for_the_browser_has_its_links_lead_into_the_archive(
    demo_archive: DemoArchive, tmp_path: Path
):
    with replaying(demo_archive.home, tmp_path / "pywb.log") as running:
        page = running.get("http://demo.test/fr/", mode="mp_")

    text = _decoded(page).decode()
    assert re.search(r'href="[^"]*/archive/\d+mp_/http://demo\.test/fr/le-bus-de-nuit', text)


def test_every_capture_of_the_demo_comes_back_as_it_lies_in_the_archive(
    demo_archive: DemoArchive, tmp_path: Path
):
    home, store = demo_archive.home, Store(demo_archive.home / "warc", Settings())
    columns = (capture.c.url, capture.c.fetched_at, capture.c.http_status, capture.c.warc_offset)
    captured = rows(home, select(*columns, warc_file.c.name).join(warc_file))

    wrong = []
    with replaying(home, tmp_path / "pywb.log") as running:
        for row in captured:
            answer = running.get(row["url"], f"{row['fetched_at']:%Y%m%d%H%M%S}")
            payload = payload_of(store.read(row["name"], row["warc_offset"]))
            if (answer.status, answer.body) != (payload.status, payload.body):
                wrong.append(row["url"])

    assert wrong == []
    assert len(captured) > 50


def test_a_wacz_file_brings_all_that_its_replay_needs(home: Path, tmp_path: Path):
    pressmark(home, "export", "--format", "wacz", "--output", str(tmp_path / "a.wacz"))
    with zipfile.ZipFile(tmp_path / "a.wacz") as wacz:
        wacz.extractall(tmp_path)
    index = tmp_path / "index.cdxj"
    index.write_bytes(gzip.decompress((tmp_path / "indexes" / "index.cdx.gz").read_bytes()))
    files = {path.name: path for path in (tmp_path / "archive").iterdir()}
    port = free_port(0)

    with running_pywb(wayback(), index, files, port):
        answers = {path: Replay(port).get(SITE + path) for path in BODIES}

    found = {path: (answer.status, answer.body) for path, answer in answers.items()}
    assert found == {path: (status, body) for path, (_, status, body) in BODIES.items()}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_replay_ends_cleanly_when_it_is_told_to(home: Path, tmp_path: Path, sent: signal.Signals):
    with replaying(home, tmp_path / "pywb.log") as running:
        running.process.send_signal(sent)
        code = running.process.wait(20)

    assert code == 0
    assert not _answers(running)
    assert [path.name for path in tmp_path.iterdir()] == ["pywb.log"]
    assert "Traceback" not in (tmp_path / "pywb.log").read_text()


def test_pywb_ends_with_replay_even_when_that_is_killed(home: Path, tmp_path: Path):
    with replaying(home, tmp_path / "pywb.log") as running:
        (pywb,) = psutil.Process(running.process.pid).children()
        running.process.kill()
        gone, _ = psutil.wait_procs([pywb], timeout=20)

    assert gone == [pywb]


def test_replay_listens_on_this_machine_only(home: Path, tmp_path: Path):
    with replaying(home, tmp_path / "pywb.log") as running:
        (pywb,) = psutil.Process(running.process.pid).children()
        listening = [
            connection.laddr
            for connection in pywb.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]

    assert ("127.0.0.1", running.port) in listening
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_replay_finds_its_way_in_a_home_of_any_name(tmp_path: Path):
    home = tmp_path / "{coll} *: Đà Nẵng"
    write_profile(home)
    with Server({"/": (200, HTML, PAGE)}) as server:
        pressmark(home, "fetch", f"{SITE}/", *connect_to(server))

    with replaying(home, tmp_path / "pywb.log") as running:
        answer = running.get(f"{SITE}/")

    assert (answer.status, answer.body) == (200, PAGE)


def test_a_pywb_that_does_not_start_is_said_so(home: Path):
    done = pressmark(home, "replay", "--port", "0", "--pywb", "/bin/false", code=1)

    assert done.out == ""
    assert done.err == "pressmark: pywb did not start (exit 1); see above for why\n"


def _answers(running: RunningReplay) -> bool:
    try:
        socket.create_connection(("127.0.0.1", running.port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def _decoded(page: Replayed) -> bytes:
    coding = page.headers.get("content-encoding")
    if coding == "br":
        return bytes(brotli.decompress(page.body))
    return gzip.decompress(page.body) if coding == "gzip" else page.body
