"""A payload is read once: an equal one that was captured later gets what was read in the first.

What is stored of it is what reading it again would give, whatever it names, whenever it came.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import update

from archive.library import Archive, open_archive
from archive.model import Capture
from archive.pipeline.reprocess import reprocess
from archive.profile import Profile, write_profile
from archive.sql.schema import view_tables
from tests.support.foreign import info, record, write_members
from tests.support.imports import import_file, view
from tests.support.pages import paragraphs, story
from tests.support.scenarios import http
from tests.support.view import assert_same_view

PROFILE = Profile(name="news", home="http://news.test/")
STORY = "http://news.test/2026/03/the-bridge/"
LINKS = "".join(f'<li><a href="/2026/03/story-{n}/">What story {n} told of</a></li>' for n in "123")
AMP = '<link rel="amphtml" href="/2026/03/the-bridge/amp/">'
ALTERNATE = '<link rel="alternate" hreflang="fr" href="/fr/2026/03/le-pont/">'
DATED = '<meta property="article:published_time" content="2026-03-05T09:00:00Z">'
PAGE = story(head=AMP + ALTERNATE, after=f"<ul>{LINKS}</ul>")


def page(day: int, body: str = PAGE, url: str = STORY, **headers: str) -> bytes:
    """A response record of a day of March, with its own id."""
    return record("response", http(200, body, **headers), url, date=f"2026-03-{day:02}T06:00:00Z")


@pytest.fixture
def imported(tmp_path: Path, new_url: Callable[[], str]) -> Callable[..., Path]:
    """Make an archive of files with these records, one file for each list."""

    def make(*files: Sequence[bytes]) -> Path:
        home = tmp_path / "home"
        write_profile(home, PROFILE)
        (home / "archive.toml").write_text(f'workers = 1\ndatabase = "{new_url()}"\n')
        for number, records in enumerate(files):
            import_file(home, write_members(tmp_path / f"{number}.warc.gz", [info(), *records]))
        return home

    return make


def read_each(home: Path, url: str) -> None:
    """Ingest the records of *home* into the database *url*, and have each read by a worker."""
    with open_archive(home, database=url) as archive:
        for file in archive.store.files():
            for item in archive.store.scan(file.name):
                assert isinstance(item, Capture)
                archive.ingest.submit(item, PROFILE).result()
        assert archive.ingest.readings.read_before == 0
        archive.catch_up()
        archive.ingest.settle_all(PROFILE)


def read_before(home: Path, url: str) -> int:
    """Ingest all of *home* into the database *url*; return how many captures no worker read."""
    with open_archive(home, database=url) as archive:
        archive.catch_up()
        return archive.ingest.readings.read_before


FILES: dict[str, tuple[int, list[list[bytes]]]] = {
    "one after the other": (3, [[page(1), page(2)], [page(3)], [page(4)]]),
    "without anything that it names": (1, [[page(1, story())], [page(2, story())]]),
    "a text that changes and comes back": (
        1,
        [[page(1, story())], [page(2, story(title="Another story"))], [page(3, story())]],
    ),
    # Of a changing page, what each capture named is not stored.
    "a changing page that names others": (0, [[page(1)], [page(2, story())], [page(3)]]),
    "another address": (0, [[page(1)], [page(2, url=STORY + "?print=1")]]),
    "another content type": (0, [[page(1)], [page(2, content_type="text/html")]]),
    "another coding": (0, [[page(1)], [page(2, content_encoding="identity")]]),
    "a header that nobody reads": (1, [[page(1)], [page(2, x_served_by="cache 7")]]),
    "the later one first": (0, [[page(2)], [page(1)]]),
    "a date of tomorrow": (
        1,
        [[page(2, story(head=DATED))], [page(3, story(head=DATED))], [page(6, story(head=DATED))]],
    ),
    "a list": (2, [[page(day, f"<ul>{LINKS * 9}</ul>" + paragraphs())] for day in (1, 2, 3)]),
    "a refusal": (0, [[page(1, "")], [page(2, "")]]),
}


@pytest.mark.parametrize(("number", "files"), FILES.values(), ids=FILES)
def test_what_is_stored_is_what_reading_each_capture_gives(
    imported: Callable[..., Path], new_url: Callable[[], str], number: int, files: list[list[bytes]]
) -> None:
    home = imported(*files)
    alone, at_once = new_url(), new_url()
    read_each(home, alone)

    assert read_before(home, at_once) == number
    assert_same_view(view(home), view(home, alone))
    assert_same_view(view(home, at_once), view(home, alone))


def of_another_extractor(archive: Archive) -> None:
    with archive.database.writing() as connection:
        connection.execute(update(view_tables.extraction).values(extractor="pressmark/0 older"))


def test_reprocess_reads_a_payload_once(
    imported: Callable[..., Path], new_url: Callable[[], str]
) -> None:
    home = imported([page(1), page(2), page(3, story(), url=STORY + "2/")], [page(4)])
    alone = new_url()
    read_each(home, alone)
    with open_archive(home) as archive:
        of_another_extractor(archive)
        done = reprocess(archive.database, archive.ingest, archive.workers, [PROFILE])

    assert (done.captures, done.updated, done.changed, done.read_before) == (4, 4, 0, 2)
    assert_same_view(view(home), view(home, alone))


def test_a_reading_of_another_extractor_is_not_used(imported: Callable[..., Path]) -> None:
    home = imported([page(1)])
    with open_archive(home) as archive:
        of_another_extractor(archive)
    _, caught_up = import_file(home, write_members(home / "2.warc.gz", [info(), page(2)]))

    assert (caught_up.captures, caught_up.read_before) == (1, 0)
