"""``extract``: an article out of a file, without an archive."""

from __future__ import annotations

import pytest

from tests.support.pages import PROSE, STORY, story


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


def test_json_has_all_fields_and_the_text(pressmark, page):
    (row,) = pressmark("extract", str(page), "--url", STORY, "--json").rows

    assert row["outcome"] == "article"
    assert row["headline"] == "The bridge over the river opens"
    assert row["text"] == "\n".join(PROSE)
    assert [block["kind"] for block in row["blocks"]] == ["paragraph"] * len(PROSE)
    assert {"author", "date_published", "in_language", "keywords", "evidence"} <= set(row)


def test_a_page_without_an_article_is_said_to_be_none_and_exits_1(pressmark, tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<title>Nothing</title><p>Here is nothing.</p>")

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
    assert "Missing option '--url'" in done.err


def test_no_archive_is_needed_or_made(pressmark, page, tmp_path):
    pressmark("--home", str(tmp_path / "none"), "extract", str(page), "--url", STORY)

    assert not (tmp_path / "none").exists()
