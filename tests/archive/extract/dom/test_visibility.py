"""Text that markup hides from some readers is read once, as those who see the page read it."""

import pytest

from tests.support.pages import PROSE, paragraphs, read, story

SENTENCE = "The ferry company said on Monday that the timetable of winter would stay until April."


def text_of(body: str) -> list[str]:
    return read(story(body=body)).article.text.split("\n")


@pytest.mark.parametrize(
    "markup",
    [
        '<p><span aria-hidden="true" class="dropcap">T</span>{rest}</p>',
        '<p><span aria-hidden="true"><b>T</b></span>{rest}</p>',
        '<p aria-hidden="true">T{rest}</p>',
        '<div aria-hidden="true"><p>T{rest}</p></div>',
        '<p><span class="sr-only">Text: </span><span aria-hidden="true">T</span>{rest}</p>',
    ],
)
def test_what_only_screen_readers_do_not_get_is_text(markup):
    assert text_of(paragraphs() + markup.format(rest=SENTENCE[1:])) == [*PROSE, SENTENCE]


def test_a_word_in_the_middle_that_screen_readers_do_not_get_is_text_and_its_line_comes_once():
    hidden = SENTENCE.replace("Monday", '<span aria-hidden="true">Monday</span>')

    assert text_of(f"{paragraphs()}<p>{hidden}</p>") == [*PROSE, SENTENCE]


def test_the_name_of_a_glyph_is_no_text():
    icon = '<i class="material-icons" aria-hidden="true">arrow_forward</i>'

    assert text_of(f"{paragraphs()}<p>{icon}{SENTENCE}</p>") == [*PROSE, SENTENCE]


@pytest.mark.parametrize("hiding", ["hidden", 'style="display: none"', 'style="visibility:hidden"'])
def test_a_hidden_copy_of_the_text_is_not_read_a_second_time(hiding):
    copy = f"<div {hiding}>{paragraphs()}</div>"

    assert text_of(copy + paragraphs()) == list(PROSE)


def test_text_that_only_readers_without_scripts_get_is_text():
    page = story(body=f"<noscript><div>{paragraphs(*PROSE)}</div></noscript>")

    assert read(page).article.text == "\n".join(PROSE)


def test_a_notice_that_asks_for_scripts_is_no_text():
    notice = "<noscript><p>Please enable JavaScript to see the comments of readers.</p></noscript>"

    assert text_of(paragraphs() + notice) == list(PROSE)
