"""``history``, ``diff`` and ``show --version``: one article over a week."""

from __future__ import annotations

import pytest
from rich.console import Console  # noqa: TID251 - a terminal, without one

from archive.cli.commands.diff import print_diff
from archive.library import open_archive
from archive.queries import article_versions, compare_versions, stories_at
from tests.support.followed import BRIDGE, COUNTED, OPENED, REUSED, SHORT
from tests.support.scenarios import url_of

URL = url_of(BRIDGE)


def test_history_is_a_line_of_json_for_each_version(following):
    rows = following("history", URL, "--json").rows

    assert [(row["seq"], row["change_kind"]) for row in rows] == [
        (1, None),
        (2, "body"),
        (3, "headline"),
    ]
    assert [(row["words_removed"], row["words_added"]) for row in rows] == [(0, 0), (1, 3), (0, 0)]
    assert rows[0]["seen_from"] == "2026-03-01T06:00:00+00:00"
    assert {"warc_file", "warc_offset", "warc_record_id"} <= set(rows[0])
    assert "extraction_id" not in rows[0]


def test_history_says_what_changed_beside_the_text(following):
    _, second, third = following("history", URL, "--json").rows

    assert second["changed"] == {"author": [["Ann Bell"], ["Ann Bell", "Bo Diaz"]]}
    assert list(third["changed"]) == ["headline"]


def test_history_tells_what_was_found_between_two_versions(following):
    _, second, _ = following("history", URL, "--json").rows

    assert [(event["kind"], event["what"]) for event in second["events"]] == [
        ("gone", "410"),
        ("restored", None),
        ("doubtful", "status 403"),
    ]


def test_history_is_found_by_any_address_and_names_all(following):
    first, *_ = following("history", url_of(SHORT), "--json").rows

    assert [(place["url"], place["role"]) for place in first["addresses"]] == [
        (URL, "canonical"),
        (url_of(SHORT), "redirect"),
    ]


def test_history_for_a_reader_has_kinds_words_gaps_and_pressmarks(following):
    out = following("history", URL).out

    assert "3 versions, seen 2026-03-01 06:00 to 2026-03-06 06:00 (UTC)" in out
    assert "2  body, seen 2026-03-02 06:00 to 2026-03-04 06:00, 54 words, 3 added, 1 removed" in out
    assert "author: Ann Bell → Ann Bell, Bo Diaz" in out
    assert "2026-03-03 06:00  gone: 410" in out
    assert f"also at {url_of(SHORT)} (redirect)" in out
    for row in following("history", URL, "--json").rows:
        assert f"{row['warc_file']} at {row['warc_offset']}, {row['warc_record_id']}" in out


def test_of_two_stories_at_one_address_the_latest_is_meant_and_the_other_is_named(following):
    latest = following("history", url_of(REUSED), "--json")
    first = following("history", url_of(REUSED), "--story", "1", "--json")

    assert [row["headline"] for row in latest.rows] == ["A tunnel under the hill"]
    assert "this address has shown an earlier story: --story 1 shows it" in latest.err
    assert [row["headline"] for row in first.rows] == ["A kite above the square"]
    assert [event["kind"] for event in first.rows[0]["events"]] == ["gone"]
    assert first.err == ""


@pytest.mark.parametrize("command", ["history", "diff", "show"])
def test_an_address_that_is_not_archived_is_one_line_and_an_error(following, command):
    done = following(command, url_of("/nowhere/"))

    assert (done.code, done.out) == (1, "")
    assert "no article of the archive has this address" in done.err


def test_a_story_that_an_address_never_bore_is_an_error(following):
    done = following("history", URL, "--story", "2")

    assert (done.code, done.err) == (
        1,
        f"pressmark: {URL}: has no story 2; it has shown one story only\n",
    )


def test_diff_marks_words_where_there_is_no_colour(following):
    done = following("diff", URL, "--to", "2")

    assert "author: [-Ann Bell-]{+Ann Bell, Bo Diaz+}" in done.out
    assert "Some [-four-]{+three+} hundred {+and fifty+} people" in done.out
    assert "1 word removed, 3 added" in done.out
    assert "2026-03-02 06:00 to 2026-03-04 06:00 (body)" in done.out


def test_diff_cuts_what_is_the_same_and_shows_it_whole_when_asked(following):
    short, full = (following("diff", URL, "--to", "2", *more).out for more in ((), ("--full",)))

    assert OPENED[0] not in short
    assert "(1 unchanged block: The bridge that the town had waited for since the …)" in short
    assert OPENED[0] in full
    assert "unchanged" not in full


def test_diff_compares_the_last_two_versions_unless_it_is_told_which(following):
    last = following("diff", URL, "--json").rows[0]
    first = following("diff", URL, "--from", "1", "--json").rows[0]

    assert (last["from"]["seq"], last["to"]["seq"]) == (2, 3)
    assert (list(last["changed"]), last["changes"]) == (["headline"], [])
    assert (first["from"]["seq"], first["to"]["seq"]) == (1, 3)


def test_the_changes_in_json_put_both_texts_together_again(following):
    (row,) = following("diff", URL, "--to", "2", "--full", "--json").rows
    (block,) = [block for block in row["changes"] if len(block["segments"]) > 1]

    def side(op: str) -> str:
        kept = [s["text"] for s in block["segments"] if s["op"] in {"same", op}]
        return " ".join("".join(kept).split())

    assert (block["block"], side("removed"), side("added")) == (2, OPENED[1], COUNTED)


def test_diff_is_in_colour_on_a_terminal(followed_home):
    with open_archive(followed_home) as archive, archive.database.reading() as connection:
        (story,) = stories_at(connection, URL)
        first, second, _ = article_versions(connection, story)
    console = Console(force_terminal=True, color_system="standard", width=200, highlight=False)

    with console.capture() as captured:
        print_diff(console, compare_versions(first, second))

    assert "\x1b[9;31mfour\x1b[0m \x1b[32mthree\x1b[0m hundred" in captured.get()
    assert "{+" not in captured.get()


def test_there_is_nothing_to_compare_a_first_version_with(following):
    done = following("diff", URL, "--to", "1")

    assert (done.code, done.out) == (0, "")
    assert "nothing to compare with version 1, the first" in done.err


@pytest.mark.parametrize(
    "args",
    [("diff", URL, "--from", "4"), ("diff", URL, "--to", "9"), ("show", URL, "--version", "4")],
)
def test_a_version_that_is_not_there_is_an_error_that_says_which_are(following, args):
    done = following(*args)

    assert (done.code, done.out) == (1, "")
    assert f"has no version {args[-1]}; it has versions 1 to 3" in done.err


def test_show_gives_the_latest_version_or_the_one_that_is_asked_for(following):
    (latest,) = following("show", URL, "--json").rows
    (first,) = following("show", URL, "--version", "1", "--json").rows

    assert (latest["headline"], latest["seen_from"][:10]) == (
        "Hundreds cross the new bridge",
        "2026-03-01",
    )
    assert (first["seq"], first["change_kind"], first["seen_until"][:10]) == (1, None, "2026-03-01")
    assert "version 1 of 3, seen 2026-03-01 06:00" in following("show", URL, "--version", "1").out


def test_show_says_that_an_article_is_gone_and_how(following):
    out = following("show", url_of(REUSED), "--story", "1").out

    assert "gone since 2026-03-03 06:00 (404)" in out
