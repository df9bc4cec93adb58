"""What a reader is shown of an edit: which words, in which blocks, in any script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff.text import Diff, Op, diff

MARKS = {Op.SAME: "{}", Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}"}


def told(before: str, after: str) -> list[str]:
    """The diff of two texts, a line a block, in git's marks."""
    return [
        "".join(MARKS[segment.op].format(segment.text) for segment in block.segments)
        for block in diff(before, after).blocks
    ]


def side(found: Diff, op: Op) -> str:
    """All words of the text before (``REMOVED``) or after (``ADDED``), as *found* shows them."""
    pieces = [
        " ".join(s.text.strip("¶") for s in block.segments if s.op in {Op.SAME, op})
        for block in found.blocks
    ]
    return "".join("".join(pieces).replace("¶", "").split())


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("It closed on Monday.", "It closed on Tuesday.", "It closed on [-Monday-]{+Tuesday+}."),
        ("He didn't go.", "He did go.", "He [-didn't-]{+did+} go."),
        ("It cost 3,500.75 euros.", "It cost 3,600 euros.", "It cost [-3,500.75-]{+3,600+} euros."),
        ("près de l'Europe", "près d’Asie", "près [-de l'Europe-]{+d’Asie+}"),
        ("depuis qu’il pleut", "depuis qu’elle pleut", "depuis qu’[-il-]{+elle+} pleut"),
        ("l'accord de Paris", "cet accord de Paris", "[-l'-]{+cet +}accord de Paris"),
        ("đang thay đổi báo chí", "đã thay đổi báo chí", "[-đang-]{+đã+} thay đổi báo chí"),
        ("pears and plums", "pears, plums", "pears[- and-]{+,+} plums"),
        ("thay đổi báo chí", "thay đổi ngành báo chí", "thay đổi {+ngành +}báo chí"),
        ("橋は月曜日に閉鎖された", "橋は火曜日に閉鎖された", "橋は[-月-]{+火+}曜日に閉鎖された"),
        ("हिन्दी में समाचार", "हिन्दी का समाचार", "हिन्दी [-में-]{+का+} समाचार"),
        ("पढ़ें समाचार", "पढ़ो समाचार", "[-पढ़ें-]{+पढ़ो+} समाचार"),
    ],
    ids=[
        "word",
        "n't",
        "number",
        "elision",
        "qu'",
        "l'",
        "syllable",
        "space",
        "added",
        "han",
        "hi",
        "sign",
    ],
)
def test_a_changed_word_is_shown_in_the_words_of_its_script(before, after, shown):
    assert told(before, after) == [shown]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Nguyễn Văn", unicodedata.normalize("NFD", "Nguyễn Văn")),
        ("20 %", "20\u00a0%"),
        ("two  spaces", "two spaces"),
    ],
)
def test_forms_of_a_letter_and_spaces_are_no_change(before, after):
    assert diff(before, after).is_same


def test_an_added_block_is_one_and_its_neighbours_are_untouched():
    assert told("One was here.\nTwo was there.", "One was here.\nA new one.\nTwo was there.") == [
        "One was here.",
        "{+A new one.+}",
        "Two was there.",
    ]


def test_an_edit_beside_an_added_block_does_not_borrow_its_full_stop():
    assert told("Closed on Monday.\nThen open.", "Closed on Tuesday.\nNews.\nThen open.") == [
        "Closed on [-Monday-]{+Tuesday+}.",
        "{+News.+}",
        "Then open.",
    ]


def test_an_edit_beside_a_removed_block_does_not_borrow_its_full_stop():
    assert told("Closed on Monday.\nNews.\nThen open.", "Closed on Tuesday.\nThen open.") == [
        "Closed on [-Monday-]{+Tuesday+}.",
        "[-News.-]",
        "Then open.",
    ]


def test_a_parted_block_shows_where():
    assert told("One two three. Four five six.", "One two three.\nFour five six.") == [
        "One two three.{+¶+}",
        "Four five six.",
    ]


def test_joined_blocks_show_where():
    assert told("One two three.\nFour five six.", "One two three. Four five six.") == [
        "One two three. [-¶-]Four five six.",
    ]


def test_a_rewritten_sentence_is_two_phrases_and_not_confetti():
    before = "The mayor of the town said that the old bridge of the valley would be closed."
    after = "A spokeswoman told us of a plan which nobody in the council of today has seen."

    (block,) = diff(before, after).blocks

    assert [segment.op for segment in block.segments] == [Op.REMOVED, Op.ADDED, Op.SAME]
    assert block.segments[-1].text == "."


def test_a_moved_paragraph_is_removed_here_and_added_there():
    lines = ["First of all.", "A second one.", "And a third.", "Last but one."]

    assert told("\n".join(lines), "\n".join([lines[2], *lines[:2], lines[3]])) == [
        "{+And a third.+}",
        "First of all.",
        "A second one.",
        "[-And a third.-]",
        "Last but one.",
    ]


def test_words_are_counted_and_marks_are_not():
    found = diff("One, two; three.", "One, four! Five, six.")

    assert (found.words_removed, found.words_added) == (2, 3)


@pytest.mark.parametrize(("before", "after"), [("", "New."), ("Old.", ""), ("", "")])
def test_an_empty_text_has_no_blocks(before, after):
    assert len(diff(before, after).blocks) == bool(before) + bool(after)


WORDS = st.sampled_from(["the", "of", "bridge", "mayor", "said", "ice", ".", ",", "l'eau", "\n"])
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_what_is_kept_and_removed_is_the_text_before_and_with_what_is_added_the_one_after(a, b):
    found = diff(a, b)

    assert side(found, Op.REMOVED) == "".join(a.split())
    assert side(found, Op.ADDED) == "".join(b.split())
    assert found.is_same or a != b


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text):
    assert diff(text, text).is_same
