from pathlib import Path

import pytest
from lxml import etree

from archive.extract.body.blocks import blocks_of
from archive.extract.body.pipeline import body_text, framed
from archive.extract.body.trim_edges import About, without_edges
from archive.extract.dom.document import parse_page
from archive.extract.dom.page_chrome import is_frame
from archive.model import Block, BlockKind, text_of
from tests.support.pages import PROSE, STORY, paragraphs, read, story

AMP = (Path(__file__).parent / "pages" / "amp-with-nested-bullets.html").read_bytes()
AMP_URL = "https://gazette.test/fr/atelier-lisieux/?amp=1"
AMP_TEXT = """\
• Le 12 janvier, la ville de Lisieux a ouvert un atelier où chacun peut réparer ses appareils\u00a0:
  • les habitants apportent leurs appareils le samedi matin\u00a0;
  • les outils sont prêtés sur place\u00a0:
    • fers à souder,
    • tournevis et clés.
• « On jette trop vite ce qui pourrait encore servir », dit la maire.
• Les pièces détachées sont vendues à prix coûtant.
– Aucune inscription n’est demandée.
📌 Résumé: L’atelier, ouvert le samedi, prête les outils et vend les pièces à prix coûtant."""

SHARE = """<div class="{}"><span>Share this:</span>
<a href="https://facebook.com/sharer?u=x">Click to share on Facebook</a></div>"""


def test_an_amp_page_gives_its_bullets_with_their_nesting_and_nothing_of_its_frame():
    found = read(AMP, url=AMP_URL).article

    assert found.text == AMP_TEXT
    assert found.headline == "Un atelier de réparation ouvre à Lisieux"
    assert [block.level for block in found.blocks] == [1, 2, 2, 3, 3, 1, 0, 0, 0]


def test_without_classes_and_ids_the_frame_at_the_end_is_known_by_its_words():
    body = f"""<div>{paragraphs()}<p>Share.</p><p>Contact</p>
    <p>E-mail: desk@news.test<br>Address: 3 Tanner Street, Riverton</p><p>© 2026 The News</p>
    <p>Exit mobile version</p></div>"""

    assert read(story(body=body)).article.text == "\n".join(PROSE)


@pytest.mark.parametrize(
    "frame",
    [
        SHARE.format("sharedaddy sd-sharing-enabled"),
        SHARE.format("addtoany_share_save_container"),
        SHARE.format("socialShareButtons"),
        '<div class="newsletter-box"><p>Subscribe to our weekly letter. No spam, ever.</p></div>',
        '<section class="related-posts"><h4>Related</h4><p>The ferry is gone.</p></section>',
        '<div class="yarpp-related"><p>The ferry that ran for years takes its leave.</p></div>',
        '<div class="page-links">Pages: <a href="2/">2</a></div>',
        '<div class="author-box"><p>Ann Lee writes about bridges and lives here.</p></div>',
    ],
)
def test_a_short_article_does_not_fill_up_with_the_frame_around_it(frame):
    body = "<p>The bridge opened at noon.</p><p>It is the first since the flood.</p>"

    found = read(story(body=body + frame, below=frame)).article

    assert found.text == "The bridge opened at noon.\nIt is the first since the flood."


@pytest.mark.parametrize(
    "after",
    [
        '<div id="comments"><p>I crossed it this morning and it shook, but what a view!</p></div>'
        * 9,
        "<footer><p>The News is published in Riverton. Write to desk@news.test.</p></footer>",
        '<div role="contentinfo"><p>The News is published by people of Riverton.</p></div>',
        '<div class="cookie-banner"><p>We and our 800 partners value your privacy.</p></div>',
        '<div id="amp-mobile-version-switcher"><a href="?noamp=mobile">Thoát</a></div>',
        '<aside class="widget"><p>Most people in Riverton read us, and so do you.</p></aside>',
    ],
)
def test_what_stands_behind_the_article_stays_out(after):
    assert read(story(after=after)).article.text == "\n".join(PROSE)


def test_an_element_that_holds_the_article_is_kept_whatever_it_is_called():
    page = (
        story()
        .replace('class="post"', 'class="post"')
        .replace("<article", '<div class="newsletter sidebar"><article')
    )

    assert read(page.replace("</article>", "</article></div>")).article.text == "\n".join(PROSE)


def test_boxes_that_a_page_builder_calls_widgets_are_kept():
    body = "".join(
        f'<div class="so-panel widget widget_text elementor-widget"><p>{text}</p></div>'
        for text in PROSE
    )

    assert read(story(body=body)).article.text == "\n".join(PROSE)


def test_a_heading_whose_anchor_is_called_comments_is_kept():
    body = (
        paragraphs(*PROSE[:2]) + '<h2 id="comments">What people say</h2>' + paragraphs(*PROSE[2:])
    )

    assert Block(BlockKind.HEADING, "What people say", 2) in read(story(body=body)).article.blocks


@pytest.mark.parametrize(
    ("markup", "frame"),
    [
        ('<div class="post-share">', True),
        ('<div class="market-shares">', False),
        ('<div class="no-sidebar">', False),
        ('<div class="responsive">', False),
        ('<div class="newsletterSignup">', True),
        ('<div class="social-embed">', False),
        ('<div class="subscriber-content">', False),
        ('<div role="navigation">', True),
        ("<footer>", True),
        ('<h2 id="related">', False),
        ('<article class="related">', False),
    ],
)
def test_frame_is_known_by_whole_words_of_its_markup(markup, frame):
    tree = parse_page(f"<html><body>{markup}x".encode(), STORY).tree

    assert is_frame(tree.find("body")[0]) is frame


FIGURE = """<figure class="wp-caption"><img src="/b.jpg" alt="A bridge">
<figcaption>The bridge at noon.\u00a0Photo: Ann Lee</figcaption></figure>"""


def test_the_caption_of_a_picture_in_the_text_is_a_block_in_its_place():
    found = read(story(body=paragraphs(*PROSE[:2]) + FIGURE + paragraphs(*PROSE[2:]))).article

    assert found.blocks[2] == Block(BlockKind.CAPTION, "The bridge at noon.\u00a0Photo: Ann Lee")
    assert [block.text for block in found.blocks if block.kind is BlockKind.PARAGRAPH] == [*PROSE]


def test_the_caption_of_the_picture_above_the_text_is_no_part_of_it():
    assert read(story(above=FIGURE, body=FIGURE + paragraphs())).article.text == "\n".join(PROSE)


def body_of(xml):
    return etree.fromstring(f"<body>{xml}</body>")


def test_a_quotation_in_a_figure_is_kept_unless_it_repeats_a_passage_of_the_text():
    def quoted(text: str) -> str:
        return f'<figure class="wp-block-pullquote"><blockquote><p>{text}</p></blockquote></figure>'

    body = PROSE[0], PROSE[1], PROSE[2], PROSE[3]
    own = "We crossed it twice, there and back, and nobody asked us for a coin."
    page = story(body=paragraphs(*body[:2]) + quoted(own) + paragraphs(*body[2:]))
    repeating = story(body=paragraphs(*body[:2]) + quoted(PROSE[0]) + paragraphs(*body[2:]))

    kept, left = read(page).article, read(repeating).article

    assert kept is not None
    assert Block(BlockKind.QUOTE, own) in kept.blocks
    assert left is not None
    assert left.text.count(PROSE[0]) == 1


def test_lists_quotes_tables_headings_and_code_become_blocks_of_their_kind():
    body = body_of(
        '<head rend="h3">Head</head><p>One <hi>two</hi><lb/>three</p><quote><p>Said</p></quote>'
        "<list><item>a<list><item>b</item></list>c</item></list>"
        "<table><row><cell>x</cell><cell>y</cell><cell/></row><row><cell/></row></table>"
        "<code>if x:\n  y</code>"
    )

    assert blocks_of(body) == (
        Block(BlockKind.HEADING, "Head", 3),
        Block(BlockKind.PARAGRAPH, "One two"),
        Block(BlockKind.PARAGRAPH, "three"),
        Block(BlockKind.QUOTE, "Said"),
        Block(BlockKind.LIST_ITEM, "a", 1),
        Block(BlockKind.LIST_ITEM, "b", 2),
        Block(BlockKind.LIST_ITEM, "c", 1),
        Block(BlockKind.TABLE_ROW, "x | y"),
        Block(BlockKind.CODE, "if x:\n  y"),
    )


def test_a_row_that_lays_the_page_out_is_no_row_of_a_table():
    text = "".join(f"<p>{each} It was told so by all who had come to see it.</p>" for each in PROSE)
    quote = "<table><row><cell>A tall bridge</cell></row></table>"
    body = body_of(
        f"<table><row><cell>Menu</cell><cell><head>The bridge</head>{text}{quote}</cell></row>"
        "<row><cell>x</cell><cell>y</cell></row></table>"
    )

    first, head, *middle, quoted, last = blocks_of(body)

    assert (first.text, head) == ("Menu", Block(BlockKind.HEADING, "The bridge", 2))
    assert [each.kind for each in middle] == [BlockKind.PARAGRAPH] * len(PROSE)
    assert quoted == Block(BlockKind.TABLE_ROW, "A tall bridge")
    assert last == Block(BlockKind.TABLE_ROW, "x | y")


def test_code_in_a_sentence_stays_in_the_sentence():
    assert blocks_of(body_of("<p>Call <code>open()</code> first.</p>")) == (
        Block(BlockKind.PARAGRAPH, "Call open() first."),
    )


def blocks(*texts):
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


def test_a_headline_at_the_start_goes_and_later_it_stays():
    found = blocks("The Bridge opens!", "It did.", "More.", "The bridge opens")

    assert without_edges(found, About(headlines=("The bridge opens",))) == found[1:]


@pytest.mark.parametrize(
    "end",
    [
        ("Share.",),
        ("Partager :",),
        ("Share this article",),
        ("© 2026 The News",),
        ("Copyright © 2026 The News. All rights reserved.",),
        (
            "Share.",
            "Contact",
            "E-mail: a@b.test",
            "Tel: +33 1 23 45 67 89",
            "© 2026 X",
            "Exit mobile version",
        ),
        ("Share.", "E-mail: a@b.test"),
        ("Contact", "Adresse : 3, rue des Tanneurs", "© 2026 X"),
    ],
)
def test_whole_blocks_of_frame_at_the_end_go(end):
    assert without_edges(blocks("One.", "Two.", *end), About()) == blocks("One.", "Two.")


@pytest.mark.parametrize(
    "end",
    [
        ("Share prices fell on Monday.",),
        ("Share your memories with us: the bridge was once of wood.",),
        ("E-mail: a@b.test",),
        ("Contact", "E-mail: a@b.test"),
        ("📌 Résumé: tout est dit.",),
        ("In 2026 the toll ends.",),
        ("The © 2026 sign was painted over.",),
    ],
)
def test_text_at_the_end_that_only_resembles_frame_stays(end):
    assert without_edges(blocks("One.", *end), About()) == blocks("One.", *end)


def test_cutting_the_frame_leaves_the_shared_tree_as_it_was():
    page = parse_page(AMP, AMP_URL)
    before = etree.tostring(page.tree)

    body_text(page, *framed(page), About())

    assert etree.tostring(page.tree) == before


def test_no_nul_and_no_lone_surrogate_is_in_any_text():
    body = paragraphs(
        "The bridge\x00 opened &#xD83D; at noon, and &#0; all of the town was there to see it.",
        *PROSE,
    )

    text = read(story(body=body)).article.text

    assert "\x00" not in text
    text.encode()


def test_plain_text_marks_the_depth_of_list_items():
    found = (Block(BlockKind.LIST_ITEM, "a", 1), Block(BlockKind.LIST_ITEM, "b", 2))

    assert text_of(found) == "• a\n  • b"
