"""What of a page takes part in learning a site's frame, and what is cut when it is known."""

import pytest

from archive.model import Block, BlockKind
from archive.settle.boilerplate import (
    ENDS,
    LEAST_ARTICLES,
    block_key,
    ends,
    is_boilerplate,
    strip,
)

FOOTER = "Follow us for more about the delta, every morning at seven."


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


def prose(number: int, paragraphs_: int = 12) -> list[str]:
    """Paragraphs that stand in one article only."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return [f"What {name} did: {'and then ' * (part + 3)}" for part in range(paragraphs_)]


def test_the_blocks_at_both_ends_take_part_and_say_where_they_stand():
    blocks = paragraphs("A kicker.", *prose(1, 20), FOOTER)

    found = ends([blocks])

    assert found[block_key("A kicker.")] is False
    assert found[block_key(FOOTER)] is True
    assert block_key(prose(1, 20)[10]) not in found
    assert len(found) == 2 * ENDS


def test_a_block_that_any_reading_has_at_its_end_stands_there():
    assert ends([paragraphs(FOOTER, *prose(1)), paragraphs(*prose(1), FOOTER)])[block_key(FOOTER)]


def test_what_recurs_in_the_middle_of_texts_takes_no_part():
    blocks = paragraphs(*prose(1, ENDS), "A refrain.", *prose(1001, ENDS))

    assert block_key("A refrain.") not in ends([blocks])


def test_a_long_block_is_somebodys_prose_however_often_it_stands():
    assert ends([paragraphs(" ".join(f"word{number}" for number in range(80)))]) == {}


def test_a_year_or_a_counter_that_moves_on_makes_no_other_block():
    spellings = {block_key(f"© {2000 + n} The Delta, read {n * 31} times") for n in range(30)}

    assert len(spellings) == 1
    assert block_key("Chapter 1 " + "word " * 20) != block_key("Chapter 2 " + "word " * 20)


@pytest.mark.parametrize(
    ("articles", "of_articles", "verdict"),
    [(30, 30, True), (16, 30, True), (15, 30, False), (LEAST_ARTICLES - 1, 4, False)],
)
def test_more_than_half_of_the_articles_and_more_than_a_few_make_a_rule(
    articles, of_articles, verdict
):
    assert is_boilerplate(articles, of_articles) is verdict


def test_stripping_takes_whole_blocks_at_the_ends_and_says_what_it_took():
    blocks = paragraphs(*prose(1), FOOTER.upper())

    kept, removed = strip(blocks, frozenset({block_key(FOOTER)}))

    assert kept == blocks[:-1]
    assert removed == blocks[-1:]


def test_the_same_words_within_a_text_stay():
    blocks = paragraphs(*prose(1, ENDS), FOOTER, *prose(2, ENDS))

    assert strip(blocks, frozenset({block_key(FOOTER)})) == (blocks, ())


def test_no_rule_eats_a_whole_article():
    blocks = paragraphs(FOOTER)

    assert strip(blocks, frozenset({block_key(FOOTER)})) == (blocks, ())
