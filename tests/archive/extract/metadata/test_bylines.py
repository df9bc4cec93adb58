"""Bylines and author boxes as content management systems and themes write them."""

import pytest

from tests.support.heads import TITLE, article, json_ld, meta
from tests.support.pages import paragraphs, read

ANN, BOTH = ("Ann Lee",), ("Ann Lee", "Bo Ray")

BOXES = {
    "name and role in elements": """<div class="author-box"><div class="author-box__name">Ann Lee
        </div><div class="author-box__role">Reporter</div></div>""",
    "name and role without space": '<div class="author"><b>Ann Lee</b><i>Reporter</i></div>',
    "an unknown role in a block": '<div class="author"><p>Ann Lee</p><p>Harbour watch</p></div>',
    "a role after a line break": '<p class="byline">By Ann Lee<br>Reporter</p>',
    "the role first": """<div class="post-author"><span>Harbour watch</span>
        <a rel="author" href="/ann">Ann Lee</a></div>""",
    "name, place and date": """<p class="byline">Ann Lee <span class="place">Riverton</span>
        <time>3 Feb</time></p>""",
    "a role in the name's heading": """<div class="author-info"><h4>Ann
        Lee<span>Reporter</span></h4>
        </div>""",
    "an unknown role in a link": """<a class="author" href="/author/ann-lee/"><strong>Ann
        Lee</strong>
        <em>Harbour watch</em></a>""",
    "a list of terms": """<dl class="authors"><dt>Author</dt><dd>Ann Lee</dd><dt>Photos</dt>
        <dd>Bo Ray</dd></dl>""",
    "a picture's credit in the next line": '<p class="byline">By Ann Lee<br>Photos by Bo Ray</p>',
    "Kadence": """<div class="entry-author"><div class="entry-author-profile author-profile
        vcard"><b
        class="entry-author-name author-name fn">Ann Lee</b><p
        class="entry-author-occupation">Harbour
        watcher</p></div></div>""",
    "Simple Author Box": """<div class="saboxplugin-wrap" itemtype="http://schema.org/Person"
        itemscope
        itemprop="author"><div class="saboxplugin-gravatar"><img alt="Ann Lee"></div><div
        class="saboxplugin-authorname"><a href="/author/ann/" class="vcard author"
        rel="author"><span
        class="fn">Ann Lee</span></a></div><div class="saboxplugin-desc"><p>Ann
        writes.</p></div></div>
        """,
    "Elementor": """<div class="elementor-author-box"><h4 class="elementor-author-box__name">Ann Lee
        </h4><div class="elementor-author-box__bio">Reporter at The News</div></div>""",
    "an avatar": """<div class="author"><img alt="Avatar of Ann Lee" src="/a.jpg">
        <a href="/author/ann-lee/">Ann Lee</a><span>Follow</span></div>""",
    "a biography": """<div class="author vcard"><span class="fn">Ann Lee</span>
        <p class="note">Ann Lee has written of the harbour since 2011. She lives in Riverton.</p>
        </div>""",
    "hCard in parts": """<span class="vcard"><span class="fn"><span class="given-name">Ann</span>
        <span class="family-name">Lee</span></span><span class="title">Reporter</span></span>""",
    "h-entry": """<p class="p-author h-card"><img class="u-photo" src="/a.jpg"><a class="p-name
        u-url" href="/ann">Ann Lee</a> <span class="p-job-title">Reporter</span></p>""",
    "microdata": """<div itemprop="author" itemscope itemtype="https://schema.org/Person">
        <span itemprop="name">Ann Lee</span><span itemprop="jobTitle">Reporter</span></div>""",
    "icons": '<p class="byline"><i class="icon">edit</i><span>by</span> <b>Ann</b> <b>Lee</b></p>',
    "Twenty Twelve": """<footer class="entry-meta">Posted by <span class="author vcard"><a
        class="url
        fn n" href="/author/ann" rel="author">Ann Lee</a></span></footer>""",
    "Twenty Twenty": """<div class="post-meta-wrapper"><ul class="post-meta"><li class="post-author
        meta-wrapper"><span class="meta-icon"><span class="screen-reader-text">Post author</span>
        </span><span class="meta-text">By <a href="/author/ann/">Ann
        Lee</a></span></li></ul></div>""",
    "block theme": """<div class="wp-block-post-author"><div class="wp-block-post-author__avatar">
        <img alt=""></div><div class="wp-block-post-author__content"><p
        class="wp-block-post-author__byline">Words</p><p class="wp-block-post-author__name">Ann Lee
        </p></div></div>""",
    "Astra": """<div class="entry-meta">By <span class="posted-by vcard author" itemprop="author">
        <a class="url fn n" href="/author/ann/" rel="author" itemprop="url"><span
        class="author-name"
        itemprop="name">Ann Lee</span></a></span> / <span class="published">3 Feb</span></div>""",
    "GeneratePress": """<div class="entry-meta"><span class="posted-on"><time>3 Feb</time></span>
        <span class="byline">by <span class="author vcard"><a class="url fn n" href="/author/ann/"
        rel="author"><span class="author-name">Ann Lee</span></a></span></span></div>""",
    "Newspaper": """<div class="td-post-author-name"><div class="td-author-by">By</div>
        <a href="/author/ann/">Ann Lee</a><div class="td-author-line"> - </div></div>""",
    "Jannah": """<span class="author-meta single-author with-avatars"><span class="meta-item
        meta-author-wrapper"><span class="meta-author-avatar"><a href="/author/ann/"><img
        alt="Photo of Ann Lee"></a></span><span class="meta-author"><a href="/author/ann/"
        class="author-name" title="Ann Lee">Ann Lee</a></span></span></span>""",
    "Ghost": """<section class="article-byline"><ul class="author-list"><li
        class="author-list-item">
        <a href="/author/ann/" class="author-avatar"><img alt="Ann Lee"></a></li></ul><h4
        class="author-name"><a href="/author/ann/">Ann Lee</a></h4><div class="byline-meta-content">
        <time>3 Feb</time> 4 min read</div></section>""",
    "Joomla": """<dl class="article-info"><dt>Details</dt><dd class="createdby" itemprop="author"
        itemscope itemtype="https://schema.org/Person">Written by: <span itemprop="name">Ann Lee
        </span></dd></dl>""",
    "Blogger": """<span class="post-author vcard">Posted by <span class="fn" itemprop="author"
        itemscope itemtype="http://schema.org/Person"><a class="g-profile" href="https://b.test/1"
        rel="author" title="author profile"><span itemprop="name">Ann
        Lee</span></a></span></span>""",
    "Squarespace": '<a href="/news?author=5f" class="blog-author-name">Ann Lee</a>',
    "Arc": """<div class="byline article__byline"><span class="byline__names"><span
        class="byline__by">By</span> <a class="byline__name" href="/staff/ann-lee/">Ann
        Lee</a></span>
        </div>""",
    "Drupal": """<span class="field field--name-uid"><a title="View user profile." rel="author"
        href="/user/5">Ann Lee</a></span>""",
    "AMP": """<div class="amp-wp-meta amp-wp-byline"><amp-img src="/a.jpg" alt="Ann Lee"></amp-img>
        <span class="amp-wp-author author vcard">Ann Lee</span></div>""",
}  # fmt: skip


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES.keys())
@pytest.mark.parametrize("place", ["above", "below"])
def test_an_author_box_gives_the_name_alone(box, place):
    assert article(**{place: box}).author == ANN


PAIRS = {
    "a line break": '<p class="byline">Ann Lee<br>Bo Ray</p>',
    "blocks": '<div class="byline"><p>Ann Lee</p><p>Bo Ray</p></div>',
    "links": '<p class="byline"><a href="/1">Ann Lee</a><a href="/2">Bo Ray</a></p>',
    "a word between links": """<p class="author">Von <a rel="author" href="/a">Ann Lee</a> und
        <a rel="author" href="/b">Bo Ray</a></p>""",
    "a link and none": '<p class="byline">Par <a rel="author" href="/a">Ann Lee</a> et Bo Ray</p>',
    "a comma between elements": '<p class="byline"><b>Ann Lee</b>, <b>Bo Ray</b></p>',
    "two boxes": """<div class="author-box"><span class="name">Ann Lee</span><span
        class="role">Reporter</span></div><div class="author-box"><span class="name">Bo Ray</span>
        <span class="role">Editor</span></div>""",
    "Molongui": """<div class="m-a-box-title"><a class="m-a-box-name-link" rel="author"
        href="/ann">Ann Lee</a></div><div class="m-a-box-title"><a class="m-a-box-name-link"
        rel="author" href="/bo">Bo Ray</a></div>""",
    "PublishPress": """<ul class="pp-multiple-authors-boxes-ul"><li class="author_index_0
        author_ann"><div class="pp-author-boxes-name multiple-authors-name"><a href="/author/ann/"
        rel="author" class="author url fn">Ann Lee</a></div></li><li class="author_index_1
        author_bo"><div class="pp-author-boxes-name multiple-authors-name"><a href="/author/bo/"
        rel="author" class="author url fn">Bo Ray</a></div></li></ul>""",
    "Co-Authors Plus": """<span class="byline">by <span class="author vcard"><a class="url fn n"
        rel="author" href="/author/ann/">Ann Lee</a></span> and <span class="author vcard"><a
        class="url fn n" rel="author" href="/author/bo/">Bo Ray</a></span></span>""",
    "more in the byline than in the box": """<p class="byline">By Ann Lee and Bo Ray</p>
        <div class="author-box"><a rel="author" href="/ann">Ann Lee</a></div>""",
}  # fmt: skip


@pytest.mark.parametrize("byline", PAIRS.values(), ids=PAIRS.keys())
def test_a_byline_gives_both_names(byline):
    assert article(above=f"<div>{byline}</div>").author == BOTH


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Lee",
        "<b>By</b> <a href='/x'>Ann Lee</a>",
        "Von Ann Lee, Riverton",
        "Text: Ann Lee | Foto: Bo Ray",
        "Par Ann Lee - Publié le 3 février",
        "Автор: Ann Lee",
    ],
)
def test_a_line_near_the_headline_that_begins_with_by_names_the_author(line):
    assert article(above=f"<p>{line}</p>").author == ANN


@pytest.mark.parametrize(
    "line",
    ["By the numbers", "By popular demand, again", "Text messages", "Photo: Bo Ray", "记者调查"],
)
def test_a_line_that_only_begins_like_a_byline_names_nobody(line):
    assert article(above=f"<p>{line}</p>").author == ()


def test_a_marked_name_comes_before_a_box_that_is_called_author():
    above = '<div class="author">Harbour Watch</div>'
    below = '<div class="about"><a rel="author" href="/ann">Ann Lee</a></div>'

    assert article(above=above, below=below).author == ANN


def test_an_author_box_in_the_frame_of_the_article_is_read():
    box = """<div class="author-bio"><h3><a rel="author" href="/ann">Ann Lee</a></h3>
    <p>Reporter at The News.</p></div>"""

    assert article(below=box).author == ANN


@pytest.mark.parametrize(
    "teaser",
    [
        '<div class="card"><h3><a href="/x">Other</a></h3><a rel="author">Di Fox</a></div>',
        '<ul class="related"><li><a rel="author" href="/d">Di Fox</a></li></ul>',
        '<ol class="comment-list"><li><cite class="fn vcard">Di Fox</cite></li></ol>',
    ],
)
def test_a_name_in_a_teaser_or_a_comment_is_not_the_authors(teaser):
    assert article(below=teaser).author == ()


@pytest.mark.parametrize("said", ["The News", "News", "@thenews", "Newsroom", "admin"])
def test_where_the_page_has_a_person_the_site_or_a_desk_is_not_the_author(said):
    head = json_ld(author=said, publisher={"name": "The News"}) + meta(og__site_name="The News")

    assert article(head, above='<p class="byline">By Ann Lee</p>').author == ANN


def test_an_agency_in_the_best_source_is_not_replaced_by_a_person_on_the_page():
    head = json_ld(author={"@type": "Organization", "name": "Reuters"})

    assert article(head, above='<p class="byline">By Ann Lee</p>').author == ("Reuters",)


def test_an_outlet_behind_a_name_is_an_organization():
    found = article(json_ld(author="Ann Lee, News Riverton"))

    assert (found.author, found.author_organization) == (
        ("Ann Lee", "News Riverton"), ("News Riverton",)
    )  # fmt: skip


def test_a_byline_with_all_names_of_the_data_and_more_is_taken():
    above = """<p><a rel="author" href="/a">Ann Lee</a> <a rel="author" href="/b">Bo Ray</a></p>"""

    assert article(json_ld(author="Bo Ray"), above=above).author == BOTH


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "givenName": "Ann", "familyName": "Lee"},
        {"@list": [{"@type": "Person", "name": "Ann Lee"}]},
        [[{"@type": "Person", "name": "Ann Lee"}]],
        {"name": {"@value": "Ann Lee"}},
        "#ann",
        {"@id": "#ann", "@type": "Person"},
        [{"@type": "Person", "name": "[object Object]"}, {"@type": "Person", "name": "Ann Lee"}],
        "<a href='/ann'>Ann Lee</a>",
    ],
)
def test_a_person_is_read_in_every_form_of_json_ld(author):
    ann = {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}

    assert article(json_ld(ann, author=author)).author == ANN


@pytest.mark.parametrize(
    "names", ["Ann Lee\nBo Ray", "Ann Lee<br>Bo Ray", "<b>Ann Lee</b><b>Bo Ray</b>"]
)
def test_line_breaks_and_tags_in_a_value_part_names(names):
    assert article(json_ld(author=names)).author == BOTH
    assert article(meta(author=names.replace("<", "&lt;"))).author == BOTH


def test_the_label_of_a_preview_names_the_author():
    head = meta(twitter__label1="Verfasst von", twitter__data1="Ann Lee")

    assert article(head).author == ANN


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p><strong>Ann Lee</strong></p>", ANN),
        ("<p><b>Ann Lee/Bo Ray</b></p>", BOTH),
        ("<p><strong>Ann Lee</strong> was there.</p>", ()),
        ("<p><strong>River Gauge</strong></p>", ()),
        ("<p><strong>Ann Lee at the weir</strong></p>", ()),
    ],
)
def test_a_bold_line_of_names_above_the_text_names_the_authors_of_a_page_that_names_nobody(
    line, names
):
    # "River" and "gauge" are words that the page writes in lower case.
    said = "<p>The river was above the gauge at the weir when the rain ended on Sunday night.</p>"

    assert article(body=line + said + paragraphs()).author == names
    assert article(json_ld(author="Di Fox"), body=line + said + paragraphs()).author == ("Di Fox",)


def test_names_below_the_header_of_the_headline_belong_to_the_article():
    page = f"""<article><div><header><h1>{TITLE}</h1></header></div><section class="meta">
        <div><a rel="author" href="mailto:ann@news.test">Ann Lee</a></div>
        <div><a rel="author" href="mailto:bo@news.test">Bo Ray</a></div></section>
        {paragraphs()}</article>"""
    head = f"<head><title>{TITLE}</title>{json_ld(author='Bo Ray')}</head>"
    found = read(f"<html>{head}<body>{page}</body></html>").article

    assert found is not None
    assert found.author == BOTH


def test_the_author_of_a_picture_is_not_that_of_the_text():
    picture = """<figure><img src="a.jpg"><figcaption>The bridge <span class="author">Bo Ray</span>
        </figcaption></figure><div class="wp-caption"><p class="author">Bo Ray</p></div>"""

    assert article(above=picture).author == ()
    assert article(above=f'{picture}<p class="byline">By Ann Lee</p>').author == ANN


@pytest.mark.parametrize("account", ["annlee83", "ann_lee", "alee"])
def test_an_account_counts_only_if_nobody_is_named(account):
    head = json_ld(author={"@type": "Person", "name": account})

    assert article(head, above='<p class="byline">By Ann Lee</p>').author == ANN
    assert article(head).author == (account,)


def test_who_is_quoted_is_not_the_author():
    quotation = '<blockquote><p>Fine.</p><footer class="author">Bo Ray, mayor</footer></blockquote>'

    assert article(above=quotation).author == ()


@pytest.mark.parametrize(
    "title",
    ["<a href='/ferry'><h3>Ferry rests</h3></a>", "<h3><a href='/ferry'>Ferry rests</a></h3>"],
)
def test_the_author_of_a_teaser_is_not_that_of_the_article(title):
    teaser = f"<div>{title}<span class='author'>Bo Ray</span></div>"

    assert article(below=teaser).author == ()
