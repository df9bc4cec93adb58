"""Typed blocks of the truth against those of an article."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model import Article, Block, BlockKind
from benchmarks.extraction.blocks import block_bars, block_report, foreign_lines
from benchmarks.extraction.sets import Page

WORDS = "These are the words of a paragraph."


def page(*blocks):
    """A page whose truth has *blocks*, each as (type, text)."""
    truth = {"blocks": [{"t": kind, "text": text} for kind, text in blocks]}
    payload = "".join(f"<p>{text}</p>" for _, text in blocks).encode()
    return Page(id="1", url="https://a.test/", payload=payload, text="", truth=truth)


def article(*blocks):
    """An article of *blocks*, each as (kind, text)."""
    return Article(headline="", blocks=tuple(Block(kind, text) for kind, text in blocks))


def test_a_block_counts_as_kept_where_it_has_its_kind():
    true = page(("caption", "A picture of it."), ("footnote", "See there."))
    said = article((BlockKind.CAPTION, "A picture of it"), (BlockKind.PARAGRAPH, "See there."))

    kinds = block_report([true], [said])["kinds"]

    assert (kinds["captions"]["true"], kinds["captions"]["kept"]) == (1, 1)
    assert (kinds["footnotes"]["true"], kinds["footnotes"]["kept"]) == (1, 0)
    assert kinds["footnotes"]["lost"] == [["1", "See there."]]


def test_a_page_that_gave_no_article_has_lost_all_its_blocks():
    kinds = block_report([page(("caption", "A picture."))], [None])["kinds"]

    assert (kinds["captions"]["true"], kinds["captions"]["kept"]) == (1, 0)


@pytest.mark.parametrize("line", ["Exit mobile version", "Share this on all your networks today"])
def test_a_line_that_stands_in_no_block_is_foreign(line):
    said = article((BlockKind.PARAGRAPH, WORDS), (BlockKind.PARAGRAPH, line))

    assert list(foreign_lines(page(("p", WORDS)), said)) == [line]


def test_a_footnotes_mark_and_a_break_make_no_line_foreign():
    said = article(
        (BlockKind.PARAGRAPH, "These are the words1 of a paragraph with a few more of them."),
        (BlockKind.PARAGRAPH, "and its rest"),
    )
    true = page(("p", "These are the words of a paragraph with a few more of them. and its rest"))

    assert list(foreign_lines(true, said)) == []


def test_the_bars_are_every_caption_every_footnote_and_no_foreign_line():
    true = page(("p", WORDS), ("caption", "A picture."))
    said = article((BlockKind.PARAGRAPH, WORDS), (BlockKind.CAPTION, "A picture."))
    framed = article(*((block.kind, block.text) for block in said.blocks), ("p", "Subscribe now"))

    whole = [bar.reached for bar in block_bars(block_report([true], [said]))]
    with_frame = [bar.reached for bar in block_bars(block_report([true], [framed]))]

    assert whole == [True, True, True]
    assert with_frame == [True, True, False]


def test_a_block_on_a_page_that_was_not_recorded_is_counted_and_not_asked_for():
    true = page(("caption", "A picture of it."), ("p", WORDS))
    recorded = replace(true, payload=f"<p>{WORDS}</p>".encode())

    report = block_report([recorded], [article((BlockKind.PARAGRAPH, WORDS))])

    assert (report["unserved"], report["kinds"]["captions"]["true"]) == (1, 0)


def test_lines_of_an_embedded_post_are_no_frame():
    post = '<blockquote class="twitter-tweet"><p>The ferry is gone for good, alas</p></blockquote>'
    true = replace(page(("p", WORDS)), payload=f"<p>{WORDS}</p>{post}".encode())
    said = article(
        (BlockKind.PARAGRAPH, WORDS), (BlockKind.QUOTE, "The ferry is gone for good, alas")
    )

    report = block_report([true], [said])

    assert (len(report["embedded"]), report["foreign"]) == (1, [])
