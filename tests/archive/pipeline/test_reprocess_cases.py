"""Single pages that a better extractor reads otherwise: what of it a reprocess must bring about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.library import open_archive
from archive.model import Edge, EdgeKind, Extraction
from archive.pipeline.reprocess import reprocess
from archive.pipeline.reprocess_account import Reprocessed
from archive.sql.schema import view_tables
from tests.support.archives import addresses, rows
from tests.support.homes import make_home
from tests.support.older import reading_otherwise
from tests.support.scenarios import canonical_link, exchange, http, page, url_of
from tests.support.view import assert_same_view, dump_view

ORIGINAL, COPY, OTHER = "/mill/", "/mill-again/", "/ferry/"
PAGES = {
    ORIGINAL: page("mill"),
    COPY: page("mill", head=canonical_link(ORIGINAL)),
    OTHER: page("ferry"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two stories, one of them at two addresses, as it is read today."""
    exchanges = [
        exchange(path, number + 10 * again, http(200, text))
        for again in (0, 1)
        for number, (path, text) in enumerate(PAGES.items())
    ]
    return make_home(tmp_path_factory.mktemp("made") / "home", exchanges)


def read_anew(made: Path, folder: Path, change: Callable[[Extraction, str], Extraction]) -> Path:
    """The same archive, of which another extractor found what *change* makes of it."""
    home = Path(shutil.copytree(made, folder / "home"))
    for file in home.glob("archive.db*"):
        file.unlink()
    with reading_otherwise(home, change) as archive:
        archive.catch_up()
    return home


def reprocessed(home: Path) -> Reprocessed:
    with open_archive(home) as archive:
        profiles = [*archive.profiles.values()]
        return reprocess(archive.database, archive.ingest, archive.workers, profiles)


def assert_same(home: Path, made: Path) -> None:
    with open_archive(home) as one, open_archive(made) as other:
        assert_same_view(dump_view(one.database), dump_view(other.database))


def test_addresses_join_where_a_better_extractor_finds_their_canonical_link(made, tmp_path):
    home = read_anew(made, tmp_path, lambda found, _: replace(found, edges=()))
    apart = {canonical for canonical, _ in addresses(home).values()}

    done = reprocessed(home)

    assert apart == {url_of(path) for path in PAGES}
    assert (done.articles_gone, done.articles_come) == (1, 0)
    assert {canonical for canonical, _ in addresses(home).values()} == {
        url_of(ORIGINAL),
        url_of(OTHER),
    }
    assert_same(home, made)


def test_addresses_part_where_the_link_was_none(made, tmp_path):
    def joined(found: Extraction, url: str) -> Extraction:
        if url != url_of(OTHER):
            return found
        return replace(found, edges=(Edge(EdgeKind.CANONICAL, url_of(ORIGINAL)),))

    home = read_anew(made, tmp_path, joined)
    together = {canonical for canonical, _ in addresses(home).values()}

    done = reprocessed(home)

    assert together == {url_of(ORIGINAL)}
    assert done.articles_come == 1
    assert_same(home, made)


def test_an_article_moves_to_the_canonical_address_that_is_found_now(made, tmp_path):
    def reversed_link(found: Extraction, url: str) -> Extraction:
        ends = {url_of(ORIGINAL): (Edge(EdgeKind.CANONICAL, url_of(COPY)),), url_of(COPY): ()}
        return replace(found, edges=ends.get(url, found.edges))

    home = read_anew(made, tmp_path, reversed_link)
    before = {canonical for canonical, _ in addresses(home).values()}

    done = reprocessed(home)

    assert before == {url_of(COPY), url_of(OTHER)}
    assert (done.articles_come, done.articles_gone) == (1, 1)
    assert_same(home, made)


@pytest.mark.slow
def test_a_page_whose_worker_was_killed_is_tried_again(tmp_path):
    line = "<p>Whoever asked at the mill in year {} was told that the water would come.</p>"
    heavy = page("mill", body="".join(line.format(year) for year in range(4_000)))
    whole = make_home(tmp_path / "whole", [exchange(ORIGINAL, 0, http(200, heavy))])
    home = Path(shutil.copytree(whole, tmp_path / "home"))
    for file in home.glob("archive.db*"):
        file.unlink()
    settings = home / "archive.toml"
    usual = settings.read_text()
    settings.write_text(f"{usual}extract_timeout_seconds = 0.02\n")
    with open_archive(home) as archive:
        archive.catch_up()
    settings.write_text(usual)
    (killed,) = rows(
        home, select(view_tables.extraction.c.outcome, view_tables.extraction.c.reason)
    )

    done = reprocessed(home)

    assert killed == {"outcome": "failed", "reason": "extraction took longer than 0.02 s"}
    assert (done.captures, done.changes["outcomes"], done.articles_come) == (1, 1, 1)
    assert_same(home, whole)
