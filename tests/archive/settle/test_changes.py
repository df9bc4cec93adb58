"""What counts as an edit between two readings of an article, and of which kind."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.model import Article, Block, BlockKind, ChangeKind
from archive.settle.changes import change


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


BEFORE = Article(
    headline="The ferry leaves at noon",
    blocks=paragraphs("The ferry stayed at its berth.", "Nobody knew why it did."),
    author=("Trần Đức Huy",),
    date_published=datetime(2026, 2, 3, 0, 30, tzinfo=UTC),
)


def edited(*texts: str, **fields: object) -> Article:
    return replace(BEFORE, **({"blocks": paragraphs(*texts)} if texts else {}), **fields)


EDITS = {
    "a new headline": (edited(headline="The ferry leaves at one"), ChangeKind.HEADLINE),
    "a word in the headline's case": (
        edited(headline="The Ferry leaves at noon"),
        ChangeKind.HEADLINE,
    ),
    "a changed word": (
        edited("The ferry stayed at its berth.", "Nobody knew why it does."),
        ChangeKind.BODY,
    ),
    "a paragraph more": (
        edited("The ferry stayed at its berth.", "Nobody knew why it did.", "It sank."),
        ChangeKind.BODY,
    ),
    "a paragraph less": (edited("The ferry stayed at its berth."), ChangeKind.BODY),
    "both": (edited("It sank.", headline="The ferry sinks"), ChangeKind.HEADLINE_AND_BODY),
    "paragraphs in another order": (
        edited("Nobody knew why it did.", "The ferry stayed at its berth."),
        ChangeKind.BODY,
    ),
    "two paragraphs made one": (
        edited("The ferry stayed at its berth. Nobody knew why it did."),
        ChangeKind.FORMATTING,
    ),
    "a list made of paragraphs": (
        edited(blocks=tuple(Block(BlockKind.LIST_ITEM, b.text, 1) for b in BEFORE.blocks)),
        ChangeKind.FORMATTING,
    ),
    "another author": (edited(author=("Camille Lefèvre-Roux",)), ChangeKind.METADATA),
    "another date": (
        edited(date_published=datetime(2026, 2, 4, 0, 30, tzinfo=UTC)),
        ChangeKind.METADATA,
    ),
}
NOTES = (
    "Correction: an earlier version said that the ferry had left.",
    "Correction (4 February 2026): the ferry had not left.",
    "Rectificatif : le bac n’était pas parti.",
    "Mise à jour du 4 février : le bac est parti.",
    "Đính chính: phà chưa rời bến.",
    "[Update, 4 February] – The ferry has left.",
    "Editor’s note: the ferry had not left.",
)
SAME = {
    "nothing": edited(),
    "another kind of space": edited(
        "The\u00a0ferry stayed  at its berth.", "Nobody knew why it did. "
    ),
    "typographic marks": replace(
        BEFORE, headline="The\u00ad ferry leaves at noon", blocks=BEFORE.blocks
    ),
    "another description and other keywords": edited(description="About a ferry", keywords=("a",)),
    "another modification date": edited(date_modified=datetime(2026, 3, 3, tzinfo=UTC)),
    "a caption more": edited(blocks=(*BEFORE.blocks, Block(BlockKind.CAPTION, "The ferry"))),
}


@pytest.mark.parametrize("case", EDITS.values(), ids=list(EDITS))
def test_an_edit_is_of_its_kind(case):
    after, kind = case

    assert change(BEFORE, after) is kind


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_says_what_was_corrected_is_a_correction(note):
    texts = [block.text for block in BEFORE.blocks]

    assert change(BEFORE, edited(*texts, note)) is ChangeKind.CORRECTION
    assert change(BEFORE, edited(note, *texts)) is ChangeKind.CORRECTION


def test_the_passage_that_a_note_corrects_may_change_with_it():
    after = edited("The ferry left its berth.", "Nobody knew why it did.", NOTES[0])

    assert change(BEFORE, after) is ChangeKind.CORRECTION


@pytest.mark.parametrize(
    "texts",
    [
        ("The ferry sank.",),
        ("Nobody knew why it did.",),
        ("The ferry stayed at its berth.", "Nobody knew why it did.", "It sank."),
        ("The ferry stayed at its berth.", "A diver found out, and told us all about it."),
    ],
    ids=["a new text", "a passage less", "a passage more", "another passage"],
)
def test_a_note_beside_any_other_edit_is_an_edit_of_the_body(texts):
    assert change(BEFORE, edited(*texts, NOTES[0])) is ChangeKind.BODY


@pytest.mark.parametrize("after", SAME.values(), ids=list(SAME))
def test_what_no_editor_did_is_no_edit(after):
    assert change(BEFORE, after) is None
    assert change(after, BEFORE) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("« Bonjour » dit-il", "«\u202fBonjour\u202f» dit-il"),
        ("“Hello”, he said – twice…", '"Hello", he said - twice...'),
        ("l’IA", "l'IA"),
        ("Pourquoi ?", "Pourquoi\u00a0?"),
        ("Pourquoi ?", "Pourquoi?"),
    ],
)
def test_quotation_marks_and_spaces_of_an_editor_are_one(one, other):
    assert change(edited(one), edited(other)) is None
