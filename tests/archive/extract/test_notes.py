"""Footnotes and their marks."""

import pytest

from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs, read, story

MARK = '<sup class="fn"><a href="#n1" id="n1-link">1</a></sup>'
BACK = '<a href="#n1-link" aria-label="Jump to footnote reference 1">↩︎</a>'
NOTE = "The flood of 2011 was the third."


@pytest.mark.parametrize(
    "notes",
    [
        f'<ol class="wp-block-footnotes"><li id="n1">{NOTE} {BACK}</li></ol>',
        f'<div class="footnotes"><hr><ol><li id="n1"><p>{NOTE} {BACK}</p></li></ol></div>',
        f'<section role="doc-endnotes"><ol><li id="n1"><p>{NOTE}{BACK}</p></li></ol></section>',
    ],
)
def test_footnotes_stand_below_the_text_as_their_kind_and_their_marks_are_no_words(notes):
    body = f"<p>{PROSE[0]}{MARK}</p>{paragraphs(*PROSE[1:])}{notes}"

    found = read(story(body=body)).article.blocks

    assert [block.text for block in found] == [*PROSE, NOTE]
    assert found[-1] == Block(BlockKind.FOOTNOTE, NOTE)


def test_a_power_that_is_no_link_stays_a_word():
    body = paragraphs(*PROSE[:3], "The new deck is 300 m<sup>2</sup> of oak and takes 40 people.")

    assert "300 m2 of oak" in read(story(body=body)).article.text
