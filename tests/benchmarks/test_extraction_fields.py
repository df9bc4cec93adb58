"""What counts as a field that is exactly right, and what the bars make of the figures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.extraction.bars import Bar, cpu_bar, field_bars, text_bars
from benchmarks.extraction.extractors import DEFAULT, OURS, html_text, text_in
from benchmarks.extraction.fields import Fields, headlines_of, instant, language_of, right
from benchmarks.extraction.metric import Score
from benchmarks.extraction.sets import Page, block_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def fields(**changed):
    """Fields of a page, as its truth or as an extractor says them."""
    given = {"headline": "A headline", "published": NOON, "authors": ("Ann",), "language": "en"}
    return Fields(**{**given, **changed})


def scores(**by_extractor):
    """Scores by extractor, each from its F1 (precision and recall are the same)."""
    return {
        {"ours": OURS, "theirs": DEFAULT}[name]: Score(f1, f1, f1, exact=0.5, pages=10)
        for name, f1 in by_extractor.items()
    }


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("headline", {"headline": " A\u00a0headline "}),
        ("published", {"published": instant("2026-01-01T13:00:00.9+01:00")}),
        ("authors", {"authors": ("Ann",)}),
        ("language", {"language": "en-GB"}),
    ],
)
def test_a_field_is_right_whatever_its_spacing_fraction_zone_or_region(field, said):
    assert right(fields(), fields(**said), set())[field]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("headline", {"headline": "A headline - The Site"}),
        ("published", {"published": None}),
        ("published", {"published": instant("2026-01-01")}),
        ("authors", {"authors": ("Ann", "Bo")}),
        ("authors", {"authors": ()}),
        ("language", {"language": None}),
    ],
)
def test_a_field_is_wrong_where_anything_is_missing_or_too_much(field, said):
    assert not right(fields(), fields(**said), set())[field]


def test_authors_count_in_any_order_and_only_where_the_truth_names_some():
    two = fields(authors=("Bo", "Ann"))

    assert right(fields(authors=("Ann", "Bo")), two, set())["authors"]
    assert "authors" not in right(fields(authors=()), two, set())


def test_another_headline_of_the_page_itself_counts_as_one_of_its_own():
    said = fields(headline="For social media")

    found = right(fields(), said, {"For social media"})

    assert (found["headline"], found["headline, any"]) == (False, True)


def test_a_page_names_its_headlines_in_h1_meta_and_json_ld():
    html = """<title>Not this one</title><meta property="og:title" content="For  sharing">
      <script type="application/ld+json">{"@graph": [{"headline": "For machines"}]}</script>
      <script type="application/ld+json">{broken</script><h1>For <b>readers</b></h1>"""

    found = headlines_of(Page(id="1", url="https://a.test/", payload=html.encode(), text=""))

    assert found == {"For sharing", "For machines", "For readers"}


def test_a_date_without_zone_is_taken_as_utc():
    assert instant("2026-01-01 12:00:00") == NOON
    assert instant("soon") is None


def test_the_language_of_a_fundus_page_is_its_publishers():
    assert language_of("de__Taz_2024_04_22") == "de"
    assert language_of("es__MallorcaZeitung_2024_01_01") == "de"


def test_norwegian_is_one_language():
    assert right(fields(language="no"), fields(language="nb-NO"), set())["language"]


def test_the_text_of_typed_blocks_leaves_out_captions_and_addresses_of_embeds():
    blocks = [
        {"t": "p", "text": "Words."},
        {"t": "caption", "text": "A picture."},
        {"t": "embed", "url": "https://b.test/"},
        {"t": "tr", "cells": ["one", "two"]},
    ]

    assert block_text(blocks) == "Words.\none | two"


def test_text_of_html_breaks_where_a_block_begins_or_ends():
    assert html_text("<p>One <b>wo</b>rd<p>Two<ul><li>three</ul>") == "One word\nTwo\nthree"
    assert html_text(" ") == ""


def test_an_extractor_that_gives_nothing_gives_an_empty_text():
    assert text_in(None) == ""


def test_a_bar_is_reached_at_its_very_value():
    assert Bar("F1", 0.5, 0.5).reached
    assert not Bar("F1", 0.4999, 0.5).reached
    assert Bar("CPU", 0.75, 0.75, most=True).reached


def test_f1_is_held_against_trafilaturas_in_the_same_run():
    found = {bar.name: bar for bar in text_bars("fundus", scores(ours=0.96, theirs=0.954))}

    above = found["fundus F1 above trafilatura's"]
    assert above.value == pytest.approx(0.006)
    assert (above.reached, above.aim_reached) == (True, False)


def test_a_headline_that_is_not_exact_may_be_another_of_the_page():
    rates = {"headline": 0.7, "headline, any": 0.98, "published": 1, "authors": 1, "language": 1}

    found = [bar.name for bar in field_bars("fundus", rates)]

    assert found[0] == "fundus headline, any"


def test_cpu_must_be_at_most_55_hundredths_of_trafilaturas():
    assert cpu_bar(2.2, 4.0).reached
    assert not cpu_bar(2.3, 4.0).reached
    assert "NOT reached" in cpu_bar(2.3, 4.0).line()
