"""What a site teaches about its own frame, and what recurs on it and is text all the same."""

import random

import pytest

from archive.model import Block, BlockKind
from archive.settle.boilerplate import ENDS, LEAST_ARTICLES, block_key, learn, strip

FOOTER = "Follow us for more about the delta, every morning at seven."


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


def prose(number: int, paragraphs_: int = 12) -> list[str]:
    """Paragraphs that stand in one article only."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return [f"What {name} did: {'and then ' * (part + 3)}" for part in range(paragraphs_)]


def site(pages: int, before=(), after=()) -> list[tuple[str, list[tuple[Block, ...]]]]:
    """Articles that each stand between what ``before`` and ``after`` give for their number."""
    return [
        (
            "en",
            [
                paragraphs(
                    *[text for give in before for text in [give(n)] if text],
                    *prose(n),
                    *[text for give in after for text in [give(n)] if text],
                )
            ],
        )
        for n in range(pages)
    ]


def texts(rules) -> set[str]:
    return {rule.text for rule in rules}


def test_a_footer_below_every_article_is_learned_with_its_evidence():
    (rule,) = learn(site(30, after=[lambda _: FOOTER]))

    assert (rule.language, rule.text) == ("en", FOOTER)
    assert (rule.articles, rule.of_articles, rule.at_end) == (30, 30, 30)


def test_a_footer_whose_year_or_counter_moves_on_is_one_block():
    rules = learn(site(30, after=[lambda n: f"© {2000 + n} The Delta, read {n * 31} times"]))

    assert len(rules) == 1
    assert block_key("© 2026 The Delta, read 7 times") == rules[0].key


def test_a_footer_of_half_the_articles_or_of_a_few_is_not_enough():
    half = site(30, after=[lambda n: FOOTER if n % 2 else None])
    few = site(LEAST_ARTICLES - 1, after=[lambda _: FOOTER])

    assert learn(half) == []
    assert learn(few) == []


def test_each_language_has_rules_of_its_own():
    french = [("fr", readings) for _, readings in site(30)]

    rules = learn(site(30, after=[lambda _: FOOTER]) + french)

    assert {rule.language for rule in rules} == {"en"}


def test_real_paragraphs_that_recur_on_two_hundred_pages_are_kept():
    standing = [
        lambda n: "Every Monday we ask a reader what changed in the delta." if n % 5 == 0 else None,
        lambda n: "HANOI (Agency) – " if n % 3 == 0 else None,
    ]
    closing = [
        lambda n: "Correction: an earlier version misspelt a name." if n % 9 == 0 else None,
        lambda n: "With material from the agency." if n % 3 == 1 else None,
        lambda _: FOOTER,
    ]

    rules = learn(site(200, before=standing, after=closing))

    assert texts(rules) == {FOOTER}


def test_what_recurs_in_the_middle_of_texts_is_no_frame():
    articles = [
        ("en", [paragraphs(*prose(n, ENDS), "A refrain.", *prose(n + 1000, ENDS))])
        for n in range(50)
    ]

    assert learn(articles) == []


def test_a_long_block_is_somebodys_prose_however_often_it_stands():
    essay = " ".join(f"word{number}" for number in range(80))

    assert learn(site(30, after=[lambda _: essay])) == []


def test_an_article_counts_once_however_often_it_was_captured():
    once = site(3, after=[lambda _: FOOTER])
    often = [(language, readings * 50) for language, readings in once]

    assert learn(often) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_pages_and_readings_does_not_matter(seed):
    articles = site(40, before=[lambda n: f"Edition {n % 3}"], after=[lambda _: FOOTER])
    shuffled = list(articles)
    random.Random(seed).shuffle(shuffled)

    assert learn(shuffled) == learn(articles)


def test_stripping_takes_whole_blocks_at_the_ends_and_says_what_it_took():
    blocks = paragraphs(*prose(1), FOOTER.upper())

    kept, removed = strip(blocks, frozenset({block_key(FOOTER)}))

    assert kept == blocks[:-1]
    assert removed == blocks[-1:]


def test_the_same_words_within_a_text_stay():
    blocks = paragraphs(*prose(1, ENDS), FOOTER, *prose(2, ENDS))

    assert strip(blocks, frozenset({block_key(FOOTER)})) == (blocks, ())


def test_a_prefix_that_recurs_with_new_content_is_no_boilerplate():
    rules = learn(site(30, after=[lambda n: f"📌 Summary: {'x' * (n + 1)} happened."]))

    assert rules == []


def test_no_rule_eats_a_whole_article():
    blocks = paragraphs(FOOTER)

    assert strip(blocks, frozenset({block_key(FOOTER)})) == (blocks, ())
