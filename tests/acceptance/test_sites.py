"""Two sites of our own, each a process, crawled three times by the URL that a reader would type.

The Courier lies behind http, a bare name and a test authority's certificates; the Vestnik is an
old content system in windows-1251, without a sitemap, a feed or a canonical address, whose links
bear a visit's name. Between crawls stories are edited, taken down and put back.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import func, select

from archive.model import Outcome, Role
from archive.profile import find_profile
from archive.sql.schema.view_tables import article, version
from tests.sites.courier import content as courier
from tests.sites.editions import EDITIONS
from tests.sites.running import SiteProcess, make_home, site_process
from tests.sites.vestnik import content as vestnik
from tests.support.archives import addresses, articles, frontier, outcomes, rows
from tests.support.command import pressmark
from tests.support.once import Once

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its content, the door of each of its addresses, and what its later crawls need."""

    name: str
    content: ModuleType
    doors: dict[str, str]
    again: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """The URL by which it is crawled."""
        return f"http://{self.content.HOST}"


SITES = (
    Site(
        "courier",
        courier,
        {
            "courier.test:80": "http",
            "www.courier.test:80": "http",
            "courier.test:443": "bare",
            "www.courier.test:443": "www",
        },
    ),
    # Nothing on it tells what changed, and its pages are too young to be due by their age.
    Site("vestnik", vestnik, {"vestnik.test:80": "http"}, again=("--refresh",)),
)
each_site = pytest.mark.parametrize("site", SITES, ids=[site.name for site in SITES])
each_edition = pytest.mark.parametrize("edition", EDITIONS)


@dataclass(frozen=True, slots=True)
class Visit:
    """One crawl: what the archive held after it, by canonical URL, and what the site was asked."""

    code: int
    account: dict[str, Any]
    said: dict[str, tuple[str, str]]
    gone: set[str]
    versions: dict[str, int]
    heard: list[str]


Visited = Callable[[Site], tuple[Path, list[Visit]]]


@pytest.fixture(scope="module")
def visited(once: Once) -> Visited:
    """Give, of a site, the archive of three crawls and what came of each."""

    def visit(site: Site) -> tuple[Path, list[Visit]]:
        folder = once(f"site-{site.name}", lambda folder: _crawl_all(site, folder))
        found = json.loads((folder / "visits.json").read_text())
        return folder / "home", [
            Visit(**{**one, "gone": set(one["gone"]),
                     "said": {url: tuple(words) for url, words in one["said"].items()}})
            for one in found
        ]  # fmt: skip

    return visit


def _crawl_all(site: Site, folder: Path) -> None:
    home = folder / "home"
    make_home(home, site.typed)
    with site_process(f"tests.sites.{site.name}", str(folder)) as process:
        visits = [_crawl(site, process, folder, edition) for edition in EDITIONS]
    (folder / "visits.json").write_text(json.dumps(visits))


def _crawl(site: Site, process: SiteProcess, folder: Path, edition: int) -> dict[str, Any]:
    home = folder / "home"
    process.turn_to(edition)
    given = [f"--connect-to={at}:127.0.0.1:{process.ports[to]}" for at, to in site.doors.items()]
    again = site.again if edition > 1 else ()
    done = pressmark(
        home, "crawl", site.typed, "--json", *given, *again, code=None, timeout=120,
        env={"SSL_CERT_FILE": str(folder / "authority.pem")},
    )  # fmt: skip
    counted = (
        select(article.c.canonical_url, func.count().label("number"))
        .join(version, version.c.article_id == article.c.id)
        .group_by(article.c.canonical_url)
    )
    found = articles(home)
    return {
        "code": done.code,
        "account": done.account,
        "said": {url: (row["headline"], row["text"]) for url, row in found.items()},
        "gone": [url for url, row in found.items() if row["gone_at"]],
        "versions": {row["canonical_url"]: row["number"] for row in rows(home, counted)},
        "heard": process.heard(),
    }


@each_site
@each_edition
def test_every_article_is_found_once_and_nothing_else_is_one(
    visited: Visited, site: Site, edition: int
):
    visit = visited(site)[1][edition - 1]

    assert (visit.code, visit.account["error"]) == (0, None)
    assert set(visit.said) == set(map(site.content.address_of, _ever(site, edition)))


@each_site
@each_edition
def test_each_article_says_what_its_latest_edition_says(visited: Visited, site: Site, edition: int):
    visit = visited(site)[1][edition - 1]

    said = visit.said
    for key, story in site.content.CHRONICLE.edition(edition).items():
        headline, text = said[site.content.address_of(key)]
        assert headline == story.headline
        if site.content is vestnik and key == vestnik.DIVIDED:
            # Its second half is known to be no article; one text of both is the next step.
            assert text.startswith("\n".join(story.paragraphs[: vestnik.FIRST_PART]))
        else:
            assert text == story.text


@each_site
@each_edition
def test_edits_make_versions_and_removals_and_returns_are_known(
    visited: Visited, site: Site, edition: int
):
    visit = visited(site)[1][edition - 1]

    chronicle, address = site.content.CHRONICLE, site.content.address_of
    wanted = {address(key): number for key, number in chronicle.versions(edition).items()}
    assert visit.versions == wanted
    assert visit.gone == set(map(address, chronicle.gone(edition)))


@each_site
def test_no_url_is_asked_for_twice_in_a_crawl_and_none_with_a_visit_once_that_is_known(
    visited: Visited, site: Site
):
    for visit in visited(site)[1]:
        asked = Counter(url for url in visit.heard if not url.endswith("/robots.txt"))
        assert [url for url, times in asked.items() if times > 1] == []
    assert not [url for url in visit.heard if "vsid=" in url]


def test_the_couriers_certificates_are_checked_and_an_unchanged_page_is_not_sent_again(
    visited: Visited,
):
    home, (first, *later) = visited(SITES[0])

    assert find_profile(home, "courier.test").unverified_hosts == ()
    assert {url.partition("/")[0] for url in first.heard} == {"http", "bare", "www"}
    pages = {url for url in first.heard if re.fullmatch(r"www/news/[^/]+\.html", url)}
    assert len(pages) == 12
    for visit in later:
        assert len(pages & set(visit.heard)) <= 4, "only what the sitemap dates anew, or drops"


def test_of_the_vestnik_what_is_no_article_is_known_for_what_it_is(visited: Visited):
    home, _ = visited(SITES[1])

    kinds: dict[str, Counter[str]] = {}
    for url, captures in outcomes(home).items():
        script = url.partition("?")[0].rpartition("/")[2]
        kinds.setdefault(script, Counter())[captures[0]["outcome"]] += 1
    assert kinds["news.php"] == {
        Outcome.ARTICLE: len(vestnik.STORIES),
        Outcome.MISSING: len(vestnik.NEVER),
        Outcome.PAGE: 1,  # the second half of the divided story
    }
    assert set(kinds["comments.php"]) == set(kinds["calendar.php"]) == {Outcome.PAGE}
    assert set(kinds["tekst.php"]) == {Outcome.ARTICLE}
    assert kinds["calendar.php"].total() < 60
    assert set(kinds["rubric.php"]) == {Outcome.LISTING}
    assert "print.php" not in kinds
    reasons = {row["skip_reason"] for url, row in frontier(home).items() if "print.php" in url}
    assert reasons == {"print form"}


@each_site
def test_comments_and_other_forms_are_addresses_of_their_article(visited: Visited, site: Site):
    home, _ = visited(site)

    found = addresses(home)
    subpages = {url: of for url, (of, role) in found.items() if role == Role.SUBPAGE}
    assert subpages == {
        page: site.content.address_of(key)
        for key in _ever(site, EDITIONS[-1])
        for page in site.content.subpages_of(key)
    }


@each_site
def test_all_of_it_can_be_verified(visited: Visited, site: Site):
    home, _ = visited(site)

    pressmark(home, "verify")


def _ever(site: Site, edition: int) -> set[str]:
    return set(site.content.CHRONICLE.versions(edition))
