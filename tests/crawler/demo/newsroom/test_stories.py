"""The stories are whole, and translations of one another."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta

import pytest

from archive.model import BlockKind
from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.stories import parse_story, read_stories
from crawler.demo.publisher import read_publisher
from tests.support.demo import SOME_STORY

DAY_ZERO = read_stories()
STORIES = read_stories(day=LAST_DAY)
LANGUAGES = tuple(read_publisher().languages)


@pytest.mark.parametrize(("stories", "least"), [(DAY_ZERO, 4), (STORIES, 10)])
def test_there_are_enough_stories_each_in_three_languages(stories, least):
    languages_of = {
        key: {story.language for story in stories if story.key == key}
        for key in {story.key for story in stories}
    }

    assert len(languages_of) >= least
    assert all(found == set(LANGUAGES) for found in languages_of.values())


def test_stories_come_out_one_by_one_until_the_last_day():
    counts = [len(read_stories(day=day)) for day in range(0, LAST_DAY + 1, 10)]

    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (len(DAY_ZERO), len(STORIES))
    assert len(set(counts)) > 4


def test_no_two_stories_share_a_post_number_and_those_of_day_zero_no_address():
    assert max(Counter(story.post_id for story in STORIES).values()) == 1
    assert max(Counter(story.path for story in DAY_ZERO).values()) == 1


def test_translations_have_the_same_blocks_in_the_same_order():
    for story in STORIES:
        shapes = {
            tuple((block.kind, block.level) for block in other.blocks)
            for other in STORIES
            if other.key == story.key
        }

        assert len(shapes) == 1, story.key


def test_lengths_reach_from_a_brief_to_a_feature():
    lengths = {story.key: [] for story in STORIES}
    for story in STORIES:
        lengths[story.key].append(len(story.text.split()))

    assert all(60 <= length <= 900 for found in lengths.values() for length in found)
    assert any(min(found) <= 80 for found in lengths.values())
    assert any(max(found) >= 800 for found in lengths.values())


def test_the_default_language_has_no_prefix_and_the_others_have_theirs():
    for story in STORIES:
        prefix = "" if story.language == LANGUAGES[0] else f"/{story.language}"

        assert story.path == f"{prefix}/{story.slug}/"


def test_dates_keep_the_publishers_offset():
    for story in STORIES:
        assert story.date_published.utcoffset() == timedelta(hours=7)
        assert story.date_published_raw.endswith("+07:00")
        assert story.date_modified >= story.date_published
        assert story.date_published.astimezone(UTC) == story.date_published


def test_the_stories_hold_what_makes_extraction_hard():
    blocks = [block for story in STORIES for block in story.blocks]

    assert max(block.level for block in blocks if block.kind is BlockKind.LIST_ITEM) == 3
    assert {block.kind for block in blocks} == set(BlockKind)
    for mark in (
        *("📌 Tóm tắt:", "📌 Résumé", "📌 Summary:", "«\u00a0", "« ", "’", "“", "\u202f"),
        *("– 49 ", "• 218 "),
    ):
        assert any(mark in block.text for block in blocks), mark
    assert any(len(story.author) == 2 for story in STORIES)
    assert any("Nguyễn" in name for story in STORIES for name in story.author)
    assert {story.template for story in STORIES} == {"jsonld", "meta"}
    assert {(story.template, story.author_box) for story in STORIES} >= {
        ("jsonld", "byline"), ("jsonld", "end"), ("meta", "byline"), ("meta", "end")
    }  # fmt: skip


def test_one_story_is_made_of_very_short_paragraphs():
    lengths = {
        story.key: sum(len(block.text.split()) for block in story.blocks) / len(story.blocks)
        for story in STORIES
        if story.language == "en"
    }

    assert min(lengths.values()) < 15


def test_plain_text_indents_list_items_by_their_depth():
    story = next(item for item in STORIES if item.key == "library-questions")

    assert story.text.startswith("• ")
    assert "\n    • " in story.text


def test_a_story_can_be_made_from_text():
    story = parse_story("a-key", "fr", SOME_STORY)

    assert (story.path, story.author, story.section) == (
        "/fr/a-slug/",
        ("Trần Đức Huy",),
        "Recherche",
    )
    assert story.text == "A paragraph."


def test_a_date_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        parse_story("a-key", "fr", SOME_STORY.replace("+07:00", ""))


def test_an_unknown_template_is_refused():
    with pytest.raises(ValueError, match="is not one of"):
        parse_story("a-key", "fr", SOME_STORY.replace('"jsonld"', '"flash"'))


def test_an_unknown_place_of_the_author_box_is_refused():
    with pytest.raises(ValueError, match="author_box 'roof' is not one of"):
        parse_story(
            "a-key", "fr", SOME_STORY.replace("template =", 'author_box = "roof"\ntemplate =')
        )


def test_text_without_front_matter_is_refused():
    with pytest.raises(ValueError, match="begins with TOML"):
        parse_story("a-key", "fr", "Just prose.\n")


def test_an_agency_signs_a_story_and_is_told_apart_from_people():
    signed = {story.author for story in STORIES if story.agencies}

    assert signed == {("Hãng tin Sao Khuê",)}
    assert all(set(story.agencies) <= set(story.author) for story in STORIES)


def test_a_story_of_each_template_holds_a_table_a_list_and_several_pictures_or_code():
    kinds = {
        template: {
            block.kind for story in STORIES if story.template == template for block in story.blocks
        }
        for template in ("jsonld", "meta")
    }

    assert {BlockKind.TABLE_ROW, BlockKind.LIST_ITEM, BlockKind.CAPTION} <= kinds["jsonld"]
    assert {BlockKind.CODE, BlockKind.QUOTE, BlockKind.LIST_ITEM} <= kinds["meta"]
