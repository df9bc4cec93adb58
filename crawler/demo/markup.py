"""Markdown to the two things that are made of a story: its true blocks, and its HTML.

Both come from the same tokens, so what the page shows and what the archive must hold cannot
drift apart. The HTML is what WordPress puts into ``entry-content``: of its block editor, of its
classic editor, or as the AMP plugin rewrites it.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from archive.model import Block, BlockKind
from crawler.demo.publisher import FOLDER

UPLOADS = FOLDER / "uploads"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
# `scrapy crawl` logs at DEBUG by default, and the parser logs each rule that it tries.
logging.getLogger("markdown_it").setLevel(logging.INFO)

# What the block editor writes on its elements; the classic editor writes none of it.
_BLOCK_CLASSES = {
    "heading_open": "wp-block-heading",
    "bullet_list_open": "wp-block-list",
    "ordered_list_open": "wp-block-list",
    "blockquote_open": "wp-block-quote",
}

# WordPress' wptexturize prints typographic marks as numeric references.
_TEXTURIZED = str.maketrans(
    {mark: f"&#{ord(mark)};" for mark in "‘’“”–—…"} | {"\u00a0": "&nbsp;", "\u202f": "&#8239;"}
)


class Editor(StrEnum):
    """Whose HTML to write."""

    BLOCKS = "blocks"
    CLASSIC = "classic"
    AMP = "amp"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in ``uploads``; *file* is its path there, *width* and *height* are in pixels."""

    file: str
    alt: str
    width: int
    height: int
    caption: str = ""


def read_image(file: str, alt: str, caption: str = "", *, uploads: Path = UPLOADS) -> Image:
    """Return the PNG picture *file* with the size that its header states (PNG 11.2.2, IHDR).

    Raises ``FileNotFoundError`` where there is no such picture, ``ValueError`` where it is no PNG.
    """
    with (uploads / file).open("rb") as stream:
        head = stream.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{file} is no PNG picture")
    width, height = struct.unpack(">II", head[16:24])
    return Image(file, alt, width, height, caption)


def texturize(html: str) -> str:
    """Return *html* with typographic marks as references, as WordPress prints them."""
    return html.translate(_TEXTURIZED)


def blocks_of(markdown: str) -> tuple[Block, ...]:
    """Return the blocks that a reader sees in *markdown*, in order.

    The text is as it was typed, no-break spaces included: fold white space before comparing it
    with what an extractor made of the page. Raises ``ValueError`` for an element that is no block.
    """
    return tuple(_blocks(SyntaxTreeNode(_tokens(markdown)), depth=0, quoted=False))


def _blocks(node: SyntaxTreeNode, *, depth: int, quoted: bool) -> Iterator[Block]:
    """Yield the blocks of *node*, which lies in *depth* lists."""
    match node.type:
        case "paragraph" if quoted:
            yield Block(BlockKind.QUOTE, _plain(node))
        case "paragraph" if depth:
            yield Block(BlockKind.LIST_ITEM, _plain(node), depth)
        case "paragraph":
            yield Block(BlockKind.PARAGRAPH, _plain(node))
        case "heading":
            yield Block(BlockKind.HEADING, _plain(node), int(node.tag[1:]))
        case "tr":
            yield Block(BlockKind.TABLE_ROW, " | ".join(_plain(cell) for cell in node.children))
        case "fence" | "code_block":
            yield Block(BlockKind.CODE, node.content.rstrip("\n"))
        case "figure":
            if caption := node.meta["image"].caption:
                yield Block(BlockKind.CAPTION, caption)
        case (
            "root"
            | "bullet_list"
            | "ordered_list"
            | "list_item"
            | "blockquote"
            | "table"
            | "thead"
            | "tbody"
        ):
            depth += node.type.endswith("_list")
            quoted = quoted or node.type == "blockquote"
            for child in node.children:
                yield from _blocks(child, depth=depth, quoted=quoted)
        case other:
            raise ValueError(f"a story may not hold {other!r}")


def html_of(markdown: str, editor: Editor, link: Callable[[str], str]) -> str:
    """Return the HTML of *markdown* as *editor* writes it.

    *link* makes an address absolute: a path of this site, or ``/wp-content/uploads/...``.
    """
    tokens = _tokens(markdown)
    for token in tokens:
        if editor is not Editor.CLASSIC and token.type in _BLOCK_CLASSES:
            token.attrSet("class", _BLOCK_CLASSES[token.type])
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", link(str(child.attrGet("href"))))
    html = str(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"editor": editor, "link": link})
    )
    return html if editor is Editor.AMP else texturize(html)


def _tokens(markdown: str) -> list[Token]:
    """Return the tokens of *markdown*, a paragraph that holds but a picture made one ``figure``."""
    result: list[Token] = []
    for token in _MARKDOWN.parse(markdown):
        children = token.children or []
        if token.type == "inline" and [child.type for child in children] == ["image"]:
            picture = children[0]
            image = read_image(
                str(picture.attrGet("src")), picture.content, str(picture.attrGet("title") or "")
            )
            result[-1] = Token("figure", "figure", 0, meta={"image": image})
        elif token.type == "paragraph_close" and result[-1].type == "figure":
            continue
        else:
            result.append(token)
    return result


def _plain(node: SyntaxTreeNode) -> str:
    """Return the text of a block's inline content, without emphasis and links."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        breaks.get(token.type, token.content)
        for inline in node.children
        for token in (inline.token.children if inline.token else None) or ()
        if token.type != "image"
    )


def _figure(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]
) -> str:
    image: Image = tokens[index].meta["image"]
    source = escape(env["link"](f"/wp-content/uploads/{image.file}"))
    size = f'width="{image.width}" height="{image.height}"'
    alt, caption = escape(image.alt), escape(image.caption)
    plain = f'<img decoding="async" {size} src="{source}" alt="{alt}" />'
    match env["editor"]:
        case Editor.AMP:
            picture = (
                f'<amp-img {size} src="{source}" alt="{alt}" layout="intrinsic" data-hero>'
                f'<img class="i-amphtml-fill-content" src="{source}" alt="{alt}">'
                f"<noscript>{plain}</noscript></amp-img>"
            )
            classes = "wp-block-image size-large"
        case Editor.BLOCKS:
            picture, classes = plain, "wp-block-image size-large"
        case _:
            return (
                f'<figure style="width: {image.width}px" class="wp-caption aligncenter">{plain}'
                f'<figcaption class="wp-caption-text">{caption}</figcaption></figure>\n'
            )
    label = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    return f'<figure class="{classes}">{picture}{label}</figure>\n'


_MARKDOWN.add_render_rule("figure", _figure)
