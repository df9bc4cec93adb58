"""Translations in the database: settled a step at a time, they come to those of the whole set."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.profile import Profile
from archive.sql.database import Database
from archive.sql.schema import view_tables
from tests.support.graphs import Seen, canonical, missing, moved, url_of
from tests.support.settled import new_profile, settled, store

LANGUAGES = {"/a/": "vi", "/fr/a/": "fr", "/en/a/": "en", "/b/": "vi", "/fr/b/": "fr"}


def page(path: str, minute: int, *others: str, **fields: object) -> Seen:
    """A capture of the story at *path*, which names *others* as its translations."""
    return Seen(
        path,
        minute,
        headline=path,
        text=f"The story of {path}, as it is told there",
        alternates=tuple((LANGUAGES[other], other) for other in others),
        **fields,  # type: ignore[arg-type]
    )


def grouped(database: Database, profile: Profile) -> dict[str, str | None]:
    """The group of each article, by its URL."""
    statement = (
        select(view_tables.article.c.canonical_url, view_tables.article.c.translation_group)
        .join(view_tables.publisher)
        .where(view_tables.publisher.c.name == profile.name)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(statement)}


def test_articles_that_name_each_other_are_one_group(ingest, database):
    every = ("/a/", "/fr/a/", "/en/a/")
    seen = [page(path, n, *every) for n, path in enumerate(every)]

    found = grouped(database, settled(ingest, *seen))

    assert found == dict.fromkeys(map(url_of, every), url_of("/a/"))


def test_a_translation_is_found_by_any_address_of_the_other(ingest, database):
    seen = [
        page("/a/", 1, "/fr/a/"),
        page("/fr/a/", 2, "/b/"),
        replace(page("/a/", 3), path="/b/", edges=(canonical("/a/"),)),
    ]

    assert grouped(database, settled(ingest, *seen))[url_of("/fr/a/")] == url_of("/a/")


def test_what_a_page_named_once_and_names_no_more_does_not_count(ingest, database):
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/"), page("/fr/a/", 60)]

    assert set(grouped(database, settled(ingest, *seen)).values()) == {None}


def test_a_translation_that_was_removed_stays_one(ingest, database):
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/"), missing("/fr/a/", 60)]

    assert set(grouped(database, settled(ingest, *seen)).values()) == {url_of("/a/")}


def test_a_page_that_ceases_to_name_what_was_removed_does_not_take_back_its_word(ingest, database):
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/")]

    profile = settled(ingest, *seen, page("/a/", 60), missing("/fr/a/", 61))

    assert set(grouped(database, profile).values()) == {url_of("/a/")}


def test_what_a_page_ceased_to_name_before_it_was_removed_does_not_count(ingest, database):
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/"), page("/a/", 30)]

    profile = settled(ingest, *seen, page("/fr/a/", 31, "/a/"), missing("/fr/a/", 60))

    assert set(grouped(database, profile).values()) == {None}


def test_a_variant_that_names_no_translations_takes_nothing_back(ingest, database):
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/")]
    variant = replace(page("/a/", 3), path="/a/?print", edges=(canonical("/a/"),))

    profile = settled(ingest, *seen, variant)

    assert set(grouped(database, profile).values()) == {url_of("/a/")}


def test_the_story_that_took_over_an_address_does_not_inherit_the_translation(ingest, database):
    other = Seen("/a/", 90, headline="Another", text="Something else was said", published=90)
    seen = [page("/a/", 1, "/fr/a/"), page("/fr/a/", 2, "/a/"), missing("/a/", 60), other]
    article = view_tables.article.c

    profile = settled(ingest, *seen)

    statement = select(article.ordinal, article.translation_group)
    with database.reading() as connection:
        rows = connection.execute(
            statement.join(view_tables.publisher)
            .where(
                view_tables.publisher.c.name == profile.name, article.canonical_url == url_of("/a/")
            )
            .order_by(article.ordinal)
        ).all()
    assert [tuple(row) for row in rows] == [(1, url_of("/a/")), (2, None)]


@st.composite
def sites(draw: st.DrawFn) -> list[Seen]:
    """Captures of a few pages that name each other as it happens, moved and removed at times."""
    found = []
    for minute in range(draw(st.integers(2, 12))):
        path = draw(st.sampled_from(sorted(LANGUAGES)))
        kind = draw(st.sampled_from(("page", "page", "page", "missing", "moved")))
        others = draw(st.lists(st.sampled_from(sorted(LANGUAGES)), max_size=3, unique=True))
        if kind == "page":
            found.append(page(path, minute, *others))
        elif kind == "missing":
            found.append(missing(path, minute))
        else:
            found.append(moved(path, minute, draw(st.sampled_from(sorted(LANGUAGES)))))
    return found


@given(sites(), st.randoms(use_true_random=False))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_settled_a_capture_at_a_time_in_any_order_it_comes_to_the_same(
    ingest, database, seen, chance
):
    at_once, by_steps = settled(ingest, *seen), new_profile()
    numbered = list(enumerate(seen))
    chance.shuffle(numbered)

    for number, item in numbered:
        store(ingest, by_steps, [(number, item)])
        ingest.settle(by_steps, [item.url]).result()

    assert grouped(database, by_steps) == grouped(database, at_once)
