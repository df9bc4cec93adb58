"""What a site teaches about its own frame, and what recurs on it and is text all the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from archive.profile import Profile
from archive.settle.boilerplate import LEAST_ARTICLES
from archive.sql.database import Database
from archive.sql.schema import view_tables
from tests.support.graphs import Seen
from tests.support.settled import new_profile, settled, store

FOOTER = "Follow us for more about the delta, every morning at seven."
Block = Callable[[int], str | None]
"""What stands before or after the text of the page of some number; None for nothing."""


def words(number: int) -> str:
    """A name for *number* without a digit."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def prose(number: int, paragraphs: int = 6) -> list[str]:
    """Paragraphs that stand in one article only."""
    name = words(number)
    return [f"What {name} did: {'and then ' * (part + 3)}" for part in range(paragraphs)]


def site(
    pages: int, before: Sequence[Block] = (), after: Sequence[Block] = (), **fields: str
) -> list[Seen]:
    """A capture of each of some articles, which stand between *before* and *after*."""
    return [
        Seen(
            f"/story-{n}/",
            n,
            headline=f"Story {n}",
            text="\n".join(
                [
                    *[text for give in before for text in [give(n)] if text],
                    *prose(n),
                    *[text for give in after for text in [give(n)] if text],
                ]
            ),
            **fields,
        )
        for n in range(pages)
    ]


def rules(database: Database, profile: Profile) -> set[tuple[str, str, int, int, int, str | None]]:
    rule = view_tables.boilerplate.c
    statement = (
        select(rule.language, rule.text, rule.articles, rule.of_articles, rule.at_end, rule.month)
        .join(view_tables.publisher)
        .where(view_tables.publisher.c.name == profile.name)
    )
    with database.reading() as connection:
        return {tuple(row) for row in connection.execute(statement)}


def texts(database: Database, profile: Profile) -> dict[str, str]:
    """The text of each article by its URL."""
    statement = (
        select(view_tables.article.c.canonical_url, view_tables.version.c.text)
        .select_from(view_tables.article)
        .join(view_tables.version)
        .join(view_tables.publisher)
        .where(view_tables.publisher.c.name == profile.name)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(statement)}


def test_a_footer_below_every_article_is_learned_with_its_evidence_and_cut(ingest, database):
    profile = settled(ingest, *site(30, after=[lambda _: FOOTER]))

    assert rules(database, profile) == {("en", FOOTER, 30, 30, 30, None)}
    assert len(texts(database, profile)) == 30
    assert not any(FOOTER in text for text in texts(database, profile).values())


def test_what_was_cut_is_kept_beside_the_text(ingest, database):
    settled(ingest, *site(30, after=[lambda n: f"© {2000 + n} The Delta"]))

    with database.reading() as connection:
        removed = connection.execute(select(view_tables.version.c.removed)).scalars().all()

    assert sorted(removed) == [[f"© {2000 + n} The Delta"] for n in range(30)]


def test_a_footer_of_some_articles_or_of_a_few_is_not_enough(ingest, database):
    some = settled(ingest, *site(30, after=[lambda n: FOOTER if n % 3 else None]))
    few = settled(ingest, *site(LEAST_ARTICLES - 1, after=[lambda _: FOOTER]))

    assert rules(database, some) == rules(database, few) == set()


def on(share: float, text: str) -> Block:
    """Put *text* into that share of the articles, scattered over the site."""
    return lambda n: text if (n * 7919) % 100 < 100 * share else None


def test_real_paragraphs_that_recur_on_two_hundred_pages_are_kept(ingest, database):
    seen = site(
        200,
        before=[
            on(0.6, "HANOI (Agency) –"),
            on(0.3, "Every Monday we ask a reader what changed in the delta."),
            on(0.15, "The delta, part 3: the dykes"),
            on(0.05, "This is the morning letter. Good morning."),
        ],
        after=[
            on(0.1, "Correction: an earlier version misspelt a name."),
            on(0.45, "With material from the agency."),
            on(0.25, "The author has received no money from anybody named here."),
            lambda n: f"📌 Summary: {'x' * (n + 1)} happened.",
            on(0.6, "(Agency)"),
            lambda _: FOOTER,
        ],
    )

    profile = settled(ingest, *seen)

    assert {rule[1] for rule in rules(database, profile)} == {FOOTER}
    assert sorted(texts(database, profile).values()) == sorted(
        item.text.removesuffix(f"\n{FOOTER}") for item in seen
    )


def test_a_footer_of_several_blocks_goes_as_a_whole_however_long_one_is(ingest, database):
    about = f"The Delta is written {'by people who live in it and '.strip() * 20} read by others."
    frame: list[Block] = [
        lambda n: f"Share “Story {words(n)} of the delta” with a friend",
        lambda n: f"https://news.test/story-{n}/",
        lambda _: about,
        lambda n: f"© {2000 + n} The Delta",
    ]
    seen = [
        replace(item, headline=f"Story {words(n)} of the delta")
        for n, item in enumerate(site(40, after=frame))
    ]

    profile = settled(ingest, *seen)

    assert len(rules(database, profile)) == 4
    assert sorted(texts(database, profile).values()) == sorted(
        "\n".join(prose(n)) for n in range(40)
    )


def test_a_footer_since_a_redesign_is_learned_from_the_first_whole_month_of_it(ingest, database):
    before = site(100)
    since = [
        replace(item, minute=item.minute + 60_000)  # 41 days
        for item in site(130, after=[lambda _: FOOTER])[100:]
    ]

    profile = settled(ingest, *[*before, *since])

    assert rules(database, profile) == {("en", FOOTER, 30, 30, 30, "2026-04")}
    assert not any(FOOTER in text for text in texts(database, profile).values())


def test_a_series_that_ran_for_a_month_is_no_footer(ingest, database):
    series = [
        replace(item, minute=item.minute + 60_000)
        for item in site(140, before=[lambda n: "A summer in the delta" if n % 5 else None])[100:]
    ]

    assert rules(database, settled(ingest, *[*site(100), *series])) == set()


def test_an_article_counts_once_however_often_it_was_captured(ingest, database):
    once = site(3, after=[lambda _: FOOTER])
    often = [
        Seen(item.path, 100 * again + item.minute, headline=item.headline, text=item.text)
        for item in once
        for again in range(20)
    ]

    assert rules(database, settled(ingest, *often)) == set()


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_pages_does_not_matter(ingest, database, seed):
    seen = site(40, before=[lambda n: f"Edition {n % 3}"], after=[lambda _: FOOTER])
    shuffled = list(seen)
    random.Random(seed).shuffle(shuffled)

    one, other = settled(ingest, *seen), settled(ingest, *shuffled)

    assert rules(database, one) == rules(database, other)
    assert texts(database, one) == texts(database, other)


def test_a_rule_that_does_not_hold_any_more_gives_the_texts_their_blocks_back(ingest, database):
    profile = settled(ingest, *site(9, after=[lambda _: FOOTER]))
    assert rules(database, profile)
    store(ingest, profile, [(n, item) for n, item in enumerate(site(13)) if n >= 9])

    ingest.settle_all(profile)

    assert rules(database, profile) == set()
    assert sum(text.endswith(FOOTER) for text in texts(database, profile).values()) == 9


def test_a_rule_touches_only_the_articles_that_bear_its_block_and_their_versions_keep_their_ids(
    ingest, database
):
    profile = new_profile()
    seen = site(30, after=[lambda n: FOOTER if n < 24 else None])
    store(ingest, profile, list(enumerate(seen)))
    ingest.settle(profile, [item.url for item in seen]).result()
    before = version_ids(database)

    assert ingest.settle_all(profile) == 24

    assert version_ids(database) == before


def version_ids(database: Database) -> set[int]:
    with database.reading() as connection:
        return set(connection.execute(select(view_tables.version.c.id)).scalars())


def test_learning_again_changes_nothing(ingest, database):
    profile = settled(ingest, *site(30, after=[lambda _: FOOTER]))
    before = rules(database, profile), version_ids(database)

    assert ingest.settle_all(profile) == 0

    assert (rules(database, profile), version_ids(database)) == before


def test_a_block_is_the_same_whatever_its_case_and_spaces(ingest, database):
    spellings = [FOOTER.upper(), FOOTER.replace(" ", "\u00a0")]

    profile = settled(ingest, *site(30, after=[lambda n: spellings[n % 2]]))

    assert len(rules(database, profile)) == 1
    assert not any("seven" in text.casefold() for text in texts(database, profile).values())
