"""Test cases as folders: what is written, held to, and said where something differs."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from archive.errors import NotFoundError, SettingsError, UsageError
from archive.extract.payload import extract
from archive.extract.testcases import differences, read_case, update_case, write_case
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs, payload, story

HEAD = '<meta property="article:published_time" content="2026-02-16T10:00:00+01:00">'
CODE = "<pre><code>if rain:\n    close()\n\nopen()</code></pre>"
PAGE = story(
    head=HEAD,
    body=f"{paragraphs()}<h3>Tolls</h3><ul><li>None<ul><li>for prams</li></ul></li></ul>{CODE}",
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "bridge"
    write_case(made, payload(PAGE))
    return made


def edit(file, old, new=""):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_case_that_was_made_is_met(folder):
    case = read_case(folder)

    assert differences(case) == []
    assert case.payload.body == PAGE.encode()
    assert case.blocks == extract(payload(PAGE)).article.blocks


def test_blocks_stand_one_a_line_with_their_kind_and_level(folder):
    lines = (folder / "blocks.txt").read_text("utf-8").splitlines()

    assert lines == [
        *(f"paragraph: {text}" for text in PROSE),
        "heading 3: Tolls",
        "list_item 1: None",
        "list_item 2: for prams",
        "code: if rain:",
        "    |     close()",
        "    |",
        "    | open()",
    ]


def test_a_field_that_differs_is_shown_with_what_came_out(folder):
    edit(folder / "case.toml", "The bridge over the river opens", "Bridge opens")

    assert differences(read_case(folder)) == [
        "case.toml: headline",
        "  - Bridge opens",
        "  + The bridge over the river opens",
    ]


def test_a_block_that_differs_is_shown_as_a_diff_of_lines(folder):
    edit(folder / "blocks.txt", "heading 3: Tolls", "heading 2: Tolls")

    found = differences(read_case(folder))

    assert found[0] == "blocks.txt:"
    assert {"-heading 2: Tolls", "+heading 3: Tolls"} < set(found)


def test_only_what_is_written_is_held_to(folder):
    (folder / "blocks.txt").unlink()
    edit(folder / "case.toml", (folder / "case.toml").read_text().partition("\n[expected]")[2])
    (folder / "page.html").write_text("<p>Nothing.</p>")

    assert differences(read_case(folder)) == []


def test_a_page_without_an_article_differs_from_one_with_it(folder):
    (folder / "page.html").write_text("<p>Nothing.</p>")

    found = differences(read_case(folder))

    assert found[-1].startswith("what came out is no article: page")


def test_instants_may_be_written_in_any_zone_or_as_a_day(folder):
    edit(folder / "case.toml", "2026-02-16 09:00:00+00:00", "2026-02-16T11:00:00+02:00")
    first = differences(read_case(folder))
    edit(folder / "case.toml", "2026-02-16T11:00:00+02:00", "2026-02-16")

    assert first == differences(read_case(folder)) == []


def test_an_empty_value_says_that_there_is_none(folder):
    edit(folder / "case.toml", "author = []", 'author = []\nlicense = ""\ndate_modified = ""')

    assert differences(read_case(folder)) == []


def test_passages_can_be_demanded_and_forbidden(folder):
    edit(
        folder / "case.toml", "author = []", 'text_has = ["prams", "sheep"]\ntext_lacks = ["ferry"]'
    )

    assert differences(read_case(folder)) == [
        "case.toml: text_has: sheep",
        "case.toml: text_lacks: ferry",
    ]


def test_a_case_that_is_updated_is_met_and_keeps_to_what_it_holds(folder):
    edit(folder / "case.toml", "The bridge over the river opens", "Bridge opens")
    edit(folder / "case.toml", 'in_language = "en"\n')
    edit(folder / "blocks.txt", "heading 3: Tolls\n")

    changed = update_case(folder)

    assert changed
    assert differences(read_case(folder)) == []
    assert "in_language" not in (folder / "case.toml").read_text()
    assert not update_case(folder)


def test_a_body_is_kept_without_its_coding(tmp_path):
    coded = payload(gzip.compress(PAGE.encode()), content_encoding="gzip")

    write_case(tmp_path / "coded", coded)

    assert (tmp_path / "coded/page.html").read_bytes() == PAGE.encode()
    assert differences(read_case(tmp_path / "coded")) == []


def test_a_refusals_status_is_kept(tmp_path):
    write_case(tmp_path / "refused", replace(payload("<p>No."), status=403))

    assert read_case(tmp_path / "refused").payload.status == 403
    assert differences(read_case(tmp_path / "refused")) == []


def test_what_is_there_is_never_written_over(folder):
    with pytest.raises(UsageError, match="exists already"):
        write_case(folder, payload(PAGE))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "headline =",
            "headlin =",
            r"expected\.headlin: is no such key; expected one of .*headline",
        ),
        ("url =", "adress =", "adress: is no such key"),
        ("outcome =", "outcome", "valid TOML"),
        ("2026-03-01 12:00:00+00:00", "2026-03-01 12:00:00", "captured_at: has no time zone"),
        ("author = []", 'text_has = "prams"', "text_has: is 'prams'; expected a list"),
        ("https://", "ftp://", "url: "),
    ],
)
def test_a_slip_in_the_file_is_named_with_its_place(folder, old, new, message):
    edit(folder / "case.toml", old, new)

    with pytest.raises(SettingsError, match=message):
        read_case(folder)


def test_a_line_of_no_kind_is_named_with_its_number(folder):
    edit(folder / "blocks.txt", "heading 3: Tolls", "title: Tolls")

    with pytest.raises(SettingsError, match=r"line 5: is 'title: Tolls'; expected .*paragraph"):
        read_case(folder)


def test_a_folder_that_is_no_case_is_said_to_lack_its_page(tmp_path):
    with pytest.raises(NotFoundError, match=r"page\.html is missing"):
        read_case(tmp_path)


def test_blocks_may_have_blank_lines_between_them_and_another_systems_line_ends(folder):
    file = folder / "blocks.txt"
    file.write_bytes(
        file.read_bytes().replace(b"\nlist_item", b"\n\n\nlist_item").replace(b"\n", b"\r\n")
    )

    case = read_case(folder)

    assert case.blocks[-1] == Block(BlockKind.CODE, "if rain:\n    close()\n\nopen()")
    assert differences(case) == []
