"""Pages that show one text count once; a sentence of the frame makes no copies."""

from __future__ import annotations

from time import process_time

from archive.template.copies import groups_of
from tests.support.template_pages import BODY, SIDE, kept, line, page, sentences, word


def test_pages_with_texts_of_their_own_are_groups_of_their_own():
    pages = [page(story, {BODY: sentences(story)}) for story in range(10)]

    assert groups_of(pages) == list(range(10))


def test_captures_of_one_url_are_one_group_whatever_they_show():
    pages = [page(story, {BODY: sentences(story)}, url="https://news.test/") for story in range(3)]

    assert groups_of(pages) == [0, 0, 0]


def test_a_text_at_two_addresses_is_one_group():
    pages = [page(story, {BODY: sentences(story)}) for story in range(10)]
    copy = page(3, {BODY: sentences(3)}, url="https://news.test/3/amp/")

    assert groups_of([*pages, copy])[-1] == 3


def test_a_page_with_half_of_the_sentences_of_another_is_its_copy():
    pages = [page(story, {BODY: sentences(story, 4)}) for story in range(10)]
    cut = page(3, {BODY: [*sentences(3, 2), *sentences(20, 2)]}, url="https://news.test/3/b/")
    apart = page(5, {BODY: [*sentences(5, 1), *sentences(21, 3)]}, url="https://news.test/5/b/")

    assert groups_of([*pages, cut, apart])[-2:] == [3, 11]


def test_a_sentence_of_the_frame_on_each_page_joins_nobody():
    frame = kept("Our newsroom tells you each morning what has happened in the town and around it.")
    pages = [page(story, {BODY: [*sentences(story, 1), frame]}) for story in range(20)]

    assert groups_of(pages) == list(range(20))


def test_short_texts_that_end_with_a_sentence_about_their_author_are_no_copies():
    """Each of five authors has written a fifth of the pages."""
    life = "has told our readers of the harbour for all of the years since the flood"
    about = [kept(f"The author {word(n)} {life}.") for n in range(5)]
    pages = [page(story, {BODY: [*sentences(story, 1), about[story % 5]]}) for story in range(40)]

    assert groups_of(pages) == list(range(40))


def test_a_text_at_many_addresses_is_one_group():
    pages = [page(story, {BODY: sentences(story)}) for story in range(40)]
    copies = [
        page(7, {BODY: sentences(7)}, url=f"https://news.test/7/{word(n)}/") for n in range(9)
    ]

    assert groups_of([*pages, *copies])[40:] == [7] * 9


def test_only_sentences_of_the_texts_are_compared():
    labels = [kept("By our own correspondent"), kept("Read more")]
    teaser = line(
        "A long sentence beside the text that stands on each page of a section of the site"
    )
    pages = [
        page(story, {BODY: [*sentences(story), *labels], SIDE: [teaser] if story < 2 else []})
        for story in range(10)
    ]

    assert groups_of(pages) == list(range(10))


def test_many_captures_of_one_url_do_not_hide_that_another_address_has_its_text():
    pages = [page(story, {BODY: sentences(story)}) for story in range(10)]
    captures = [page(3, {BODY: sentences(3)}, day=20 + day) for day in range(12)]
    copy = page(3, {BODY: sentences(3)}, url="https://news.test/3/amp/")

    assert groups_of([*pages, *captures, copy])[-1] == 3


def test_a_thousand_equal_pages_are_compared_in_no_time():
    pages = [page(story, {BODY: sentences(0, 24)}) for story in range(1_000)]
    others = [page(story, {BODY: sentences(story)}) for story in range(1_000, 4_000)]
    began = process_time()

    groups_of([*pages, *others])

    assert process_time() - began < 5


def test_pages_without_a_text_are_groups_of_their_own():
    assert groups_of([page(story, {}) for story in range(3)]) == [0, 1, 2]
    assert groups_of([]) == []
