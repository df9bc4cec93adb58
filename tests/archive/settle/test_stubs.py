"""Which readings are only the beginning of an article, told by its other readings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model import Part
from archive.settle.stubs import without_stubs
from archive.settle.versions import history_of
from tests.support.graphs import Seen, articles_of

QUOTED = "\N{LEFT DOUBLE QUOTATION MARK}and more\N{RIGHT DOUBLE QUOTATION MARK}"
PARAGRAPHS = [
    f"On day {n} the mole dug {n + 1} yards, {QUOTED}, under the hill behind the old mill."
    for n in range(6)
]
WHOLE = Seen("/a/", 1, text="\n".join(PARAGRAPHS))
CUT = f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1][:40]}"


def kept(*texts: str) -> list[int]:
    """The numbers of *texts*, read one after the other, that are not mere beginnings."""
    seen = [replace(WHOLE, minute=n, text=text) for n, text in enumerate(texts)]
    readings = [reading for item in seen if (reading := item.reading()) is not None]
    ids = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    same = [replace(r, extraction_id=ids[t]) for r, t in zip(readings, texts, strict=True)]
    return [int((r.fetched_at - WHOLE.at).total_seconds() // 60) + 1 for r in without_stubs(same)]


@pytest.mark.parametrize(
    "stub",
    [
        CUT,
        f"{CUT}…",
        f"{CUT}...",
        f"{CUT} […]",
        f"{PARAGRAPHS[0][:30]} …",
        CUT.replace(QUOTED, '"and more"'),
    ],
)
def test_a_text_that_breaks_off_where_another_capture_goes_on_is_a_stub_wherever_it_stands(stub):
    assert kept(stub, WHOLE.text) == [1]
    assert kept(WHOLE.text, stub) == [0]
    assert kept(WHOLE.text, stub, WHOLE.text) == [0, 2]


LEAD = "\n".join(PARAGRAPHS[:2])


def test_a_beginning_of_whole_paragraphs_is_a_stub_only_if_the_same_text_comes_back():
    grown = f"{WHOLE.text}\nThe well is full again."

    assert kept(WHOLE.text, LEAD, WHOLE.text) == [0, 2]
    assert kept(LEAD, WHOLE.text) == [0, 1]  # a story that grows
    assert kept(WHOLE.text, LEAD) == [0, 1]  # an editor who shortens
    assert kept(WHOLE.text, LEAD, grown) == [0, 1, 2]


def test_a_text_that_lacks_only_its_end_is_an_edit():
    most = "\n".join(PARAGRAPHS[:5])

    assert kept(WHOLE.text, most, WHOLE.text) == [0, 1, 2]


def test_a_sentence_that_was_added_to_a_paragraph_makes_no_stub_of_what_was_before():
    one = "The mole is out."

    assert kept(one, f"{one} It was seen at the mill, where it slept for the whole day.") == [0, 1]


@pytest.mark.parametrize("other", ["Another text of some words", "", CUT.replace("day 0", "day 9")])
def test_what_begins_no_other_text_is_no_stub(other):
    assert kept(WHOLE.text, other, WHOLE.text) == [0, 1, 2]


def test_it_works_in_a_script_without_spaces():
    whole = "春天的雨一直下个不停,鼹鼠在山下挖了整整一个季节。" * 2
    thai = "ตุ่นขุดใต้เนินเขา น้ำในบ่อแห้งไปทั้งฤดูใบไม้ผลิ และไม่มีใครรู้"

    assert kept(whole, f"{whole[:12]}……", whole) == [0, 2]
    assert kept(whole[:12], whole) == [1]
    assert kept(thai[:17], thai) == [0, 1]  # up to a space, where a sentence may end
    assert kept(thai[:12], thai) == [1]


def test_the_first_of_several_pages_is_no_stub():
    first = replace(WHOLE, minute=5, text=CUT).reading()
    whole = WHOLE.reading()
    assert first is not None
    assert whole is not None

    assert without_stubs([whole, first]) == [whole]
    part = replace(first, part=Part(number=1))
    assert without_stubs([whole, part]) == [whole, part]


def test_a_stub_makes_no_version():
    seen = [WHOLE, replace(WHOLE, minute=5, text=CUT), replace(WHOLE, minute=9)]
    (component,) = articles_of(seen)

    (span,) = history_of(component, {}).spans

    assert (span.seen_from, span.seen_until, span.article.text) == (
        seen[0].at,
        seen[2].at,
        WHOLE.text,
    )
