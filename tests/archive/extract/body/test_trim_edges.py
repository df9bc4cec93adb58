"""What stands above and below the text, and is none of it."""

import pytest

from archive.extract.body.trim_edges import About, without_edges
from archive.model import Block, BlockKind
from tests.support.pages import PROSE

ABOUT = About(
    headlines=("The bridge opens",), authors=("Ann Lee",), sections=("Upper Valley",), base=""
)
TEXT = tuple(Block(BlockKind.PARAGRAPH, text) for text in PROSE)


def line(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, text)


@pytest.mark.parametrize(
    "above",
    [
        "The bridge opens",
        "Upper Valley",
        "Ann Lee",
        "By Ann Lee, our reporter in Riverton.",
        "Von Hans Müller",
        "Par Jean Dupont",
        "4 min read",
        "Lesezeit: 4 Min.",
        "Tuesday, March 8, 2026 10:30 AM",
        "Veröffentlicht am 8. März 2026 um 10:30 Uhr",
        "Publié le 8 mars 2026 à 10h30",
        "08. 03. 2026, 10:30 Uhr Lesedauer: 4 Minuten",
        "4 min read · 8 March 2026",
        "Last updated on:",
    ],
)
def test_lines_above_the_text_that_are_none_of_it_go(above):
    assert without_edges((line(above), *TEXT), ABOUT) == TEXT


@pytest.mark.parametrize(
    "first",
    ["Riverton has waited.", "By noon it was over.", "In March 2026 all was well.", "Von hier an"],
)
def test_a_short_first_sentence_stays(first):
    assert without_edges((line(first), *TEXT), ABOUT) == (line(first), *TEXT)


def test_the_same_line_within_the_text_stays():
    blocks = (*TEXT[:2], line("By Ann Lee"), *TEXT[2:])

    assert without_edges(blocks, ABOUT) == blocks


@pytest.mark.parametrize(
    "between", ["By Ann Lee", "segunda-feira, 8 de março de 2026 às 10:30", "The bridge opens"]
)
def test_such_lines_go_between_a_standfirst_and_the_text_too(between):
    assert without_edges((TEXT[0], line(between), *TEXT[1:]), ABOUT) == TEXT


def test_what_a_table_says_of_a_picture_above_the_headline_hides_no_head():
    row = Block(BlockKind.TABLE_ROW, "The bridge as it stood on the morning of its opening, " * 2)

    assert without_edges((row, line("The bridge opens"), *TEXT), ABOUT) == (row, *TEXT)


@pytest.mark.parametrize(
    "below",
    [
        "Additional reporting by Bo Berg",
        "(Reporting by Bo Berg; editing by Ann Lee)",
        "With files from The Canadian Press",
        "Quelle: dpa/afp",
        "Source: The News",
        "Mit Material der Agenturen",
        "—AFP",
        "desk@news.test",
        "© The News. All rights reserved.",
        "Tags: bridges, ferries",
        "(dmk)",
        "(dpa/fmg)",
        "Updated at 1:23 p.m. on March 8, 2026",
    ],
)
def test_credits_below_the_text_go(below):
    assert without_edges((*TEXT, line(below)), ABOUT) == TEXT


@pytest.mark.parametrize(
    "last",
    [
        "The mayor said she would follow the matter.",
        "He told Reuters on Monday that the old ferry would be sold before the year was out.",
        "I thank everyone who contributed to this discussion.",
        "The last ferry left with the mayor on board, as she had promised (c) 2026 News",
        "It was the last one to cross, said the mayor, and she told so to the man from Reuters",
        "8 to 12 March 2026",
        "(see below)",
        "町長は古い渡し船は六月末まで走ると述べた。(c)AFP/Ann LEE",
    ],
)
def test_a_last_sentence_that_only_names_such_things_stays(last):
    assert without_edges((*TEXT, line(last)), ABOUT) == (*TEXT, line(last))


def test_a_heading_with_nothing_below_it_goes():
    assert without_edges((*TEXT, Block(BlockKind.HEADING, "More", 2)), ABOUT) == TEXT


def test_an_article_of_lines_that_look_like_credits_keeps_two():
    blocks = tuple(line(f"Source: {number}") for number in range(5))

    assert len(without_edges(blocks, ABOUT)) == 2


@pytest.mark.parametrize(
    "below",
    [
        ("Ann Lee is a freelance writer who lives in Riverton.",),
        ("About the author: Ann Lee has written of rivers for ten years.",),
        ("Get the best of the week in your inbox.", "Follow us on Facebook."),
        ("Sign up for our newsletter.", "© The News 2026"),
    ],
)
def test_what_the_publisher_says_of_itself_and_of_its_authors_goes_at_the_end(below):
    assert without_edges((*TEXT, *map(line, below)), ABOUT) == TEXT


def test_the_same_words_early_in_the_text_and_the_name_within_a_line_stay():
    early = line("Sign up for our newsletter, the poster said; nobody did.")
    last = line("It was the first bridge that Ann Lee had seen opened.")
    blocks = (TEXT[0], early, *TEXT, *TEXT, last)

    assert without_edges(blocks, ABOUT) == blocks


def test_a_notice_of_commission_goes_wherever_it_stands_and_a_short_text_is_kept_whole():
    notice = line("We may earn a commission if you buy something.")
    short = (line("Ann Lee resigned."), line("Subscribe now, she says."))

    assert without_edges((TEXT[0], notice, *TEXT[1:]), ABOUT) == TEXT
    assert without_edges(short, ABOUT) == short


@pytest.mark.parametrize("label", ["Advertisement", "Passer la publicité", "ANZEIGE", "広告"])
def test_the_label_of_an_advertisement_goes_wherever_it_stands(label):
    assert without_edges((*TEXT[:2], line(label), *TEXT[2:]), ABOUT) == TEXT
