"""What names very many URLs, or is longer than anything that is read, and little memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.extract.payload import extract
from archive.model import Outcome, Payload
from archive.model.candidate_file import CandidateFile
from archive.pipeline.extraction_pool import Workers
from archive.settings import Settings
from archive.warc.store import Store
from tests.support.pages import story
from tests.support.resident import growth
from tests.support.stores import exchange, filled, reply, store_at

ROOT = Path(__file__).parents[3]
MB = 1_000_000
XML = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
ENTRIES, ENTRY_BYTES = 15_000, 1_500
RUN = """
import sys
from pathlib import Path
from archive.errors import ArchiveError
from archive.pipeline.extraction_pool import Workers
from archive.settings import Settings
from archive.warc.store import Store
settings = Settings(workers=1)
workers = Workers(Store(Path(sys.argv[1]), settings), settings)
try:
    print(workers.extract(sys.argv[2], int(sys.argv[3])).result().outcome)
except ArchiveError as error:
    print(error)
workers.close(kill=True)
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_at(tmp_path_factory.mktemp("warc"))


@pytest.fixture(scope="module")
def workers(store: Store) -> Iterator[Workers]:
    running = Workers(store, Settings(workers=1, extract_timeout_seconds=60))
    yield running
    running.close(kill=True)


def stored(store: Store, response: bytes) -> tuple[str, int]:
    name, (capture,) = filled(store, [exchange(1, response)])
    return name, capture.warc_offset


def sitemap() -> bytes:
    entries = b"".join(
        b"<url><loc>http://demo.test/%d/%b</loc></url>" % (number, b"x" * ENTRY_BYTES)
        for number in range(ENTRIES)
    )
    return b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + entries + b"</urlset>"


def test_the_urls_of_a_large_sitemap_are_not_in_memory(store: Store, workers: Workers):
    file, offset = stored(store, reply(sitemap(), XML))
    page, place = stored(store, reply(story().encode()))
    assert workers.extract(page, place).result().outcome is Outcome.ARTICLE  # it is started

    with growth() as grown:
        found = workers.extract(file, offset).result()
        assert sum(len(candidate.url) for candidate in found.candidates) > ENTRIES * ENTRY_BYTES
        assert grown() < ENTRIES * ENTRY_BYTES // 2

    assert isinstance(found.candidates, CandidateFile)
    assert found == extract(store.payload(file, offset))


def test_a_body_of_more_than_64_mb_fails_with_its_reason():
    body = b"<p>x".ljust(64 * MB + 1, b"x")
    found = extract(Payload(url="http://demo.test/", captured_at=exchange().date, body=body))

    assert (found.outcome, found.reason) == (Outcome.FAILED, "the body is longer than 64 MB")


@pytest.mark.parametrize(
    ("media", "body", "outcome"),
    [
        ("video/x-any", b"any", Outcome.NOT_HTML),
        ("text/html", b"%PDF-1.7", Outcome.NOT_HTML),
        ("text/html", b"<p>", Outcome.FAILED),
        ("application/json", b"{", Outcome.FAILED),
    ],
)
def test_of_a_body_that_is_not_read_the_beginning_tells_whether_it_is_a_page(
    media: str, body: bytes, outcome: Outcome
):
    headers = (("Content-Type", media), ("Content-Length", "9999999999"))
    payload = Payload(
        url="http://demo.test/",
        captured_at=exchange().date,
        headers=headers,
        body=body,
        is_whole=False,
    )

    found = extract(payload)

    assert (found.outcome, found.flags) == (outcome, ())


@pytest.mark.parametrize(("kilobytes", "says"), [(700_000, "article"), (130_000, "`ulimit -v`")])
def test_workers_start_below_a_hard_limit_of_memory_or_say_that_it_is_too_low(
    kilobytes: int, says: str, store: Store
):
    file, offset = stored(store, reply(story().encode()))
    done = subprocess.run(
        ["sh", "-c", f'ulimit -v {kilobytes}; exec "$@"', "sh", sys.executable, "-c", RUN,
         str(store.folder), file, str(offset)],
        capture_output=True, text=True, cwd=ROOT, timeout=100, check=False,
    )  # fmt: skip

    assert says in done.stdout
