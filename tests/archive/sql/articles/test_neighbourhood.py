"""What a site says of its URLs comes to the same in any order of arrival, and step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import NAMES_ARTICLES, Component, EdgeKind, Outcome, Reading, Via
from archive.profile import Profile
from archive.settle.identity import components
from archive.settle.memory import EarlierText, Shown, remembered, stands_for_stories
from archive.settle.site_verdict import SiteEvidence
from archive.settle.versions import history_of
from archive.urls import host_of
from tests.archive.sql.articles.test_store import Told, in_database
from tests.support.graphs import HOSTS, Seen, url_of
from tests.support.settled import new_profile, record_id, store

PATHS = ("/a/", "/b/", "/c/", "/d/")
STORIES = [
    "\n".join(
        f"On day {day} {what} {day + 3} yards under the hill behind the mill of the old town again."
        for day in range(5)
    )
    for what in ("the mole dug", "a river rose by", "nobody lost more than", "the train went")
]
TEXTS = [*STORIES, "Nothing of what you look for is to be found here.", "A list of names."]
_TEXT = frozenset({Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING})


@st.composite
def sites(draw: st.DrawFn) -> list[Seen]:
    """Captures of four addresses, which show few texts, and of sources that name them."""
    texts = draw(st.sampled_from([range(len(TEXTS)), (0, 4, 5, 5, 5)]))
    stories = draw(st.sampled_from([0, 4]))
    found = [
        Seen(path, n, text=STORIES[n], headline=f"Headline {n}", author=("Ann Lee",))
        for n, path in enumerate(PATHS[:stories])
    ]
    for minute in range(stories, draw(st.integers(4, 14))):
        if draw(st.integers(0, 5)) == 0:
            via = draw(st.sampled_from([Via.FEED, Via.NEWS_SITEMAP, Via.SITEMAP]))
            path = draw(st.sampled_from(PATHS))
            found.append(Seen("/feed/", minute, Outcome.FEED, names=((via, path),)))
            continue
        path, text = draw(st.sampled_from(PATHS)), draw(st.sampled_from(texts))
        edges = ((EdgeKind.CANONICAL, draw(st.sampled_from(PATHS))),)
        is_dated = text < len(STORIES) and draw(st.booleans())
        found.append(
            Seen(
                path,
                minute,
                draw(st.sampled_from([Outcome.ARTICLE] * 4 + [Outcome.PAGE, Outcome.LISTING])),
                edges if draw(st.integers(0, 4)) == 0 and edges[0][1] != path else (),
                text=TEXTS[text],
                headline=f"Headline {text}",
                published=text if is_dated else None,
                author=("Ann Lee",) if is_dated else (),
            )
        )
    return found


def by_the_whole_set(seen: Sequence[Seen], profile: Profile) -> Told:
    """What settling all of *seen* at once amounts to, without a database."""
    named = {url_of(path) for item in seen for via, path in item.names if via in NAMES_ARTICLES}
    shown = [Shown(item.sighting(), _reading(item), item.text) for item in seen]
    judged = list(
        remembered(shown, {url: SiteEvidence(is_named=True) for url in named}, _shared(seen))
    )
    removed = {sighting.record_id for sighting, _ in judged if sighting.removal is not None}
    links = [link for item in seen for link in item.links() if link.record_id not in removed]
    found = components(
        [sighting for sighting, _ in judged],
        [reading for _, reading in judged if reading is not None],
        links,
        lambda url: host_of(url) in HOSTS,
    )
    ids = {item.record_id: record_id(item, profile) for item in seen}

    def told(component: Component):
        history = history_of(component, {})
        return (
            {(place.url, place.ordinal): str(role) for place, role in component.roles.items()},
            [(ids[span.reading.record_id], span.article.text) for span in history.spans],
            str(history.gone.reason) if history.gone else None,
        )

    return {(item.canonical.url, item.canonical.ordinal): told(item) for item in found}


def _reading(item: Seen) -> Reading | None:
    return replace(item, outcome=Outcome.ARTICLE).reading() if item.outcome in _TEXT else None


def _shared(seen: Sequence[Seen]) -> set[str]:
    """The texts that stand in place of several stories."""
    earlier: dict[str, list[EarlierText]] = defaultdict(list)
    for item in seen:
        for before in seen:
            if (
                item.outcome in _TEXT
                and before.outcome is Outcome.ARTICLE
                and before.url == item.url
                and before.at < item.at
                and before.text != item.text
            ):
                earlier[item.text].append(EarlierText(item.url, before.headline, before.text))
    return {text for text, some in earlier.items() if stands_for_stories(some)}


@given(sites(), st.lists(st.booleans(), min_size=14, max_size=14), st.randoms())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_capture_at_a_time_in_any_order_comes_to_what_the_whole_set_amounts_to(
    ingest, database, seen, settle_at, chance
):
    profile = new_profile()
    numbered = list(enumerate(seen))
    chance.shuffle(numbered)

    for (number, item), is_settled in zip(numbered, settle_at, strict=False):
        store(ingest, profile, [(number, item)])
        if is_settled:
            ingest.settle_all(profile)
    ingest.settle_all(profile)

    assert in_database(database, profile) == by_the_whole_set(seen, profile)
