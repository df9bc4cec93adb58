"""Tables of the articles: every column, every character, in a form that other programs read."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from archive.errors import NotFoundError, StorageError
from archive.export.tables import Form, export_table
from archive.queries import ExportFilter
from archive.sql.views import article_history, articles
from tests.support.graphs import DAWN, Seen, url_of
from tests.support.settled import settled

ODD = 'Said "no", then\nÐà Nẵng; 5,3 %'
MINUTES_A_DAY = 24 * 60


def exported(database, form: Form, wanted: ExportFilter | None = None, **options: Any) -> str:
    out = io.BytesIO()
    export_table(out, form, database=database, wanted=wanted or ExportFilter(), **options)
    return out.getvalue().decode()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def paths(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["canonical_url"].removeprefix("http://news.test") for row in rows]


def test_json_lines_have_the_columns_of_the_view_in_its_order(database, ingest):
    settled(ingest, Seen("/a/", 0, text=ODD))

    (row,) = lines(exported(database, Form.JSONL))

    assert list(row) == [column.name for column in articles.c]
    assert (row["text"], row["author"], row["gone_at"]) == (ODD, [], None)


def test_csv_says_the_same_with_lists_as_json_and_nothing_for_null(database, ingest):
    settled(ingest, Seen("/a/", 0, text=ODD), Seen("/b/", 1))

    rows = lines(exported(database, Form.JSONL))
    table = cells(exported(database, Form.CSV))

    for row, cell in zip(rows, table, strict=True):
        assert list(cell) == list(row)
        for name, value in row.items():
            told = json.dumps(value) if isinstance(value, list) else value
            assert cell[name] == ("" if told is None else str(told))


def test_csv_ends_its_lines_as_rfc_4180_has_it_and_has_no_byte_order_mark(database, ingest):
    settled(ingest, Seen("/a/", 0))

    text = exported(database, Form.CSV)

    assert text.startswith("publisher,canonical_url,")
    assert text.count("\r\n") == 2
    assert text.endswith("\r\n")


def test_all_times_of_a_column_have_one_form(database, ingest):
    settled(ingest, Seen("/a/", 0), Seen("/b/", 1, published=3))

    rows = lines(exported(database, Form.JSONL))

    assert rows[0]["seen_from"] == "2026-03-01T06:00:00.000000+00:00"
    assert rows[1]["date_published"] == "2026-03-01T06:03:00.000000+00:00"


def test_history_has_every_version_with_its_kind_of_change(database, ingest):
    settled(ingest, Seen("/a/", 0), Seen("/a/", 1, text="other words"), Seen("/b/", 2))

    rows = lines(exported(database, Form.JSONL, ExportFilter(history=True)))

    assert list(rows[0]) == [column.name for column in article_history.c]
    assert [(row["seq"], row["change_kind"]) for row in rows] == [
        (1, None),
        (2, "body"),
        (1, None),
    ]


def test_rows_are_of_one_publisher_or_language_where_that_is_asked_for(database, ingest):
    first = settled(ingest, Seen("/a/", 0))
    settled(ingest, Seen("/b/", 0))

    of_first = lines(exported(database, Form.JSONL, ExportFilter(publisher=first.name)))
    english = lines(exported(database, Form.JSONL, ExportFilter(language="EN")))
    french = lines(exported(database, Form.JSONL, ExportFilter(language="fr")))

    assert (paths(of_first), paths(english), french) == (["/a/"], ["/a/", "/b/"], [])


@pytest.mark.parametrize(
    ("since", "before", "found"),
    [
        (None, None, ["/first/", "/second/", "/undated/"]),
        (1, None, ["/second/", "/undated/"]),
        (None, 1, ["/first/"]),
        (1, 2, ["/second/"]),
    ],
)
def test_rows_are_of_some_days_by_publication_or_else_by_first_sight(
    database, ingest, since, before, found
):
    settled(
        ingest,
        Seen("/first/", 3 * MINUTES_A_DAY, published=10),
        Seen("/second/", 3 * MINUTES_A_DAY + 1, published=MINUTES_A_DAY),
        Seen("/undated/", 3 * MINUTES_A_DAY + 2),
    )

    def day(number: int | None) -> datetime | None:
        return None if number is None else DAWN + timedelta(days=number)

    rows = lines(exported(database, Form.JSONL, ExportFilter(since=day(since), before=day(before))))

    assert paths(rows) == found


@pytest.mark.parametrize("text", ["=HYPERLINK()", "+1", "-1", "@SUM(A1)", "\tx"])
def test_for_spreadsheets_a_formula_is_a_text_and_the_encoding_is_marked(database, ingest, text):
    settled(ingest, Seen("/a/", 0, headline=text))

    exact = exported(database, Form.CSV)
    disarmed = exported(database, Form.CSV, for_spreadsheets=True)

    assert cells(exact)[0]["headline"] == text
    assert disarmed.startswith("\ufeff")
    assert cells(disarmed[1:])[0]["headline"] == f"'{text}"


def test_an_empty_archive_is_an_empty_table(database):
    assert exported(database, Form.JSONL) == ""
    assert cells(exported(database, Form.CSV)) == []


def test_a_file_is_replaced_when_the_new_one_is_whole(database, ingest, tmp_path):
    settled(ingest, Seen("/a/", 0), Seen("/b/", 1))
    file = tmp_path / "a.csv"
    file.write_text("old")

    done = export_table(file, Form.CSV, database=database, wanted=ExportFilter())

    assert paths(cells(file.read_text())) == ["/a/", "/b/"]
    assert (done.rows, done.size_bytes) == (2, file.stat().st_size)


def test_a_file_that_cannot_be_finished_leaves_the_old_one(database, ingest, tmp_path):
    settled(ingest, Seen("/a/", 0))
    file = tmp_path / "out" / "a.csv"
    file.parent.mkdir()
    file.write_text("old")

    def fail(rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match=r"a\.csv: cannot be written: No space left"):
        export_table(file, Form.CSV, database=database, wanted=ExportFilter(), report=fail)

    assert file.read_text() == "old"
    assert [path.name for path in file.parent.iterdir()] == ["a.csv"]


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(database, ingest, tmp_path):
    settled(ingest, Seen("/a/", 0))
    file, link = tmp_path / "real" / "a.csv", tmp_path / "a.csv"
    file.parent.mkdir()
    link.symlink_to(file)

    export_table(link, Form.CSV, database=database, wanted=ExportFilter())

    assert link.is_symlink()
    assert paths(cells(file.read_text())) == ["/a/"]


def test_what_is_no_file_is_written_to_and_not_replaced(database, ingest, tmp_path):
    settled(ingest, Seen("/a/", 0))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_text)

        export_table(pipe, Form.CSV, database=database, wanted=ExportFilter())

        assert paths(cells(reader.result())) == ["/a/"]
    assert pipe.is_fifo()


def test_a_publisher_of_whom_nothing_is_archived_is_named(database):
    with pytest.raises(NotFoundError, match="nobody: nothing is archived of a publisher"):
        exported(database, Form.CSV, ExportFilter(publisher="nobody"))


def test_the_address_of_two_stories_is_in_it_twice(database, ingest):
    settled(
        ingest,
        Seen("/a/", 0, text="The bridge is open to all.", headline="Bridge", published=0),
        Seen("/a/", 2 * MINUTES_A_DAY, text="A tunnel!", headline="Tunnel", published=2000),
    )

    rows = lines(exported(database, Form.JSONL))

    assert [(row["canonical_url"], row["headline"]) for row in rows] == [
        (url_of("/a/"), "Bridge"),
        (url_of("/a/"), "Tunnel"),
    ]
