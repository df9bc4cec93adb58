import pytest

from archive.extract.placeholders import is_placeholder, without_placeholders
from tests.support.heads import article, json_ld, meta
from tests.support.pages import read, story


@pytest.mark.parametrize(
    "value",
    [
        "[[author]]", "[[*pagetitle]]", "{{author}}", "{{ page.author }}", "{{{name}}}",
        "{$author}", "{% author %}", "<%= author %>", "<?php the_author(); ?>", "%author%",
        "%%title%%", "${author}", "$author", "$post->title", "#{name}", "{author}", "[author]",
        "[node:author]", "[Author Name]", "<Author Name>", "(author)", "#author#", "@@title@@",
        "__AUTHOR__", "*|AUTHOR|*", "%s", "%1$s", "{0}", "post.title", "author_name",
        "[[first]] [[last]]", "{{site}} - {{author}}", "&#123;&#123;author&#125;&#125;",
        "undefined", "undefined undefined", "NULL", "None", "n/a", "NaN", "[object Object]",
        "Enter headline", "Your title here", "https://x.test/{{image}}", "/img/${slug}.jpg",
        "https://x.test/undefined", "https://x.test/null/a.jpg",
    ],
)  # fmt: skip
def test_what_a_template_left_unfilled_is_no_value(value):
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        "Ann Lee", "How to use {{ mustache }} in a page", "[Video] The bridge opens", "[Updated]",
        "50% off", "100%", "$100", "$AAPL", "#metoo", "#bridge", "None of the above", "Nil",
        "True Crime", "Author", "Your Name", "sample data", "(ale)", "@ann",
        "https://x.test/null-island/a", "https://x.test/a%20b%20c", "false",
    ],
)  # fmt: skip
def test_a_text_is_no_placeholder_because_it_speaks_of_one(value):
    assert not is_placeholder(value)


def test_placeholders_are_left_out_of_json_at_any_depth():
    said = {"name": "{{name}}", "of": [{"a": "null", "b": False, "c": None}, "%x%", "kept"]}

    assert without_placeholders(said) == {"of": [{"b": False, "c": None}, "kept"]}


def test_the_next_source_is_asked_for_every_field_that_is_unfilled():
    head = json_ld(
        headline="{{title}}",
        author="[[author]]",
        articleSection="${section}",
        keywords=["%tags%"],
        description="undefined",
        publisher={"@type": "Organization", "name": "[object Object]"},
        image="https://news.test/{{image}}",
        datePublished="{{date}}",
    ) + meta(
        og__title="The bridge over the river opens",
        author="Ann Lee",
        article__section="Town",
        article__tag="bridge",
        og__description="It opened.",
        og__site_name="The News",
        og__image="https://news.test/bridge.jpg",
        article__published_time="2026-02-03T08:00:00Z",
    )

    found = article(head)

    assert found.headline == "The bridge over the river opens"
    assert found.author == ("Ann Lee",)
    assert (found.article_section, found.keywords) == (("Town",), ("bridge",))
    assert (found.description, found.publisher) == ("It opened.", "The News")
    assert found.image == "https://news.test/bridge.jpg"
    assert found.date_published.isoformat() == "2026-02-03T08:00:00+00:00"


def test_fields_that_are_unfilled_everywhere_are_unknown():
    head = meta(author="%%author%%", article__section="null", article__tag="{{tag}}") + meta(
        og__site_name="[site]", og__image="/${image}", og__description="None"
    )

    found = article(head)

    assert (found.author, found.article_section, found.keywords) == ((), (), ())
    assert (found.publisher, found.image, found.description) == (None, None, None)


def test_unfilled_microdata_and_bylines_are_no_authors():
    above = """<div itemscope itemtype="https://schema.org/Person"><b itemprop="name">{{name}}</b>
    </div><p class="byline">By [[author]]</p><p class="author">Ann Lee</p>"""

    assert article(above=above).author == ("Ann Lee",)


def test_an_unfilled_title_or_h1_is_no_headline():
    page = story(title="The bridge opens").replace("<title>The bridge opens", "<title>{{title}}")

    assert read(page).article.headline == "The bridge opens"


def test_an_unfilled_canonical_link_connects_no_pages():
    head = '<link rel="canonical" href="https://news.test/{{slug}}">'

    assert read(story(head=head)).edges == ()


@pytest.mark.parametrize(
    ("address", "is_unfilled"),
    [
        ("https://a.test/img/undefined", True),
        ("https://a.test/?id=NaN", True),
        ("https://a.test/[object%20Array]/a", True),
        ("https://a.test/wiki/Null", False),
        ("https://a.test/undefined-behaviour", False),
    ],
)
def test_an_address_with_what_scripts_print_is_unfilled(address, is_unfilled):
    assert is_placeholder(address) is is_unfilled
