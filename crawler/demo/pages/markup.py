"""Convert the Markdown of a story to its true blocks and to its HTML.

Both are made from the same tokens, so the page and the expected archive cannot differ. The HTML is
what WordPress puts into ``entry-content``: from its block editor, from its classic editor, or as
the AMP plugin rewrites it (see ``editors.py``).

Four things have a syntax of our own, because CommonMark has none. A paragraph of only pictures is a
gallery (one picture alone is a figure). The last paragraph of a quotation is its source if it
begins with a dash. ``[!pull]`` begins a pull quote. ``[^1]`` refers to the note in the paragraph
``[^1]: ...``. A line ``<!--nextpage-->`` divides a story into several pages, as in WordPress; feeds
and AMP pages have it whole.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from archive.model import Block, BlockKind
from crawler.demo.newsroom.editors import Editor, add_rules, texturize
from crawler.demo.pages.pictures import read_image

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
add_rules(_MARKDOWN)
# `scrapy crawl` logs at DEBUG by default, and the parser logs each rule that it tries.
logging.getLogger("markdown_it").setLevel(logging.INFO)

# The classes of the block editor; the classic editor writes none.
_BLOCK_CLASSES = {
    "heading_open": "wp-block-heading",
    "bullet_list_open": "wp-block-list",
    "ordered_list_open": "wp-block-list",
}
_CONTAINERS = frozenset(
    {"root", "bullet_list", "ordered_list", "list_item", "blockquote", "table", "thead", "tbody"}
    | {"footnotes"}
)
_PULL, _SOURCE = "[!pull]", "— "
_NOTE = re.compile(r"\[\^(\d+)\]: ")
_REFERENCE = re.compile(r"\[\^(\d+)\]")


NEXT_PAGE = "<!--nextpage-->"


def pages_of(markdown: str) -> list[str]:
    """Return the Markdown of each page of a story; of most stories there is one."""
    return [f"{page.strip()}\n" for page in markdown.split(NEXT_PAGE)]


@lru_cache(maxsize=256)
def markdown_blocks(markdown: str) -> tuple[Block, ...]:
    """Return the blocks that a reader sees in *markdown*, in order.

    The text is as it was typed, no-break spaces included: fold white space before comparing it
    with what an extractor made of the page. The signs that refer to footnotes are left out. A line
    that was broken by hand is a block of its own. Raises ``ValueError`` for an element that is no
    block.
    """
    return tuple(_blocks(SyntaxTreeNode(_tokens(markdown)), depth=0, quoted=False))


def _blocks(node: SyntaxTreeNode, *, depth: int, quoted: bool) -> Iterator[Block]:
    """Yield the blocks of *node*, which is inside *depth* lists."""
    if node.type in _CONTAINERS:
        depth += node.type.endswith("_list")
        quoted = quoted or node.type == "blockquote"
        for child in node.children:
            yield from _blocks(child, depth=depth, quoted=quoted)
    elif node.type == "paragraph" or (node.type == "source" and quoted):
        yield from _paragraphs(node, depth=depth, quoted=quoted)
    else:
        yield from _other_blocks(node)


def _paragraphs(node: SyntaxTreeNode, *, depth: int, quoted: bool) -> Iterator[Block]:
    if depth and not quoted:
        yield Block(BlockKind.LIST_ITEM, _plain(node).replace("\n", " "), depth)
    else:
        kind = BlockKind.QUOTE if quoted else BlockKind.PARAGRAPH
        yield from (Block(kind, line) for line in _plain(node).split("\n"))


def _other_blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Block(BlockKind.HEADING, _plain(node), int(node.tag[1:]))
        case "tr":
            yield Block(BlockKind.TABLE_ROW, " | ".join(_plain(cell) for cell in node.children))
        case "fence" | "code_block":
            yield Block(BlockKind.CODE, node.content.rstrip("\n"))
        case "footnote":
            yield Block(BlockKind.FOOTNOTE, _plain(node))
        case "gallery":
            captions = (image.caption for image in node.meta["images"])
            yield from (Block(BlockKind.CAPTION, caption) for caption in captions if caption)
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


def first_paragraph(markdown: str) -> str:
    """Return the Markdown of the first paragraph of *markdown*."""
    return markdown.strip().partition("\n\n")[0] + "\n"


def _tokens(markdown: str) -> list[Token]:
    """Return the tokens of *markdown*, with our own kinds of block recognized."""
    result: list[Token] = []
    for token in _MARKDOWN.parse(markdown.replace(NEXT_PAGE, "")):
        if token.type == "inline":
            _read_paragraph(result, token)
        elif token.type == "paragraph_close" and result[-1].type == "gallery":
            continue
        elif token.type == "paragraph_close":
            opening = result[-2].type.removesuffix("_open")
            result.append(Token(f"{opening}_close", result[-2].tag, -1, block=True))
            result[-1].hidden = token.hidden
        else:
            result.append(token)
    return _with_footnotes(result)


def _read_paragraph(result: list[Token], inline: Token) -> None:
    """Append *inline* to *result*, whose last token opens the block of this content."""
    children = inline.children = list(_with_references(inline.children or []))
    opening = result[-1]
    if {child.type for child in children} - {"softbreak"} == {"image"}:
        images = [
            read_image(str(child.attrGet("src")), child.content, str(child.attrGet("title") or ""))
            for child in children
            if child.type == "image"
        ]
        result[-1] = Token("gallery", "figure", 0, block=True, meta={"images": images})
        return
    quotation = result[-2] if len(result) > 1 and opening.type == "paragraph_open" else None
    first = children[0]
    if quotation and quotation.type == "blockquote_open" and first.content == _PULL:
        quotation.meta["pull"] = True
        inline.children = children[2:]
    elif quotation and _in_quotation(result) and first.content.startswith(_SOURCE):
        opening.type, opening.tag = "source_open", "cite"
        first.content = first.content.removeprefix(_SOURCE)
    elif opening.type == "paragraph_open" and (note := _NOTE.match(inline.content)):
        opening.type, opening.tag = "footnote_open", "li"
        opening.meta["number"] = note.group(1)
        inline.children = children[1:]
        inline.children[0].content = inline.children[0].content.removeprefix(": ")
    result.append(inline)


def _in_quotation(tokens: list[Token]) -> bool:
    return sum(token.nesting for token in tokens if token.type.startswith("blockquote_")) > 0


def _with_references(children: list[Token]) -> Iterator[Token]:
    """Yield *children* with the marks of footnotes as separate tokens without text."""
    for child in children:
        if child.type != "text" or not _REFERENCE.search(child.content):
            yield child
            continue
        # With a group in the pattern, `split` returns text and number in turn.
        for place, part in enumerate(_REFERENCE.split(child.content)):
            if place % 2:
                yield Token("reference", "sup", 0, meta={"number": part})
            elif part:
                yield Token("text", "", 0, content=part)


def _with_footnotes(tokens: list[Token]) -> list[Token]:
    """Return *tokens* with a list around the footnotes, which follow each other."""
    places = [place for place, token in enumerate(tokens) if token.type.startswith("footnote_")]
    if not places:
        return tokens
    first, end = places[0], places[-1] + 1
    return [
        *tokens[:first],
        Token("footnotes_open", "ol", 1, block=True),
        *tokens[first:end],
        Token("footnotes_close", "ol", -1, block=True),
        *tokens[end:],
    ]


def _plain(node: SyntaxTreeNode) -> str:
    """Return the text of a block's inline content, without emphasis and links."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        breaks.get(token.type, token.content)
        for inline in node.children
        for token in (inline.token.children if inline.token else None) or ()
        if token.type != "image"
    )
