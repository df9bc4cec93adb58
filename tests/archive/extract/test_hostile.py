"""Pages made to break their reader are read in time, by a worker with its real limits.

What is a readable page beside the trap comes out as its article; what was given up would be
``failed`` after ten seconds of CPU or 800 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.extract.article import extract_page
from archive.extract.testcases import CASES_FOLDER
from archive.model import Extraction, Outcome
from archive.pipeline.extraction_pool import Workers
from archive.settings import Settings
from archive.warc.store import Store
from tests.support.pages import PROSE, STORY, paragraphs, story
from tests.support.stores import exchange, filled, reply, store_at

CASES = Path(__file__).parents[3] / CASES_FOLDER
LONG = 100_000
"""Letters that no field of an article but its text may come near."""


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Workers]]:
    store = store_at(tmp_path_factory.mktemp("warc"))
    running = Workers(store, Settings(workers=1))
    yield store, running
    running.close(kill=True)


def read_in_worker(workers: tuple[Store, Workers], page: str | bytes) -> Extraction:
    store, running = workers
    body = page if isinstance(page, bytes) else page.encode()
    name, (capture,) = filled(store, [exchange(1, response=reply(body))])
    return running.extract(name, capture.warc_offset).result()


def times(number: int, each: Callable[[int], str]) -> str:
    return "".join(each(n) for n in range(number))


def with_script(json: str) -> str:
    return story(head=f'<script type="application/ld+json">{json}</script>')


ATTRIBUTES = "<i " + times(100_000, lambda n: f"a{n}=1 ") + ">x</i>"
TRAPS: dict[str, Callable[[], str]] = {
    "100,000 attributes": lambda: story(below=ATTRIBUTES),
    "20,000 spans side by side": lambda: story(
        body=paragraphs() + f"<p>{'<span>a b </span>' * 20_000}</p>"
    ),
    "20,000 spans in each other": lambda: story(below="<span>" * 20_000),
    "100,000 divs in each other": lambda: story(below="<div>" * 100_000),
    "a line of 10 MB": lambda: story(below=f"<p>{'word ' * 2_000_000}</p>"),
    "NULs": lambda: story(below="<p>" + "\0" * 500_000 + "</p>"),
    "20,000 meta tags": lambda: story(
        head=times(20_000, lambda n: f"<meta name=author content='Ann Bell {n}'>")
    ),
    "20,000 translations": lambda: story(
        head=times(20_000, lambda n: f"<link rel=alternate hreflang=fr href=/{n}>")
    ),
    "10,000 captions": lambda: story(
        below=times(
            10_000, lambda n: f"<figure><img src=/{n}><figcaption>No {n}</figcaption></figure>"
        )
    ),
    "20,000 marks of notes": lambda: story(
        body=paragraphs()
        + f"<p>{times(20_000, lambda n: f'a<sup><a href=#n{n}>{n % 999}</a></sup> ')}</p>"
    ),
    "10,000 times": lambda: story(
        below=times(10_000, lambda n: f"<p><time datetime=2026-01-01>{n} May 2026</time></p>")
    ),
    "20,000 short lines": lambda: story(below="<p>x</p>" * 20_000),
    "5,000 h1": lambda: story(below=times(5_000, lambda n: f"<h1>Head {n} of them</h1>")),
    "20,000 nodes of JSON-LD": lambda: with_script(
        "[" + '{"@type":"NewsArticle","author":{"@id":"#x"}},' * 20_000 + "]"
    ),
    "JSON-LD without an end": lambda: with_script('{"@type":"NewsArticle","a":' + "[" * 190_000),
    "JSON-LD of quotation marks": lambda: with_script('{"a":"' + '" ' * 90_000),
    "lists in each other": lambda: story(below="<ul><li>a" * 400),
    "lists too deep for a recursion": lambda: story(below="<ul><li>a" * 5_000),
}
FAST = ("20,000 marks of notes", "20,000 spans side by side", "100,000 attributes")


@pytest.mark.parametrize("name", FAST)
def test_a_page_with_a_trap_is_read_under_the_workers_limits(workers, name):
    found = read_in_worker(workers, TRAPS[name]())

    assert found.outcome is Outcome.ARTICLE, found.reason
    assert PROSE[0] in found.article.text


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(TRAPS) - set(FAST)))
def test_every_other_page_with_a_trap_is_read_as_well(workers, name):
    found = read_in_worker(workers, TRAPS[name]())

    assert found.outcome is Outcome.ARTICLE, found.reason
    assert PROSE[0] in found.article.text


def test_lists_in_each_other_indent_no_text_without_end():
    page = story(body=paragraphs() + "<ul><li>a" * 300)

    text = extract_page(page.encode(), STORY).article.text

    assert max(map(len, text.splitlines())) < 200


# --- any bytes whatever ---------------------------------------------------------------------------


def texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | tuple():
            for entry in value:
                yield from texts_of(entry)
        case _ if hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from texts_of(getattr(value, name))


def assert_storable(found: Extraction) -> None:
    for text in texts_of(found):
        assert "\0" not in text
        text.encode("utf-8")  # raises for a lone surrogate
    assert found.outcome is not Outcome.FAILED, found.reason
    if found.article is not None:
        fields = {name: getattr(found.article, name) for name in found.article.__dataclass_fields__}
        del fields["blocks"]
        assert all(len(text) < LONG for text in texts_of(list(fields.values())))


MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<div class='entry-content'>", "<article>", "<table>", "<tr>", "<td>"),
            *("<ul>", "<li>", "<h1>", "<h2>", "<figure>", "<figcaption>", "<blockquote>", "<pre>"),
            *("<a href='//[', rel=author>", "<a href=#a>", "<sup>", "<time datetime='x'>", "<br>"),
            *(
                "<script type=application/ld+json>",
                "</script>",
                '{"@type":"NewsArticle",',
                "[",
                "]",
            ),
            *('"headline":', '"author":', '"datePublished":', '"\\ud800"', "null", "-1e999", "}"),
            *(
                "<meta property=og:title content='\ud83d'>".encode("utf-8", "replace").decode(),
                "&#0;",
            ),
            *("&#xD800;", "&#x110000;", "<!--", "-->", "<![CDATA[", "\0", "\ufffe", "\u2028"),
            *("<meta name=author content='a,b;c/d'>", "<base href='http://['>", "<title>"),
            *("<link rel=canonical href='http://\udcff'>".encode("utf-8", "replace").decode(), "'"),
            *("<link rel=amphtml href='?amp'>", "<math>", "<svg>", "<p role=doc-footnote id=a>"),
            *("<meta http-equiv=refresh content='0;url=/'>", "<noscript>", "<template>", "<foo:b>"),
            *PROSE,
        ]
    ),
    max_size=60,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
TYPES = st.sampled_from(
    [None, "", "text/html; charset=utf-16", "text/html;charset=x", "text/plain"]
)


@settings(deadline=None, max_examples=60)
@given(MARKUP, TYPES)
@example(b"<article><p>" + PROSE[0].encode() * 20 + b"\xed\xa0\x80\xff", "text/html; charset=utf-8")
def test_no_markup_makes_extraction_raise_or_say_what_cannot_be_stored(page, media):
    assert_storable(extract_page(page, STORY, media))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400), TYPES)
def test_no_bytes_make_extraction_raise_or_say_what_cannot_be_stored(page, media):
    assert_storable(extract_page(page, STORY, media))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_page_torn_or_spoilt_anywhere_is_read_as_far_as_it_goes(data):
    file = data.draw(st.sampled_from(sorted(CASES.glob("*/page.html"))))
    page = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(page) - 1))
        page[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    del page[data.draw(st.integers(1, max(len(page), 1))) :]

    assert_storable(extract_page(bytes(page), STORY))


@pytest.mark.parametrize("field", ["headline", "description", "author", "keywords", "license"])
def test_no_field_is_as_long_as_a_page_can_make_it(field):
    value = "word " * 100_000
    page = with_script(f'{{"@type":"NewsArticle","{field}":"{value}"}}').encode()

    assert_storable(extract_page(page, STORY))
