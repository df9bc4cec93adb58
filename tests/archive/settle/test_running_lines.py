"""Lines that run while nobody edits the page are no edits; other digits are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Article, Block, BlockKind
from archive.settle.changes import change
from archive.settle.running_lines import counts_itself, without_running

STORY = (
    "The old water tower above the station is to become a library with a reading room on top.",
    "Builders found three bells in the wall, which the town sold for scrap in that year.",
)
COUNTS = [
    "1,204 views",
    "Views: 1204",
    "Post Views: 1.024",
    "1.2K shares · 12 comments · 5 min read",
    "12 Comments",
    "(12) Comments",
    "No comments yet",
    "3 hours ago",
    "Updated 3 minutes ago",
    "Lượt xem: 1.024",
    "12 bình luận",
    "cập nhật 5 phút trước",
    "Kommentare (12)",
    "1.204 Aufrufe",
    "vor 3 Stunden",
    "il y a 2 heures",
    "Vu 1 204 fois",
    "1 204 lectures",
    "Leído 1.204 veces",
    "1.204 visualizzazioni",
    "Просмотров: 1024",
    "Прочитано 1024 раза",
    "Wyświetleń: 1204",
    "Okunma: 1.234",
    "阅读 1,204",
    "1.2万次阅读",
    "閲覧数 1,204",
    "조회수 1,204회",
    "Dibaca 1.024 kali",
    "१,२०४ बार पढ़ा गया",
    "about 3 hours ago",
    "an hour ago",
    "less than a minute ago",
    "Posted about an hour ago",
    "1 week, 2 days ago",
    "il y a environ 3 heures",
    "il y a une heure",
    "vor etwa 3 Stunden",
    "vor 2 Tagen 3 Stunden",
    "khoảng 3 tiếng trước",
    "约 3 小时前",
    "منذ 3 ساعات",
    "לפני שעה",
    "Zugriffe: 1204",
    "Affichages : 1204",
    "المشاهدات: 120",
    "12 total views, 1 views today",
    "Visited 12 times, 1 visits today",
    "This post has been viewed 1,204 times",
]
FACTS = [
    "12 dead",
    "Dead: 12",
    "12 people died.",
    "SPD: 1,204 votes",
    "Shares fell 3.2%",
    "Tickets: €12",
    "Read on page 12 how 40 readers were hurt",
    "Yesterday",
    "3 hours of rain",
    "12 March 2026",
    "About 1,204",
    "over 3 hours",
    "He died a week ago",
    "an hour",
]


@pytest.mark.parametrize("text", COUNTS)
def test_a_line_that_says_what_its_page_counts(text):
    assert counts_itself(text)


@pytest.mark.parametrize("text", FACTS)
def test_a_line_that_says_something_else(text):
    assert not counts_itself(text)


def said(line: str, kind: BlockKind = BlockKind.PARAGRAPH, *, at: int = 2) -> Article:
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in STORY]
    blocks.insert(at, Block(kind, line))
    return Article(headline="A tower of books", blocks=tuple(blocks))


def edits(articles: Sequence[Article]) -> int:
    """How many of the successive *articles* differ from the one before them."""
    left = without_running(articles)
    return sum(change(before, after) is not None for before, after in pairwise(left))


RUNNING = {
    "a counter in words that nobody knows": ["Qaramak: 1.024", "Qaramak: 1.377", "Qaramak: 1.730"],
    "the same, captured twice": ["Qaramak: 1.024", "Qaramak: 1.377"],
    "behind its number": ["1024 qaramak", "1377 qaramak", "1377 qaramak", "2001 qaramak"],
    "weather": ["Eastvale 23°C", "Eastvale 21°C", "Eastvale 18°C"],
    "a ticker": ["VX 1.204,5 +3,2 (0,26%)", "VX 1.198,0 -6,5 (0,54%)", "VX 1.201,1 +3,1 (0,3%)"],
    "from one unit to the next": [
        "Posted 59 minutes ago",
        "Posted 1 hour ago",
        "Posted 2 days ago",
    ],
    "from a rounded time to another": [
        "about 3 hours ago",
        "1 day ago",
        "about a month ago",
        "over 2 years ago",
    ],
    "from none to some": ["No comments yet", "1 comment", "2 comments"],
    "from numbers to short ones": ["999 views", "1.2K views"],
}


@pytest.mark.parametrize("lines", RUNNING.values(), ids=list(RUNNING))
@pytest.mark.parametrize("at", [0, 2], ids=["above the text", "below the text"])
def test_what_runs_is_no_edit(lines, at):
    assert edits([said(line, at=at) for line in lines]) == 0


KEPT = {
    "a sentence": (BlockKind.PARAGRAPH, ["12 people died.", "14 people died.", "15 people died."]),
    "a long line": (
        BlockKind.PARAGRAPH,
        [
            f"The toll rose to {n} in the night as crews reached the last houses of the valley"
            for n in (12, 14, 15)
        ],
    ),
    "a subheading": (BlockKind.HEADING, ["12 dead", "14 dead", "15 dead"]),
    "a row of a table": (BlockKind.TABLE_ROW, ["Eastvale | 1,204", "Eastvale | 1,377"]),
    "an item of a list": (BlockKind.LIST_ITEM, ["200 g of flour", "250 g of flour"]),
    "a price that was corrected": (BlockKind.PARAGRAPH, ["Tickets: €12", "Tickets: €140"]),
    "a small number that was corrected": (BlockKind.PARAGRAPH, ["Hurt: 12", "Hurt: 14"]),
    "a year that was corrected": (BlockKind.PARAGRAPH, ["Born 1954", "Born 1956"]),
    "a number that fell": (BlockKind.PARAGRAPH, ["Qaramak: 1.377", "Qaramak: 1.024"]),
    "a line that changed once of many times": (
        BlockKind.PARAGRAPH,
        ["Seats: 1.204", "Seats: 1.204", "Seats: 1.204", "Seats: 1.377", "Seats: 1.377"],
    ),
    "another word": (BlockKind.PARAGRAPH, ["Seats: 1.204", "Stalls: 1.377", "Beds: 1.500"]),
}


@pytest.mark.parametrize("case", KEPT.values(), ids=list(KEPT))
def test_digits_that_are_content_are_an_edit(case):
    kind, lines = case

    assert edits([said(line, kind) for line in lines]) >= 1


def test_a_number_in_the_headline_is_an_edit():
    before, after = said("1,204 views"), said("1,377 views")
    told = [
        Article(headline="12 dead", blocks=before.blocks),
        Article(headline="14 dead", blocks=after.blocks),
    ]

    assert edits(told) == 1


def test_a_line_in_the_middle_of_the_text_that_grew_once_is_an_edit():
    assert edits([said("Qaramak: 1.024", at=1), said("Qaramak: 1.377", at=1)]) == 1


def test_an_edit_beside_a_counter_is_one_edit():
    edited = said("1,377 views")
    blocks = (*edited.blocks[:1], Block(BlockKind.PARAGRAPH, "The bells are back."))

    articles = [
        said("1,204 views"),
        edited,
        Article(headline=edited.headline, blocks=(*blocks, edited.blocks[2])),
    ]

    assert edits(articles) == 1


def test_a_figure_that_changes_each_time_with_the_story_belongs_to_it():
    told = [
        Article(
            headline="A tower of books",
            blocks=(
                *(Block(BlockKind.PARAGRAPH, text) for text in STORY),
                Block(BlockKind.PARAGRAPH, f"By {hour} o'clock the crews had reached the valley."),
                Block(BlockKind.PARAGRAPH, f"Dead: {toll}"),
            ),
        )
        for hour, toll in ((9, 12), (10, 14), (11, 17))
    ]

    left = without_running(told)

    assert [article.blocks[-1].text for article in left] == ["Dead: 12", "Dead: 14", "Dead: 17"]


@given(st.lists(st.sampled_from([*COUNTS, *FACTS, *STORY]), max_size=6), st.data())
def test_nothing_is_left_out_but_whole_blocks(texts, data):
    told = [
        Article(
            headline="A tower",
            blocks=tuple(
                Block(data.draw(st.sampled_from(list(BlockKind))), text) for text in texts[at:]
            ),
        )
        for at in range(2)
    ]

    for before, after in zip(told, without_running(told), strict=True):
        assert set(after.blocks) <= set(before.blocks)
