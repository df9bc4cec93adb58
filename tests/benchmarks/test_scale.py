"""The benchmark of scale, on archives of a few hundred articles."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from archive.library import open_archive
from archive.queries import article_versions, search_articles, stories_at
from archive.sql.schema.view_tables import article, capture, version
from benchmarks import scale
from benchmarks.scaling.copies import Copies
from benchmarks.scaling.filling import fill
from benchmarks.scaling.site import letters, mark_of, rare_word
from tests.support.invented_pages import invented_pages

ARTICLES = 60
COPIES = 4


PAGES = invented_pages(ARTICLES)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scale._base(tmp_path_factory.mktemp("scale"), PAGES, cut=False)


def test_each_copy_has_the_articles_of_the_first_with_other_addresses_and_texts(
    base: Path, tmp_path: Path
):
    copies, home = Copies(str(base), COPIES, "sqlite"), tmp_path / "home"
    with open_archive(home, create=True):
        pass

    fill("sqlite:///archive.db", home, str(base), copies, 0.001)

    with open_archive(home) as archive, archive.database.reading() as connection:
        count = connection.scalar(select(func.count()).select_from(article))
        assert count == COPIES * ARTICLES
        texts = connection.scalar(select(func.count(version.c.text.distinct())))
        assert texts == connection.scalar(select(func.count()).select_from(version))
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        found = search_articles(connection, rare_word(3, mark_of(2))).items
        assert [f"/{mark_of(2)}/" in each.canonical_url for each in found] == [True, True]
        edited = search_articles(connection, f"zx{letters(14, 3)}{mark_of(3)}").items
        (story,) = stories_at(connection, edited[0].canonical_url)
        assert len(article_versions(connection, story)) == 3
        records = select(func.count(capture.c.warc_record_id.distinct()))
        assert connection.scalar(records) == connection.scalar(
            select(func.count()).select_from(capture)
        )


def test_the_report_has_the_costs_and_sizes_of_archives_on_both_engines():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the server may run as another user
        report = scale.measured(Path(folder), PAGES, [120, 240], ["sqlite", "postgresql"], 0.001)

    archives = report["archives"]
    assert [(each["engine"], each["articles"]) for each in archives] == [
        *(("sqlite", 120), ("sqlite", 240)),
        *(("postgresql", 120), ("postgresql", 240)),
    ]
    for each in archives:
        assert {*scale.ONE_ARTICLE, *scale.SEARCHES, *scale.SECONDS_BARS} <= each["costs"].keys()
        assert each["costs"]["page, alone"]["lock"] > 0
        assert each["sizes"]["extraction"] > 0
        assert each["frontier_bytes_a_url"] > 0
    assert "sqlite 120" in next(scale.lines(report))


def test_an_archive_that_is_there_is_not_made_again(tmp_path: Path):
    first = scale.measured(tmp_path, PAGES, [120], ["sqlite"], 0.001)
    again = scale.measured(tmp_path, PAGES, [120], ["sqlite"], 0.001)

    assert again["archives"][0]["made_in_seconds"] == 0
    assert again["archives"][0]["costs"].keys() == first["archives"][0]["costs"].keys()
