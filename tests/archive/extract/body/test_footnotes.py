"""Footnotes and their marks, as the tools that publishers write with mark them up."""

import pytest

from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs, read, story

NOTE = "The flood of 2011 was the third."
SUP = '<sup class="fn"><a href="#n1" id="n1-link">1</a></sup>'
BACK = '<a href="#n1-link" aria-label="Jump to footnote reference 1">↩︎</a>'


def footnoted(mark: str, notes: str) -> list[Block]:
    """Return the blocks of a story that has *mark* in its first sentence and ends with *notes*."""
    first = PROSE[0].rstrip(".")
    body = f"<p>{first}{mark}.</p>{paragraphs(*PROSE[1:])}{notes}"
    return list(read(story(body=body)).article.blocks)


@pytest.mark.parametrize(
    ("mark", "notes"),
    [
        pytest.param(
            SUP, f'<ol class="wp-block-footnotes"><li id="n1">{NOTE} {BACK}</li></ol>', id="block"
        ),
        pytest.param(
            SUP,
            f'<div class="footnotes"><hr><ol><li id="n1"><p>{NOTE} {BACK}</p></li></ol></div>',
            id="python-markdown",
        ),
        pytest.param(
            '<sup id="fnref:1" role="doc-noteref"><a href="#fn:1" class="footnote">1</a></sup>',
            f"""<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1" role="doc-endnote">
            <p>{NOTE} <a href="#fnref:1" class="reversefootnote" role="doc-backlink">&#8617;</a></p>
            </li></ol></div>""",
            id="kramdown",
        ),
        pytest.param(
            '<a href="#fn1" id="fnref1" role="doc-noteref"><sup>1</sup></a>',
            f"""<section role="doc-endnotes"><hr><ol><li id="fn1"><p>{NOTE}<a href="#fnref1"
            class="footnote-back" role="doc-backlink">↩︎</a></p></li></ol></section>""",
            id="pandoc",
        ),
        pytest.param(
            """<span id="easy-footnote-1-9" class="easy-footnote-margin-adjust"></span><span
            class="easy-footnote"><a href="https://news.test/a/#easy-footnote-bottom-1-9"
            title="x"><sup>1</sup></a></span>""",
            f"""<ol class="easy-footnotes-wrapper"><li class="easy-footnote-single">
            <span id="easy-footnote-bottom-1-9" class="easy-footnote-margin-adjust"></span>{NOTE}
            <a class="easy-footnote-to-top" href="#easy-footnote-1-9"></a></li></ol>""",
            id="easy footnotes",
        ),
        pytest.param(
            f"""<sup class="modern-footnotes-footnote" data-mfn="1"><a href="javascript:void(0)"
            role="button">1</a></sup><span id="mfn-content-1" role="tooltip"
            class="modern-footnotes-footnote__note" data-mfn="1">{NOTE}</span>""",
            f"""<ul class="modern-footnotes-list"><li><span>1</span><div>{NOTE}</div></li></ul>""",
            id="modern footnotes",
        ),
        pytest.param(
            '<sup><a href="#footnote_0_12" id="identifier_0_12" class="footnote-link">1</a></sup>',
            f"""<ol class="footnotes"><li id="footnote_0_12" class="footnote">{NOTE}
            [<a href="#identifier_0_12" class="footnote-back-link">↩</a>]</li></ol>""",
            id="footnotes made easy",
        ),
        pytest.param(
            """<sup id="cite_ref-1" class="reference"><a href="#cite_note-1"><span>[</span>1<span
            >]</span></a></sup>""",
            f"""<ol class="references"><li id="cite_note-1"><span class="mw-cite-backlink">^
            <sup><a href="#cite_ref-1"><i>a</i></a></sup></span>
            <span class="reference-text">{NOTE}</span></li></ol>""",
            id="mediawiki",
        ),
        pytest.param(
            '<a id="footnote-anchor-1" href="#footnote-1" class="footnote-anchor">1</a>',
            f"""<div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-1"
            href="#footnote-anchor-1" class="footnote-number">1</a><div class="footnote-content">
            <p>{NOTE}</p></div></div>""",
            id="substack",
        ),
        pytest.param(
            ' <a href="#_ftn1" name="_ftnref1">[1]</a>',
            f'<p><a href="#_ftnref1" name="_ftn1">[1]</a> {NOTE}</p>',
            id="pasted from a word processor",
        ),
        pytest.param(
            '<sup><a href="#ref" id="from">*</a></sup>',
            f'<p id="ref"><sup>*</sup> {NOTE} <a href="#from">↑</a></p>',
            id="by hand",
        ),
    ],
)
def test_footnotes_stand_below_the_text_as_their_kind_and_their_marks_are_no_words(mark, notes):
    found = footnoted(mark, notes)

    assert [block.text for block in found] == [*PROSE, NOTE]
    assert found[-1] == Block(BlockKind.FOOTNOTE, NOTE)


def test_a_note_of_several_paragraphs_is_one_block():
    notes = f'<ol class="footnotes"><li id="n1"><p>{NOTE}</p><p>It was low. {BACK}</p></li></ol>'

    assert footnoted(SUP, notes)[-1] == Block(BlockKind.FOOTNOTE, f"{NOTE} It was low.")


def test_marks_that_stand_together_go_together():
    marks = '<sup><a href="#n1">1</a>, <a href="#n2">2</a></sup>'
    notes = '<ol class="footnotes"><li id="n1">Low water.</li><li id="n2">High water.</li></ol>'

    found = footnoted(marks, notes)

    assert [block.text for block in found] == [*PROSE, "Low water.", "High water."]


@pytest.mark.parametrize(
    "words",
    [
        "The new deck is 300 m<sup>2</sup> of oak and takes 40 people.",
        'Turn to chapter <a href="#c2">2</a> for the names of those who built the bridge.',
    ],
)
def test_a_power_and_a_link_to_a_chapter_stay_words(words):
    body = paragraphs(*PROSE[:3], words) + f'<h2 id="c2">Names</h2>{paragraphs(PROSE[3])}'

    text = read(story(body=body)).article.text

    assert "300 m2 of oak" in text or "Turn to chapter 2 for" in text
