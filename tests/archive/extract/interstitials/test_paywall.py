import json

import pytest

from archive.model import Flag, Outcome
from tests.support.pages import PROSE, paragraphs, read, story

LEAD = PROSE[0]
PROMISE = "The rest of this article is for subscribers."


def declared(*, selector=".paywall", words=None, body=None, free=False):
    """JSON-LD that says who may read, as Google asks of paywalled content."""
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The bridge over the river opens",
        "isAccessibleForFree": free,
        **({"wordCount": words} if words else {}),
        **({"articleBody": body} if body else {}),
    }
    if selector:
        node["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": "False",
            "cssSelector": selector,
        }
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


# What each puts into the markup of a page whose text it keeps back.
WALLS = {
    "Piano": '<div id="piano-inline-offer" class="tp-container-inner">{}</div>',
    "Poool": '<div id="poool-widget" class="poool-widget">{}</div>',
    "Leaky Paywall": (
        '<div class="leaky_paywall_message_wrap"><div id="leaky_paywall_message">{}</div></div>'
    ),
    "MemberPress": '<div class="mp_wrapper"><div class="mepr-unauthorized-message">{}</div></div>',
    "WooCommerce Memberships": (
        '<div class="woocommerce"><div class="woocommerce-info wc-memberships-restriction-message '
        'wc-memberships-message wc-memberships-content-restricted-message">{}</div></div>'
    ),
    "Paid Memberships Pro": '<div class="pmpro_content_message">{}</div>',
    "Restrict Content Pro": '<div class="rcp_restricted rcp_paid_only">{}</div>',
    "Ghost": (
        '<aside class="gh-post-upgrade-cta"><div class="gh-post-upgrade-cta-content">{}</div>'
        "</aside>"
    ),
    "Newspack": '<div class="newspack-content-gate__gate">{}</div>',
    "a registration wall": '<section class="article__regwall">{}</section>',
    "a house of its own": '<div class="paywall subscriber-offer" id="paywall">{}</div>',
}
INSIDE = f'<h3>Read on</h3><p>{PROMISE}</p><a href="/offers/">Offers</a>'


def is_stub(found):
    return found.outcome is Outcome.ARTICLE and Flag.PAYWALL_STUB in found.flags


@pytest.mark.parametrize("head", ["", declared(selector=".premium-text")])
@pytest.mark.parametrize("who", WALLS)
def test_a_lead_with_a_wall_behind_it_is_a_stub_without_the_walls_words(who, head):
    body = paragraphs(LEAD) + WALLS[who].format(INSIDE)

    found = read(story(head=head, body=body))

    assert is_stub(found)
    assert found.article.text == LEAD
    assert found.article.headline == "The bridge over the river opens"
    assert any("paywall stub" in sign for sign in found.evidence)


@pytest.mark.parametrize("who", WALLS)
def test_a_wall_in_the_markup_of_a_whole_article_makes_no_stub_of_it(who):
    if "gh-post" in WALLS[who] or "message" in WALLS[who] or "rcp_" in WALLS[who]:
        body = paragraphs(*PROSE * 12)  # a part of it is for members: most of it is there
    else:
        body = paragraphs(*PROSE * 5)

    found = read(story(body=body + WALLS[who].format(INSIDE)))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


@pytest.mark.parametrize(
    "hidden",
    [
        '<div hidden class="paywall">{}</div>',
        '<div class="paywall" style="display: none">{}</div>',
        '<template><div class="paywall">{}</div></template>',
        '<div class="paywall"></div>',
    ],
)
def test_a_short_article_with_a_wall_that_is_hidden_or_empty_is_whole(hidden):
    found = read(story(body=paragraphs(*PROSE) + hidden.format(INSIDE)))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


@pytest.mark.parametrize("length", [1, 2, 12])
def test_a_whole_article_that_is_declared_not_free_is_whole(length):
    body = f'{paragraphs(LEAD)}<div class="paywall">{paragraphs(*PROSE * length)}</div>'

    found = read(story(head=declared(), body=body))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())
    assert found.article.text.count("Tolls were never considered") == length
    assert found.article.is_accessible_for_free is False


def test_a_whole_article_in_an_element_that_is_called_paywall_is_whole():
    body = f'<div class="paywall">{paragraphs()}<p>See <a href="/x/">the map</a>.</p></div>'

    found = read(story(head=declared(), body=body))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


def test_a_text_of_a_tenth_of_the_words_that_are_counted_is_a_stub():
    body = paragraphs(*PROSE * 8)
    count = len(" ".join(PROSE * 8).split())

    short = read(story(head=declared(words=10 * count), body=body))
    whole = read(story(head=declared(words=count + 20), body=body))

    assert is_stub(short)
    assert whole.flags == ()


def test_a_count_of_words_alone_proves_nothing():
    found = read(story(head=declared(words=4_000, free=True, selector=None)))

    assert found.flags == ()


@pytest.mark.parametrize("ending", ["…", "...", " […]"])
def test_a_text_that_ends_in_an_ellipsis_and_is_not_free_is_a_stub(ending):
    broken = paragraphs(*PROSE[:3], PROSE[3].removesuffix(" of the work.") + ending)

    locked = read(story(head=declared(selector=None), body=broken))
    free = read(story(body=broken))

    assert is_stub(locked)
    assert free.flags == ()


def test_a_short_lead_of_which_the_declared_rest_is_not_on_the_page_is_a_stub():
    found = read(story(head=declared(selector=".article-body__premium"), body=paragraphs(LEAD)))

    assert is_stub(found)


def test_the_word_subscribe_makes_no_stub():
    body = paragraphs(
        "Subscribe to read on, said the mayor, is what the town will never say.", LEAD
    )
    newsletter = '<div class="newsletter"><p>Subscribe to our letter.</p><form></form></div>'

    found = read(story(body=body, below=newsletter))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


def test_a_headline_over_a_wall_and_nothing_else_is_a_refusal():
    found = read(
        story(head=declared(), body=WALLS["MemberPress"].format(INSIDE + f"<p>{LEAD}</p>"))
    )

    assert (found.outcome, found.article) == (Outcome.BLOCKED, None)
    assert Flag.PAYWALL_STUB in found.flags
