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


BROKEN = (
    "The old ferry will run until the end of June, the mayor said on Tuesday, and after that the"
)
FORM = '<form action="/join"><input type="email"><button>Go</button></form>'
PASSWORD = '<form action="/in"><input name="u"><input type="password"><button>Go</button></form>'
BUTTON = "<button>Go</button>"
SAID = {
    "English": "Subscribe to continue reading.",
    "German": "Mit einem Abo weiterlesen.",
    "Russian": "Оформите подписку.",
    "Arabic": "لمتابعة القراءة سجل الدخول.",
    "Japanese": "この記事は会員限定です。続きを読むには登録してください。",
    "Vietnamese": "Vui lòng đăng nhập để đọc tiếp bài viết này.",
}
UNNAMED = {
    "an ellipsis and a price": (f"{BROKEN}…", f"<p>All of it for 4,99 € a month.</p>{BUTTON}"),
    "half a sentence and a price": (BROKEN, f"<p>Toda la web por $ 5 al mes.</p>{BUTTON}"),
    "half a sentence and a password": (BROKEN, f"<p>Who has paid comes in here.</p>{PASSWORD}"),
    "a price and a phrase": (LEAD, f"<p>{PROMISE} 2 EUR. {SAID['English']}</p>{BUTTON}"),
    **{f"a phrase in {name}": (BROKEN, f"<p>{text}</p>{BUTTON}") for name, text in SAID.items()},
}


@pytest.mark.parametrize("way", UNNAMED)
@pytest.mark.parametrize("wrap", ["{0}<div class='x7a'>{1}</div>", "<div>{0}</div><b-x>{1}</b-x>"])
def test_a_text_that_breaks_off_before_a_box_without_a_name_is_a_stub(way, wrap):
    text, box = UNNAMED[way]
    body = wrap.format(paragraphs(*PROSE[1:3], text), box)

    found = read(story(body=body))

    assert is_stub(found)
    assert found.article.text.splitlines() == [*PROSE[1:3], text]


@pytest.mark.parametrize(
    "fade",
    [
        '<div style="background: linear-gradient(transparent, white)"></div>',
        '<div style="-webkit-mask-image:linear-gradient(#000,transparent)"></div>',
        '<div class="textFadeOut"></div>',
        '<div class="article-gradient"></div>',
    ],
)
def test_a_text_that_fades_out_before_a_form_is_a_stub(fade):
    text = paragraphs(*PROSE[:2], BROKEN)
    box = f"<div class='q'><p>Come in and stay for as long as you like.</p>{FORM}</div>"

    assert is_stub(read(story(body=f"{text}{fade}{box}")))
    assert not is_stub(read(story(body=f"{paragraphs(*PROSE[:2])}{fade}{box}")))


WHOLE = {
    "a letter": f"<p>Our letter comes to you on Fridays.</p>{FORM}",
    "a login for comments": f"<p>Already a member? Say what you think.</p>{PASSWORD}",
    "a search": '<p>Search the archive of this paper</p><form><input name="q"></form>',
    "a price in a shop": "<p>The book of the bridge costs 12 €.</p><a href='/shop/'>Buy</a>",
}


@pytest.mark.parametrize("box", WHOLE.values(), ids=list(WHOLE))
@pytest.mark.parametrize("last", [PROSE[3], "Ann Lee, the correspondent", "A. L."])
def test_a_box_behind_a_whole_text_makes_no_stub_of_it(box, last):
    found = read(story(body=f"{paragraphs(*PROSE, last)}<div>{box}</div>"))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


def test_a_box_for_comments_behind_half_a_sentence_is_no_wall():
    box = f"<p>Already a member? Subscribe to continue reading.</p>{PASSWORD}"

    found = read(story(body=f'{paragraphs(*PROSE, BROKEN)}<div id="comments">{box}</div>'))

    assert found.flags == ()


def test_a_long_text_that_ends_within_a_sentence_is_whole():
    box = f"<div><p>{SAID['English']} 4 €</p>{FORM}</div>"

    assert read(story(body=f"{paragraphs(*PROSE * 5, BROKEN)}{box}")).flags == ()


AMP_WALLS = {
    "amp-access": '<section amp-access="NOT subscriber">{}</section>',
    "amp-access without access": '<section amp-access="!loggedIn" amp-access-hide>{}</section>',
    "amp-subscriptions": '<div subscriptions-display="NOT granted">{}</div>',
    "an element of the site's own": "<paywall-box>{}</paywall-box>",
    "a name for tests": '<div class="css-1x" data-testid="paywall-offer">{}</div>',
}


@pytest.mark.parametrize("who", AMP_WALLS)
def test_a_wall_is_known_by_attributes_and_elements(who):
    found = read(story(body=paragraphs(LEAD) + AMP_WALLS[who].format(INSIDE)))

    assert is_stub(found)
    assert found.article.text == LEAD


@pytest.mark.parametrize(
    "part",
    [
        '<section amp-access="subscriber">{}</section>',
        '<section subscriptions-section="content">{}</section>',
    ],
)
def test_a_part_for_those_with_access_is_locked_only_as_far_as_its_text_is_not_there(part):
    lead = paragraphs(*PROSE[:3], f"{BROKEN}…")

    assert is_stub(read(story(body=lead + part.format(""))))
    assert read(story(body=lead + part.format(paragraphs(*PROSE)))).flags == ()
