import json
import time

import pytest

from archive.extract.dom.document import parse_page
from archive.extract.dom.json_ld import json_ld_nodes
from archive.model import Alternate
from tests.support.pages import STORY, story


def page(markup, url=STORY):
    return parse_page(markup.encode(), url, "text/html")


def test_the_head_gives_addresses_absolute_and_normalized():
    head = """<base href="https://news.test/a/"><link rel="canonical" href="b?utm_source=x">
    <link rel="amphtml" href="/b/?amp=1"><link rel=alternate type=application/rss+xml href=feed>"""

    found = page(story(head=head))

    assert found.canonical == "https://news.test/a/b"
    assert found.amphtml == "https://news.test/b/?amp=1"
    assert found.feeds == ("https://news.test/a/feed",)


def test_neither_x_default_nor_a_page_for_other_screens_is_a_translation():
    head = """<link rel=alternate hreflang="fr-FR" href="/fr/pont">
    <link rel=alternate hreflang="x-default" href="/pont">
    <link rel=alternate media="only screen and (max-width: 640px)" href="/pont?amp=1">
    <link rel=alternate hreflang="de" media="print" href="/de/druck">"""

    assert page(story(head=head)).alternates == (Alternate("fr-fr", "https://news.test/fr/pont"),)


def test_meta_names_and_properties_are_found_whatever_their_case():
    found = page(
        story(head='<meta property="OG:Title" content=" A  b "><meta name=Author content=Ann>')
    )

    assert found.first_meta("og:title") == "A b"
    assert found.first_meta("no-such-name", "author") == "Ann"
    assert found.first_meta("no-such-name") is None


@pytest.mark.parametrize("attribute", ["amp", "⚡"])
def test_an_amp_page_is_known_by_its_root(attribute):
    assert page(f"<html {attribute}><body><p>x").is_amp
    assert not page("<html><body><p>x").is_amp


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/there", "https://news.test/there"),
        ("5;URL='/there'", "https://news.test/there"),
        ("0, /there", "https://news.test/there"),
        ("300; url=/there", None),
        ("300", None),
    ],
)
def test_a_meta_refresh_sends_on_only_where_it_does_so_soon(content, target):
    assert page(f'<meta http-equiv="refresh" content="{content}"><p>x').refresh == target


def test_json_ld_graphs_and_arrays_are_flattened_in_order():
    script = json.dumps(
        [{"@graph": [{"@type": "A"}, {"@type": "B", "mainEntity": {"@type": "C"}}]}, {"@type": "D"}]
    )

    assert [node["@type"] for node in json_ld_nodes([script])] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "A", "b": [1, 2,],}',
        '<!-- {"@type": "A"} -->',
        '/*<![CDATA[*/ {"@type": "A"} /*]]>*/',
        '{"@type": "A", "text": "two\nlines"};',
        "{&quot;@type&quot;: &quot;A&quot;}",
    ],
)
def test_json_ld_that_is_broken_in_a_harmless_way_is_read(script):
    assert [node["@type"] for node in json_ld_nodes([script])] == ["A"]


@pytest.mark.parametrize("script", ["", "{", "[" * 200_000, '{"a":' * 100_000, '"text"', "null"])
def test_json_ld_that_is_beyond_repair_is_passed_over(script):
    assert [node["@type"] for node in json_ld_nodes([script, '{"@type": "B"}'])] == ["B"]


def test_a_nul_and_an_impossible_character_do_not_end_the_page():
    found = page("<p>be\x00fore&#xD800;&#0; and after</p>")

    assert found.tree.text_content().endswith(" and after")


def test_a_document_without_any_element_is_no_page():
    assert page("<!-- nothing -->") is None


@pytest.mark.parametrize("value", ['="x"', "='>'", ""])
def test_a_hundred_thousand_attributes_do_not_hold_the_parser_up(value):
    attributes = " ".join(f"a{number}{value}" for number in range(100_000))
    started = time.process_time()

    found = page(story(after=f"<div {attributes}>x</div><p id=end>end</p>"))

    assert time.process_time() - started < 5
    assert "end" in found.tree.text_content()


def test_what_lies_behind_a_hundred_thousand_open_elements_is_still_read():
    found = page("<body>" + "<div>" * 100_000 + "<p>at the bottom</p>")

    assert "at the bottom" in found.tree.text_content()
    assert found.flags == ("markup: nested too deep",)


def test_an_odd_quotation_mark_in_a_tag_does_not_cost_the_rest_of_the_page():
    links = "".join(
        f'<p><a href="/story-{number}" class="a b c d e f">Story {number}</a></p>'
        for number in range(900)
    )

    found = page(f'<body><p class="x"">one</p>{links}<p title="1 > 0"></p><p id="end">the end</p>')

    assert "the end" in found.tree.text_content()
    assert found.tree.find(".//p[@id='end']") is not None


@pytest.mark.parametrize(
    "sign",
    [
        *("\x01", "\x0c", "\x1f", "\ufffe", "\uffff", "&#1;", "&#012 ", "&#12;", "&#x1F;"),
        *("&#xffff;", "&#xD800;", "&#65535;"),
    ],
)
def test_signs_that_no_tree_may_hold_are_read_over(sign):
    found = page(f"<body><p>before{sign} behind</p><p>end</p></body>")

    for element in found.tree.iter():
        element.text, element.tail = element.text, element.tail  # refused for such a sign
    assert "before" in found.tree.text_content()
    assert "behind" in found.tree.text_content()


@pytest.mark.parametrize(("written", "sign"), [("&#10;", "\n"), ("&#x9;", "\t"), ("&#120;", "x")])
def test_other_references_are_read_as_what_they_mean(written, sign):
    assert f"a{sign}b" in page(f"<body><p>a{written}b</p></body>").tree.text_content()
