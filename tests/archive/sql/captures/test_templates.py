"""Templates as rows, on each engine: the sample, the rules, and which captures they concern."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from archive.model import Capture, Extraction, Outcome, RecordType
from archive.model.line_table import LineField, LineTable, PlacedLines, SeenLine, pack
from archive.model.template import PlaceRole, PlaceRule, Template, roles_on_page
from archive.sql.captures import store as captures
from archive.sql.captures import templates
from archive.sql.captures.store import Ingestible
from archive.sql.captures.templates import URLS_A_MONTH, PlaceRow
from archive.sql.schema import state_tables, view_tables
from archive.template.counts import PlaceCounts
from archive.template.learning import LearnedPlace

MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, MONTH = timedelta(hours=1), timedelta(days=31)
FILE = "news.warc.gz"
BODY, TOP = 0xFFFFFFFF, 7
KEPT, LACKING = SeenLine(1, 100, is_kept=True), SeenLine(2, 100)
COUNTS = PlaceCounts(pages=9, kept=0.123, repeated=0.1, linked=0.0, after_link=0.3, share=1.0)


def url(name: object) -> str:
    return f"http://news.test/{name}/"


def packed(*lines: SeenLine, place: int = BODY, lacks: LineField = LineField.NONE) -> bytes:
    return pack(LineTable((PlacedLines(place, lines, links=3),), lacks))


def item(name: object, moment: datetime = MARCH, **found: Any) -> Ingestible:
    """A capture of page *name*, an article unless *found* says otherwise."""
    given = {
        "outcome": Outcome.ARTICLE,
        "extractor": "now",
        "language": "en",
        "lines": packed(KEPT),
        **found,
    }
    key = hashlib.sha256(f"{name} {moment}".encode()).hexdigest()[:12]
    capture = Capture(
        url=url(name),
        fetched_at=moment,
        http_status=200,
        warc_file=FILE,
        warc_offset=int(key, 16),
        warc_length=1,
        warc_record_id=f"<urn:uuid:{key}>",
        record_type=RecordType.RESPONSE,
    )
    return Ingestible(capture, Extraction(**given), "sha256:0")


def store(connection: Connection, owner: int, items: Sequence[Ingestible]) -> None:
    """Store *items* as settled captures."""
    files = {FILE: captures.warc_file_id(connection, owner, FILE)}
    captures.store(connection, owner, files, items, {})
    connection.execute(delete(state_tables.unsettled))


def unsettled(connection: Connection) -> set[str]:
    return set(connection.scalars(select(state_tables.unsettled.c.url)))


def urls_of(connection: Connection, ids: Sequence[int]) -> list[str]:
    """The URLs of the captures with these row ids."""
    known = dict(
        connection.execute(select(view_tables.capture.c.id, view_tables.capture.c.url)).all()
    )
    return [known[each] for each in ids]


# --- the sample -----------------------------------------------------------------------------------


def sampled(connection: Connection, owner: int) -> set[tuple[str, datetime]]:
    found = templates.sampled_pages(connection, owner)
    assert len({page.record_id for page in found}) == len(found)
    return {(page.url, page.moment) for page in found}


def test_a_sampled_page_is_what_its_capture_says(connection, owner):
    only = item(1, language="vi", lines=packed(KEPT, LACKING, lacks=LineField.DATE))
    store(connection, owner, [only])

    (page,) = templates.sampled_pages(connection, owner)

    assert (page.url, page.moment, page.language) == (url(1), MARCH, "vi")
    assert page.record_id == only.capture.warc_record_id
    assert page.places == (PlacedLines(BODY, (KEPT, LACKING), 3),)
    assert page.lacks == LineField.DATE


def test_only_articles_with_a_table_are_sampled(connection, owner):
    others = [item(2, outcome=Outcome.PAGE), item(3, outcome=Outcome.MISSING, lines=None)]
    store(connection, owner, [item(1), *others, item(4, lines=None)])

    assert sampled(connection, owner) == {(url(1), MARCH)}


def test_a_page_whose_language_is_not_known_is_sampled(connection, owner):
    store(connection, owner, [item(1, language=None)])

    assert [page.language for page in templates.sampled_pages(connection, owner)] == [""]


def test_pages_of_another_publisher_are_not_sampled(connection, owner):
    other = captures.publisher_id(connection, "other", None, None)
    store(connection, owner, [item(1)])

    assert templates.sampled_pages(connection, other) == []


def test_of_each_url_and_month_the_first_and_the_last_capture_are_sampled(connection, owner):
    moments = [MARCH + hours * HOUR for hours in (0, 1, 2, 3)]
    later = [moment + MONTH for moment in moments[:3]]
    store(connection, owner, [item(1, moment) for moment in (*moments, *later)])

    expected = {moments[0], moments[3], later[0], later[2]}
    assert sampled(connection, owner) == {(url(1), moment) for moment in expected}


def chosen(names: Sequence[int]) -> set[str]:
    """The URLs of *names* that are sampled: those with the smallest hashes."""

    def place_of(address: str) -> bytes:
        return hashlib.blake2b(address.encode(), digest_size=8).digest()

    return set(sorted(map(url, names), key=place_of)[:URLS_A_MONTH])


@pytest.mark.parametrize("seed", range(2))
def test_the_sample_is_bounded_and_does_not_depend_on_the_order_of_arrival(connection, owner, seed):
    """Of 300 URLs of a month in one language, with two captures each, and of 70 in another."""
    english, vietnamese = range(300), range(1_000, 1_070)
    items = [item(name, MARCH + hours * HOUR) for name in english for hours in (0, 5)]
    items += [item(name, language="vi") for name in vietnamese]
    Random(seed).shuffle(items)
    store(connection, owner, items)

    found = sampled(connection, owner)

    assert {address for address, _ in found} == chosen(english) | chosen(vietnamese)
    assert len(found) == 2 * URLS_A_MONTH + URLS_A_MONTH


def test_one_more_page_changes_the_sample_by_one_url_at_most(connection, owner):
    store(connection, owner, [item(name) for name in range(100)])
    before = sampled(connection, owner)

    store(connection, owner, [item(1_000)])

    assert len(before ^ sampled(connection, owner)) in {0, 2}


# --- the rules ------------------------------------------------------------------------------------

TEXT = PlaceRule("", BODY, PlaceRole.TEXT, repeated=(5, 7), until=MARCH)
FRAME = PlaceRule("", BODY, PlaceRole.FRAME, since=MARCH)
IN_VIETNAMESE = PlaceRule("vi", BODY, PlaceRole.NONE)
BYLINE = PlaceRule("", TOP, PlaceRole.AUTHOR)
RULES = (TEXT, FRAME, IN_VIETNAMESE, BYLINE)


def learned(rule: PlaceRule, record_id: str = "") -> PlaceRow:
    return PlaceRow(LearnedPlace(rule, COUNTS, record_id))


def rows(connection: Connection) -> dict[int, dict[str, Any]]:
    found = connection.execute(select(view_tables.template_place)).mappings()
    return {row["id"]: dict(row) for row in found}


def test_a_template_comes_back_as_it_was_stored(connection, owner):
    templates.store_template(connection, owner, [learned(rule) for rule in RULES])

    found = templates.template_of(connection, owner)

    assert found == Template((BYLINE, TEXT, FRAME, IN_VIETNAMESE))


def test_before_anything_is_learned_there_are_no_rules(connection, owner):
    assert templates.template_of(connection, owner) == Template()


def test_each_row_has_its_evidence(connection, owner):
    first = item(1)
    store(connection, owner, [first])

    templates.store_template(
        connection,
        owner,
        [
            learned(TEXT, first.capture.warc_record_id),
            replace(learned(BYLINE), by_profile=True),
        ],
    )

    text, byline = sorted(rows(connection).values(), key=lambda row: row["role"] != "text")
    assert urls_of(connection, [text["capture_id"]]) == [url(1)]
    assert (text["place"], text["pages"], text["kept"]) == ("ffffffff", 9, 0.123)
    assert (text["by_profile"], byline["by_profile"]) == (False, True)
    assert byline["capture_id"] is None


def test_rows_that_are_equal_stay_and_others_are_replaced(connection, owner):
    templates.store_template(connection, owner, [learned(rule) for rule in RULES])
    before = rows(connection)

    other = replace(TEXT, repeated=(5, 8))
    templates.store_template(connection, owner, [learned(rule) for rule in (other, FRAME, BYLINE)])

    after = rows(connection)
    gone = [row for key, row in before.items() if key not in after]
    changed = [key for key in after if before[key] != after[key]]
    assert [row["language"] for row in gone] == ["vi"]
    assert [after[key]["repeated_lines"] for key in changed] == [[5, 8]]


def test_a_template_that_is_learned_again_writes_nothing(connection, owner):
    store(connection, owner, [item(1)])
    found = [learned(rule, item(1).capture.warc_record_id) for rule in RULES]
    templates.store_template(connection, owner, found)
    before = rows(connection)

    templates.store_template(connection, owner, found)

    assert rows(connection) == before


def test_publishers_have_templates_of_their_own(connection, owner):
    other = captures.publisher_id(connection, "other", None, None)
    templates.store_template(connection, owner, [learned(TEXT)])

    templates.store_template(connection, other, [])

    assert templates.template_of(connection, owner).rules == (TEXT,)
    assert templates.template_of(connection, other) == Template()


# --- what new rules concern -----------------------------------------------------------------------

READ_AS_TEXT = Template((PlaceRule("", BODY, PlaceRole.TEXT),))


def digest(lines: bytes) -> str:
    """The digest with which a page is stored that was read with ``READ_AS_TEXT``."""
    return roles_on_page(READ_AS_TEXT, lines, "en", MARCH, Outcome.ARTICLE).digest


def affected(
    connection: Connection, owner: int, template: Template = READ_AS_TEXT, *places: int
) -> list[str]:
    found = templates.affected(connection, owner, template, places or (BODY,))
    return sorted(urls_of(connection, list(found)))


def test_a_template_concerns_the_pages_that_it_reads_otherwise(connection, owner):
    lacking = packed(KEPT, LACKING)
    store(
        connection,
        owner,
        [
            item("whole"),
            item("lacking", lines=lacking),
            item("read", lines=lacking, template=digest(lacking)),
            item("read otherwise", lines=lacking, template="0" * 16),
            item("no more", template="0" * 16),
            item("a page", lines=lacking, outcome=Outcome.PAGE),
            item("nothing", lines=None, outcome=Outcome.MISSING),
        ],
    )

    assert affected(connection, owner) == sorted(map(url, ("lacking", "no more", "read otherwise")))


def test_pages_without_a_place_whose_rules_changed_are_not_concerned(connection, owner):
    store(connection, owner, [item(1, lines=packed(KEPT, LACKING))])

    assert affected(connection, owner, READ_AS_TEXT, TOP) == []


def test_without_rules_the_pages_that_were_read_with_some_are_concerned(connection, owner):
    lacking = packed(KEPT, LACKING)
    store(connection, owner, [item(1), item(2, lines=lacking, template=digest(lacking))])

    assert affected(connection, owner, Template()) == [url(2)]


def test_pages_of_another_publisher_are_not_concerned(connection, owner):
    other = captures.publisher_id(connection, "other", None, None)
    store(connection, owner, [item(1, lines=packed(LACKING))])

    assert affected(connection, other) == []


def ids(connection: Connection) -> dict[str, int]:
    columns = view_tables.capture.c.url, view_tables.capture.c.id
    return {row.url: row.id for row in connection.execute(select(*columns))}


def test_what_is_noted_is_to_be_read_again_and_settled(connection, owner):
    store(connection, owner, [item(name) for name in range(3)])

    templates.note_unread(connection, owner, [ids(connection)[url(1)]])

    assert urls_of(connection, templates.unread(connection, owner)) == [url(1)]
    assert unsettled(connection) == {url(1)}


def test_what_is_to_be_read_again_comes_in_order_of_time(connection, owner):
    names = [3, 1, 2]
    store(connection, owner, [item(name, MARCH + name * HOUR) for name in names])

    templates.note_unread(connection, owner, ids(connection).values())

    assert urls_of(connection, templates.unread(connection, owner)) == [url(n) for n in (1, 2, 3)]


def test_what_is_to_be_read_again_is_not_noted_twice(connection, owner):
    store(connection, owner, [item(1, lines=packed(KEPT, LACKING))])
    assert affected(connection, owner) == [url(1)]

    templates.note_unread(connection, owner, ids(connection).values())

    assert affected(connection, owner) == []


def test_urls_of_revisits_are_settled_again_too(connection, owner):
    """A revisit shows what its original shows, at another URL."""
    shown = item(1)
    visit = item(2, MARCH + HOUR, outcome=Outcome.REVISIT, lines=None, language=None)
    revisit = replace(
        visit.capture,
        record_type=RecordType.REVISIT,
        refers_to=shown.capture.warc_record_id,
    )
    store(connection, owner, [shown, replace(visit, capture=revisit), item(3)])

    templates.note_unread(connection, owner, [ids(connection)[url(1)]])

    assert unsettled(connection) == {url(1), url(2)}


def test_a_thousand_captures_are_noted(connection, owner):
    store(connection, owner, [item(name) for name in range(1_001)])

    templates.note_unread(connection, owner, ids(connection).values())

    assert len(templates.unread(connection, owner)) == 1_001
    assert len(unsettled(connection)) == 1_001
