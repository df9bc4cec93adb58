"""Blocks as the page has them, to the character; each page here is one that trafilatura changes."""

import pytest

from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs, read, story


def between(markup: str) -> list[Block]:
    """Return the blocks that *markup* makes between the paragraphs of a story."""
    body = paragraphs(*PROSE[:2]) + markup + paragraphs(*PROSE[2:])
    return [block for block in read(story(body=body)).article.blocks if block.text not in PROSE]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "Call <code>open()</code>, <code>seek(0)</code>; then (<code>read</code>).",
            "Call open(), seek(0); then (read).",
        ),
        ("Press <kbd>Ctrl</kbd>+<kbd>C</kbd> to stop it.", "Press Ctrl+C to stop it."),
        ("Water is H<sub>2</sub>O, and E=mc<sup>2</sup>.", "Water is H2O, and E=mc2."),
        ('The <a href="/a">ferry</a>, the <em>old</em> one.', "The ferry, the old one."),
        ("Que dit-elle\u00a0? «\u202fRien\u202f».", "Que dit-elle\u00a0? «\u202fRien\u202f»."),
        ("می\u200cخواهم به خانه بروم", "می\u200cخواهم به خانه بروم"),
    ],
)
@pytest.mark.parametrize(
    ("around", "kind", "level"),
    [
        ("<p>{}</p>", BlockKind.PARAGRAPH, 0),
        ("<ul><li>{}</li></ul>", BlockKind.LIST_ITEM, 1),
        ("<h3>{}</h3>", BlockKind.HEADING, 3),
    ],
)
def test_white_space_and_signs_within_a_line_are_the_pages_own(markup, text, around, kind, level):
    assert between(around.format(markup)) == [Block(kind, text, level)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<pre>gem install bridge</pre>", "gem install bridge"),
        ("<pre>\n  a\n    b\n</pre>", "  a\n    b"),
        ("<pre>x = 1<br>  y = 2<br>end</pre>", "x = 1\n  y = 2\nend"),
        (
            '<div class="code"><pre><code>def f(x):\n    return x\n\n\nf(1)\n</code></pre></div>',
            "def f(x):\n    return x\n\n\nf(1)",
        ),
        (
            '<pre><code><div class="l">if x:</div><div class="l">    y()</div></code></pre>',
            "if x:\n    y()",
        ),
    ],
)
def test_code_keeps_its_lines_and_their_indentation(markup, text):
    assert between(markup) == [Block(BlockKind.CODE, text)]


def test_an_item_of_several_paragraphs_is_one_block():
    markup = "<ul><li><p>Oak (<code>a</code>).</p><p>Iron.</p></li><li><p>Stone</p></li></ul>"

    assert between(markup) == [
        Block(BlockKind.LIST_ITEM, "Oak (a). Iron.", 1),
        Block(BlockKind.LIST_ITEM, "Stone", 1),
    ]


def test_cells_of_a_row_are_the_pages_own():
    markup = (
        "<table><tr><td>Cars</td><td><code>a</code>, b</td></tr><tr><td>Carts</td></tr></table>"
    )

    assert between(markup) == [
        Block(BlockKind.TABLE_ROW, "Cars | a, b"),
        Block(BlockKind.TABLE_ROW, "Carts"),
    ]


def test_an_item_with_the_words_of_the_headline_is_no_echo_of_it():
    items = "<ul><li>The bridge over the river opens.</li><li>The ferry does not.</li></ul>"

    found = read(story(body=items + paragraphs())).article.blocks

    assert found[0] == Block(BlockKind.LIST_ITEM, "The bridge over the river opens.", 1)
