"""What a site says of its URLs comes to the same in any order of arrival, and step by step."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import EdgeKind, Outcome, Via
from tests.support.graphs import Seen
from tests.support.settled import new_profile, store
from tests.support.whole_set import by_the_whole_set, in_database

PATHS = ("/a/", "/b/", "/c/", "/d/")
STORIES = [
    "\n".join(
        f"On day {day} {what} {day + 3} yards under the hill behind the mill of the old town again."
        for day in range(5)
    )
    for what in ("the mole dug", "a river rose by", "nobody lost more than", "the train went")
]
TEXTS = [*STORIES, "Nothing of what you look for is to be found here.", "A list of names."]


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
