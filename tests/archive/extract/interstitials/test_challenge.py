import pytest

from archive.model import Flag, Outcome
from tests.support.pages import read, story

NOINDEX = '<meta name="robots" content="noindex,nofollow">'


def alone(body, *, title="news.test", head=NOINDEX):
    return f"""<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>
    <body>{body}</body></html>"""


CHALLENGES = {
    "Cloudflare": alone(
        '<div class="main-wrapper" role="main"><noscript>Enable JavaScript and cookies</noscript>'
        "</div><script>window._cf_chl_opt={cType:'managed'}</script>",
        title="Just a moment...",
    ),
    "Imperva": alone(
        '<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&incident_id=7">Request '
        "unsuccessful. Incapsula incident ID: 778000-5</iframe>"
    ),
    "Akamai": alone(
        "<h1>Access Denied</h1>You don't have permission to access this on this server.<p>"
        "Reference #18.abc<p>https://errors.edgesuite.net/18.abc",
        title="Access Denied",
    ),
    "Akamai, in the script": alone(
        '<div id="sec-if-cpt-container"></div><script>triggerInterstitialChallenge()</script>'
    ),
    "AWS WAF": alone(
        '<div id="challenge-container"></div><script>window.gokuProps={"key":"A"};'
        "AwsWafIntegration.getToken()</script><noscript>JavaScript is disabled.</noscript>"
    ),
    "F5": alone(
        "The requested URL was rejected. Please consult with your administrator.<br>"
        "Your support ID is: 1234567890",
        title="Request Rejected",
        head="",
    ),
    "Anubis": alone(
        '<h1>Making sure you are not a bot!</h1><script id="anubis_challenge" '
        'type="application/json">{"rules":{}}</script>'
    ),
    "Sucuri": alone("<script>var s={},sucuri_cloudproxy_js='',S='cz0n'</script>"),
    "a guard of its own": alone(
        '<div role="main"><h1 id="challenge-title">Un instant…</h1><p id="challenge-running">Nous '
        'vérifions votre navigateur.</p><form id="challenge-form" method="post"></form></div>'
    ),
}
CAPTCHAS = {
    "DataDome": alone(
        "<p id=cmsg>Please enable JS</p><script>var dd={'host':'geo.captcha-delivery.com'}</script>"
    ),
    "HUMAN": alone(
        '<div id="px-captcha-wrapper"><h1>Press and hold</h1><div id="px-captcha"></div></div>'
        "<script>window._pxAppId='PX1'</script>",
        title="Access to this page has been denied",
    ),
    "AWS WAF": alone(
        '<div id="captcha-container"></div><script>AwsWafCaptcha.renderCaptcha()</script>'
    ),
    "reCAPTCHA": alone(
        '<form id="captcha-form" action="index" method="post"><div class="g-recaptcha" '
        'data-sitekey="6L"></div><input type="hidden" name="q"></form><p>Our systems have detected '
        "unusual traffic.</p>",
        title="Are you a robot?",
    ),
    "hCaptcha": alone(
        "<h1>Please verify that you are human</h1><form method=post>"
        '<div class="h-captcha" data-sitekey="1"></div><button>Continue</button></form>',
        head="",
    ),
    "Turnstile": alone(
        "<h1>Security check</h1><form method=post><div class='cf-turnstile' data-sitekey='0x4'>"
        "</div></form><script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>"
    ),
}
WIDGETS = [
    '<div class="g-recaptcha" data-sitekey="6L"></div>',
    '<div class="h-captcha" data-sitekey="1"></div>',
    '<div class="cf-turnstile" data-sitekey="0x4"></div>',
]
SENSORS = [
    '<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script>',
    '<script src="https://js.datadome.co/tags.js"></script>',
    '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
    '<script src="https://www.google.com/recaptcha/api.js?render=6L"></script>',
    '<script>(function(){window._pxAppId="PX1"})()</script>',
]


@pytest.mark.parametrize("who", CHALLENGES)
def test_a_test_of_the_browser_in_place_of_the_page_is_a_challenge(who):
    found = read(CHALLENGES[who])

    assert (found.outcome, found.article, found.flags) == (
        Outcome.BLOCKED,
        None,
        (Flag.CHALLENGE,),
    )
    assert found.reason.startswith("challenge: ")


@pytest.mark.parametrize("who", CAPTCHAS)
def test_a_riddle_in_place_of_the_page_is_a_captcha(who):
    found = read(CAPTCHAS[who])

    assert (found.outcome, found.article, found.flags) == (Outcome.BLOCKED, None, (Flag.CAPTCHA,))
    assert found.reason.startswith("captcha: ")


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_refusal_says_whose_challenge_it_bears(status):
    challenged = read(CHALLENGES["Cloudflare"], status=status)
    riddled = read(CAPTCHAS["DataDome"], status=status)
    plain = read("<h1>Forbidden</h1>", status=status)

    assert (challenged.reason, challenged.flags) == (
        f"status {status}, challenge: Cloudflare",
        (Flag.CHALLENGE,),
    )
    assert riddled.flags == (Flag.CAPTCHA,)
    assert (plain.reason, plain.flags) == (f"status {status}", ())


@pytest.mark.parametrize(
    ("status", "headers", "flag"),
    [
        (403, {"cf_mitigated": "challenge"}, Flag.CHALLENGE),
        (202, {"x_amzn_waf_action": "challenge"}, Flag.CHALLENGE),
        (405, {"x_amzn_waf_action": "captcha"}, Flag.CAPTCHA),
        (429, {"x_vercel_mitigated": "challenge"}, Flag.CHALLENGE),
    ],
)
def test_a_guards_header_is_believed_whatever_the_status(status, headers, flag):
    found = read(story(), status=status, **headers)

    assert (found.outcome, found.flags) == (Outcome.BLOCKED, (flag,))
    assert found.reason.endswith(f"status {status}")


@pytest.mark.parametrize("widget", WIDGETS)
def test_an_article_with_a_captcha_in_its_comment_form_is_an_article(widget):
    comments = f'<form id="commentform"><textarea name="comment"></textarea>{widget}</form>'

    found = read(story(body="<p>The bridge opened on Tuesday morning.</p>", after=comments))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


@pytest.mark.parametrize("sensor", SENSORS)
def test_a_short_article_behind_a_guard_is_an_article(sensor):
    found = read(story(head=sensor, body="<p>The bridge opened on Tuesday morning.</p>"))

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_form_to_write_to_the_newsroom_is_a_page(widget):
    page = alone(
        f'<h1>Contact</h1><form><input name="email"><textarea></textarea>{widget}</form>'
        "<p>Write to us. We answer to every letter within a week or two.</p>",
        title="Contact",
        head="",
    )

    found = read(page, url="https://news.test/contact/")

    assert (found.outcome, found.flags) == (Outcome.PAGE, ())


def test_an_article_about_captchas_is_an_article():
    found = read(
        story(
            title="Just a moment: how robots learned to solve the captcha",
            head=SENSORS[3],
            below='<div class="newsletter"><input type="email"><div class="h-captcha"></div></div>',
        )
    )

    assert (found.outcome, found.flags) == (Outcome.ARTICLE, ())
