"""Compare our blocks with the typed blocks of the wordpress truth.

A line of our text is foreign if most of its shingles are in no block of the truth, including
captions: it belongs to the page's frame. The mark of a footnote within a line changes few of its
shingles, and a short line is only foreign as a whole. Lines of an embedded post, for which the
truth only has the address, are counted separately. Blocks on a later page of a post that was not
recorded (``<!--nextpage-->``) are counted and not required.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lxml.html

from archive.extract.dom.lines import letters_of
from archive.model import Article, BlockKind
from benchmarks.extraction.bars import Bar
from benchmarks.extraction.metric import shingles, tokens
from benchmarks.extraction.sets import Page

_KINDS = {
    "captions": ({"caption"}, BlockKind.CAPTION),
    "footnotes": ({"footnote"}, BlockKind.FOOTNOTE),
    "headings": ({"h2", "h3"}, BlockKind.HEADING),
    "list items": ({"li"}, BlockKind.LIST_ITEM),
    "table rows": ({"tr"}, BlockKind.TABLE_ROW),
    "code": ({"code"}, BlockKind.CODE),
    "quotes": ({"quote"}, BlockKind.QUOTE),
}
_BARRED = ("captions", "footnotes")
_FOREIGN_SHARE = 0.5
_EMBEDS = ("twitter-tweet", "instagram-media", "tiktok-embed", "bluesky-embed", "mastodon-embed")


def block_report(pages: Sequence[Page], articles: Sequence[Article | None]) -> dict[str, Any]:
    """Return for each kind how many blocks of the truth are kept, and the foreign lines."""
    kinds: dict[str, dict[str, Any]] = {name: {"true": 0, "kept": 0, "lost": []} for name in _KINDS}
    foreign, embedded, unserved = [], [], 0
    for page, article in zip(pages, articles, strict=True):
        served, embeds = _letters_of_page(page)
        for name, (types, kind) in _KINDS.items():
            ours = kept_texts(article, kind)
            for text in true_texts(page, types):
                if letters_of(text) not in served:
                    unserved += 1
                    continue
                kinds[name]["true"] += 1
                if tuple(tokens(text)) in ours:
                    kinds[name]["kept"] += 1
                else:
                    kinds[name]["lost"].append([page.id, text])
        for line in foreign_lines(page, article):
            is_embedded = letters_of(line) in embeds
            (embedded if is_embedded else foreign).append([page.id, line])
    return {"kinds": kinds, "foreign": foreign, "embedded": embedded, "unserved": unserved}


def _letters_of_page(page: Page) -> tuple[str, str]:
    """Return the letters on *page*, and those of the posts embedded in it."""
    tree = lxml.html.document_fromstring(page.html)
    posts = [post for name in _EMBEDS for post in tree.find_class(name)]
    embedded = "".join(post.text_content() for post in posts)
    return letters_of(tree.text_content()), letters_of(embedded)


def kept_texts(article: Article | None, kind: BlockKind) -> set[tuple[str, ...]]:
    """Return the words of each block of *kind* in *article*."""
    blocks = () if article is None else article.blocks
    return {tuple(tokens(block.text)) for block in blocks if block.kind is kind}


def true_texts(page: Page, types: set[str]) -> Iterator[str]:
    """Yield the texts of the truth's blocks of *types*, with the cells of a row joined."""
    for block in page.truth["blocks"]:
        if block["t"] in types:
            yield " ".join(block["cells"]) if "cells" in block else block["text"]


def foreign_lines(page: Page, article: Article | None) -> Iterator[str]:
    """Yield the lines of our text that are in no block of the truth."""
    every = {block["t"] for block in page.truth["blocks"]} - {"embed"}
    true = tokens("\n".join(true_texts(page, every)))
    for line in () if article is None else article.text.splitlines():
        found = shingles(words := tokens(line))
        known = shingles(true, min(len(words), 4))
        share = sum(found[each] for each in found if each in known)
        if words and share < _FOREIGN_SHARE * found.total():
            yield line


def block_bars(report: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bars: all captions and footnotes are kept as such, and no line is foreign."""
    for name in _BARRED:
        kind = report["kinds"][name]
        share = kind["kept"] / kind["true"] if kind["true"] else 1.0
        yield Bar(f"wordpress {name} kept as blocks of their kind", share, 1.0)
    yield Bar(
        "wordpress lines of no block of the truth", float(len(report["foreign"])), 0, most=True
    )


def block_lines(report: Mapping[str, Any], shown: int) -> Iterator[str]:
    """Yield the report's lines for a reader, with at most *shown* examples of each kind."""
    for name, kind in report["kinds"].items():
        yield f"  {name}: {kind['kept']} of {kind['true']} kept as blocks of their kind"
        yield from (f"    {page}: {text[:80]!r}" for page, text in kind["lost"][:shown])
    yield f"  blocks of these kinds on pages that were not recorded: {report['unserved']}"
    yield f"  lines of embedded posts: {len(report['embedded'])}"
    yield f"  lines that are in no block of the truth: {len(report['foreign'])}"
    yield from (f"    {page}: {line[:80]!r}" for page, line in report["foreign"][:shown])
