import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dates.written import Written, choose, read_date
from tests.support.pages import CAPTURED


def read(raw, source="json-ld", captured_at=CAPTURED):
    return read_date(Written(raw, source), CaptureMoment(captured_at))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "instant", "precision"),
    [
        ("2025-02-16T20:11:59+07:00", utc(2025, 2, 16, 13, 11, 59), "second"),
        ("2025-02-16T20:11:59+0700", utc(2025, 2, 16, 13, 11, 59), "second"),
        ("2025-02-16T20:11:59.5Z", utc(2025, 2, 16, 20, 11, 59, 500_000), "second"),
        ("2025-02-16 20:11", utc(2025, 2, 16, 20, 11), "minute"),
        ("2025-02-16T20:11-05", utc(2025, 2, 17, 1, 11), "minute"),
        ("2025-02-16", utc(2025, 2, 16), "day"),
        ("20250216", utc(2025, 2, 16), "day"),
        ("20250216T201159Z", utc(2025, 2, 16, 20, 11, 59), "second"),
        ("1739711519", utc(2025, 2, 16, 13, 11, 59), "second"),
        ("Sun, 16 Feb 2025 13:11:59 +0000", utc(2025, 2, 16, 13, 11, 59), "second"),
        ("February 16, 2025 8:11 am EST", utc(2025, 2, 16, 13, 11), "minute"),
        ("Sun Feb 16 2025 13:11:59 GMT+0000 (Greenwich)", utc(2025, 2, 16, 13, 11, 59), "second"),
        ("16 February 2025", utc(2025, 2, 16), "day"),
        ("16.02.2025", utc(2025, 2, 16), "day"),
        ("16/02/2025 13:11", utc(2025, 2, 16, 13, 11), "minute"),
        ("2/16/2025", utc(2025, 2, 16), "day"),
        ('"2025-02-16T13:11:59Z"', utc(2025, 2, 16, 13, 11, 59), "second"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_the_instant_it_means(raw, instant, precision):
    found = read(raw)

    assert (found.instant, found.precision, found.raw) == (instant, precision, raw)


@pytest.mark.parametrize(
    ("problem", "raws"),
    [
        (
            "impossible",
            [
                *("2025-02-16T20:11:59+25:99", "2025-02-16T20:11:59+99:00", "2025-02-16T25:00:00Z"),
                *("2025-02-30", "2025-13-01", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
                *("0000-00-00", "0000-00-00 00:00:00", "-0001-11-30T00:00:00+00:00", "19000101"),
                *("1900-01-01", "9999999999999999", "Thu, 01 Jan 1970 00:00:00 +0000"),
            ],
        ),
        (
            "impossible",
            [
                *("November 30, -0001", "01/01/0001 00:00:00", "Mon Jan 01 0001 00:00:00 GMT+0000"),
                *("31.02.2025", "00/00/0000", "31/12/9999", "12/31/1969 7:00:00 PM"),
            ],
        ),
        ("ambiguous", ["03/04/2025", "3 / 4 / 2025", "03-04-2025 10:30", "4/5/06"]),
        (
            "unread",
            [
                *("yesterday", "February 2025", "2025", "PT1M48S", "12:45", "", "0", "x" * 5000),
                *("Mon, 16 Feb 2025 13:11:59 +9900", "soon", "2025-02", "45 minutes ago"),
            ],
        ),
        (
            "placeholder",
            [
                *("{{ post.date }}", "{% date %}", "[[date]]", "%%pubdate%%", "<%= date %>"),
                *("null", "undefined", "Invalid Date", "NaN", "N/A", "${article.date}"),
                *(
                    "__DATE__",
                    "%DATE%",
                    "[date]",
                    "@@date@@",
                    "YYYY-MM-DD",
                    "dd/mm/yyyy",
                    "NaN-NaN-NaN",
                ),
            ],
        ),
    ],
)
def test_what_is_no_believable_date_is_kept_with_its_problem(problem, raws):
    found = [read(raw) for raw in raws]

    assert [each.raw for each in found] == raws
    assert {each.instant for each in found} == {None}
    assert {raw: each.problem for raw, each in zip(raws, found, strict=True)} == dict.fromkeys(
        raws, problem
    )


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("2026-03-01T12:59:00Z", None),
        ("2026-03-01T20:30:00+07:00", "future"),
        ("2026-03-01T13:30:00Z", "future"),
        ("2026-03-02T01:30:00", None),
        ("2026-03-02T02:30:00", "future"),
        ("2026-03-02", None),
        ("2026-03-03", "future"),
    ],
)
def test_a_date_after_the_capture_is_believed_only_as_far_as_clocks_and_zones_explain(raw, problem):
    assert read(raw).problem == problem


def test_the_zone_of_the_machine_changes_nothing(monkeypatch):
    before = read("16 Feb 2025 20:11 ICT"), read("16 Feb 2025 20:11 XYZ"), read("2025-02-16T20:11")
    monkeypatch.setenv("TZ", "XYZ-9")
    time.tzset()

    after = read("16 Feb 2025 20:11 ICT"), read("16 Feb 2025 20:11 XYZ"), read("2025-02-16T20:11")

    monkeypatch.undo()
    time.tzset()
    assert before == after
    assert before[0].instant == datetime(2025, 2, 16, 13, 11, tzinfo=UTC)
    assert "TZ" not in os.environ or os.environ["TZ"] != "XYZ-9"


def test_the_best_source_wins_where_the_sources_disagree():
    first, second = read("2025-02-16T10:00:00Z"), read("2025-02-20T10:00:00Z", "meta")

    assert choose([first, second]) is first


def test_a_source_that_names_the_hour_of_the_same_day_says_more():
    day, hour = read("2025-02-16"), read("2025-02-16T20:11:59+07:00", "time")

    assert choose([day, hour]) is hour


def test_a_source_that_names_the_zone_of_the_same_time_says_more():
    naive, zoned = read("2025-02-16T20:11:59"), read("2025-02-16T20:11:59+07:00", "time")

    assert choose([naive, zoned]) is zoned
    assert choose([zoned, naive]) is zoned


def test_of_another_day_the_hour_does_not_count():
    day, other = read("2025-02-16"), read("2025-02-17T20:11:59+07:00", "time")

    assert choose([day, other]) is day


def test_an_unbelievable_date_gives_way_to_the_next_source():
    impossible, future = read("2025-99-99"), read((CAPTURED + timedelta(days=9)).isoformat())
    sound = read("2025-02-16", "meta")

    assert choose([impossible, future, sound]) is sound
    assert choose([impossible, future]) is None


@pytest.mark.parametrize(
    ("raw", "instant", "precision"),
    [
        ("Tue Jul 22 2025 10:30:00 GMT+0700 (Indochina Time)", utc(2025, 7, 22, 3, 30), "second"),
        ("Tue Jul 22 2025 10:30:00 GMT-0500", utc(2025, 7, 22, 15, 30), "second"),
        ("2025-07-22 10:30 UTC+7", utc(2025, 7, 22, 3, 30), "minute"),
        ("2025-07-22T10:30:00 GMT+07:00", utc(2025, 7, 22, 3, 30), "second"),
        ("2025-07-22T10:30:00+02:00[Europe/Berlin]", utc(2025, 7, 22, 8, 30), "second"),
        ("2025-07-22T10:30:00[Europe/Berlin]", utc(2025, 7, 22, 8, 30), "second"),
        ("2025-01-22T10:30[Europe/Berlin]", utc(2025, 1, 22, 9, 30), "minute"),
        ("2025-07-22T10:30:00Z[Asia/Tokyo][u-ca=japanese]", utc(2025, 7, 22, 10, 30), "second"),
        ("2025-07-22T10:30:08:684Z", utc(2025, 7, 22, 10, 30, 8, 684_000), "second"),
        ("2025-07-22T10:30:08,684+0200", utc(2025, 7, 22, 8, 30, 8, 684_000), "second"),
        ("2025-07-22T24:00:00Z", utc(2025, 7, 23), "second"),
        ("2025-07-22T9:05+01:00", utc(2025, 7, 22, 8, 5), "minute"),
        ("2025/07/22 10:30", utc(2025, 7, 22, 10, 30), "minute"),
        ("2025-W30-2", utc(2025, 7, 22), "day"),
        ("20250722 10:30", utc(2025, 7, 22, 10, 30), "minute"),
        ("1753180200000", utc(2025, 7, 22, 10, 30), "second"),
        ("/Date(1753180200000+0700)/", utc(2025, 7, 22, 10, 30), "second"),
        ("Tue Jul 22 10:30:00 ICT 2025", utc(2025, 7, 22, 3, 30), "second"),
        ("Tue Jul 22 10:30:00 2025", utc(2025, 7, 22, 10, 30), "second"),
        ("Tuesday, 22-Jul-25 10:30:00 GMT", utc(2025, 7, 22, 10, 30), "second"),
        ("22 JUL 2025 1030 GMT", utc(2025, 7, 22, 10, 30), "minute"),
        ("2025-07-22T03:30:00Z+07:00", utc(2025, 7, 22, 3, 30), "second"),
        ("2025-07-22T10:30:00 Europe/Berlin", utc(2025, 7, 22, 8, 30), "second"),
        ("Di., 22.07.2025 - 14:45", utc(2025, 7, 22, 14, 45), "minute"),
        ("<date>2025-07-22 10:30</date>", utc(2025, 7, 22, 10, 30), "minute"),
        ("Published: 22 July 2025 at 10:30 a.m. EDT", utc(2025, 7, 22, 14, 30), "minute"),
        ("updated 23 July 2025, published 22 July 2025", utc(2025, 7, 22), "day"),
    ],
)
def test_the_forms_of_programs_and_of_people_are_read_to_the_instant(raw, instant, precision):
    found = read(raw)

    assert (found.instant, found.precision, found.raw) == (instant, precision, raw)


def test_a_reading_after_the_capture_leaves_the_other():
    found = read("04/02/2026", captured_at=datetime(2026, 3, 1, tzinfo=UTC))

    assert (found.instant, found.others) == (utc(2026, 2, 4), ())


def test_a_guess_gives_way_to_a_date_that_the_other_reading_agrees_with():
    guess, sure, other = read("4. 2. 2025"), read("2025-04-02", "meta"), read("2025-03-09", "meta")

    assert guess.instant == utc(2025, 2, 4)
    assert choose([guess, sure]) is sure
    assert choose([guess, other]) is guess


def test_seconds_are_kept_where_the_zone_comes_from_a_date_without_them():
    exact, zoned = read("2025-02-16T20:11:59"), read("16 Feb 2025 20:11 GMT+7", "words")

    chosen = choose([exact, zoned])

    assert (chosen.instant, chosen.precision, chosen.zoned) == (
        utc(2025, 2, 16, 13, 11, 59),
        "second",
        True,
    )


@pytest.mark.parametrize("raw", ["2025-02-16+02:00", "2025-02-16Z"])
def test_a_day_of_xml_schema_with_a_zone_has_no_clock(raw):
    assert read(raw).precision == "day"
    assert read(raw).instant == utc(2025, 2, 16)


def test_only_names_of_the_tz_database_give_the_sign_of_posix():
    assert read("2025-02-16T15:11:59 Etc/GMT+5").instant == utc(2025, 2, 16, 20, 11, 59)
    assert read("2025-02-16T15:11:59 GMT+5").instant == utc(2025, 2, 16, 10, 11, 59)


def test_a_year_of_the_thai_calendar_is_read_in_the_form_of_iso():
    assert read("2568-02-16T15:11:59+07:00").instant == utc(2025, 2, 16, 8, 11, 59)


def test_no_zone_is_thirteen_hours_west_of_greenwich():
    assert read("2025-02-16T15:11:59-13:00").problem == "impossible"
    assert read("2025-02-16T15:11:59+13:00").instant == utc(2025, 2, 16, 2, 11, 59)
