"""How translation groups are judged: pair by pair, over the posts whose pages are served."""

from __future__ import annotations

from benchmarks.wordpress.judge import translations

TRUTH = [
    {"url": "/vi", "translations": {"vi": "/vi", "fr": "/fr", "en": "/en"}},
    {"url": "/fr", "translations": {"vi": "/vi", "fr": "/fr", "en": "/en"}},
    {"url": "/alone", "translations": {"vi": "/alone", "fr": "/not-served"}},
    {"url": "/other", "translations": {"vi": "/other", "fr": "/autre"}},
    {"url": "/autre", "translations": {"vi": "/other", "fr": "/autre"}},
]


def judged(*groups: tuple[str, str | None]) -> dict[str, object]:
    articles = [{"canonical_url": url, "translation_group": group} for url, group in groups]
    return translations(TRUTH, articles, {url: [url] for url, _ in groups if url != "/about"})


def test_groups_that_are_those_of_the_truth_are_precise_and_complete():
    found = judged(("/vi", "1"), ("/fr", "1"), ("/alone", None), ("/other", "2"), ("/autre", "2"))

    assert (found["pairs"], found["precision"], found["recall"]) == (2, 1, 1)


def test_a_pair_that_is_missing_or_none_is_named():
    found = judged(("/vi", None), ("/other", "2"), ("/autre", "2"), ("/about", "2"))

    assert (found["precision"], found["recall"]) == (0.3333, 0.5)
    assert found["missing"] == [("/fr", "/vi")]
    assert found["wrong"] == [("/about", "/autre"), ("/about", "/other")]
