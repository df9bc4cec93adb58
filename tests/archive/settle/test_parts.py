"""Articles in several pages: one article with the text of all its pages, whenever each was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import (
    DOUBTFUL,
    ChangeKind,
    Component,
    History,
    NamedPart,
    Outcome,
    Part,
    Reading,
    Removal,
    Role,
)
from archive.settle.identity import components
from archive.settle.versions import history_of
from tests.support.graphs import EdgeKind, Seen, amphtml, canonical, missing, url_of

FIRST, SECOND, THIRD = "/a/", "/a/2/", "/a/3/"
ONE = "The dam above the town held through the night.\nEngineers had opened two of four gates."
TWO = "In the morning the water stood a hand below the rim.\nSchools stayed closed."
THREE = "The council meets on Thursday.\nIt will ask why the third gate was stuck."
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Page(Seen):
    """A capture of one page of an article; *named* are the paths of the other later parts."""

    number: int = 1
    named: tuple[tuple[int, str], ...] = ((2, SECOND), (3, THIRD))

    def reading(self) -> Reading | None:
        whole = replace(self, outcome=Outcome.ARTICLE) if self.number > 1 else self
        found = Seen.reading(whole)
        if found is None or (self.number == 1 and not self.named):
            return found
        first = url_of(FIRST) if self.number > 1 else None
        others = tuple(NamedPart(n, url_of(path)) for n, path in self.named if n != self.number)
        return replace(found, part=Part(number=self.number, first=first, named=others))


def first(minute: int, text: str = ONE, **fields: object) -> Page:
    return Page(FIRST, minute, text=text, headline="The dam holds", **fields)  # type: ignore[arg-type]


def later(number: int, minute: int, text: str, **fields: object) -> Page:
    return Page(
        f"/a/{number}/",
        minute,
        Outcome.PAGE,
        ((EdgeKind.PART, FIRST),),
        text=text,
        headline="The dam holds",
        number=number,
        **fields,  # type: ignore[arg-type]
    )


def second(minute: int, text: str = TWO, **fields: object) -> Page:
    return later(2, minute, text, **fields)


def third(minute: int, text: str = THREE, **fields: object) -> Page:
    return later(3, minute, text, **fields)


def articles(seen: Sequence[Seen]) -> list[Component]:
    readings = [reading for page in seen if (reading := page.reading()) is not None]
    links = [link for page in seen for link in page.links()]
    return components([page.sighting() for page in seen], readings, links, lambda _: True)


def told(seen: Sequence[Seen]) -> History:
    (component,) = articles(seen)
    return history_of(component, {})


def texts(history: History) -> list[str]:
    return [span.article.text for span in history.spans]


WHOLE = f"{ONE}\n{TWO}\n{THREE}"
VISIT = (first(1), second(2), third(3))


def test_the_pages_of_an_article_are_one_article_with_all_of_its_text_in_order():
    (component,) = articles(VISIT)
    history = history_of(component, {})

    assert {address.url: role for address, role in component.roles.items()} == {
        url_of(FIRST): Role.CANONICAL,
        url_of(SECOND): Role.PART,
        url_of(THIRD): Role.PART,
    }
    assert texts(history) == [WHOLE]
    assert history.spans[0].missing == ()


def test_each_block_knows_its_own_record():
    (span,) = told(VISIT).spans

    assert [(part.number, part.reading.record_id, part.blocks) for part in span.parts] == [
        (1, VISIT[0].record_id, (0, 1)),
        (2, VISIT[1].record_id, (0, 1)),
        (3, VISIT[2].record_id, (0, 1)),
    ]


@given(st.permutations([*VISIT, first(9 * DAY), second(9 * DAY + 1, f"{TWO}\nBuses run.")]))
def test_the_order_of_arrival_does_not_matter(seen):
    assert texts(told(seen)) == [WHOLE, f"{ONE}\n{TWO}\nBuses run.\n{THREE}"]


def test_a_part_that_is_seen_for_the_first_time_completes_a_version_and_makes_none():
    history = told([first(1), second(2), first(5 * DAY), third(9 * DAY)])

    assert texts(history) == [WHOLE]
    assert (history.spans[0].seen_from, history.spans[0].missing) == (first(1).at, ())


def test_parts_seen_before_the_first_page_are_part_of_its_first_version():
    history = told([third(1), second(DAY), first(2 * DAY)])

    assert texts(history) == [WHOLE]
    assert history.seen_from == history.spans[0].seen_from == first(2 * DAY).at


def test_a_version_without_a_part_has_what_there_is_and_says_what_is_missing():
    history = told([first(1), third(2), missing(SECOND, 3)])

    assert texts(history) == [f"{ONE}\n{THREE}"]
    assert history.spans[0].missing == (2,)


def test_an_edit_of_a_later_part_is_a_version_from_the_capture_that_shows_it():
    edited = second(9 * DAY + 5, TWO.replace("closed", "open"))

    history = told([*VISIT, first(9 * DAY), edited, third(9 * DAY + 6)])

    assert texts(history) == [WHOLE, WHOLE.replace("closed", "open")]
    assert history.spans[1].seen_from == edited.at
    assert history.spans[1].change_kind is ChangeKind.BODY
    assert history.spans[1].reading.url == url_of(FIRST)


def test_a_version_is_made_of_the_captures_nearest_before_it():
    seen = [*VISIT, second(5 * DAY, "Other water."), first(9 * DAY, "Other gates.")]

    history = told(seen)

    assert texts(history)[1:] == [
        f"{ONE}\nOther water.\n{THREE}",
        f"Other gates.\nOther water.\n{THREE}",
    ]


def test_a_paragraph_that_moves_from_one_page_to_the_next_is_no_edit_of_the_words():
    lines = ONE.splitlines()
    moved = [first(9 * DAY, lines[0]), second(9 * DAY + 2, f"{lines[1]}\n{TWO}")]

    assert texts(told([*VISIT, *moved])) == [WHOLE]


def test_pages_that_are_put_together_to_one_are_no_edit():
    whole = first(30 * DAY, WHOLE, named=())

    assert texts(told([*VISIT, whole, missing(SECOND, 30 * DAY + 1)])) == [WHOLE]


def test_a_page_that_is_divided_is_no_edit_even_if_a_part_is_never_seen():
    whole = first(1, WHOLE, named=())

    assert texts(told([whole, first(9 * DAY), second(9 * DAY + 1)])) == [WHOLE]
    assert texts(told([whole, first(9 * DAY)])) == [WHOLE]


def test_an_incomplete_version_is_completed_by_the_page_that_shows_all():
    whole = Page("/a/all/", 9 * DAY, text=WHOLE, headline="The dam holds", named=())
    begun = first(1, edges=((EdgeKind.PART, "/a/all/"),))

    history = told([begun, whole])

    assert texts(history) == [WHOLE]
    assert (history.spans[0].seen_from, history.spans[0].missing) == (begun.at, ())


@pytest.mark.parametrize("claims", [(), (canonical("/a/all/"),)])
def test_a_page_that_shows_all_parts_is_no_second_article(claims):
    links = ((EdgeKind.PART, "/a/all/"), *claims)
    shown = [
        replace(page, edges=links if page.number == 1 else (*page.edges, *claims)) for page in VISIT
    ]
    whole = Page("/a/all/", 4, text=WHOLE, headline="The dam holds", named=())
    again = [replace(page, minute=page.minute + DAY) for page in (*shown, whole)]

    assert texts(told([*shown, whole, *again])) == [WHOLE]


def test_the_amp_twin_that_shows_it_whole_is_no_second_article():
    twin = Page(
        "/a/?amp=1",
        4,
        edges=(canonical(FIRST),),
        text=WHOLE,
        headline="The dam holds",
        is_amp=True,
        named=(),
    )
    seen = [replace(VISIT[0], edges=(amphtml("/a/?amp=1"),)), *VISIT[1:], twin]

    assert texts(told(seen)) == [WHOLE]


def test_a_part_that_vanishes_takes_no_text_away():
    seen = [*VISIT, first(9 * DAY), missing(THIRD, 9 * DAY + 1), first(20 * DAY)]

    history = told(seen)

    assert texts(history) == [WHOLE]
    assert history.spans[0].seen_until == first(20 * DAY).at


def test_a_part_that_the_article_no_longer_names_is_no_part_of_it():
    shorter = [
        first(9 * DAY, named=((2, SECOND),)),
        second(9 * DAY + 1, named=()),
    ]

    assert texts(told([*VISIT, *shorter])) == [WHOLE, f"{ONE}\n{TWO}"]


def test_parts_that_name_only_the_next_one_are_all_found():
    seen = [
        first(1, named=((2, SECOND),)),
        second(2, named=((3, THIRD),)),
        third(3, named=()),
    ]

    assert texts(told(seen)) == [WHOLE]


def test_parts_say_what_a_first_page_without_numbers_does_not():
    seen = [first(1, named=()), second(2), third(3)]

    assert texts(told(seen)) == [WHOLE]


def test_what_each_page_repeats_is_there_once():
    standfirst, note = "A night at the dam, told in three parts.", "Mara Quill writes on water."
    seen = [replace(page, text=f"{standfirst}\n{page.text}\n{note}") for page in VISIT]

    assert texts(told(seen)) == [f"{standfirst}\n{WHOLE}\n{note}"]


def test_pages_that_all_show_the_same_text_are_told_once():
    seen = [first(1), second(2, ONE), third(3, ONE)]

    assert texts(told(seen)) == [ONE]


def test_a_part_in_doubt_never_replaces_a_whole_one():
    stub = second(9 * DAY + 1, "Read on for one crown.", flags=DOUBTFUL)

    assert texts(told([*VISIT, first(9 * DAY), stub])) == [WHOLE]
    assert texts(told([first(1), stub, third(3)])) == [f"{ONE}\nRead on for one crown.\n{THREE}"]


def test_an_article_is_gone_when_its_first_page_is():
    history = told([*VISIT, missing(FIRST, DAY), second(DAY + 1, "Other water.")])

    assert texts(history) == [WHOLE]
    assert history.gone is not None
    assert (history.gone.at, history.gone.reason) == (missing(FIRST, DAY).at, Removal.NOT_FOUND)


def test_parts_of_one_article_join_no_other_that_they_name():
    other = Seen("/b/", 5, text=f"{TWO} " * 9, headline="Something else")
    wrong = [replace(page, edges=(*page.edges, canonical("/b/"))) for page in VISIT[1:]]

    found = articles([VISIT[0], *wrong, other])

    assert sorted(component.canonical.url for component in found) == [url_of(FIRST), url_of("/b/")]


def test_parts_whose_first_page_was_never_read_are_no_article():
    assert articles([second(1), third(2)]) == []


@given(st.data())
def test_any_captures_give_the_same_in_any_order(data):
    pages = [
        data.draw(st.sampled_from((first, second, third)))(
            minute,
            text=data.draw(st.sampled_from((ONE, TWO, THREE, "Other water."))),
            named=data.draw(st.sampled_from(((), ((2, SECOND),), ((2, SECOND), (3, THIRD))))),
        )
        for minute in data.draw(st.lists(st.integers(0, 3 * DAY), max_size=8, unique=True))
    ]
    shuffled = data.draw(st.permutations(pages))

    one, other = ([history_of(c, {}) for c in articles(some)] for some in (pages, shuffled))

    assert one == other
    for history in one:
        assert [s.seen_from for s in history.spans] == sorted(s.seen_from for s in history.spans)
        assert all(s.seen_from <= s.seen_until + timedelta(0) for s in history.spans)
