"""``export``: which form is meant, and where it goes."""

from __future__ import annotations

import csv
import io
import json

import pytest

COUNT = 10


def test_a_table_goes_to_stdout_unless_a_file_is_named(following):
    done = following("export", "--format", "jsonl")

    assert (done.code, done.err) == (0, "")
    assert len(done.rows) == COUNT


@pytest.mark.parametrize("name", ["a.csv", "a.CSV", "a.jsonl"])
def test_the_ending_of_the_file_decides_where_no_format_is_given(following, tmp_path, name):
    done = following("export", "--output", str(tmp_path / name))

    text = (tmp_path / name).read_text()
    assert done.out.startswith(f"{tmp_path / name}: {COUNT} rows, ")
    assert text.startswith("publisher,") is (not name.endswith("jsonl"))


def test_what_was_written_may_be_had_as_json(following, tmp_path):
    file = tmp_path / "a.jsonl"

    (row,) = following("export", "--output", str(file), "--history", "--json").rows

    assert row == {"file": str(file), "rows": 12, "size_bytes": file.stat().st_size}
    seqs = [json.loads(line)["seq"] for line in file.read_text().splitlines()]
    assert sorted(seqs)[-2:] == [2, 3]


def test_the_options_narrow_a_table(following):
    french = following("export", "--format", "jsonl", "--language", "fr").rows
    nobody = following("export", "--format", "jsonl", "--publisher", "nobody")

    assert [row["headline"] for row in french] == ["Le héron est de retour"]
    assert nobody.code == 2
    assert "nobody: nothing is archived" in nobody.err


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-03-04", "2026-03-04", 1),
        ("2026-03-01", "2026-03-01", 9),
        ("2026-03-04T05:59:59Z", "2026-03-04T07:00:00+01:00", 0),
        ("2026-03-04T05:59:59Z", "2026-03-04T07:00:01+01:00", 1),
        ("2026-03-07", "2027-01-01", 0),
    ],
)
def test_until_takes_in_its_whole_day_and_an_instant_is_one(following, since, until, count):
    done = following("export", "--format", "jsonl", "--since", since, "--until", until)

    assert len(done.rows) == count


def test_csv_for_spreadsheets_begins_with_a_byte_order_mark(following):
    plain = following("export", "--format", "csv").out
    excel = following("export", "--format", "csv", "--excel").out

    assert excel == "\ufeff" + plain
    assert len(list(csv.DictReader(io.StringIO(plain, newline="")))) == COUNT


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "--format is missing, and the ending of --output is none of the known ones"),
        (("--output", "articles.txt"), "--format is missing"),
        (("--format", "wacz"), "a WACZ file cannot go to stdout"),
        (("--format", "wacz", "--output", "-"), "a WACZ file cannot go to stdout"),
        (("--format", "csv", "--json"), "name a file with --output"),
        (("--format", "jsonl", "--excel"), "--excel goes with --format csv"),
        (("--output", "a.wacz", "--history"), "--history goes with --format jsonl or csv"),
        (("--output", "a.csv", "--since", "yesterday"), "'yesterday' is no date"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(following, args, message):
    done = following("export", *args)

    assert (done.code, done.out) == (2, "")
    assert message in done.err
