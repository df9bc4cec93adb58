"""An archive that holds what was there is exact; whatever else it holds or lacks is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.model import ChangeKind
from crawler.demo.exact.exactness import Fact, HeldArticle, HeldVersion, Measure, day_of, exactness
from crawler.demo.newsroom.chronicle import Chronicle
from crawler.demo.newsroom.events import parse_event
from crawler.demo.newsroom.stories import parse_story
from crawler.demo.publisher import read_publisher
from tests.support.demo import SOME_STORY

PUBLISHER = read_publisher()
DAYS = (0, 10, 20)
EDIT = {"day": 5, "kind": "edit_body", "fr": {"replace": [["paragraph", "sentence"]]}}
DELETION = {"day": 15, "kind": "delete", "how": "410"}
FIRST, SECOND = "A paragraph.", "A sentence."


def chronicle(*events, languages=("fr",)):
    stories = [parse_story("a-key", code, SOME_STORY, PUBLISHER) for code in languages]
    parsed = [parse_event({"languages": ["fr"]} | event, "a-key", PUBLISHER) for event in events]
    return Chronicle(PUBLISHER, stories, parsed)


def seen(first, last, text, kind=None):
    return HeldVersion(
        seen_from=at(first),
        seen_until=at(last),
        headline="A headline",
        text=text,
        change_kind=kind,
        author=("Trần Đức Huy",),
    )


def at(day):
    return PUBLISHER.moment(day) + timedelta(seconds=5)


def held(*versions, path="/fr/a-slug/", **more):
    values = {
        "canonical_url": f"http://demo.test{path}",
        "in_language": "fr",
        "translation_group": None,
        "gone_at": None,
        "gone_reason": None,
        "addresses": frozenset({f"http://demo.test{path}"}),
    }
    return HeldArticle(**{**values, **more}, versions=versions)


EDITED = held(seen(0, 0, FIRST), seen(10, 20, SECOND, ChangeKind.BODY))


def problems(result):
    return [(miss.fact, miss.problem) for miss in result.misses]


def test_an_archive_that_holds_each_version_as_it_was_is_exact():
    result = exactness([EDITED], DAYS, chronicle(EDIT))

    assert result.is_exact
    assert result.unedited == 0
    assert result.days == DAYS
    assert result.measures[Fact.VERSION] == result.measures[Fact.TEXT] == Measure(2, 2)
    assert result.measures[Fact.STORY] == result.measures[Fact.CHANGE] == Measure(1, 1)


def test_an_archive_of_nothing_lacks_every_story():
    result = exactness([], DAYS, chronicle(EDIT))

    assert result.measures[Fact.STORY] == Measure(0, 1)
    assert problems(result) == [(Fact.STORY, "not archived at http://demo.test/fr/a-slug/")]


def test_an_article_that_is_no_story_is_named():
    stranger = held(seen(0, 0, "About us."), path="/fr/about/")

    result = exactness([EDITED, stranger], DAYS, chronicle(EDIT))

    assert result.measures[Fact.STORY] == Measure(1, 2)
    assert [miss.story for miss in result.misses] == ["http://demo.test/fr/about/"]


def test_a_story_that_is_two_articles_is_a_miss():
    result = exactness([EDITED, EDITED], DAYS, chronicle(EDIT))

    assert result.measures[Fact.STORY] == Measure(1, 2)


def test_a_story_that_was_never_shown_whole_is_neither_right_nor_wrong():
    told = chronicle({"day": 10, "kind": "paywall"})

    for archive in ([held(seen(10, 10, "A par…"))], []):
        result = exactness(archive, [10], told)
        assert (result.is_exact, result.measures[Fact.STORY]) == (True, Measure(0, 0))


def test_one_character_too_much_makes_a_text_wrong_and_is_shown():
    wrong = replace(
        EDITED, versions=(seen(0, 0, "A paragraph.1"), seen(10, 20, SECOND, ChangeKind.BODY))
    )

    result = exactness([wrong], DAYS, chronicle(EDIT))

    assert result.measures[Fact.TEXT] == Measure(1, 2)
    assert problems(result) == [
        (
            Fact.TEXT,
            "day 0: 1 of 1 lines are not as written: “A paragraph.” became “A paragraph.1”",
        )
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1 of 1 lines are not as written: “A paragraph.” is lacking"),
        ("A paragraph.\nShare this", "a line too many: “Share this”"),
        ("A paragraph.\nA paragraph.", "some are there more or less often"),
    ],
)
def test_lines_that_are_lacking_or_too_many_are_shown(text, told):
    result = exactness([held(seen(0, 20, text))], DAYS, chronicle())

    ((fact, problem),) = problems(result)
    assert fact is Fact.TEXT
    assert told in problem


def test_a_version_that_no_edit_made_is_counted_and_named():
    cosmetic = held(seen(0, 0, FIRST), seen(10, 20, f"{FIRST}\n5 views", ChangeKind.BODY))

    result = exactness([cosmetic], DAYS, chronicle())

    assert result.unedited == 1
    assert (Fact.CHANGE, "day 10: a version (body) that no edit made") in problems(result)
    assert (Fact.VERSION, "a version from day 10 that is none") in problems(result)


def test_two_versions_within_one_visit_are_one_too_many():
    twice = held(
        seen(0, 0, FIRST), seen(10, 10, "?", ChangeKind.BODY), seen(10, 20, SECOND, ChangeKind.BODY)
    )

    result = exactness([twice], DAYS, chronicle(EDIT))

    assert result.unedited == 1
    assert result.measures[Fact.VERSION] == Measure(2, 3)


def test_an_edit_without_a_version_is_missed():
    result = exactness([held(seen(0, 20, FIRST))], DAYS, chronicle(EDIT))

    assert result.measures[Fact.VERSION] == Measure(0, 2)
    assert (Fact.CHANGE, "day 10: body changed; no version says so") in problems(result)


def test_a_change_of_another_kind_is_a_miss_and_no_version_too_many():
    wrong = held(seen(0, 0, FIRST), seen(10, 20, SECOND, ChangeKind.CORRECTION))

    result = exactness([wrong], DAYS, chronicle(EDIT))

    assert result.unedited == 0
    assert problems(result) == [(Fact.CHANGE, "day 10: body changed; archived as correction")]


def test_a_correction_is_told_from_other_edits():
    note = {"day": 5, "kind": "correction", "fr": {"note": "Rectificatif : rien."}}
    text = f"{FIRST}\nRectificatif : rien."
    right = held(seen(0, 0, FIRST), seen(10, 20, text, ChangeKind.CORRECTION))

    assert exactness([right], DAYS, chronicle(note)).is_exact


@pytest.mark.parametrize("author", [(), ("Trần Đức HuyJournaliste",), ("Demo Metric",)])
def test_a_wrong_author_is_a_miss_of_each_version_that_has_it(author):
    wrong = replace(seen(0, 0, FIRST), author=author)

    result = exactness([held(wrong, seen(10, 20, SECOND, ChangeKind.BODY))], DAYS, chronicle(EDIT))

    said = ", ".join(author) or "nobody"
    assert result.measures[Fact.AUTHOR] == Measure(1, 2)
    assert problems(result) == [(Fact.AUTHOR, f"day 0: by Trần Đức Huy; archived as by {said}")]


@pytest.mark.parametrize(
    ("event", "kind", "by"),
    [
        (
            {"kind": "edit_formatting", "fr": {"replace": [["A para", "## A para"]]}},
            ChangeKind.FORMATTING,
            ("Trần Đức Huy",),
        ),
        (
            {"kind": "edit_metadata", "fr": {"authors": ["hoang-bao-quyen"]}},
            ChangeKind.METADATA,
            ("Hoàng Bảo Quyên",),
        ),
    ],
)
def test_a_version_of_the_same_words_is_right_where_form_or_authors_changed(event, kind, by):
    later = replace(seen(10, 20, FIRST, kind), author=by)
    quiet = held(seen(0, 0, FIRST), later)

    result = exactness([quiet], DAYS, chronicle({"day": 5, **event}))

    assert result.is_exact
    assert result.measures[Fact.VERSION] == result.measures[Fact.CHANGE] == Measure(1, 1)
    assert exactness([quiet], DAYS, chronicle()).unedited == 1


def test_a_removal_is_right_when_its_visit_and_its_way_are():
    told = chronicle(DELETION)
    gone = replace(held(seen(0, 10, FIRST)), gone_at=at(20), gone_reason="410")

    assert exactness([gone], DAYS, told).measures[Fact.REMOVAL] == Measure(1, 1)
    for wrong in (
        replace(gone, gone_reason="404"),
        replace(gone, gone_at=at(10)),
        replace(gone, gone_at=None, gone_reason=None),
    ):
        result = exactness([wrong], DAYS, told)
        assert [fact for fact, _ in problems(result)] == [Fact.REMOVAL]


def test_a_story_that_is_there_must_not_be_called_gone():
    gone = replace(held(seen(0, 20, FIRST)), gone_at=at(20), gone_reason="404")

    result = exactness([gone], DAYS, chronicle())

    assert problems(result) == [
        (Fact.REMOVAL, "gone never; archived as gone on day 20 (404)"),
    ]


def test_a_restoration_is_right_on_the_visit_that_found_the_story_again():
    told = chronicle({**DELETION, "day": 5}, {"day": 15, "kind": "restore"})
    back = replace(held(seen(0, 20, FIRST)), restored_at=(at(20),))

    assert exactness([back], DAYS, told).measures[Fact.RESTORATION] == Measure(1, 1)
    silent = replace(back, restored_at=())
    assert problems(exactness([silent], DAYS, told)) == [(Fact.RESTORATION, "day 20: it came back")]
    assert problems(exactness([back], DAYS, chronicle())) == [
        (Fact.RESTORATION, "day 20: it had not been gone")
    ]


def test_a_former_address_must_lead_to_the_article():
    told = chronicle({"day": 5, "kind": "rename", "fr": {"slug": "another"}})
    moved = held(seen(0, 20, FIRST), path="/fr/another/")
    both = replace(moved, addresses=moved.addresses | {"http://demo.test/fr/a-slug/"})

    assert exactness([both], DAYS, told).is_exact
    assert problems(exactness([moved], DAYS, told)) == [
        (Fact.ADDRESS, "/fr/a-slug/ does not lead to it")
    ]


def test_translations_are_one_group_and_nothing_else_is():
    told = chronicle(languages=("fr", "en"))
    french = held(seen(0, 20, FIRST), translation_group="g")
    english = held(seen(0, 20, FIRST), path="/en/a-slug/", in_language="en", translation_group="g")

    assert exactness([french, english], DAYS, told).measures[Fact.TRANSLATION] == Measure(1, 1)
    for group in ("another", None):
        result = exactness([french, replace(english, translation_group=group)], DAYS, told)
        assert problems(result) == [(Fact.TRANSLATION, "translations, in no group together")]


def test_a_language_is_right_whatever_its_region():
    region, other = replace(EDITED, in_language="fr-ca"), replace(EDITED, in_language="en")

    assert exactness([region], DAYS, chronicle(EDIT)).is_exact
    assert problems(exactness([other], DAYS, chronicle(EDIT))) == [(Fact.LANGUAGE, "taken for en")]


def test_a_visit_lasts_from_its_moment_to_the_next():
    assert day_of(PUBLISHER.moment(16), PUBLISHER) == 16
    assert day_of(PUBLISHER.moment(17) - timedelta(microseconds=1), PUBLISHER) == 16
