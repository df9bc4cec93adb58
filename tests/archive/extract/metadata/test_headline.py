import pytest

from tests.support.heads import TITLE, article, json_ld, meta
from tests.support.pages import paragraphs, read


@pytest.mark.parametrize("joint", [" - ", " – ", " | ", " · ", " — "])
@pytest.mark.parametrize(
    "site",
    [
        '<meta property="og:site_name" content="The News">',
        json_ld({"@type": "WebSite", "name": "The News"}),
    ],
)
def test_the_headline_comes_without_the_sites_name(joint, site):
    head = site.replace(f'"headline": "{TITLE}"', f'"headline": "{TITLE}{joint}The News"') + meta(
        og__title=f"{TITLE}{joint}The News"
    )

    assert article(head).headline == TITLE


def test_an_unnamed_sites_name_is_cut_where_the_rest_is_the_h1():
    assert article(meta(og__title=f"{TITLE} | Unknown Gazette")).headline == TITLE


def test_a_dash_of_the_headline_itself_stays():
    title = "Bridge opens - and the ferry stays"

    assert article(meta(og__title=title, og__site_name="The News"), title=title).headline == title


def test_the_headline_is_the_spelling_that_most_sources_agree_on():
    head = json_ld(headline="Bridge: all you need to know") + meta(og__title=TITLE)

    assert article(head).headline == TITLE


def test_an_h1_that_is_the_sites_name_is_no_headline():
    head = meta(og__site_name="The News", og__type="article")
    body = f"""<html><head><title>{TITLE}</title>{head}</head><body><h1>The News</h1>
    <article><h2>{TITLE}</h2>{paragraphs()}</article>"""

    assert read(body).article.headline == TITLE


def test_the_name_of_the_host_is_cut_but_not_from_what_two_sources_have_whole():
    whole = "The bridge opens - News"

    assert article(meta(og__title=f"{TITLE} | News")).headline == TITLE
    assert article(json_ld(headline=whole) + meta(og__title=whole), title=whole).headline == whole


def test_of_spellings_that_all_differ_readers_see_the_h1():
    head = json_ld(headline="Bridge: all you need to know") + meta(og__title="You won't believe it")

    assert article(head).headline == TITLE


def test_a_headline_that_was_escaped_twice_is_read_as_it_is_meant():
    head = meta(og__title="&amp;quot;The&amp;quot; bridge｜Gazette") + json_ld(
        headline='"The" bridge'
    )

    assert article(head, title='"The" bridge').headline == '"The" bridge'


def test_of_several_h1_the_one_that_the_head_knows_is_the_headline():
    page = f"""<html><head><title>{TITLE} | Gazette</title></head><body><h1>All our news</h1>
    <main><article><h1>{TITLE}</h1>{paragraphs()}</article></main>"""

    assert read(page).article.headline == TITLE


def test_an_unfilled_title_before_the_sites_name_is_no_headline():
    named = "<title>%%title%% | The News</title>" + meta(og__site_name="The News")

    assert read(f"<head>{named}</head><h1>{TITLE}</h1>{paragraphs()}").article.headline == TITLE
