"""``search``, ``show`` and ``publishers``."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import OTHERS, STORY

COLUMNS = {
    "publisher",
    "canonical_url",
    "in_language",
    "translation_group",
    "headline",
    "text",
    "description",
    "author",
    "date_published",
    "date_modified",
    "section",
    "keywords",
    "word_count",
    "missing_parts",
    "confidence",
    "confidence_reasons",
    "seen_from",
    "seen_until",
    "gone_at",
    "gone_reason",
    "warc_file",
    "warc_offset",
    "warc_record_id",
}


def test_search_shows_headline_date_author_and_address(pressmark):
    done = pressmark("search", STORY.author[0])

    assert done.code == 0
    assert STORY.headline in done.out
    assert STORY.url() in done.out
    assert f"{STORY.date_published:%Y-%m-%d}" in done.out


def test_search_prints_a_line_of_json_for_each_article(pressmark):
    rows = pressmark("search", STORY.author[0], "--json").rows

    assert {row["canonical_url"] for row in rows} == {told.url() for told in (STORY, *OTHERS)}
    assert set(rows[0]) == COLUMNS


def test_json_has_letters_and_dates_with_their_offset(pressmark):
    (row,) = pressmark("search", STORY.author[0], "--language", "vi", "--json").rows

    assert row["headline"] == STORY.headline
    assert row["text"] == STORY.text
    assert row["author"] == list(STORY.author)
    assert row["date_published"].endswith("+00:00")


def test_the_newest_articles_come_first_on_request(pressmark):
    rows = pressmark("search", STORY.author[0], "--newest", "--json").rows

    dates = [row["date_published"] for row in rows]
    assert len(dates) > 1
    assert dates == sorted(dates, reverse=True)


def test_a_language_and_a_limit_narrow_the_search(pressmark):
    french = pressmark("search", STORY.author[0], "--language", "FR", "--json").rows
    first = pressmark("search", STORY.author[0], "--limit", "1", "--json").rows
    nobody = pressmark("search", STORY.author[0], "--publisher", "nobody", "--json").rows

    assert [row["in_language"] for row in french] == ["fr"]
    assert (len(first), len(nobody)) == (1, 0)


def test_words_may_be_given_one_by_one(pressmark):
    words = STORY.author[0].split()

    assert pressmark("search", *words, "--json").rows


def test_nothing_found_is_said_on_stderr_and_is_no_error(pressmark):
    done = pressmark("search", "zzzzzz")

    assert (done.code, done.out, done.err) == (0, "", "nothing found\n")


def test_square_brackets_in_a_query_do_no_harm(pressmark):
    assert pressmark("search", "[bold]").code == 0


@pytest.mark.parametrize(
    "address",
    [
        STORY.url(),
        STORY.url().upper().replace(STORY.path.upper(), STORY.path),
        f"http://demo.test{STORY.amp_path}",
        f"http://demo.test/?p={STORY.post_id}",
        f"{STORY.url()}?utm_source=mail#comments",
    ],
    ids=["canonical", "capitals", "amp", "shortlink", "tracking"],
)
def test_an_article_is_shown_by_any_of_its_addresses(pressmark, address):
    done = pressmark("show", address, "--json")

    assert done.code == 0
    (row,) = done.rows
    assert row["canonical_url"] == STORY.url()


def test_a_shown_article_has_its_text_and_its_pressmark(pressmark):
    done = pressmark("show", STORY.url())
    (row,) = pressmark("show", STORY.url(), "--json").rows

    assert STORY.text in done.out
    assert f"confidence {row['confidence']}" in done.out
    assert 0 < row["confidence"] <= 1
    assert f"{row['warc_file']} at {row['warc_offset']}, {row['warc_record_id']}" in done.out


def test_an_article_is_shown_as_markdown_without_what_its_site_repeats(pressmark):
    done = pressmark("show", STORY.url(), "--markdown")

    assert done.code == 0
    headline, *blocks = done.out.rstrip("\n").split("\n\n")
    assert headline == f"# {STORY.headline}"
    text = re.sub(r"\\(?=\W)", "", "\n".join(blocks).replace("\n- ", "\n• "))
    assert text.startswith(STORY.text.splitlines()[0])
    assert text.endswith(STORY.text.splitlines()[-1])


def test_one_form_of_output_at_a_time(pressmark):
    assert pressmark("show", STORY.url(), "--markdown", "--json").code == 2


def test_an_address_that_is_not_archived_is_one_line_and_an_error(pressmark):
    done = pressmark("show", "http://demo.test/nowhere/")

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "pressmark: http://demo.test/nowhere/: no article of the archive has this address; look"
        " for it with `pressmark search`\n"
    )


def test_what_is_no_address_is_wrong_usage(pressmark):
    done = pressmark("show", "bridge")

    assert done.code == 2
    assert "no http or https URL" in done.err


def test_publishers_lists_profiles_with_what_is_archived(pressmark):
    rows = {row["name"]: row for row in pressmark("publishers", "--json").rows}

    assert rows["demo"] == {
        "name": "demo",
        "home": "http://demo.test/",
        "captures": 6,
        "articles": 3,
    }
    assert rows["vietmetric"]["captures"] == 0
    assert "3 articles" in pressmark("publishers").out


def test_publishers_makes_no_archive_where_there_is_none(pressmark, tmp_path):
    done = pressmark("--home", str(tmp_path / "none"), "publishers")

    assert done.code == 0
    assert "vietmetric" in done.out
    assert not (tmp_path / "none").exists()
