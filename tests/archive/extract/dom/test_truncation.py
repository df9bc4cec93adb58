import pytest

from archive.extract.dom.truncation import breaks_off
from archive.model import DOUBTFUL, Flag, Outcome
from tests.support.pages import read, story

WHOLE = story()


@pytest.mark.parametrize(
    ("end", "place"),
    [
        ("Tolls were", "in article"),
        ("</article>", None),
        ('<div class="entry-', "in a tag"),
        ("<h1>", "in article"),
    ],
)
def test_a_page_that_ends_too_early_breaks_off(end, place):
    cut = WHOLE[: WHOLE.index(end) + len(end)]

    assert breaks_off(cut.encode()) == place


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<html><body><p>Done.</p><script>var story = {", "in a script"),
        ("<html><body><p>Done.</p><!-- the footer", "in a comment"),
        ("<html><body><p>Done.</p><script>document.write('</body></html>')", "in a script"),
        (
            "<html><body><p>The bridge that the town had waited for since the flood of",
            "in a sentence",
        ),
    ],
)
def test_what_is_open_at_the_end_tells_where_a_page_breaks_off(html, place):
    assert breaks_off(html.encode()) == place


@pytest.mark.parametrize(
    "html",
    [
        WHOLE,
        WHOLE + "<!-- Cached page -->\n<script>var late = 1</script>\n",
        WHOLE.upper(),
        WHOLE.replace("</html>", ""),
        "<!doctype html><title>A</title><p>The end tags of these may be left out, says HTML",
        "<html><body><h1>A</h1><p>The end tags of these may be left out, says HTML.",
        "<html><body><p>A page of the last century.<hr>Copyright 1999 John Smith",
        "<html><body><div><p>A</p></div><script>var html = '<div>'</script><p>Done.",
        "",
        "<p>A fragment",
    ],
)
def test_a_page_without_fault_at_its_end_is_whole(html):
    assert breaks_off(html.encode()) is None


def test_an_article_that_breaks_off_is_read_as_far_as_it_goes_and_doubted():
    found = read(WHOLE[: WHOLE.index("Tolls were")])

    assert found.outcome is Outcome.ARTICLE
    assert found.article.text.endswith("the end of June.")
    assert found.flags == (Flag.TRUNCATED,)
    assert not DOUBTFUL.isdisjoint(found.flags)


def test_a_body_shorter_than_promised_is_doubted():
    body = WHOLE.encode()

    short = read(body, content_length=str(len(body) + 1))
    exact = read(body, content_length=str(len(body)))
    chunked = read(body, content_length=str(len(body) + 1), transfer_encoding="chunked")

    assert short.flags == ("truncated: content-length", Flag.TRUNCATED)
    assert exact.flags == ()
    assert chunked.flags == ()


@pytest.mark.parametrize("promised", ["", "x", "-1", "1, 1", "9" * 5_000, "²"])
def test_a_content_length_that_is_no_number_promises_nothing_or_too_much(promised):
    found = read(WHOLE, content_length=promised)

    assert found.outcome is Outcome.ARTICLE
