"""What new captures leave to settle: nothing, where settling would come to what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.model import Outcome, Via
from archive.profile import Profile
from archive.sql.articles import store as articles
from archive.sql.database import Database
from archive.sql.schema.view_tables import address, article, capture, extraction, publisher, version
from tests.support.graphs import TEXTS, Seen, amphtml, canonical, graphs, missing, moved, url_of
from tests.support.settled import new_profile, settled, store

STORY = Seen("/a/", 0, payload="sha1:A", edges=(canonical("/a/"),))
STEP = 10


def again(original: Seen, minute: int) -> Seen:
    """An unchanged revisit of *original*."""
    return Seen(original.path, minute, payload=original.payload, again=original)


def unsettled(database: Database, profile: Profile) -> list[str]:
    with database.reading() as connection:
        owner = connection.scalar(select(publisher.c.id).filter_by(name=profile.name))
        assert owner is not None
        return articles.touched(connection, owner, 100)


def rows(database: Database, profile: Profile) -> dict[tuple[str, int], object]:
    """The articles of *profile* with all that settling says of them, row ids aside."""
    with database.reading() as connection:
        owner = connection.scalar(select(publisher.c.id).filter_by(name=profile.name))
        found = {}
        for row in connection.execute(select(article).filter_by(publisher_id=owner)):
            places = select(address.c.url, address.c.ordinal, address.c.role)
            versions = (
                select(version.c.seq, version.c.seen_from, version.c.seen_until, capture.c.url)
                .select_from(version.join(extraction).join(capture))
                .add_columns(version.c.text, version.c.change_kind)
            )
            found[row.canonical_url, row.ordinal] = (
                (row.seen_from, row.seen_until, row.gone_at, row.gone_reason),
                sorted(map(tuple, connection.execute(places.filter_by(article_id=row.id)))),
                sorted(map(tuple, connection.execute(versions.filter_by(article_id=row.id)))),
            )
        return found


def seen_until(database: Database, profile: Profile) -> tuple[object, object]:
    """When the one article of *profile*, and its last version, were seen last."""
    ((state, _, versions),) = rows(database, profile).values()
    return state[1], versions[-1][2]


def test_an_unchanged_revisit_moves_the_end_of_the_last_version_and_leaves_nothing_to_settle(
    ingest, database
):
    profile = settled(ingest, STORY)
    revisits = [again(STORY, 5), again(STORY, 9)]

    store(ingest, profile, list(enumerate(revisits, 1)))

    assert unsettled(database, profile) == []
    assert seen_until(database, profile) == (revisits[-1].at, revisits[-1].at)


def test_a_revisit_is_settled_after_a_capture_that_showed_something_else(ingest, database):
    gone = missing("/a/", 3)
    profile = settled(ingest, STORY, gone)

    store(ingest, profile, [(2, again(STORY, 5))])

    assert unsettled(database, profile) == [url_of("/a/")]


def test_a_revisit_is_settled_if_its_article_has_another_address(ingest, database):
    profile = settled(ingest, STORY, moved("/old/", 1, "/a/"))

    store(ingest, profile, [(2, again(STORY, 5))])

    assert unsettled(database, profile) == [url_of("/a/")]


WITH_TWIN = replace(STORY, edges=(canonical("/a/"), amphtml("/a/amp/")))
TWIN = Seen("/a/amp/", 1, payload="sha1:T", edges=(canonical("/a/"),), is_amp=True)


def test_revisits_of_an_article_and_its_amp_page_leave_nothing_to_settle(ingest, database):
    profile = settled(ingest, WITH_TWIN, TWIN)
    revisits = [again(WITH_TWIN, 5), again(TWIN, 6)]

    store(ingest, profile, list(enumerate(revisits, 2)))

    assert unsettled(database, profile) == []
    assert seen_until(database, profile) == (revisits[0].at, revisits[0].at)


def test_an_amp_page_that_is_not_fetched_leaves_nothing_to_settle(ingest, database):
    profile = settled(ingest, WITH_TWIN)

    store(ingest, profile, [(1, again(WITH_TWIN, 5))])

    assert unsettled(database, profile) == []


@pytest.mark.parametrize(
    "before",
    [
        (TWIN,),
        (WITH_TWIN, TWIN, replace(TWIN, minute=3, payload="sha1:U", text="more text")),
        (WITH_TWIN, TWIN, missing("/a/amp/", 3)),
        (WITH_TWIN, TWIN, moved("/old/", 3, "/a/amp/")),
        (WITH_TWIN, TWIN, missing("/a/", 3)),
    ],
    ids=["no canonical page", "another text", "missing", "tied to another", "canonical is gone"],
)
def test_a_revisit_of_an_amp_page_is_settled_if_it_may_change_its_article(ingest, database, before):
    profile = settled(ingest, *before)

    store(ingest, profile, [(9, again(TWIN, 5))])

    assert unsettled(database, profile) == [url_of("/a/amp/")]


def test_a_revisit_is_settled_if_its_payload_is_at_another_address(ingest, database):
    profile = settled(ingest, STORY, Seen("/a/?x=1", 1, payload="sha1:A"))

    store(ingest, profile, [(2, again(STORY, 5))])

    assert unsettled(database, profile) == [url_of("/a/")]


def test_a_link_to_a_host_that_is_not_shown_ties_nothing(ingest, database):
    original = replace(STORY, edges=(canonical("http://agency.test/1"),))
    profile = settled(ingest, original)

    store(ingest, profile, [(1, again(original, 5))])

    assert unsettled(database, profile) == []


def test_sources_by_their_names_and_what_says_nothing_are_not_settled(ingest, database):
    profile = settled(ingest, STORY)
    some = [
        Seen("/", 1, Outcome.LISTING),
        Seen("/", 2, payload="sha1:B"),
        Seen("/robots.txt", 3, Outcome.PAGE),
        Seen("/feed/", 4, Outcome.FEED),
        missing("/none/", 5),
    ]

    store(ingest, profile, list(enumerate(some, 1)))

    assert unsettled(database, profile) == []


def test_an_address_of_an_article_is_settled_if_it_says_nothing(ingest, database):
    profile = settled(ingest, STORY)

    store(ingest, profile, [(1, missing("/a/", 5))])

    assert unsettled(database, profile) == [url_of("/a/")]


def section(minute: int, text: str, **fields: object) -> Seen:
    """A capture of a section, whose list is another one each time."""
    return replace(Seen("/list/", minute, Outcome.LISTING, text=text), **fields)


def test_a_list_right_after_a_list_leaves_nothing_to_settle(ingest, database):
    profile = settled(ingest, STORY, section(1, "one"))
    some = [section(2, "two"), section(3, "three"), missing("/list/", 4), section(5, "five")]

    for number, item in enumerate(some, 2):
        store(ingest, profile, [(number, item)])

    assert unsettled(database, profile) == []


@pytest.mark.parametrize(
    "before",
    [
        (),
        (section(1, "one", outcome=Outcome.PAGE),),
        (section(1, "one"), section(4, "four", outcome=Outcome.PAGE)),
        (section(1, "one"), Seen("/list/", 9, Outcome.LISTING, text="nine")),
        (section(1, "one"), Seen("/feed/", 2, Outcome.FEED, names=((Via.FEED, "/list/"),))),
        (section(1, "one"), replace(STORY, text="five")),
    ],
    ids=["first", "page", "page between", "not last", "named", "text of another"],
)
def test_a_list_is_settled_if_it_may_change_what_its_address_is(ingest, database, before):
    profile = settled(ingest, *before)

    store(ingest, profile, [(9, section(5, "five"))])

    assert url_of("/list/") in unsettled(database, profile)


@st.composite
def visits(draw: st.DrawFn) -> list[Seen]:
    """Captures of a few addresses, and revisits of them."""
    first = [
        replace(item, minute=STEP * item.minute, payload=item.payload or f"sha1:{item.minute}")
        for item in draw(graphs(most=6))
    ]
    taken = {item.minute for item in first}
    found = list(first)
    for _ in range(draw(st.integers(1, 6))):
        original = draw(st.sampled_from(first))
        minute = original.minute + draw(st.integers(1, 3 * STEP))
        if minute not in taken:
            taken.add(minute)
            found.append(again(original, minute))
    return sorted(found, key=lambda item: item.minute)


@st.composite
def sections(draw: st.DrawFn) -> list[Seen]:
    """Captures of a few addresses, of which some are mostly lists, often with a text of others."""
    first = draw(graphs(most=9))
    lists = {item.path for item in draw(st.lists(st.sampled_from(first), min_size=1, max_size=3))}
    found = []
    for item in first:
        is_list = item.path in lists and draw(st.integers(0, 4)) > 0
        text = draw(st.sampled_from((item.text, f"a list of {item.minute}")))
        found.append(replace(item, outcome=Outcome.LISTING, text=text) if is_list else item)
    return found


@st.composite
def twins(draw: st.DrawFn) -> list[Seen]:
    """Captures of an article and its AMP page, mostly unchanged, and a few of other addresses."""
    article, twin = "/a/", "/a/?amp=1"
    edges = {article: (amphtml(twin),), twin: (canonical(article),)}
    found = []
    for number in range(draw(st.integers(2, 8))):
        path = draw(st.sampled_from((article, twin)))
        before = [item for item in found if item.path == path and item.again is None]
        kind = draw(st.sampled_from(("again",) * 4 + ("new", "missing", "other")))
        if kind == "again" and before:
            found.append(again(draw(st.sampled_from(before[-2:])), number))
        elif kind == "missing":
            found.append(missing(path, number))
        elif kind == "other":
            (item,) = draw(graphs(most=1))
            found.append(replace(item, minute=number))
        else:
            story = draw(st.sampled_from(("one", "one", "two", "mole")))
            page = Seen(path, number, text=TEXTS[story], headline=story, is_amp=path == twin)
            found.append(replace(page, edges=edges[path], payload=f"sha1:{number}"))
    return found


@given(visits() | sections() | twins(), st.randoms(use_true_random=False), st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_not_settled_is_as_settling_would_make_it(ingest, database, seen, chance, in_order):
    at_once = settled(ingest, *seen)
    by_steps = new_profile()
    numbered = list(enumerate(seen))
    if not in_order:
        chance.shuffle(numbered)

    for item in numbered:
        store(ingest, by_steps, [item])
        ingest.settle_all(by_steps)

    assert rows(database, by_steps) == rows(database, at_once)
