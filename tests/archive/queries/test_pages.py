"""Pages that are no articles keep their text, on each engine."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from archive.model import Outcome, Via
from archive.queries import latest_text, pages_at
from archive.sql import views
from tests.support.graphs import Seen, missing, moved, url_of
from tests.support.settled import settled

IMPRINT = {"headline": "Imprint", "text": "Who answers for this newspaper, and where."}
LIST = {"headline": "News", "text": "What happened in the region this week."}


def urls(connection, publisher):
    statement = select(views.pages.c.url).where(views.pages.c.publisher == publisher.name)
    return sorted(connection.scalars(statement))


def test_pages_and_listings_with_a_text_are_rows_of_the_view_and_articles_are_not(database, ingest):
    publisher = settled(
        ingest,
        Seen("/imprint/", 0, Outcome.PAGE, **IMPRINT),
        Seen("/news/", 1, Outcome.LISTING, **LIST),
        Seen("/news/bridge/", 2),
        Seen("/empty/", 3, Outcome.EMPTY),
    )

    with database.reading() as connection:
        found = urls(connection, publisher)
        (page,) = [
            page
            for page in pages_at(connection, url_of("/imprint/"))
            if page.publisher == publisher.name
        ]

    assert found == [url_of("/imprint/"), url_of("/news/")]
    assert (page.outcome, page.headline, page.text) == (
        Outcome.PAGE,
        "Imprint",
        "Who answers for this newspaper, and where.",
    )
    assert page.warc_file == f"{publisher.name}.warc.gz"


def test_the_latest_capture_that_shows_a_page_counts(database, ingest):
    publisher = settled(
        ingest,
        Seen("/a/", 0, Outcome.PAGE, text="First."),
        Seen("/a/", 1, Outcome.PAGE, text="Second."),
        missing("/a/", 2),
        Seen("/b/", 3, Outcome.PAGE),
        Seen("/b/", 4),
    )

    with database.reading() as connection:
        statement = select(views.pages.c.url, views.pages.c.text)
        rows = connection.execute(statement.where(views.pages.c.publisher == publisher.name)).all()

    assert [tuple(row) for row in rows] == [(url_of("/a/"), "Second.")]


def test_the_text_of_pages_makes_no_article_and_no_version(database, ingest):
    publisher = settled(
        ingest,
        Seen("/a/", 0, Outcome.LISTING, text="Before it was an article."),
        Seen("/a/", 1, text="The article."),
        Seen("/a/", 2, Outcome.PAGE, text="After it was one."),
    )

    with database.reading() as connection:
        statement = select(views.article_history.c.text)
        texts = connection.scalars(
            statement.where(views.article_history.c.publisher == publisher.name)
        ).all()

    assert texts == ["The article."]


def test_the_latest_text_of_a_url_is_that_of_the_target_of_its_redirect(database, ingest):
    settled(
        ingest, Seen("/new-home/", 0, Outcome.PAGE, **IMPRINT), moved("/moved/", 1, "/new-home/")
    )

    with database.reading() as connection:
        outcome, _, article = latest_text(connection, url_of("/moved/"))
        nothing = latest_text(connection, url_of("/never-captured/"))

    assert (outcome, article.text) == (Outcome.PAGE, IMPRINT["text"])
    assert nothing == (Outcome.EMPTY, "no capture", None)


def test_a_page_that_its_site_names_as_an_article_is_one_and_no_page(database, ingest):
    sentence = "The mole dug under the hill for the whole of a wet spring, and nobody heard it."
    page = Seen("/mole/", 1, Outcome.PAGE, text="\n".join([sentence] * 5))
    feed = Seen("/feed/", 2, Outcome.FEED, names=((Via.FEED, "/mole/"), (Via.FEED, "/short/")))
    publisher = settled(ingest, page, feed, Seen("/short/", 3, Outcome.PAGE, **IMPRINT))

    with database.reading() as connection:
        assert urls(connection, publisher) == [url_of("/short/")]

    sorry = Seen("/mole/", 9, Outcome.PAGE, text="Nothing is here.", headline="Oops")
    publisher = settled(ingest, replace(page, published=0), feed, sorry)

    with database.reading() as connection:
        assert urls(connection, publisher) == [url_of("/mole/")]
