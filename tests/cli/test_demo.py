"""``demo``: which visits it makes, and what it tells of an archive that holds them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from archive.errors import UsageError
from archive.library import open_archive
from archive.profile import find_profile
from archive.sql import crawls
from crawler.cli.tour.plan import A_MOMENT, DAYS, Visit, plan
from crawler.demo.publisher import read_publisher
from crawler.demo.site import DemoSite
from tests.support.homes import crawl
from tests.support.scenarios import demo_reply, exchange

DEMO = read_publisher()
EDITED = "/en/phone-sized-model-reads-rice-leaves/"
RETITLED = "/fr/un-cours-gratuit-sur-l-ia-pour-300-instituteurs/"  # taken away, and back
TAKEN_AWAY = "/khoa-hoc-ai-mien-phi-cho-giao-vien-lang/"
MOVED = "/fr/la-bibliotheque-qui-repond/"
REUSED = "/fr/une-bibliotheque-fait-parler-ses-vieux-journaux/"  # the one before MOVED
WITHHELD = "/benh-an-viet-bang-may-bac-si-phai-doc-to/"
VISITED = {
    0: (EDITED, RETITLED, TAKEN_AWAY, REUSED),
    16: (EDITED, RETITLED, TAKEN_AWAY, REUSED, MOVED, WITHHELD),
    38: (EDITED, RETITLED, REUSED, MOVED, WITHHELD),
}


def visit(home, day, paths, *, exit_state="done"):
    """Capture *paths* on *day* of the demo's clock; the crawl ends so, or not (None)."""
    site, at = DemoSite(), DEMO.moment(day)
    site.set_day(day)
    pages = [
        exchange(path, 0, demo_reply(path, site), date=at + timedelta(seconds=number))
        for number, path in enumerate(paths, 1)
    ]
    home.mkdir(exist_ok=True)
    (home / "archive.toml").write_text("workers = 1\n")
    with open_archive(home, create=True) as archive:
        profile = find_profile(home, "demo")
        crawl(archive, profile, pages)
        if exit_state is not None:
            with archive.database.writing() as connection:
                owner = archive.ingest.publisher_id(connection, profile)
                row = crawls.begin(
                    connection, owner, at, command="", profile_digest="", software={}
                )
                crawls.end(connection, row, at, {}, exit_state)


@pytest.fixture(scope="module")
def toured(tmp_path_factory):
    """An archive of the tour's three visits, of a few pages each."""
    home = tmp_path_factory.mktemp("toured") / "home"
    for day, paths in VISITED.items():
        visit(home, day, paths)
    return home


@pytest.fixture
def summary(toured, pressmark):
    """What the command says of it as JSON."""
    (row,) = pressmark("--home", str(toured), "demo", "--json").rows
    return row


def test_a_tour_without_an_archive_makes_all_its_visits(tmp_path):
    planned = plan(tmp_path / "new", DEMO)

    assert planned.made == ()
    assert planned.left == tuple(Visit(day, DEMO.moment(day)) for day in DAYS)


def test_a_visit_that_came_to_its_end_is_not_made_again(tmp_path):
    visit(tmp_path, DAYS[0], [EDITED])

    planned = plan(tmp_path, DEMO)

    assert planned.made == DAYS[:1]
    assert [each.day for each in planned.left] == list(DAYS[1:])


@pytest.mark.parametrize("exit_state", [None, "interrupted", "partly"])
def test_a_visit_that_was_broken_off_goes_on_later_on_its_day(tmp_path, exit_state):
    visit(tmp_path, DAYS[0], [EDITED])
    visit(tmp_path, DAYS[1], [EDITED, RETITLED], exit_state=exit_state)

    planned = plan(tmp_path, DEMO)

    last = DEMO.moment(DAYS[1]) + timedelta(seconds=2)
    assert planned.made == DAYS[:1]
    assert planned.left[0] == Visit(DAYS[1], last + A_MOMENT)
    assert [each.day for each in planned.left[1:]] == list(DAYS[2:])


def test_a_tour_knows_its_visits_when_its_database_is_lost(tmp_path):
    visit(tmp_path, DAYS[0], [EDITED])
    for file in tmp_path.glob("archive.db*"):
        file.unlink()

    planned = plan(tmp_path, DEMO)

    assert [each.day for each in planned.left] == list(DAYS)
    assert planned.left[0].at > DEMO.moment(DAYS[0])


def test_a_tour_does_not_mix_with_other_crawls_of_the_demo(tmp_path):
    visit(tmp_path, 5, [EDITED])

    with pytest.raises(UsageError, match=r"of 2025-12-25, which no demo tour made; give .* --home"):
        plan(tmp_path, DEMO)


def test_wrong_use_of_a_folder_is_one_line_and_crawls_nothing(pressmark, home):
    before = sorted((home / "warc").iterdir())

    done = pressmark("demo")

    assert (done.code, done.out) == (2, "")
    assert "2026-03-01" in done.err
    assert len(done.err.splitlines()) == 1
    assert sorted((home / "warc").iterdir()) == before


def test_a_tour_that_is_over_crawls_nothing_and_says_so(toured, pressmark):
    before = sorted((toured / "warc").iterdir())

    done = pressmark("--home", str(toured), "demo")

    assert done.code == 0
    assert "nothing is crawled again" in done.err
    assert sorted((toured / "warc").iterdir()) == before


def test_each_visit_tells_what_it_found(summary):
    found = {
        row["day"]: {what: number for what, number in row["found"].items() if number}
        for row in summary["visits"]
    }

    assert found == {
        0: {"new": 4},
        16: {"new": 1, "changed": 1, "moved": 1, "gone": 2, "same": 1},
        38: {"new": 1, "reused": 1, "changed": 2, "back": 1, "withheld": 1, "same": 1},
    }
    assert [row["crawl"] for row in summary["visits"]] == [None, None, None]


def test_the_archive_is_held_against_the_truth_and_misses_are_named(summary):
    exact = summary["exactness"]

    assert exact["days"] == list(DAYS)
    assert exact["unedited_versions"] == 0
    for fact in ("version", "change", "headline", "language", "removal", "restoration"):
        assert exact["facts"][fact]["right"] == exact["facts"][fact]["of"] > 0, fact
    stories = exact["facts"]["story"]
    lacking = [miss["story"] for miss in exact["misses"] if miss["fact"] == "story"]
    assert stories["right"] == 6
    assert len(lacking) == stories["of"] - 6
    assert "night-bus/en" in lacking


def test_the_report_names_the_visits_the_changes_and_how_exact_all_is(toured, pressmark):
    out = pressmark("--home", str(toured), "demo").out

    for words in (
        "Day 0, 20 December 2025: the first visit",
        "404, not found",
        "410, gone for good",
        "the same article is still there",
        "at an address that another story had",
        "paywall stub",
        "the year in the footer",
        "agronomists reached [-88-]{+86+} and 91",
        "6 of 33",
        f"history http://demo.test{RETITLED}",
    ):
        assert words in " ".join(out.split()), words


def test_a_report_needs_no_colour(toured, pressmark):
    assert "\x1b" not in pressmark("--home", str(toured), "demo").out


def test_the_summary_is_one_json_object(toured, pressmark):
    out = pressmark("--home", str(toured), "demo", "--json").out

    assert list(json.loads(out)) == ["visits", "translation_groups", "exactness"]
