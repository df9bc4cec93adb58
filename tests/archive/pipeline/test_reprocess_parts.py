"""An article in several pages that an older extractor knew only the first page of."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.library import open_archive
from archive.model import Edge, EdgeKind, Extraction
from archive.pipeline.reprocess import reprocess
from archive.profile import find_profile
from archive.sql.schema import view_tables
from tests.support.homes import crawl, make_home
from tests.support.later_scenarios import LATER
from tests.support.older import reading_otherwise
from tests.support.view import View, assert_same_view, dump_view

(SCENARIO,) = [scenario for scenario in LATER if "three pages" in scenario.name]


def knows_no_parts(found: Extraction, _url: str) -> Extraction:
    """What the older extractor said: a later page is no article, but an address of one."""
    edges = tuple(
        Edge(EdgeKind.CANONICAL, edge.target) if edge.kind is EdgeKind.PART else edge
        for edge in found.edges
    )
    is_later = found.part is not None and found.part.number > 1
    return replace(found, part=None, edges=edges, article=None if is_later else found.article)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as it is read today."""
    return make_home(tmp_path_factory.mktemp("made") / "home", SCENARIO.exchanges)


def view_of(home: Path) -> View:
    with open_archive(home) as archive:
        return dump_view(archive.database)


def texts(home: Path) -> list[str]:
    with open_archive(home) as archive, archive.database.reading() as connection:
        statement = select(view_tables.version.c.text).order_by(view_tables.version.c.seq)
        return list(connection.execute(statement).scalars())


def test_a_reprocess_gives_the_whole_text_and_no_false_edit(made, tmp_path):
    home = Path(shutil.copytree(made, tmp_path / "home"))
    for file in home.glob("archive.db*"):
        file.unlink()
    with reading_otherwise(home, knows_no_parts) as archive:
        archive.catch_up()
    before = texts(home)

    with open_archive(home) as archive:
        profiles = [*archive.profiles.values()]
        done = reprocess(archive.database, archive.ingest, archive.workers, profiles)

    after = texts(home)
    assert done.articles_come == done.articles_gone == 0
    assert len(after) == 2
    assert all(whole.startswith(first) for whole, first in zip(after, before, strict=False))
    assert all("The keeper" not in text for text in after[:1])
    assert "the keeper" in after[0]
    assert_same_view(view_of(home), view_of(made))


def test_a_crawl_with_the_newer_extractor_invents_no_edit(made, tmp_path):
    early = SCENARIO.exchanges[:6]
    home = make_home(tmp_path / "home", early)
    for file in home.glob("archive.db*"):
        file.unlink()
    with reading_otherwise(home, knows_no_parts) as archive:
        archive.catch_up()

    with open_archive(home) as archive:
        crawl(archive, find_profile(home, "demo"), SCENARIO.exchanges[len(early) :])

    assert texts(home) == texts(made)
