"""What the commands about articles over time ask of the database, on each engine."""

from __future__ import annotations

from sqlalchemy import select

from archive.model import Outcome
from archive.queries import (
    ArchivedArticle,
    ArticleVersion,
    EventKind,
    FoundArticle,
    article_addresses,
    article_events,
    article_versions,
    boilerplate_rules,
    json_object,
    latest_article,
    named_translations,
    stories_at,
    translation_group_of,
    translation_groups,
)
from archive.queries.articles import record_of
from archive.sql import views
from archive.sql.schema import view_tables
from tests.support.graphs import Seen, amphtml, missing, moved, url_of
from tests.support.settled import record_id, settled

BRIDGE = {"headline": "Bridge", "text": "The bridge is open to everybody since Tuesday morning."}
TUNNEL = {"headline": "Tunnel", "text": "Two machines met on Friday below the hill of the town."}


def story_at(connection, path: str) -> FoundArticle:
    return stories_at(connection, url_of(path))[0]


def test_a_story_is_found_by_each_of_its_addresses(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, edges=(amphtml("/a/?amp=1"),)),
        Seen("/a/?amp=1", 1, is_amp=True),
        moved("/old/", 2, "/a/"),
    )

    with database.reading() as connection:
        found = [story_at(connection, path) for path in ("/a/", "/a/?amp=1", "/old/")]
        roles = [(place.url, place.role) for place in article_addresses(connection, found[0])]

    assert len({story.article_id for story in found}) == 1
    assert {(story.publisher, story.number, story.stories) for story in found} == {
        (profile.name, 1, 1)
    }
    assert roles == [
        (url_of("/a/"), "canonical"),
        (url_of("/a/?amp=1"), "amp"),
        (url_of("/old/"), "redirect"),
    ]


def test_the_stories_of_an_address_are_told_the_latest_first(database, ingest):
    settled(ingest, Seen("/a/", 0, **BRIDGE), missing("/a/", 1), Seen("/a/", 2, **TUNNEL))

    with database.reading() as connection:
        found = stories_at(connection, url_of("/a/"))
        texts = [article_versions(connection, story)[-1].headline for story in found]

    assert [(story.number, story.stories) for story in found] == [(2, 2), (1, 2)]
    assert texts == ["Tunnel", "Bridge"]


def test_versions_give_the_rows_of_both_views(database, ingest):
    settled(ingest, Seen("/a/", 0), Seen("/a/", 1, text="other words"), Seen("/a/", 2, text="more"))

    with database.reading() as connection:
        story = story_at(connection, "/a/")
        found = article_versions(connection, story)
        history = connection.execute(
            views.article_history.select().order_by(views.article_history.c.seq)
        )
        whole = [record_of(ArticleVersion, row) for row in history.mappings()]
        (latest,) = connection.execute(views.articles.select()).mappings()

    assert [json_object(version, ArticleVersion) for version in found] == [
        json_object(version) for version in whole
    ]
    assert latest_article(story, found[-1]) == record_of(ArchivedArticle, latest)


def test_events_are_those_of_the_story_and_not_of_the_one_that_took_its_address(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, **BRIDGE),
        missing("/a/", 1, 410),
        Seen("/a/", 2, **TUNNEL),
        missing("/a/", 3),
        Seen("/a/", 4, **TUNNEL),
    )
    ids = {minute: record_id(missing("/a/", minute), profile) for minute in (1, 3)}

    with database.reading() as connection:
        found = stories_at(connection, url_of("/a/"))
        told = [article_events(connection, story) for story in found]

    tunnel, bridge = (
        [(event.kind, event.what, event.warc_record_id) for event in each] for each in told
    )
    assert bridge == [(EventKind.GONE, "410", ids[1])]
    assert tunnel[0] == (EventKind.GONE, "404", ids[3])
    assert [kind for kind, _, _ in tunnel] == [EventKind.GONE, EventKind.RESTORED]


def test_events_of_amp_pages_are_left_out(database, ingest):
    settled(
        ingest,
        Seen("/a/", 0, edges=(amphtml("/a/?amp=1"),)),
        Seen("/a/?amp=1", 1, is_amp=True),
        Seen("/a/?amp=1", 2, Outcome.ERROR, status=500),
        moved("/a/", 3, "/"),
    )

    with database.reading() as connection:
        told = article_events(connection, story_at(connection, "/a/"))

    assert [(event.kind, event.what) for event in told] == [
        (EventKind.GONE, f"leads to {url_of('/')}")
    ]


def test_a_group_has_its_members_and_the_pages_that_name_each_other(database, ingest):
    profile = settled(
        ingest,
        Seen("/a/", 0, alternates=(("fr", "/fr/a/"), ("en", "/a/"), ("de", "/nowhere/"))),
        Seen("/fr/a/", 1, alternates=(("en", "/a/"),), text="Le texte", headline="Titre"),
    )
    settled(ingest, Seen("/a/", 0), Seen("/fr/a/", 1))

    with database.reading() as connection:
        (group,) = translation_groups(connection).items
        (of_publisher,) = translation_groups(connection, publisher_name=profile.name).items
        found = stories_at(connection, url_of("/a/"))
        story = next(story for story in found if story.publisher == profile.name)
        named = named_translations(connection, story)
        of_story = translation_group_of(connection, story)

    assert group == of_publisher == of_story
    assert {member.headline for member in group.members} == {"headline", "Titre"}
    assert [(n.url, n.target_url) for n in group.evidence] == [
        (url_of("/a/"), url_of("/fr/a/")),
        (url_of("/fr/a/"), url_of("/a/")),
    ]
    assert [n.language for n in named] == ["de", "fr"]


def test_a_rule_is_told_with_articles_that_bear_it(database, ingest):
    footer = "Follow us on the usual channels."
    profile = settled(
        ingest,
        *[
            Seen(
                f"/{name}/",
                n,
                text=f"The tale of the {name} is told here.\n{footer}",
                headline=name,
            )
            for n, name in enumerate("abcdefgh")
        ],
    )

    with database.reading() as connection:
        (rule,) = boilerplate_rules(connection, profile.name)

    assert (rule.text, rule.language, rule.articles, rule.of_articles) == (footer, "en", 8, 8)
    assert rule.examples == (url_of("/a/"), url_of("/b/"))


def test_a_revisit_of_a_redirect_leads_where_the_redirect_led(database, ingest):
    first, again = moved("/a/", 1, "/elsewhere/"), moved("/a/", 2, "/elsewhere/")
    profile = settled(ingest, Seen("/a/", 0), first, again)
    with database.writing() as connection:
        capture, extraction, edge = view_tables.capture, view_tables.extraction, view_tables.edge
        of_it = capture.c.warc_record_id == record_id(again, profile)
        key = connection.scalar(select(capture.c.id).where(of_it))
        refers_to = {"record_type": "revisit", "refers_to": record_id(first, profile)}
        connection.execute(capture.update().where(of_it).values(refers_to))
        connection.execute(extraction.update().filter_by(capture_id=key).values(outcome="revisit"))
        connection.execute(edge.delete().where(edge.c.capture_id == key))

    with database.reading() as connection:
        (told,) = article_events(connection, story_at(connection, "/a/"))

    assert (told.what, told.captures) == (f"leads to {url_of('/elsewhere/')}", 2)
