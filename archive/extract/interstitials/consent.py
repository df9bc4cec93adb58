"""Detect consent walls: pages that only ask for consent, or for money instead.

Most European pages have a consent banner. A wall has no page behind it: there is hardly a word
outside the box that asks. When a publisher covers a whole article with the box, the article is
still in the markup, and the page is no wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qs, unquote, urlsplit

from lxml.html import HtmlElement

from archive.extract.dom.class_names import names_of, words_in
from archive.extract.dom.document import Page, content_of, element_text
from archive.extract.interstitials.base import Interstitial, is_unlisted
from archive.extract.page_type import Shape
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of
from archive.extract.signs import Sign, Table, decide
from archive.model import Flag, Outcome

_OUTSIDE_LETTERS = 400
"""Letters of a wall outside its box: a greeting, links to the imprint and to a login."""
_BOX_LETTERS = 40
_MAX_BOXES = 50
_MAX_PROSE = 4_000
"""Letters of a long question; a box with more holds the page itself, whatever its name."""
_OWN_PROSE = 80
"""Letters of prose outside a box; even a short article under a long banner has them."""

# Names in the markup of consent management platforms: whole words, and beginnings of names.
_PLATFORMS_TEXT = """
    didomi onetrust sourcepoint qccmp truste trustarc usercentrics cmpbox cmpwrapper cmplz iubenda
    cookiebot cybotcookiebotdialog borlabs brlbs borlabscookie borlabscookiebox tarteaucitron klaro
    osano axeptio appconsent sfbx cookieyes cookiefirst ketch termly consentmanager contentpass
    pubtech traffective clickio coioverlay cookiehub secureprivacy evidon snigel adconsent purabo
    purlayer puroffer
"""
_PLATFORMS = frozenset(_PLATFORMS_TEXT.split())
_PREFIXES_TEXT = """
    ot-sdk sp_message sp-message qc-cmp consent_blackbar uc-banner uc-center fc-consent fc-dialog
    fc-message-root cmp-root cky-consent cookie-law-info moove_gdpr cp-wall ppms_cm ccm-widget
    ccm-modal ccm-- hu-cookies wt-cli real-cookie-banner rcb-banner coi-banner ccc-module pur-abo
    pur-layer pur-offer cybotcookiebot
"""
_PREFIXES = tuple(_PREFIXES_TEXT.split())
_PLATFORM_HOSTS = re.compile(
    r"privacy-center\.org|cookielaw\.org|onetrust\.com|privacy-mgmt\.com|sourcepoint|sp-prod\.net"
    r"|cmp\.(?:quantcast|inmobi)\.com|quantcast\.mgr\.consensu\.org|consent\.trustarc\.com"
    r"|usercentrics\.eu|fundingchoicesmessages\.google\.com|consentmanager\.(?:net|mgr)|iubenda\.com"
    r"|consent\.cookiebot\.com|contentpass\.(?:net|de)|axept\.io|appconsent\.io|opencmp\.net"
    r"|traffective\.com|consensu\.org",
    re.IGNORECASE,
)
_SUBJECTS_TEXT = """
    cookie cookies gdpr rgpd dsgvo tcf tcf2 cookiewall consentwall privacywall privacygate
    cookieconsent cookiebanner cookienotice
"""
_SUBJECTS = frozenset(_SUBJECTS_TEXT.split()).union(phrases().consent_name)
_NOT_ASKING_TEXT = """
    policy policies statement declaration no has not with without accepted given enabled disabled
    body js loaded ready article post entry content page
"""
_NOT_ASKING = frozenset(_NOT_ASKING_TEXT.split())
"""With one of these words, a name with "cookie" is that of a text or a state, not of a question."""
_YES = frozenset(phrases().consent_accept)
_ASKED = re.compile(any_of(phrases().personal_data), re.IGNORECASE)
_ADDRESS = re.compile(
    rf"(?:^|/)(?:{any_of(phrases().consent_name)}|cookie-?wall|consent-?wall|privacy-?(?:gate|wall)"
    r"|cookie-?consent|collectconsent)(?:[/.-]|$)",
    re.IGNORECASE,
)
_HOST = re.compile(r"^(?:consent|consents|cmp|myprivacy|privacywall|cookiewall|zustimmung)\.")
_BACK_TEXT = """
    targeturl target callbackurl callback returnurl return_to returnto continue redirect redirecturl
    redirect_uri url from origin originaldoneurl done next back ref sessionid
"""
_BACK = frozenset(_BACK_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Look:
    """The facts in which the signs of a wall are looked for; *box* may ask for consent."""

    page: Page
    box: HtmlElement
    text: str
    names: list[str]
    """Class names and ids of *box* and of what is in it."""
    at_address: bool


def consent_wall(page: Page, shape: Shape) -> Interstitial | None:
    """Return why *page* is a consent wall; None when it has, or may have, a text of its own.

    *shape* describes the text of the page without its frame.
    """
    at_address = _is_addressed(page.url)
    if not _may_be_wall(shape, at_address=at_address):
        return None
    look = _look_at(page, shape, at_address=at_address)
    if look is None or not _is_alone(look):
        return None
    found = decide(_SIGNS, look, _THRESHOLD)
    if found is None:
        return None
    return Interstitial(
        Outcome.BLOCKED,
        Flag.CONSENT_WALL,
        f"consent wall: {found.found[0].name}, and no text but the question",
        found.evidence("consent wall"),
    )


def _may_be_wall(shape: Shape, *, at_address: bool) -> bool:
    """Return whether there is hardly a word outside the box that may ask for consent."""
    if shape.prose > _MAX_PROSE:
        return False
    box = _box_around(shape.place)
    inside = 0 if box is None else len(element_text(box))
    if shape.letters - inside > _OUTSIDE_LETTERS:
        return False
    has_text = bool(shape.teasers) or (box is None and shape.prose >= _OWN_PROSE)
    return at_address or not has_text


def _look_at(page: Page, shape: Shape, *, at_address: bool) -> _Look | None:
    """Return the facts about the largest box on *page* that may ask; None when the box is small.

    The box is taken from the whole page, since the frame may have held it or its buttons.
    """
    boxes = islice(_boxes(page.tree), _MAX_BOXES)
    box = max(boxes, key=lambda found: len(content_of(found)), default=None)
    if box is None and at_address and shape.letters >= _BOX_LETTERS:
        box = page.tree.find("body")
    if box is None or len(text := element_text(box)) < max(_BOX_LETTERS, shape.letters // 2):
        return None
    elements = (box, *box.iter("div", "form", "button", "a", "section"))
    return _Look(page, box, text, list(map(names_of, elements)), at_address)


def _is_alone(at: _Look) -> bool:
    """Return whether there is no page behind the box.

    A page that a box only covers keeps its headline, and search engines may list it.
    """
    return at.at_address or is_unlisted(at.page) or _holds_heading(at.page, at.box)


def _named_platform(at: _Look) -> str | None:
    return next(filter(None, map(_platform_of, at.names)), None)


def _loaded_platform(at: _Look) -> str | None:
    sources = (script.get("src") or "" for script in at.page.tree.iter("script", "iframe"))
    found = next(filter(None, map(_PLATFORM_HOSTS.search, sources)), None)
    return found.group(0).lower() if found else None


def _asking_name(at: _Look) -> str | None:
    name = next(filter(_is_asking, at.names), None)
    return name.split()[0].lower() if name else None


_SIGNS: Table[_Look] = (
    (Sign("platform {}", _named_platform), Sign("platform {}", _loaded_platform)),
    Sign("box {}", _asking_name),
    Sign("asks by {}", lambda at: next(_controls(at.box), None), is_decisive=True),
    Sign("names cookies or personal data", lambda at: _ASKED.search(at.text) is not None),
    Sign("address of a wall", lambda at: at.at_address),
    Sign("not to be listed", lambda at: is_unlisted(at.page)),
)
_THRESHOLD = 3


def _box_around(place: HtmlElement) -> HtmlElement | None:
    """Return the outermost element, of *place* and those around it, with a name about consent."""
    around = [element for element in (place, *place.iterancestors()) if _is_box(element)]
    return around[-1] if around else None


def _boxes(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("div", "section", "aside", "dialog", "form", "main", "amp-consent"):
        if _is_box(element):
            yield element


def _is_box(element: HtmlElement) -> bool:
    if element.tag in {"body", "html"} or not isinstance(element.tag, str):
        return False
    if element.tag == "amp-consent":
        return True
    return _is_box_name(names_of(element))


@lru_cache(maxsize=8_192)
def _is_box_name(names: str) -> bool:
    return _platform_of(names) is not None or _is_asking(names)


@lru_cache(maxsize=8_192)
def _platform_of(names: str) -> str | None:
    for name in names.lower().split():
        if name.startswith(_PREFIXES):
            return name
    return next(iter(sorted(_PLATFORMS & words_in(names))), None)


def _is_asking(names: str) -> bool:
    return any(
        not _SUBJECTS.isdisjoint(words) and _NOT_ASKING.isdisjoint(words)
        for words in map(words_in, names.split())
    )


def _controls(box: HtmlElement) -> Iterator[str]:
    """Yield how the reader gives consent in *box*: a form, a button or a link."""
    for form in box.iter("form"):
        action = urlsplit(form.get("action") or "").path
        if _ADDRESS.search(action) or not _SUBJECTS.isdisjoint(words_in(action.replace("/", " "))):
            yield "a form"
    for element in box.iter("button", "input", "a"):
        if element.tag == "input" and element.get("type", "").lower() not in {"submit", "button"}:
            continue
        names = " ".join(
            element.get(name) or ""
            for name in (
                "class",
                "id",
                "name",
                "value",
                "data-testid",
                "data-action",
                "title",
                "on",
            )
        )
        text = element_text(element)[:60]
        said = {word.strip(".,!»«").lower() for word in f"{text} {names}".split()}
        if not _YES.isdisjoint(words_in(names)) or not _YES.isdisjoint(said):
            yield "a button" if element.tag != "a" else "a link"


def _is_addressed(url: str) -> bool:
    parts = urlsplit(url)
    if not _ADDRESS.search(unquote(parts.path)) and not _HOST.search(parts.hostname or ""):
        return False
    # Without a URL to return to, the page may be an article about consent.
    return any(key.lower() in _BACK for key in parse_qs(parts.query, keep_blank_values=True))


def _holds_heading(page: Page, box: HtmlElement) -> bool:
    """Return whether *box* has a heading or a form, and the page has no h1 outside it."""
    headlines = sum(1 for _ in page.tree.iter("h1"))
    inside = sum(1 for _ in box.iter("h1"))
    return inside == headlines and next(box.iter("h1", "h2", "form"), None) is not None
