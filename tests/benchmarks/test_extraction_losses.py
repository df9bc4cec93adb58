"""The kinds of difference between a page's true text and ours."""

import pytest

from benchmarks.extraction.losses import Kind, report_on
from benchmarks.extraction.metric import SHINGLE, tokens
from benchmarks.extraction.sets import Page
from tests.support.pages import PROSE, STORY, paragraphs, story

AWAY = "The ferry that had crossed the river for sixty years made its last journey on Sunday night."


def kinds(body: str, true: str) -> dict[str, int]:
    """Return how many words there are of each kind, for a story with *body*; its text is *true*."""
    page = Page(id="one", url=STORY, payload=story(body=body).encode(), text=true)
    return {kind: found["words"] for kind, found in report_on([page]).items()}


def test_a_text_that_is_as_it_should_be_has_no_differences():
    assert kinds(paragraphs(), "\n".join(PROSE)) == {}


@pytest.mark.parametrize(
    ("true", "kind", "words"),
    [
        (PROSE[1:], Kind.ADDED_HEAD, len(PROSE[0].split())),
        (PROSE[:3], Kind.ADDED_TAIL, len(PROSE[3].split())),
        ((PROSE[0], *PROSE[2:]), Kind.ADDED_LINE, len(PROSE[1].split())),
        ((AWAY, *PROSE), Kind.LOST_ABSENT, len(AWAY.split())),
    ],
)
def test_differences_are_told_by_where_they_stand(true, kind, words):
    assert kinds(paragraphs(), "\n".join(true)) == {kind: words}


def test_what_is_on_the_page_and_was_left_out_is_lost():
    teaser = f'<p><a href="/ferry/">{AWAY[:-1]}</a></p>'
    body = paragraphs(*PROSE[:2]) + teaser + paragraphs(*PROSE[2:])

    assert kinds(body, "\n".join((*PROSE[:2], AWAY, *PROSE[2:]))) == {
        Kind.LOST_LINK: len(AWAY.split())
    }


def test_the_gain_is_what_f1_would_be_more_if_that_kind_alone_were_mended():
    page = Page(id="one", url=STORY, payload=story(body=paragraphs()).encode(), text=PROSE[0])
    true, said = (len(tokens(text)) - SHINGLE + 1 for text in (PROSE[0], "\n".join(PROSE)))

    [found] = report_on([page]).values()

    assert found["gain"] == pytest.approx(1 - 2 * true / (true + said), abs=0.0001)
    assert (found["runs"], found["pages"]) == (1, 1)
