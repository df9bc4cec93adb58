"""Blocks and HTML come from the same Markdown."""

from __future__ import annotations

import pytest
from lxml import html

from archive.model import Block, BlockKind
from crawler.demo.markup import Editor, blocks_of, html_of, read_image

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
    assert blocks_of(MARKDOWN) == (
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


def test_an_element_that_is_no_block_is_refused():
    with pytest.raises(ValueError, match="may not hold 'hr'"):
        blocks_of("a\n\n---\n")


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
