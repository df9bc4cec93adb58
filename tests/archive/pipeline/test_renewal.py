"""What the home's rules hide is hidden of what is there already, and shown again without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.library import Archive, open_archive
from archive.maintenance.rebuild import rebuild
from archive.model import Candidate, Outcome, Via
from archive.profile import Profile, write_profile
from archive.sql import views
from archive.sql.captures import visibility
from archive.sql.schema import state_tables, view_tables
from tests.support.homes import crawl, make_home
from tests.support.scenarios import exchange, http, page, url_of
from tests.support.view import assert_same_view, dump_view

LIVE, NEWS, OTHER = "/live/the-swan/", "/news/the-crow/", "/news/the-kite/"
"""A page that is excluded later, one that it links, and one that links it."""


@pytest.fixture
def profile() -> Profile:
    return Profile(name="demo", home="http://demo.test/")


@pytest.fixture
def home(tmp_path: Path, profile: Profile) -> Path:
    """An archive of three pages; the one in ``/live/`` was the first to link one of the others."""
    link = '<a href="{}">Read on</a>'.format
    exchanges = (
        exchange(LIVE, 1, http(200, page("swan", head=link(NEWS)))),
        exchange(NEWS, 2, http(200, page("crow"))),
        exchange(OTHER, 3, http(200, page("kite", head=link(LIVE) + link(NEWS)))),
    )
    folder = tmp_path / "home"
    write_profile(folder, profile)
    return make_home(folder, exchanges)


def articles(archive: Archive) -> set[str]:
    with archive.database.reading() as connection:
        return set(connection.execute(select(view_tables.article.c.canonical_url)).scalars())


def bring_up_to_date(home: Path, profile: Profile, url: str) -> set[str]:
    write_profile(home, profile)
    with open_archive(home, database=url) as archive:
        archive.catch_up(mine=profile)
        return articles(archive)


@pytest.fixture
def same_as_rebuilt(home: Path, new_url: Callable[[], str]) -> Iterator[Callable[[str], None]]:
    def check(url: str) -> None:
        again = new_url()
        rebuild(home, again)
        views = []
        for each in (url, again):
            with open_archive(home, database=each) as archive:
                views.append(dump_view(archive.database))
        assert_same_view(*views)

    return check


def test_an_exclude_that_is_added_hides_what_is_there_and_comes_to_the_same_as_a_rebuild(
    home, profile, new_url, same_as_rebuilt
):
    url, excluding = new_url(), replace(profile, exclude=("^/live/",))
    before = bring_up_to_date(home, profile, url)

    after = bring_up_to_date(home, excluding, url)

    assert before == {url_of(path) for path in (LIVE, NEWS, OTHER)}
    assert after == before - {url_of(LIVE)}
    same_as_rebuilt(url)


@pytest.mark.slow
def test_what_is_excluded_no_more_is_back_as_it_was(home, profile, new_url, same_as_rebuilt):
    url, excluding = new_url(), replace(profile, exclude=("^/live/",))
    before = bring_up_to_date(home, profile, url)
    bring_up_to_date(home, excluding, url)

    after = bring_up_to_date(home, profile, url)

    assert after == before
    same_as_rebuilt(url)


@pytest.mark.slow
def test_a_hidden_capture_has_its_row_and_nothing_else(home, profile, new_url):
    url = new_url()
    bring_up_to_date(home, profile, url)
    bring_up_to_date(home, replace(profile, exclude=("^/live/",)), url)

    with open_archive(home, database=url) as archive, archive.database.reading() as connection:
        statement = select(view_tables.capture).where(view_tables.capture.c.url == url_of(LIVE))
        row = connection.execute(statement).one()
        assert row.hidden == "excluded by ^/live/"
        for table in (view_tables.extraction, view_tables.edge, views.discovery):
            of_it = select(func.count()).where(table.c.capture_id == row.id)
            assert connection.scalar(of_it) == 0
        known = select(views.url.c.state).where(views.url.c.url == url_of(LIVE))
        assert connection.scalar(known) == "skipped"


@pytest.mark.slow
def test_what_other_code_settled_is_settled_anew_and_a_killed_run_goes_on(
    home, profile, new_url, same_as_rebuilt
):
    url = new_url()
    bring_up_to_date(home, profile, url)
    with open_archive(home, database=url) as archive, archive.database.writing() as connection:
        stamp = visibility.stamp(connection, 1)
        visibility.put_stamp(connection, 1, replace(stamp, code="of old"))
        # What older code made of it, and a run that ended when it had noted one URL.
        connection.execute(view_tables.version.update().values(headline="Wrong"))
        connection.execute(state_tables.unsettled.insert().values(publisher_id=1, url=url_of(NEWS)))

    bring_up_to_date(home, profile, url)

    same_as_rebuilt(url)
    with open_archive(home, database=url) as archive:
        assert archive.database.read(lambda c: visibility.stamp(c, 1)) == stamp


@pytest.mark.slow
def test_a_new_publisher_has_nothing_to_be_settled_anew(home, profile, new_url):
    url = new_url()
    bring_up_to_date(home, profile, url)

    with open_archive(home, database=url) as archive, archive.database.reading() as connection:
        assert visibility.stamp(connection, 1) is not None
        assert not connection.scalar(select(func.count()).select_from(state_tables.unsettled))
        outcomes = set(connection.execute(select(view_tables.extraction.c.outcome)).scalars())
    assert Outcome.HIDDEN not in outcomes


@pytest.mark.slow
def test_what_is_hidden_teaches_nothing_of_patterns_and_makes_no_copy_of_what_is_shown(
    tmp_path, profile
):
    home = tmp_path / "home"
    paths = ["/live/one/", "/live/two/", "/live/three/", "/news/one/"]
    told = [page("one"), page("two"), page("three"), page("one")]
    write_profile(home, replace(profile, exclude=("^/live/",)))
    with open_archive(home, create=True) as archive:
        mine = archive.profiles["demo"]
        candidates = [Candidate(url=url_of(path), via=Via.LINK) for path in paths]
        archive.ingest.add(mine, candidates).result()
        replies = [http(200, said) for said in told]
        pages = [exchange(path, n, replies[n]) for n, path in enumerate(paths)]
        crawl(archive, mine, pages)
        with archive.database.reading() as connection:
            found = connection.execute(select(state_tables.pattern)).all()

    assert {row.key for row in found if "live" in row.key} == set()
    assert {(row.fetched, row.new, row.copies) for row in found} == {(1, 1, 0)}
