"""``pressmark demo``, whole: three visits, a report, and an archive that is held to the truth."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from crawler.cli.tour.plan import DAYS
from crawler.demo.newsroom.stories import read_stories
from crawler.demo.publisher import read_publisher
from crawler.demo.site import DemoSite
from tests.support.command import ROOT, Done, pressmark
from tests.support.homes import make_home
from tests.support.once import Once
from tests.support.scenarios import demo_reply, exchange

SOME_STORY = "/en/phone-sized-model-reads-rice-leaves/"


def assert_exact(exactness) -> None:
    assert exactness["misses"] == []
    assert exactness["unedited_versions"] == 0
    assert all(fact["right"] == fact["of"] for fact in exactness["facts"].values())
    assert exactness["facts"]["text"]["of"] > 0


@pytest.mark.slow
def test_a_tour_that_was_broken_off_goes_on_and_is_held_to_the_truth(tmp_path: Path):
    day, site = DAYS[-1], DemoSite()
    site.set_day(day)
    at = read_publisher().moment(day) + timedelta(seconds=1)
    home = make_home(tmp_path, [exchange(SOME_STORY, 0, demo_reply(SOME_STORY, site), date=at)])

    (row,) = pressmark(home, "demo", "--json").rows

    (visit,) = row["visits"]
    assert (visit["day"], visit["crawl"]["exit"]) == (day, "done")
    assert row["exactness"]["days"] == [day]
    assert_exact(row["exactness"])


@pytest.fixture(scope="session")
def tour(once: Once) -> tuple[Path, Done]:
    """A tour, from nothing to its end."""

    def make(folder: Path) -> None:
        done = pressmark(folder / "home", "demo", timeout=180, env={"COLUMNS": "100"})
        (folder / "notes.json").write_text(json.dumps([done.code, done.out, done.err]))

    folder = once("demo-tour", make)
    return folder / "home", Done(*json.loads((folder / "notes.json").read_text()))


@pytest.mark.slow
def test_the_tour_tells_what_each_visit_found(tour: tuple[Path, Done]):
    home, done = tour

    text = " ".join(done.out.split())
    assert done.err == ""
    assert all(story.headline.split()[0] in text for story in read_stories(day=DAYS[-1]))
    for words in (
        "demo: done in",
        "12 articles were archived",
        "404, not found",
        "410, gone for good",
        "redirected to the home page",
        "a page that says so, with status 200",
        "now at /fr/la-bibliotheque-qui-repond/",
        "at an address that another story had",
        "the same article is still there",
        "the year in the footer",
        "agronomists reached [-88-]{+86+} and 91.",
        "0 versions that no edit made",
        f"pressmark --home {home} status demo",
    ):
        assert words in text, words


@pytest.mark.slow
def test_after_the_tour_the_archive_is_exact(tour: tuple[Path, Done]):
    home, _ = tour

    done = pressmark(home, "demo", "--json")

    (row,) = done.rows
    assert [visit["crawl"] for visit in row["visits"]] == [None] * len(DAYS)
    assert "nothing is crawled again" in done.err
    assert row["exactness"]["days"] == list(DAYS)
    assert_exact(row["exactness"])


@pytest.mark.slow
def test_the_picture_of_the_documents_shows_what_the_tour_prints(tour: tuple[Path, Done]):
    _, done = tour
    picture = (ROOT / "docs" / "images" / "demo.svg").read_text(encoding="utf-8")
    drawn = ["".join(unescape(text).split()) for text in re.findall(r">([^<]+)</text>", picture)]
    printed = "".join(done.out.split())

    own = {"makedemo", "$makedemo"}  # what the terminal in the picture says
    shown = [text for text in drawn if text not in own and "…" not in text and text.strip("─")]

    assert len(shown) > 40
    assert [text for text in shown if text not in printed] == []
