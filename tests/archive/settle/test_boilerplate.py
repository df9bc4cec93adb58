"""What of a page takes part in learning a site's frame, and what is cut when it is known."""

import pytest

from archive.model import Article, Block, BlockKind
from archive.settle.boilerplate import (
    ENDS,
    LEAST_ARTICLES,
    LEAST_IN_A_MONTH,
    block_key,
    block_keys,
    ends,
    is_boilerplate,
    is_boilerplate_of_a_month,
    kept_blocks,
)

FOOTER = "Follow us for more about the delta, every morning at seven."


URL = "http://news.test/story/"


def key(text: str, kind: BlockKind = BlockKind.PARAGRAPH) -> str:
    return block_key(Block(kind, text))


def article(*texts: str, headline: str = "A headline of its own") -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)
    return Article(headline=headline, blocks=blocks)


def prose(number: int, paragraphs_: int = 12) -> list[str]:
    """Paragraphs that stand in one article only."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return [f"What {name} did: {'and then ' * (part + 3)}" for part in range(paragraphs_)]


def test_the_blocks_at_both_ends_take_part_and_say_where_they_stand():
    found = ends([(article("A kicker.", *prose(1, 20), FOOTER), URL)])

    assert found[key("A kicker.")] is False
    assert found[key(FOOTER)] is True
    assert key(prose(1, 20)[10]) not in found
    assert len(found) == 2 * ENDS


def test_a_block_that_any_reading_has_at_its_end_stands_there():
    readings = [article(FOOTER, *prose(1)), article(*prose(1), FOOTER)]

    assert ends([(reading, URL) for reading in readings])[key(FOOTER)]


def test_what_recurs_in_the_middle_of_texts_takes_no_part():
    said = article(*prose(1, ENDS), "A refrain.", *prose(1001, ENDS))

    assert key("A refrain.") not in ends([(said, URL)])


def test_a_year_or_a_counter_that_moves_on_makes_no_other_block():
    spellings = {key(f"© {2000 + n} The Delta, read {n * 31} times") for n in range(30)}

    assert len(spellings) == 1
    assert key("Chapter 1 " + "word " * 20) != key("Chapter 2 " + "word " * 20)


@pytest.mark.parametrize("kind", [BlockKind.TABLE_ROW, BlockKind.LIST_ITEM])
def test_the_digits_of_a_table_or_a_list_are_what_it_tells(kind):
    assert key("Gold | 83,500", kind) != key("Gold | 84,100", kind)


def test_an_invitation_to_share_the_article_is_one_block_whatever_the_article_is_called():
    def invitation(name: str) -> str:
        said = article(
            f"Share “{name.title()} and the delta” or copy https://www.news.test/{name}/",
            headline=f"{name.title()} and the delta",
        )
        ((key, _),) = block_keys(said, f"http://news.test/{name}/")
        return key

    assert invitation("rice") == invitation("shrimp")


def test_a_block_that_names_another_article_is_its_own():
    one, other = (article(f"Read next: http://news.test/{name}/") for name in ("rice", "shrimp"))

    assert next(block_keys(one, URL))[0] != next(block_keys(other, URL))[0]


@pytest.mark.parametrize(
    ("articles", "of_articles", "verdict"),
    [(30, 30, True), (30, 40, True), (29, 40, False), (LEAST_ARTICLES - 1, 7, False)],
)
def test_most_of_the_articles_and_more_than_a_few_make_a_rule(articles, of_articles, verdict):
    assert is_boilerplate(articles, of_articles) is verdict


@pytest.mark.parametrize(
    ("articles", "of_articles", "verdict"),
    [(27, 30, True), (26, 30, False), (LEAST_IN_A_MONTH - 1, 19, False)],
)
def test_nearly_all_articles_of_a_month_make_a_rule(articles, of_articles, verdict):
    assert is_boilerplate_of_a_month(articles, of_articles) is verdict


def test_whole_blocks_at_the_ends_are_not_kept():
    said = article(*prose(1), FOOTER.upper())

    assert kept_blocks(said, URL, frozenset({key(FOOTER)})) == tuple(range(len(said.blocks) - 1))


def test_the_same_words_within_a_text_stay():
    said = article(*prose(1, ENDS), FOOTER, *prose(2, ENDS))

    assert kept_blocks(said, URL, frozenset({key(FOOTER)})) == tuple(range(len(said.blocks)))


def test_no_rule_eats_a_whole_article():
    said = article(FOOTER)

    assert kept_blocks(said, URL, frozenset({key(FOOTER)})) == tuple(range(len(said.blocks)))
