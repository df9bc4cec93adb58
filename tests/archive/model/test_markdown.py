"""Markdown from blocks, as a parser of Markdown reads it back."""

import re

import pytest
from markdown_it import MarkdownIt

from archive.model import Block, BlockKind
from archive.model.markdown import markdown_of

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def item(text: str, level: int) -> Block:
    return Block(BlockKind.LIST_ITEM, text, level)


def test_each_kind_has_its_own_form():
    blocks = (
        Block(BlockKind.PARAGRAPH, "It opened."),
        Block(BlockKind.CAPTION, "The bridge"),
        Block(BlockKind.HEADING, "The piers", 3),
        item("Oak", 1),
        item("red", 2),
        item("Iron", 1),
        Block(BlockKind.QUOTE, "We built it."),
        Block(BlockKind.QUOTE, "Ann Lee"),
        Block(BlockKind.TABLE_ROW, "| 2010"),
        Block(BlockKind.TABLE_ROW, "Cars | a|b"),
        Block(BlockKind.TABLE_ROW, "Carts"),
        Block(BlockKind.CODE, "if x:\n    y()"),
        Block(BlockKind.FOOTNOTE, "The third."),
        Block(BlockKind.FOOTNOTE, "Since 1910."),
    )

    assert markdown_of(blocks, "The bridge") == (
        "# The bridge\n\nIt opened.\n\n*The bridge*\n\n### The piers\n\n- Oak\n  - red\n- Iron\n\n"
        "> We built it.\n>\n> Ann Lee\n\n|  | 2010 |\n| --- | --- |\n| Cars | a\\|b |\n"
        "| Carts |  |\n\n```\nif x:\n    y()\n```\n\n---\n\n1. The third.\n2. Since 1910."
    )


SIGNS = [
    "# not a heading",
    "- not an item",
    "+ 3 degrees",
    "1. Mai",
    "2024) was long",
    "> 40 percent",
    "---",
    "===",
    "~~~",
    "* * *",
    "a *b* _c_ `d` ~~e~~ **f**",
    "snake_case_name and _start",
    "[a](b) ![c](d) [^1]: e",
    "<b>bold</b> and <!-- no --> 3 < 4",
    "AT&amp;T &copy; A&B &#35;",
    r"C:\new\*",
    "• typed, – typed, 📌 Résumé:",
    "Que dit-elle\u00a0? «\u202fRien\u202f».",
    "ends with #",
]


@pytest.mark.parametrize("text", SIGNS)
@pytest.mark.parametrize(
    ("kind", "level", "tag"),
    [
        (BlockKind.PARAGRAPH, 0, "p"),
        (BlockKind.HEADING, 2, "h2"),
        (BlockKind.LIST_ITEM, 1, "li"),
        (BlockKind.CAPTION, 0, "em"),
        (BlockKind.TABLE_ROW, 0, "th"),
        (BlockKind.FOOTNOTE, 0, "li"),
    ],
)
def test_signs_that_were_typed_are_read_as_text(text, kind, level, tag):
    html = PARSER.render(markdown_of([Block(kind, text, level)]))

    found = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert found is not None
    assert found[1].strip() == plain


@pytest.mark.parametrize("code", ["```\nx\n```", "    four\n\n\n  two", "`a`", "# no heading"])
def test_code_comes_back_with_its_lines_whatever_is_in_it(code):
    tokens = PARSER.parse(markdown_of([Block(BlockKind.CODE, code)]))

    assert [(token.type, token.content) for token in tokens] == [("fence", code + "\n")]


def test_an_item_is_never_so_deep_that_it_were_code():
    tokens = PARSER.parse(markdown_of([item("deep", 4), item("deeper", 9)]))

    assert not [token for token in tokens if token.type in {"code_block", "fence"}]
    assert sum(token.type == "bullet_list_open" for token in tokens) == 2
