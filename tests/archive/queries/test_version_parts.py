"""What a version of an article in several pages is made of, on each engine."""

from __future__ import annotations

from archive.model import EdgeKind, NamedPart, Outcome, Part
from archive.queries import (
    ExportFilter,
    article_addresses,
    article_events,
    article_versions,
    export_rows,
    search_articles,
    stories_at,
    version_blocks,
    version_parts,
)
from tests.support.graphs import Seen, missing, url_of
from tests.support.settled import record_id, settled

FIRST, SECOND, THIRD = "/tower/", "/tower/2/", "/tower/3/"
ONE = "The tower stood empty.\nOwls came in by the north window."
TWO = "A mason bought it.\nShe paid with a cart of lime."
NAMED = (NamedPart(2, url_of(SECOND)), NamedPart(3, url_of(THIRD)))


def first(minute: int, text: str = ONE) -> Seen:
    part = Part(number=1, named=NAMED)
    return Seen(FIRST, minute, headline="The tower", text=text, part=part)


def second(minute: int, text: str = TWO) -> Seen:
    part = Part(number=2, first=url_of(FIRST), named=NAMED[1:])
    edges = ((EdgeKind.PART, FIRST),)
    return Seen(SECOND, minute, Outcome.PAGE, edges, headline="The tower", text=text, part=part)


def story_of(connection, publisher, path=FIRST):
    return next(s for s in stories_at(connection, url_of(path)) if s.publisher == publisher.name)


def test_each_block_of_a_version_knows_its_record_and_what_is_missing_is_told(database, ingest):
    seen = (first(1), second(2), missing(THIRD, 3))
    publisher = settled(ingest, *seen)

    with database.reading() as connection:
        story = story_of(connection, publisher, SECOND)
        (shown,) = article_versions(connection, story)
        parts = version_parts(connection, shown)
        blocks = version_blocks(connection, shown)
        roles = {item.url: item.role for item in article_addresses(connection, story)}

    assert shown.text == f"{ONE}\n{TWO}"
    assert shown.missing_parts == (3,)
    assert shown.warc_record_id == record_id(seen[0], publisher)
    assert [(p.number, p.url, p.warc_record_id) for p in parts] == [
        (1, url_of(FIRST), record_id(seen[0], publisher)),
        (2, url_of(SECOND), record_id(seen[1], publisher)),
    ]
    assert [block.text for block in parts[1].blocks] == TWO.splitlines()
    assert blocks == (*parts[0].blocks, *parts[1].blocks)
    assert roles == {url_of(FIRST): "canonical", url_of(SECOND): "part"}


def test_an_article_on_one_page_has_no_parts(database, ingest):
    publisher = settled(ingest, Seen("/mill/", 1))

    with database.reading() as connection:
        (shown,) = article_versions(connection, story_of(connection, publisher, "/mill/"))

        assert version_parts(connection, shown) == ()
        assert shown.missing_parts == ()


def test_search_and_export_have_the_whole_text(database, ingest):
    publisher = settled(ingest, first(1), second(2))

    with database.reading() as connection:
        (row,) = export_rows(connection, ExportFilter(publisher=publisher.name))
        found = search_articles(connection, "lime", publisher_name=publisher.name).items

    assert row.text == f"{ONE}\n{TWO}"
    assert row.missing_parts == (3,)
    assert [article.canonical_url for article in found] == [url_of(FIRST)]


def test_a_part_seen_later_completes_what_is_stored_and_an_edit_of_it_is_a_version(
    database, ingest
):
    publisher = settled(ingest, first(1))
    day = 24 * 60

    settled(ingest, first(1), second(day), second(2 * day, f"{TWO}\nIt leans."), profile=publisher)

    with database.reading() as connection:
        story = story_of(connection, publisher)
        versions = article_versions(connection, story)
        made = [[p.warc_record_id for p in version_parts(connection, v)] for v in versions]
        events = article_events(connection, story)

    assert [version.text for version in versions] == [
        f"{ONE}\n{TWO}",
        f"{ONE}\n{TWO}\nIt leans.",
    ]
    assert made[0][0] == made[1][0]
    assert made[0][1] != made[1][1]
    assert events == []
