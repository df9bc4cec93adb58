"""What a template says of the places of one page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.model import Outcome
from archive.model.line_table import LineField, LineTable, PlacedLines, SeenLine, pack
from archive.model.template import (
    ALONE,
    NO_ROLES,
    PageRoles,
    PlaceRole,
    PlaceRule,
    Template,
    decoded_template,
    place_name,
    roles_on_page,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BODY, TOP, BYLINE = 1, 2, 3
TEXT, FRAME, NONE = PlaceRole.TEXT, PlaceRole.FRAME, PlaceRole.NONE


def rule(role: PlaceRole, place: int = BODY, language: str = "", **limits: Any) -> PlaceRule:
    return PlaceRule(language, place, role, **limits)


def roles(*rules: PlaceRule, language: str | None = "en", moment: datetime = NOON) -> set[str]:
    """The roles of ``BODY`` on a page in *language*, captured at *moment*."""
    found = Template(rules).rules_for(BODY, language, moment)
    return {str(each.role) for each in found}


# --- which rule holds -----------------------------------------------------------------------------


def test_a_rule_for_all_pages_holds_in_each_language():
    for language in ("en", "vi", "", None):
        assert roles(rule(TEXT), language=language) == {"text"}


@pytest.mark.parametrize("own", [FRAME, NONE])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_rule_for_the_language_replaces_the_one_for_all_pages(own, is_first):
    both = [rule(own, language="vi"), rule(TEXT)]
    rules = both if is_first else both[::-1]

    assert roles(*rules, language="vi") == {str(own)}
    assert roles(*rules, language="en") == {"text"}
    assert roles(*rules, language=None) == {"text"}


def test_a_place_of_the_text_may_say_a_field_too():
    assert roles(rule(TEXT), rule(PlaceRole.AUTHOR), rule(PlaceRole.DATE)) == {
        "text",
        "author",
        "date",
    }


def test_a_language_in_which_nothing_is_known_of_the_text_still_has_its_fields():
    rules = rule(TEXT), rule(PlaceRole.AUTHOR), rule(NONE, language="vi")

    assert roles(*rules, language="vi") == {"none", "author"}


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, {"text"}), (0, {"frame"}), (1, {"frame"}), (2, set())]
)
def test_a_rule_holds_from_its_first_moment_until_the_next(days, expected):
    rules = (
        rule(TEXT, until=NOON),
        rule(FRAME, since=NOON, until=NOON + 2 * DAY),
    )

    assert roles(*rules, moment=NOON + days * DAY) == expected


def test_other_places_have_no_role():
    assert list(Template((rule(TEXT, TOP),)).rules_for(BODY, "en", NOON)) == []


# --- on its way to a worker -----------------------------------------------------------------------


def test_a_template_comes_back_from_a_worker_as_it_was():
    template = Template(
        (
            rule(TEXT, repeated=(5, 7)),
            rule(NONE, 0xFFFFFFFF, "zh-Hant", since=NOON, until=NOON + timedelta(microseconds=1)),
            rule(PlaceRole.KEYWORD, 0),
        )
    )

    assert decoded_template(template.encoded) == template


def test_a_template_without_rules_is_no_bytes():
    assert ALONE.encoded == b""
    assert decoded_template(b"") == ALONE


def test_a_place_has_a_name_of_eight_hex_digits():
    assert [place_name(place) for place in (0, 0xFFFFFFFF)] == ["00000000", "ffffffff"]


# --- the roles that may change a page -------------------------------------------------------------


def seen(digest: int = 1, weight: int = 100, **said: Any) -> SeenLine:
    return SeenLine(digest, weight, **said)


def kept(digest: int = 1, weight: int = 100) -> SeenLine:
    return seen(digest, weight, is_kept=True)


def on_page(
    *rules: PlaceRule,
    outcome: Outcome = Outcome.ARTICLE,
    lacks: LineField = LineField.NONE,
    **lines: list[SeenLine],
) -> PageRoles:
    """The roles on a page that has *lines* at the places ``body``, ``top`` and ``byline``."""
    numbers = {"body": BODY, "top": TOP, "byline": BYLINE}
    places = tuple(PlacedLines(numbers[name], tuple(some)) for name, some in lines.items())
    table = pack(LineTable(places, lacks))
    return roles_on_page(Template(rules), table, "en", NOON, outcome)


def test_the_frame_counts_only_where_the_text_has_a_line_of_it():
    frame = rule(FRAME, TOP)

    assert on_page(frame, top=[seen(), kept(2)]) == PageRoles(frame=frozenset({TOP}))
    assert on_page(frame, top=[seen(), seen(2, is_trimmed=True)]) == NO_ROLES
    assert on_page(frame, body=[kept()]) == NO_ROLES


def test_a_place_of_the_text_counts_only_where_the_text_lacks_a_line():
    text = rule(TEXT)

    assert on_page(text, body=[kept(), seen(2)]) == PageRoles(text={BODY: ()})
    assert on_page(text, body=[kept(), kept(2)]) == NO_ROLES


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(seen(2, is_trimmed=True), id="trimmed"),
        pytest.param(seen(2, is_linked=True), id="a link"),
        pytest.param(seen(7), id="on several pages"),
    ],
)
def test_a_line_that_is_never_restored_is_not_lacking(line):
    assert on_page(rule(TEXT, repeated=(7,)), body=[kept(), line]) == NO_ROLES


def test_of_what_is_repeated_that_which_the_page_lacks_goes_with_the_place():
    """Else each page would be read again as soon as some other page shows a line that runs."""
    found = on_page(rule(TEXT, repeated=(1, 5, 7)), body=[kept(1), seen(2), seen(7)])

    assert found == PageRoles(text={BODY: (7,)})


def test_with_a_long_text_all_that_is_repeated_goes():
    lines = [kept(1), *(seen(digest) for digest in range(100, 200))]

    assert on_page(rule(TEXT, repeated=(5, 199)), body=lines).text == {BODY: (5, 199)}


@pytest.mark.parametrize("is_lacking", [True, False])
def test_a_place_of_a_field_counts_only_where_the_page_lacks_it(is_lacking):
    lacks = LineField.AUTHOR if is_lacking else LineField.DATE

    found = on_page(rule(PlaceRole.AUTHOR, BYLINE), lacks=lacks, byline=[seen()])

    expected = {LineField.AUTHOR: frozenset({BYLINE})} if is_lacking else {}
    assert found == PageRoles(fields=expected)


@pytest.mark.parametrize("number", [30, 200])
@pytest.mark.parametrize("lacking", ["first", "last"])
def test_a_long_text_that_lacks_one_line_lacks_a_line(number, lacking):
    """Of so many lines a table has only some; the rest is not forgotten."""
    lines = [kept(digest) for digest in range(number)]
    lines[0 if lacking == "first" else -1] = seen(0 if lacking == "first" else number - 1)

    assert on_page(rule(TEXT), body=lines).text


def test_a_long_place_of_the_frame_with_one_line_in_the_text_counts():
    lines = [*(seen(digest) for digest in range(100)), kept(100)]

    assert on_page(rule(FRAME, TOP), top=lines).frame == {TOP}


SENTENCES = [kept(digest, 130) for digest in range(3)]


@pytest.mark.parametrize("outcome", [Outcome.PAGE, Outcome.LISTING])
def test_a_page_whose_text_is_in_place_has_roles_although_it_is_no_article(outcome):
    assert on_page(rule(TEXT), outcome=outcome, body=SENTENCES).text == {BODY: ()}


@pytest.mark.parametrize(
    ("body", "top"),
    [
        pytest.param(SENTENCES[:1], [], id="too little text"),
        pytest.param(SENTENCES, [seen(digest, 130) for digest in range(3)], id="text elsewhere"),
        pytest.param([kept(digest, 50) for digest in range(9)], [], id="labels"),
        pytest.param([seen(digest, 130, is_linked=True) for digest in range(9)], [], id="links"),
        pytest.param([], SENTENCES, id="nothing in place"),
    ],
)
def test_a_page_whose_text_is_not_in_place_is_read_alone(body, top):
    rules = rule(TEXT), rule(FRAME, TOP)

    assert on_page(*rules, outcome=Outcome.PAGE, body=body, top=top) == NO_ROLES


@pytest.mark.parametrize(
    "outcome", sorted(set(Outcome) - {Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING})
)
def test_what_is_no_text_is_read_alone(outcome):
    assert on_page(rule(TEXT), outcome=outcome, body=SENTENCES) == NO_ROLES


def test_without_a_template_no_page_has_roles():
    assert on_page(body=[seen()]) == NO_ROLES


@pytest.mark.parametrize("table", [b"", b"\x02\x00", b"\x01", b"\x01\x00\xff"])
def test_a_page_with_a_broken_table_is_read_alone(table):
    template = Template((rule(TEXT),))

    assert roles_on_page(template, table, "en", NOON, Outcome.ARTICLE) == NO_ROLES


# --- the digest of roles --------------------------------------------------------------------------


def test_without_roles_the_digest_is_empty():
    assert NO_ROLES.digest == ""
    assert not NO_ROLES


def test_equal_roles_have_equal_digests_whatever_their_order():
    one = PageRoles(
        frame=frozenset({1, 2}),
        text={3: (5, 7), 4: ()},
        fields={LineField.DATE: frozenset({8, 9}), LineField.AUTHOR: frozenset({8})},
    )
    other = PageRoles(
        frame=frozenset({2, 1}),
        text={4: (), 3: (5, 7)},
        fields={LineField.AUTHOR: frozenset({8}), LineField.DATE: frozenset({9, 8})},
    )

    assert one.digest == other.digest
    assert len(one.digest) == 16


def test_other_roles_have_other_digests():
    some = [
        PageRoles(frame=frozenset({1})),
        PageRoles(text={1: ()}),
        PageRoles(text={1: (7,)}),
        PageRoles(fields={LineField.DATE: frozenset({1})}),
        PageRoles(fields={LineField.AUTHOR: frozenset({1})}),
    ]

    assert len({each.digest for each in some}) == len(some)
