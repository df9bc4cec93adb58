"""Which lines of a page the blocks of a text are."""

from archive.extract.body.alignment import align
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import Line, lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs


def lines_in(html: str) -> list[Line]:
    return lines_of(parse_page(f"<body>{html}</body>".encode(), "https://news.test/a").tree)


def blocks(*texts: str) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, text) for text in texts]


def places(text: list[Block], lines: list[Line]) -> list[int | None]:
    """Where each block of *text*, which is in the page's order, was found among its lines."""
    placed = align(text, lines)
    assert [each.block for each in placed] == text
    return [None if each.line is None else each.line.number for each in placed]


def test_each_block_is_found_where_its_line_is():
    lines = lines_in(f"<h1>The bridge</h1>{paragraphs()}")

    assert places(blocks(*PROSE), lines) == [1, 2, 3, 4]


def test_a_block_that_is_a_part_of_a_line_is_found_there_and_a_foreign_one_nowhere():
    lines = lines_in(f"<p>{PROSE[0]} {PROSE[1]}</p>{paragraphs(PROSE[2])}")
    text = blocks(PROSE[0], "Nobody on this page said any such thing.", PROSE[2])

    assert places(text, lines) == [0, None, 1]


def test_a_line_from_elsewhere_that_comes_first_goes_back_to_its_place_and_misleads_no_other():
    lines = lines_in(paragraphs(*PROSE[:3]) + f"<div>{PROSE[3]}</div>")

    placed = align(blocks(PROSE[3], *PROSE[:3]), lines)

    assert [(each.block.text, each.line) for each in placed] == [*zip(PROSE, lines, strict=True)]


def test_what_has_no_line_stays_behind_what_it_came_behind():
    lines = lines_in(paragraphs(*PROSE[:3]))
    moved = blocks(PROSE[2], "Nobody on this page said any such thing.", *PROSE[:2])

    placed = align(moved, lines)

    assert [each.block for each in placed] == [moved[2], moved[3], moved[0], moved[1]]
    assert [each.line for each in placed] == [*lines, None]


def test_of_lines_that_say_the_same_a_heading_is_the_one_that_is_a_heading():
    lines = lines_in(
        "<ul><li>The ferry leaves</li><li>The toll stays</li></ul>"
        f"<h2>The ferry leaves</h2>{paragraphs(PROSE[0])}"
        f"<h2>The toll stays</h2>{paragraphs(PROSE[1])}"
    )
    text = [
        Block(BlockKind.HEADING, "The ferry leaves", 2),
        *blocks(PROSE[0]),
        Block(BlockKind.HEADING, "The toll stays", 2),
        *blocks(PROSE[1]),
    ]

    assert places(text, lines) == [2, 3, 4, 5]


def test_of_lines_that_say_the_same_a_paragraph_is_the_one_next_to_others():
    teaser = f"<div>{PROSE[0]}</div><div>Read it here</div><div>Latest</div>"
    lines = lines_in(teaser + paragraphs(*PROSE[:2]) + "<p>-- The News --</p><p>More</p>" + teaser)

    assert places(blocks(*PROSE[:2]), lines) == [3, 4]


def test_a_short_line_is_only_looked_for_near_the_one_before_it():
    far = "".join(f"<p>Line {number} of many.</p>" for number in range(30))
    lines = lines_in(f"{paragraphs(PROSE[0])}<p>Oak</p>{far}<p>Iron</p>")

    assert places(blocks(PROSE[0], "Oak", "Iron"), lines) == [0, 1, None]


def test_a_line_that_stands_often_tells_of_no_place_of_its_own():
    advertisement = "<p>Advertisement below</p>"
    lines = lines_in(advertisement * 20 + advertisement.join(f"<p>{each}</p>" for each in PROSE))
    text = blocks(PROSE[0], "Advertisement below", PROSE[1])

    assert places(text, lines) == [20, 21, 22]
