import pytest

from archive.model import Flag, Outcome
from tests.support.pages import PROSE, STORY, paragraphs, read, story

ASKS = (
    "We and our 214 partners store cookies on your device and process personal data such as your "
    "address and what you look at, to measure our audience and to pay for journalism."
)
BOXES = {
    "Didomi": (
        '<div id="didomi-host"><div class="didomi-popup-view"><h1 class="didomi-popup__title">{h}'
        '</h1><div class="didomi-popup-notice-text">{t}</div><div class="didomi-buttons">'
        '<button id="didomi-notice-agree-button">{b}</button></div></div></div>'
    ),
    "OneTrust": (
        '<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" role="dialog">'
        '<h2 id="onetrust-policy-title">{h}</h2><div id="onetrust-policy-text">{t}</div>'
        '<button id="onetrust-accept-btn-handler">{b}</button></div></div>'
    ),
    "Sourcepoint": (
        '<div id="sp_message_container_523772"><div class="message type-modal"><h1>{h}</h1>'
        '<p>{t}</p><button title="{b}" class="sp_choice_type_11">{b}</button></div></div>'
    ),
    "Quantcast": (
        '<div class="qc-cmp2-container"><div class="qc-cmp2-summary-info"><h2>{h}</h2><p>{t}</p>'
        '</div><button mode="primary" class="css-k8o10q">{b}</button></div>'
    ),
    "TrustArc": (
        '<div id="truste-consent-track" class="truste_box_overlay"><h1>{h}</h1>'
        '<div id="truste-consent-text">{t}</div>'
        '<button id="truste-consent-button">{b}</button></div>'
    ),
    "Usercentrics": (
        '<div id="usercentrics-cmp-ui"><section class="uc-banner-content"><h1>{h}</h1><p>{t}</p>'
        '</section><button data-testid="uc-accept-all-button">{b}</button></div>'
    ),
    "Funding Choices": (
        '<div class="fc-consent-root"><div class="fc-dialog fc-choice-dialog"><h1>{h}</h1><p>{t}'
        '</p><button class="fc-button fc-cta-consent fc-primary-button"><p>{b}</p></button></div>'
        "</div>"
    ),
    "contentpass": (
        '<div class="cp-wall"><h1>{h}</h1><p>{t}</p><button class="cp-btn-accept">{b}</button>'
        '<a class="cp-btn-subscribe" href="/pur">Without tracking for 2.99 a month</a></div>'
    ),
    "a house of its own": (
        '<div class="cookie-wall"><h1>{h}</h1><p>{t}</p><form method="post" action="/cookie-wall/'
        'choice"><input type="hidden" name="back" value="/x/"><input type="submit" value="{b}">'
        "</form></div>"
    ),
}
WORDS = {
    "en": ("Before you continue", ASKS, "Accept all"),
    "de": (
        "Mit Werbung lesen",
        (
            "Wir und unsere 189 Partner verwenden Cookies und verarbeiten personenbezogene Daten, "
            "um unser Angebot durch Werbung zu finanzieren. Oder lesen Sie ohne Werbung im Pur-Abo."
        ),
        "Akzeptieren und weiter",
    ),
    "fr": (
        "Avant de continuer",
        (
            "Avec votre accord, nos 78 partenaires et nous utilisons des traceurs pour lire et "
            "stocker des données personnelles comme votre visite sur ce site."
        ),
        "Accepter et fermer",
    ),
}
ARTICLE_HEAD = (
    f'<link rel="canonical" href="{STORY}"><meta property="og:type" content="article">'
    '<meta property="og:title" content="The bridge over the river opens">'
)


def box_of(platform, language="en"):
    heading, text, button = WORDS[language]
    return BOXES[platform].format(h=heading, t=text, b=button)


def wall(box, *, head="", title="The bridge over the river opens", body_class=""):
    """A page on which nothing but *box* stands, with a few links as the law wants them."""
    return f"""<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>
    <body class="{body_class}">{box}<footer><a href="/imprint/">Imprint</a>
    <a href="/privacy/">Privacy</a></footer></body></html>"""


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("platform", BOXES)
def test_a_question_for_consent_in_place_of_the_page_is_a_wall(platform, language):
    found = read(wall(box_of(platform, language), head=ARTICLE_HEAD))

    assert (found.outcome, found.article) == (Outcome.BLOCKED, None)
    assert found.flags == (Flag.CONSENT_WALL,)
    assert found.reason.startswith("consent wall: ")


@pytest.mark.parametrize("platform", BOXES)
def test_a_wall_names_neither_links_nor_other_addresses_of_the_page(platform):
    found = read(wall(box_of(platform), head=ARTICLE_HEAD))

    assert (found.candidates, found.edges, found.alternates) == ((), (), ())


@pytest.mark.parametrize(
    "url",
    [
        "https://www.news.test/zustimmung?url=https%3A%2F%2Fwww.news.test%2Fpolitik%2Fgrenze",
        "https://www.news.test/sonstiges/zustimmung/auswahl.html?from=https%3A%2F%2Fwww.news.test",
        "https://consent.news.test/v2/collectConsent?sessionId=3_cc-session_58535d3e",
        "https://consent.news.test/ml?continue=https://news.test/&gl=DE",
        "https://myprivacy.news.test/consent?siteKey=a1&callbackUrl=https%3A%2F%2Fnews.test",
    ],
)
def test_a_page_of_its_own_that_leads_back_is_a_wall_though_no_class_says_so(url):
    box = f'<div class="box"><h1>Continue</h1><p>{ASKS}</p><button name="agree">Yes</button></div>'

    found = read(wall(box, title="The News"), url=url)

    assert (found.outcome, found.flags) == (Outcome.BLOCKED, (Flag.CONSENT_WALL,))


@pytest.mark.parametrize("platform", BOXES)
@pytest.mark.parametrize("body", [None, f"<p>{PROSE[0]}</p>"])
def test_a_banner_over_an_article_changes_nothing_of_it(platform, body):
    plain = read(story(head=ARTICLE_HEAD, body=body))

    covered = read(story(head=ARTICLE_HEAD, body=body, after=box_of(platform)))

    assert (covered.outcome, covered.flags) == (Outcome.ARTICLE, ())
    assert covered.article == plain.article


@pytest.mark.parametrize("platform", BOXES)
def test_a_banner_over_a_list_leaves_it_a_list(platform):
    teasers = "".join(f'<h2><a href="/story-{n}/">Story number {n}</a></h2>' for n in range(4))

    found = read(wall(box_of(platform) + teasers, title="The News"), url="https://news.test/town/")

    assert (found.outcome, found.flags) == (Outcome.LISTING, ())


@pytest.mark.parametrize("platform", BOXES)
def test_a_banner_over_a_picture_with_a_headline_is_no_wall(platform):
    picture = '<h1>The bridge</h1><figure><img src="/bridge.jpg" alt=""></figure>'

    found = read(wall(picture + box_of(platform), head=ARTICLE_HEAD))

    assert Flag.CONSENT_WALL not in found.flags


def test_an_article_about_consent_is_an_article():
    body = (
        paragraphs(
            "A consent wall asks readers to accept cookies before they see a single word.",
            "Publishers and their partners live on personal data, and the court has ruled on it.",
        )
        + '<p><button class="accept">Accept all</button> is what four in five readers press.</p>'
    )
    head = '<meta name="robots" content="noindex">'

    found = read(
        story(head=head, body=body, title="The consent wall: a history"),
        url="https://news.test/2026/02/consent-wall-history/",
    )

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


def test_a_container_with_a_name_that_resembles_consent_holds_an_article():
    body = f'<div class="cmp-container consent-aware-page"><h1>The bridge</h1>{paragraphs()}</div>'

    found = read(wall(body, head='<meta name="robots" content="noindex">'))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


def test_a_cookie_policy_is_a_page():
    text = paragraphs(*[ASKS] * 4)
    page = f"""<html lang=en><head><title>Cookie policy</title></head><body class="page">
    <article class="cookie-policy"><h1>Cookie policy</h1>{text}
    <button id="ot-sdk-btn">Settings</button></article></body></html>"""

    found = read(page, url="https://news.test/cookie-policy/")

    assert (found.outcome, found.flags) == (Outcome.PAGE, ())
