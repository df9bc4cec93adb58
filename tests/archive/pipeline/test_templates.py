"""What a publisher's other pages teach about a page, from captures to the rows of the view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.extract.payload import extract
from archive.library import Archive, open_archive
from archive.maintenance.rebuild import rebuild
from archive.model import Exchange, Extraction
from archive.model.template import ALONE, Template
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.reprocess import reprocess
from archive.profile import Profile, find_profile, write_profile
from archive.sql import views
from archive.sql.captures import templates
from archive.sql.captures.lookups import publisher_ids
from archive.sql.database import open_database
from archive.sql.schema import view_tables
from archive.warc.http import payload_of
from tests.support import almanac
from tests.support.almanac import LONG, NUMBERS, letter, text, visit
from tests.support.archives import articles, count, rows
from tests.support.command import pressmark
from tests.support.homes import crawl, ingest_shuffled, make_home
from tests.support.postgres import Server
from tests.support.scenarios import exchange, http, url_of
from tests.support.view import View, assert_same_view, dump_view

NOTICE = LONG
FEW = (0, 1, 2, 3, 4, NOTICE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of all articles, each captured once."""
    return make_home(tmp_path_factory.mktemp("almanac") / "home", visit(0, *NUMBERS))


def texts(home: Path) -> dict[int, str]:
    return almanac.texts_in({url: row["text"] for url, row in articles(home).items()})


def view_of(home: Path, url: str = "sqlite:///archive.db") -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


@contextmanager
def opened(home: Path) -> Iterator[tuple[Archive, Profile]]:
    with open_archive(home) as archive:
        yield archive, find_profile(home, "demo")


def later_visit(home: Path, *exchanges: Sequence[Exchange]) -> None:
    with opened(home) as (archive, profile):
        crawl(archive, profile, [item for some in exchanges for item in some])


class CountingWorkers(Workers):
    """Workers that note which records they read."""

    read: list[tuple[str, int]]

    def extract(self, file: str, offset: int, template: Template = ALONE) -> Future[Extraction]:
        self.read.append((file, offset))
        return super().extract(file, offset, template)


def test_a_notice_alone_is_taken_for_the_letter_beside_it(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *FEW))

    assert texts(home)[NOTICE] == letter(NOTICE)


def test_beside_the_publishers_other_pages_each_article_has_its_own_text(home):
    assert texts(home) == {number: "\n".join(text(number)) for number in NUMBERS}


def test_with_too_few_pages_everything_is_as_read_alone(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *FEW))

    assert count(home, view_tables.template_place) == 0
    stored = rows(home, select(view_tables.extraction.c.template, view_tables.extraction.c.by_site))
    assert {(row["template"], row["by_site"]) for row in stored} == {("", None)}


def test_what_was_cut_and_restored_is_kept_with_the_page(home):
    stored = rows(
        home,
        select(view_tables.capture.c.url, view_tables.extraction.c.by_site)
        .join(view_tables.extraction)
        .where(view_tables.extraction.c.by_site.is_not(None)),
    )

    assert {row["url"]: row["by_site"] for row in stored} == {
        url_of(almanac.path(number)): {
            "cut": [letter(number)],
            "restored": list(text(number)),
        }
        for number in NUMBERS
        if number >= LONG
    }


def test_beside_text_and_fields_nothing_differs_from_the_page_read_alone(home):
    with opened(home) as (archive, profile), archive.database.reading() as connection:
        owner = publisher_ids(connection)[profile.name]
        template = templates.template_of(connection, owner)
        places = [
            (file.name, item.warc_offset)
            for file in archive.store.files()
            for item in archive.store.scan(file.name)
        ]
        payloads = [payload_of(archive.store.read(*place)) for place in places]

    for payload in payloads:
        by_site, alone = extract(payload, template), extract(payload)
        same = replace(
            by_site, article=alone.article, template=alone.template, by_site=alone.by_site
        )
        assert same == alone


def test_a_later_visit_reads_earlier_pages_again_and_that_is_no_edit(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *FEW))

    later_visit(home, visit(60, *NUMBERS))

    assert texts(home) == {number: "\n".join(text(number)) for number in NUMBERS}
    assert count(home, view_tables.version) == len(NUMBERS)


def test_a_rebuild_gives_the_same_view_however_the_pages_came(tmp_path, postgres: Server):
    home = make_home(tmp_path / "home", visit(0, *FEW))
    later_visit(home, visit(60, *NUMBERS[6:]), visit(90, *NUMBERS[:6]))
    live = view_of(home)
    assert live["template_place"]

    again = f"sqlite:///{tmp_path / 'again.db'}"
    rebuild(home, again)
    shuffled = f"sqlite:///{tmp_path / 'shuffled.db'}"
    ingest_shuffled(home, shuffled, 3)
    name = postgres.create()
    rebuild(home, postgres.url(name))

    for url in (again, shuffled, postgres.url(name)):
        assert_same_view(live, view_of(home, url))
    postgres.drop(name)


def test_a_redesign_leaves_what_was_learned_of_the_old_pages(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *NUMBERS))
    before = [row for row in view_of(home)["template_place"] if ("role", "text") in row]

    later_visit(home, visit(24 * 60 * 40, *NUMBERS, prefix="new-"))

    after = [row for row in view_of(home)["template_place"] if ("role", "text") in row]
    assert set(before) < set(after)
    assert texts(home) == {number: "\n".join(text(number)) for number in NUMBERS}
    assert count(home, view_tables.version) == len(NUMBERS)


def test_a_visit_that_teaches_nothing_new_reads_no_earlier_page_again(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *NUMBERS))
    with opened(home) as (archive, profile):
        workers = CountingWorkers(archive.store, archive.settings)
        workers.read = []
        vars(archive)["workers"] = workers

        captures = crawl(archive, profile, visit(60, 3, 4, NOTICE))

    assert sorted(workers.read) == sorted((c.warc_file, c.warc_offset) for c in captures)


def test_pages_that_were_noted_and_not_read_before_a_kill_are_read_by_the_next_crawl(tmp_path):
    home = make_home(tmp_path / "home", visit(0, *NUMBERS))
    before = view_of(home)
    with opened(home) as (archive, profile):
        owner = archive.database.read(publisher_ids)[profile.name]
        ids = archive.database.read(
            lambda connection: list(
                connection.execute(select(view_tables.extraction.c.capture_id)).scalars()
            )
        )
        archive.ingest.do(
            lambda connection: templates.note_unread(connection, owner, ids[-4:])
        ).result()

    later_visit(home)

    assert_same_view(before, view_of(home))


MISJUDGED = (
    '<meta property="og:type" content="website">'
    '<script type="application/ld+json">{"@type": "AboutPage", "name": "The Almanac"}</script>'
)
"""With its body's class and its address, it makes a page no article by its own verdict."""


def judged_otherwise(number: int, *, stamp: str) -> Exchange:
    links = "".join(f'<li><a href="/topics/{n}/">Topic {n}</a></li>' for n in range(6))
    body = f'<body class="single-page"><ul>{links}</ul>'
    html = almanac.page(number).replace("</head>", f"{MISJUDGED}</head>").replace("<body>", body)
    html = html.replace(f"{number + 1} February 2026", stamp)
    return exchange("/about/", 30, http(200, html))


def test_a_dated_page_with_its_text_where_articles_have_theirs_is_an_article(tmp_path):
    pages = [item for item in visit(0, *NUMBERS) if item.url != url_of(almanac.path(3))]

    home = make_home(tmp_path / "home", [*pages, judged_otherwise(3, stamp="4 February 2026")])

    outcomes = rows(
        home,
        select(view_tables.extraction.c.outcome)
        .join(view_tables.capture)
        .where(view_tables.capture.c.url == url_of("/about/")),
    )
    assert [row["outcome"] for row in outcomes] == ["page"]
    assert articles(home)[url_of("/about/")]["text"] == "\n".join(text(3))
    assert rows(home, select(views.pages)) == []


def test_a_page_about_the_paper_has_no_date_and_stays_a_page(tmp_path):
    pages = [item for item in visit(0, *NUMBERS) if item.url != url_of(almanac.path(3))]

    home = make_home(tmp_path / "home", [*pages, judged_otherwise(3, stamp="About us")])

    assert url_of("/about/") not in articles(home)
    assert [row["url"] for row in rows(home, select(views.pages))] == [url_of("/about/")]


@pytest.fixture
def overruled(home: Path, tmp_path: Path) -> Path:
    """The archive with a profile that calls the place of the letters unknown."""
    letters = rows(
        home,
        select(view_tables.template_place.c.place).where(
            view_tables.template_place.c.role == "frame",
            view_tables.template_place.c.repeated == 0,
        ),
    )
    here = make_home(tmp_path / "home", visit(0, *NUMBERS))
    profile = find_profile(here, "demo")
    write_profile(here, replace(profile, template_none=tuple(row["place"] for row in letters)))
    return here


def test_a_profile_overrules_a_place(overruled):
    with opened(overruled) as (archive, profile):
        result = reprocess(archive.database, archive.ingest, archive.workers, [profile])

    assert result.changes["texts"] == 2
    assert letter(NOTICE) in texts(overruled)[NOTICE]


def test_a_dry_run_tells_what_the_template_would_change(overruled):
    before = view_of(overruled)

    (told,) = pressmark(overruled, "reprocess", "--dry-run", "--json").rows

    assert told["changes"]["texts"] == 2
    assert_same_view(before, view_of(overruled))


def test_the_command_shows_places_with_lines_of_a_page(home):
    told = pressmark(home, "template", "demo").out

    assert "text; on 16 pages" in told or "text; on 18 pages" in told
    assert "div.copy > div.par" in told
    assert text(0)[0][:60] in told


def test_the_command_gives_its_evidence_as_json(home):
    found = pressmark(home, "template", "demo", "--json").rows

    letters = next(row for row in found if row["path"] and row["path"].endswith("div.comment"))
    assert letters["role"] == "frame"
    assert letters["examples"] == [letter(0)]


def test_the_command_shows_which_pages_it_changed(home):
    told = pressmark(home, "template", "demo", "--changes").out

    assert told.count("http") == 2
    assert f"+ {text(NOTICE)[0][:60]}" in told
    assert f"- {letter(NOTICE)[:60]}" in told


def test_a_history_has_what_the_template_changed(home):
    found = pressmark(home, "history", url_of(almanac.path(NOTICE)), "--json").rows

    assert found[0]["by_site"]["cut"] == [letter(NOTICE)]
