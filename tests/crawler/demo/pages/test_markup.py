"""Blocks and HTML come from the same Markdown."""

from __future__ import annotations

import pytest
from lxml import html

from archive.model import Block, BlockKind
from crawler.demo.newsroom.editors import Editor
from crawler.demo.pages.markup import html_of, markdown_blocks
from crawler.demo.pages.pictures import read_image

MARKDOWN = """\
## A heading

A *first*
line with a [link](/fr/slug/) and `code`.

- one
  - two

    again two
    1. three

> quoted

| a | b |
|---|---|
| 1 | 2 |

![alt](2025/12/la-lua.png "A caption")

![alt](2025/12/la-lua.png)

```
x = 1
```

after
"""


def absolute(path: str) -> str:
    return f"http://demo.test{path}"


def test_each_element_becomes_its_kind_of_block():
    assert markdown_blocks(MARKDOWN) == (
        Block(BlockKind.HEADING, "A heading", 2),
        Block(BlockKind.PARAGRAPH, "A first line with a link and code."),
        Block(BlockKind.LIST_ITEM, "one", 1),
        Block(BlockKind.LIST_ITEM, "two", 2),
        Block(BlockKind.LIST_ITEM, "again two", 2),
        Block(BlockKind.LIST_ITEM, "three", 3),
        Block(BlockKind.QUOTE, "quoted"),
        Block(BlockKind.TABLE_ROW, "a | b"),
        Block(BlockKind.TABLE_ROW, "1 | 2"),
        Block(BlockKind.CAPTION, "A caption"),
        Block(BlockKind.CODE, "x = 1"),
        Block(BlockKind.PARAGRAPH, "after"),
    )


def test_a_line_that_is_broken_by_hand_is_a_block_of_its_own():
    assert markdown_blocks("– one;\\\n– two.") == (
        Block(BlockKind.PARAGRAPH, "– one;"),
        Block(BlockKind.PARAGRAPH, "– two."),
    )


QUOTED = "> Said he.\n>\n> — A *man*, forty\n\nAfter.\n\n> [!pull]\n> Said he.\n"


def test_a_quotation_has_its_source_as_a_line_without_the_dash():
    assert markdown_blocks(QUOTED) == (
        Block(BlockKind.QUOTE, "Said he."),
        Block(BlockKind.QUOTE, "A man, forty"),
        Block(BlockKind.PARAGRAPH, "After."),
        Block(BlockKind.QUOTE, "Said he."),
    )


@pytest.mark.parametrize("editor", list(Editor))
def test_a_source_is_cited_and_a_pull_quote_is_marked_in_every_editors_html(editor):
    tree = html.fragment_fromstring(html_of(QUOTED, editor, absolute), create_parent="div")

    quotation, pulled = tree.xpath("//blockquote")

    assert quotation.xpath("string(cite)") == "A man, forty"
    assert "pullquote" in (pulled.get("class") or pulled.getparent().get("class"))
    assert "[!pull]" not in tree.text_content()


def test_a_dash_outside_of_a_quotation_cites_nobody():
    assert markdown_blocks("> a\n\n— b") == (
        Block(BlockKind.QUOTE, "a"),
        Block(BlockKind.PARAGRAPH, "— b"),
    )


NOTED = "Here[^1] and there.[^2]\n\n[^1]: The *first* note.\n\n[^2]: The second.\n\nAfter.\n"


def test_footnotes_are_blocks_and_the_signs_that_refer_to_them_no_text():
    assert markdown_blocks(NOTED) == (
        Block(BlockKind.PARAGRAPH, "Here and there."),
        Block(BlockKind.FOOTNOTE, "The first note."),
        Block(BlockKind.FOOTNOTE, "The second."),
        Block(BlockKind.PARAGRAPH, "After."),
    )


@pytest.mark.parametrize("editor", list(Editor))
def test_each_sign_leads_to_its_note_and_back(editor):
    tree = html.fragment_fromstring(html_of(NOTED, editor, absolute), create_parent="div")

    signs = tree.xpath("//sup[@class='fn']/a")
    notes = tree.xpath("//ol[@class='wp-block-footnotes']/li")

    assert [sign.text for sign in signs] == ["1", "2"]
    assert [sign.get("href") for sign in signs] == [f"#{note.get('id')}" for note in notes]
    assert [note.xpath("string(a/@href)") for note in notes] == [
        f"#{sign.get('id')}" for sign in signs
    ]


def test_pictures_in_one_paragraph_are_a_gallery_with_a_caption_each():
    markdown = "\n".join(f'![x](2025/12/la-lua.png "Picture {n}")' for n in (1, 2, 3))

    found = {
        editor: html.fragment_fromstring(html_of(markdown, editor, absolute), create_parent="div")
        for editor in Editor
    }

    assert [block.text for block in markdown_blocks(markdown)] == [
        "Picture 1",
        "Picture 2",
        "Picture 3",
    ]
    for tree in found.values():
        assert tree.xpath("//figcaption/text()") == ["Picture 1", "Picture 2", "Picture 3"]
        assert len(tree.xpath("//*[contains(@class, 'gallery')]//figure")) == 3


def test_tables_and_code_stand_as_the_editors_write_them():
    markdown = "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx < 1\n```\n"
    blocks, classic = (
        html.fragment_fromstring(html_of(markdown, editor, absolute), create_parent="div")
        for editor in (Editor.BLOCKS, Editor.CLASSIC)
    )

    assert blocks.xpath("//figure[@class='wp-block-table']/table/thead//th/text()") == ["a", "b"]
    assert blocks.xpath("//pre[@class='wp-block-code']/code/text()") == ["x < 1"]
    assert classic.xpath("//figure") == []
    assert classic.xpath("//pre/code/text()") == ["x < 1"]


def test_an_element_that_is_no_block_is_refused():
    with pytest.raises(ValueError, match="may not hold 'hr'"):
        markdown_blocks("a\n\n---\n")


@pytest.mark.parametrize("editor", list(Editor))
def test_links_and_pictures_are_absolute_in_every_editors_html(editor):
    tree = html.fragment_fromstring(html_of(MARKDOWN, editor, absolute), create_parent="div")

    assert tree.xpath("//a/@href") == ["http://demo.test/fr/slug/"]
    assert set(tree.xpath("//*[self::img or self::amp-img]/@src")) == {
        "http://demo.test/wp-content/uploads/2025/12/la-lua.png"
    }
    assert tree.xpath("//figcaption/text()") == ["A caption"]


def test_only_amp_has_amp_pictures():
    kinds = {editor: "<amp-img" in html_of(MARKDOWN, editor, absolute) for editor in Editor}

    assert kinds == {Editor.BLOCKS: False, Editor.CLASSIC: False, Editor.AMP: True}


def test_the_block_editor_marks_its_elements_and_the_classic_one_does_not():
    assert 'class="wp-block-heading"' in html_of(MARKDOWN, Editor.BLOCKS, absolute)
    assert "wp-block" not in html_of(MARKDOWN, Editor.CLASSIC, absolute)


def test_typographic_marks_are_printed_as_references():
    assert (
        html_of("l’été…\u00a0!", Editor.CLASSIC, absolute) == "<p>l&#8217;été&#8230;&nbsp;!</p>\n"
    )


def test_markup_in_a_story_is_text():
    assert "<script>" not in html_of("<script>x</script>", Editor.BLOCKS, absolute)


def test_a_file_that_is_no_png_is_refused_as_a_picture(tmp_path):
    (tmp_path / "x.png").write_bytes(b"GIF89a")

    with pytest.raises(ValueError, match="no PNG"):
        read_image("x.png", "", uploads=tmp_path)
