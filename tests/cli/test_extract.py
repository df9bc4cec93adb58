"""``extract``: an article out of a file, without an archive."""

from __future__ import annotations

import gzip

import pytest
from click.testing import CliRunner

from crawler.cli.main import main
from tests.support.pages import PROSE, STORY, paragraphs, story
from tests.support.scenarios import STORIES

ARCHIVED = next(told for told in STORIES if told.language == "vi")


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(story(), encoding="utf-8")
    return file


def test_headline_and_text_are_printed(pressmark, page):
    done = pressmark("extract", str(page), "--url", STORY)

    assert done.code == 0
    assert done.out.startswith("The bridge over the river opens\n\n")
    assert all(paragraph in done.out for paragraph in PROSE)


def test_the_confidence_is_told_beside_the_text_and_in_the_json(pressmark, page):
    done = pressmark("extract", str(page), "--url", STORY)
    (row,) = pressmark("extract", str(page), "--url", STORY, "--json").rows

    assert done.err.startswith(f"confidence {row['confidence']}")
    assert "confidence" not in done.out
    assert 0 < row["confidence"] <= 1
    assert isinstance(row["confidence_reasons"], list)


def test_json_has_all_fields_and_the_text(pressmark, page):
    (row,) = pressmark("extract", str(page), "--url", STORY, "--json").rows

    assert row["outcome"] == "article"
    assert row["headline"] == "The bridge over the river opens"
    assert row["text"] == "\n".join(PROSE)
    assert [block["kind"] for block in row["blocks"]] == ["paragraph"] * len(PROSE)
    assert {"author", "date_published", "in_language", "keywords", "evidence"} <= set(row)


def test_the_text_of_a_page_that_is_no_article_is_printed_all_the_same(pressmark, tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<title>Imprint</title><p>Here is who answers for it.</p>")

    done = pressmark("extract", str(file), "--url", STORY)
    machine = pressmark("extract", str(file), "--url", STORY, "--json")

    assert (done.code, done.out) == (0, "Imprint\n\nHere is who answers for it.\n")
    assert "no article: page (another page of the site)" in done.err
    assert (machine.rows[0]["outcome"], machine.rows[0]["text"]) == (
        "page",
        "Here is who answers for it.",
    )


def test_a_page_without_text_is_said_to_have_none_and_exits_1(pressmark, tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<title>Nothing</title><img src='a.png'>")

    done = pressmark("extract", str(file), "--url", STORY)
    machine = pressmark("extract", str(file), "--url", STORY, "--json")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("no article: ")
    assert machine.code == 1
    assert machine.rows[0]["outcome"] == "page"


def test_the_charset_of_the_content_type_is_heeded(pressmark, tmp_path):
    file = tmp_path / "page.html"
    text = story(title="Cœur à l’œuvre").replace('<meta charset="utf-8">', "")
    file.write_bytes(text.encode("cp1252"))

    (row,) = pressmark(
        *("extract", str(file), "--url", STORY, "--json"),
        *("--content-type", "text/html; charset=windows-1252"),
    ).rows

    assert row["headline"] == "Cœur à l’œuvre"


def test_the_text_is_printed_as_markdown(pressmark, tmp_path):
    file = tmp_path / "page.html"
    body = paragraphs() + "<ul><li>Oak</li><li>*Iron*</li></ul>" + paragraphs("So it stands.")
    file.write_text(story(body=body), encoding="utf-8")

    done = pressmark("extract", str(file), "--url", STORY, "--markdown")

    assert done.out.startswith(f"# The bridge over the river opens\n\n{PROSE[0]}\n\n")
    assert "\n\n- Oak\n- \\*Iron\\*\n\nSo it stands.\n" in done.out


@pytest.mark.parametrize("url", ["bridge", "ftp://news.test/a", ""])
def test_a_url_that_is_none_is_wrong_usage(pressmark, page, url):
    done = pressmark("extract", str(page), "--url", url)

    assert done.code == 2
    assert "Invalid value for --url" in done.err


def test_a_file_that_is_not_there_is_wrong_usage(pressmark, tmp_path):
    done = pressmark("extract", str(tmp_path / "none.html"), "--url", STORY)

    assert done.code == 2
    assert "does not exist" in done.err


def test_a_url_is_required(pressmark, page):
    done = pressmark("extract", str(page))

    assert done.code == 2
    assert "Missing option '--url': where the page comes from" in done.err


def test_no_archive_is_needed_or_made(pressmark, page, tmp_path):
    pressmark("--home", str(tmp_path / "none"), "extract", str(page), "--url", STORY)

    assert not (tmp_path / "none").exists()


def test_a_page_can_come_from_stdin(home):
    done = CliRunner().invoke(main, ["extract", "-", "--url", STORY], input=story().encode())

    assert done.exit_code == 0
    assert done.stdout.startswith("The bridge over the river opens\n\n")


def test_a_page_can_come_from_the_archive(pressmark):
    (row,) = pressmark("extract", ARCHIVED.url(), "--json").rows

    assert row["headline"] == ARCHIVED.headline


def test_a_url_that_is_not_in_the_archive_is_said_not_to_be(pressmark):
    done = pressmark("extract", "https://elsewhere.test/a")
    early = pressmark("extract", ARCHIVED.url(), "--captured-at", "2000-01-01")

    assert (done.code, early.code) == (1, 1)
    assert "holds no reply for https://elsewhere.test/a; for a page in a file" in done.err
    assert "of 2000-01-01 00:00:00 UTC or before" in early.err


def test_a_captures_own_address_and_type_cannot_be_told_otherwise(pressmark):
    done = pressmark("extract", ARCHIVED.url(), "--url", STORY)

    assert done.code == 2
    assert "a capture knows its own" in done.err


def test_a_case_is_saved_checked_corrected_and_updated(pressmark, page, tmp_path):
    case = str(tmp_path / "cases" / "bridge")
    saved = pressmark("extract", str(page), "--url", STORY, "--save-case", case)
    met = pressmark("extract", "--check-case", case)
    facts = tmp_path / "cases/bridge/case.toml"
    facts.write_text(facts.read_text().replace("over the river", "over the lake"))

    missed = pressmark("extract", "--check-case", case)
    updated = pressmark("extract", "--update-case", case)

    assert (saved.code, saved.out) == (0, f"{case}\n")
    assert f"pressmark extract --check-case {case}" in saved.err
    assert (met.code, met.out) == (0, "")
    assert missed.code == 1
    assert missed.out.splitlines() == [
        "case.toml: headline",
        "  - The bridge over the lake opens",
        "  + The bridge over the river opens",
    ]
    assert f"--update-case {case}" in missed.err
    assert updated.code == 0
    assert pressmark("extract", "--check-case", case).code == 0


def test_a_case_is_named_in_a_checkout_and_never_written_over(
    pressmark, page, tmp_path, monkeypatch
):
    (tmp_path / "tests/extract/cases").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    first = pressmark("extract", str(page), "--url", STORY, "--save-case", "bridge")
    again = pressmark("extract", str(page), "--url", STORY, "--save-case", "bridge")

    assert first.out == "tests/extract/cases/bridge\n"
    assert (again.code, again.out) == (2, "")
    assert "tests/extract/cases/bridge: exists already" in again.err


def test_a_captured_page_makes_a_case_with_its_date_and_type(pressmark, tmp_path):
    case = tmp_path / "bridge"

    pressmark("extract", ARCHIVED.url(), "--save-case", str(case))

    facts = (case / "case.toml").read_text("utf-8")
    assert "captured_at = 2026-03-01" in facts
    assert 'content_type = "text/html; charset=UTF-8"' in facts
    assert pressmark("extract", "--check-case", str(case)).code == 0


def test_what_is_no_page_is_named_as_what_it_is(pressmark, tmp_path):
    bodies = {
        b"": "no article: empty (status 200, no body)",
        b"%PDF-1.7 ...": "no article: not_html (application/pdf)",
        gzip.compress(story().encode()): "",
    }
    file = tmp_path / "body"
    for body, message in bodies.items():
        file.write_bytes(body)

        done = pressmark("extract", str(file), "--url", STORY)

        assert done.err.startswith(message)
        assert done.code == (1 if message else 0)
