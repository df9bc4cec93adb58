"""``index`` and ``export`` on the demo's archive, as a person or a script runs them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from sqlalchemy import func, select

from archive.sql.schema.view_tables import capture
from tests.support.archives import articles, count, rows
from tests.support.command import pressmark, run


def test_the_index_holds_every_capture_and_is_extended_not_made_again(demo_copy: Path):
    first = pressmark(demo_copy, "index", "--json").rows[0]
    second = pressmark(demo_copy, "index", "--json").rows[0]

    place = demo_copy / "index.cdxj"
    assert first == {
        "index": str(place),
        "lines": count(demo_copy, capture),
        "files": 1,
        "read": 1,
        "problems": [],
    }
    assert second == {**first, "read": 0}
    assert len(place.read_text().splitlines()) == first["lines"] > 50


def test_the_index_goes_where_it_is_asked_for(demo_copy: Path, tmp_path: Path):
    pressmark(demo_copy, "index", "--output", str(tmp_path / "elsewhere.cdxj"))
    piped = pressmark(demo_copy, "index", "--output", "-")

    assert (tmp_path / "elsewhere.cdxj").read_text() == piped.out
    assert not (demo_copy / "index.cdxj").exists()


def test_damage_is_named_and_the_exit_code_tells(demo_copy: Path):
    statement = select(func.max(capture.c.warc_offset).label("offset"))
    (row,) = rows(demo_copy, statement)
    (file,) = (demo_copy / "warc").iterdir()
    data = bytearray(file.read_bytes())
    data[row["offset"] + 60] ^= 0x40
    file.write_bytes(data)

    done = pressmark(demo_copy, "index", code=1)

    assert done.err.startswith(f"{file.name}: bytes {row['offset']} to ")
    assert f"{count(demo_copy, capture) - 1} captures in 1 WARC files" in done.out


def test_a_wacz_file_lists_each_article_under_the_capture_that_shows_it(demo_copy: Path):
    output = demo_copy / "demo.wacz"

    done = pressmark(
        demo_copy, "export", "--format", "wacz", "--publisher", "demo", "--output", str(output)
    )

    with zipfile.ZipFile(output) as wacz:
        head, *pages = map(json.loads, wacz.read("pages/pages.jsonl").splitlines())
        manifest = json.loads(wacz.read("datapackage.json"))
        places = [name for name in wacz.namelist() if name.startswith("archive/")]
    expected = {(url, row["headline"]) for url, row in articles(demo_copy).items()}
    assert {(page["url"], page["title"]) for page in pages} == expected
    assert len(pages) == len(expected)
    assert head["format"] == "json-pages-1.0"
    assert manifest["mainPageURL"] == "http://demo.test/"
    assert places == [f"archive/{file.name}" for file in (demo_copy / "warc").iterdir()]
    assert f"{len(pages)} articles as pages" in done.out
    assert "Validation succeeded" in run("wacz", "validate", "-f", str(output)).out


def test_without_pywb_replay_says_how_to_get_it(demo_copy: Path):
    done = pressmark(demo_copy, "replay", "--pywb", "/nowhere/wayback", code=1)

    assert done.out == ""
    assert done.err.startswith("pressmark: /nowhere/wayback: there is no pywb here; run `make rep")
