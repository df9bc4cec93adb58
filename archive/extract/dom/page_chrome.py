"""Remove a page's frame by its markup: language switchers, share rows, menus, footers.

Class names are more reliable than texts, and independent of the language. Pitfall: themes give
classes such as "sidebar" to the element around everything, so an element that holds the article is
never removed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.coding import folded_words
from archive.extract.dom.document import class_tokens, content_of
from archive.extract.dom.lines import HEADINGS
from archive.extract.dom.slugs import is_slug
from archive.extract.dom.text_density import Prose
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of

AMP_SWITCHER_ID = "amp-mobile-version-switcher"
"""Id of the AMP plugin's "Exit mobile version"; the text is translated, the id is not."""

_BODY_MARKS = """
    entry-content post-content article-content article-body article__body articlebody
    article_body article__content story-body story-content post-body post__content post__body
    article-text article__text td-post-content amp-wp-article-content wp-block-post-content
    single-content entry__content content-body body-text storytext articletext
"""
BODY_MARKS = frozenset(_BODY_MARKS.split())
"""Classes and ids of the element that holds an article's text."""

_TAGS = frozenset({"nav", "footer", "dialog", "amp-sidebar", "amp-consent", "amp-social-share"})
_WIDGETS = frozenset({"aside", "section", "li"})
_ROLES = frozenset({"navigation", "contentinfo", "search", "dialog", "alertdialog", "tooltip"})
_WORDS_TEXT = """
    share sharing sharebar sharebuttons sharedaddy sharethis sharetools social socials
    addtoany a2a addthis essb heateor newsletter newsletters newsletterbox mc4wp mailchimp
    mailpoet signup subscribe optin related relatedposts relatedarticles yarpp recirc
    recirculation outbrain taboola cta comments commentlist commentform disqus breadcrumb
    breadcrumbs pagination navbar nav menu sidebar footer colophon kicker eyebrow topline dachzeile
"""
_CONSENT_TEXT = """
    cookie cookies consent gdpr onetrust didomi cmplz usercentrics truste cmpbox iubenda cookiebot
    cybotcookiebotdialog cookiewall consentwall borlabscookie
"""
_CONSENT = frozenset(_CONSENT_TEXT.split())
_WORDS = frozenset(_WORDS_TEXT.split()) | _CONSENT
_CONSENT_PHRASES = ("qc-cmp2", "sp-message", "cp-wall", "fc-dialog", "uc-banner", "cky-consent")
_PHRASES_TEXT = """
    follow-us sign-up comment-respond comment-form comment-list page-links post-navigation
    skip-link skip-to screen-reader sr-only
    visually-hidden widget-area author-box author-bio about-author
    about-the-author also-read read-also most-read more-stories more-news jetpack-likes
    sd-block you-may-also post-tags tooltip-text tooltip-content tooltip-bubble tooltip-inner
    toast-popup toast-message toast-container author-detail author-details author-desc
    author-description author-profile author-card author-biography
"""
_PHRASE = re.compile(rf"-(?:{'|'.join((*_PHRASES_TEXT.split(), *_CONSENT_PHRASES))})-")
_TOKENS = frozenset({"respond", "skip", "author-info", "tooltiptext"})
_CLAMPED = re.compile(r"(?:^|:)line-clamp-[1-9]")
"""Classes that show only the first lines of a text (Tailwind CSS), as in a teaser."""
_TOOLTIP = re.compile(r"(?i)(?<![a-z])tooltip(?![a-z])")
"""Only as an id, since the word that a tooltip explains has the same class."""
_COMMENTS = frozenset({"comments", "comments-area", "comment-list", "commentlist", "disqus_thread"})
"""A discussion may be longer than the article, so its length does not protect it."""
_COMMENT_WORDS = frozenset({"comments", "commentlist", "disqus"})
_COMMENT_PHRASES = ("comment-list",)
_OF_READERS = re.compile(
    r"(?i)comment-?_?(?:list|author|reply|body|content|meta|form|item|text|user|id|\d)|commentlist"
    r"|(?:^|[\s_-])(?:repl(?:y|ies)|respond|disqus|upvote|avatar|user-?name)(?:$|[\s_-])"
)
_COMMENTS_SHARE = 0.9
"""An element with such a word in its name and more text is around comments and article."""
_MAX_BANNER = 2_500
"""Letters of a consent banner, which may be longer than the article too."""
_LAYOUT_TEXT = """
    has no with without is not right left hide embed embeds enabled disabled wrap wrapper
"""
_LAYOUT = frozenset(_LAYOUT_TEXT.split())
"""With one of these words, a name describes the layout and not the frame ("no-sidebar")."""
_WHOLE_TEXT = """
    html head body main article title h1 h2 h3 h4 h5 h6
"""
_WHOLE = frozenset(_WHOLE_TEXT.split())
_SUBHEADINGS = HEADINGS - {"h1"}
_SECTIONS = frozenset({"div", "section", "article", "p", "ul", "ol", "table"})
_HIDDEN = frozenset({"visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text"})
_NEW_WINDOW = re.compile(
    rf"\W*(?:[\w'’]+\s+){{0,4}}{any_of(phrases().new_window)}(?:\s+\w+){{0,2}}\W*", re.IGNORECASE
)
"""Text beside a link for screen readers, which browsers do not show."""
_SPOKEN_LETTERS = 60
_MAX_NAMES = 2_000
"""Letters of classes and id that are read."""
_MAX_ROLE = 40
_SPLIT = re.compile(r"[-_:]+|(?<=[a-z])(?=[A-Z])")
_HEADLINE_LETTERS = 15
_HOLDING_SHARE = 0.5
"""An element with a larger share of the prose holds the article, whatever its tag or role."""
_DOUBTFUL_SHARE = 0.3
"""The same for class or id, on a page with ``_LONG_PAGE`` letters of prose."""
_LONG_PAGE = 1_000


def cut_frame(tree: HtmlElement) -> Prose:
    """Remove the frame from *tree*, in place; return the prose that is left.

    An element that holds the article is never removed: an element around one of
    ``body_elements``, around the page's only h1 or one that its title names, or around most of the
    page's paragraphs.
    """
    prose = Prose(tree)
    holders = _Holders(tree, prose)
    doomed: list[HtmlElement] = []
    inside: set[HtmlElement] = set()
    for element in prose.elements:
        if element in inside:
            continue
        is_spoken = element.tag == "span" and _is_spoken(element)
        if is_spoken or (is_frame(element) and not holders.keep(element)):
            doomed.append(element)
            inside.update(element.iter("*"))
    for element in doomed:
        prose.drop(element)
    return prose


def drop_frame_names(tree: HtmlElement) -> None:
    """Take names of the frame from the elements of *tree*, whose frame is cut, in place.

    trafilatura looks for such names as well, and would cut what was kept for a reason.
    """
    for element in tree.iter(*_SECTIONS):
        for attribute in ("class", "id"):
            names = element.get(attribute)
            if names and _frame_tokens(names[:_MAX_NAMES]):
                kept = [name for name in names.split() if not _is_frame_token(name)]
                element.set(attribute, " ".join(kept))


def is_frame(element: HtmlElement) -> bool:
    """Return whether the markup of *element* alone shows that it belongs to the page's frame."""
    get = element.get
    classes, name = get("class") or "", get("id") or ""
    role = (get("role") or "")[:_MAX_ROLE]
    shown = _shown_by(element.tag, role, classes[:_MAX_NAMES], name[:_MAX_NAMES])
    if not isinstance(shown, tuple):
        return shown
    return any(not any(is_slug(element, token) for token in tokens) for tokens in shown)


@lru_cache(maxsize=16_384)
def _shown_by(tag: str, role: str, classes: str, name: str) -> bool | tuple[tuple[str, ...], ...]:
    """Return whether the markup shows that an element belongs to the frame, where that is sure.

    Else return the names of the frame among its classes, and those in its id. They say so if they
    are no slugs of what the element says.
    """
    if tag in _WHOLE:
        return tag in _SUBHEADINGS and _is_hidden(classes)
    # Page builders (SiteOrigin, Elementor) also call the boxes of an article widgets, as div.
    is_widget = tag in _WIDGETS and "widget" in f"{classes} {name}".split()
    if tag in _TAGS or role.lower() in _ROLES or is_widget or _TOOLTIP.search(name):
        return True
    return tuple(filter(None, map(_frame_tokens, (classes, name)))) or False


@lru_cache(maxsize=16_384)
def _frame_tokens(names: str) -> tuple[str, ...]:
    return tuple(filter(_is_frame_token, names.split()))


def _is_hidden(classes: str) -> bool:
    """Return whether *classes* make an element visible only to screen readers."""
    return not _HIDDEN.isdisjoint(classes[:_MAX_NAMES].split())


def _is_spoken(element: HtmlElement) -> bool:
    """Return whether *element*, a span, says to screen readers that a link opens a window."""
    text = None if len(element) else element.text
    if not text or len(text) > _SPOKEN_LETTERS:
        return False
    return _NEW_WINDOW.fullmatch(text) is not None


def body_elements(tree: HtmlElement) -> list[HtmlElement]:
    """Return the outermost elements that the markup declares to hold the article's text."""
    found: list[HtmlElement] = []
    held: set[HtmlElement] = set()
    for element in tree.iter("div", "section", "article", "main", "td"):
        if _is_body(element) and element not in held:
            found.append(element)
            held.update(element.iter("*"))
    return found


def main_body_elements(tree: HtmlElement, prose: Prose) -> list[HtmlElement]:
    """Return those of ``body_elements`` with much text, since teasers have the same classes."""
    weights = {element: prose.held(element) for element in body_elements(tree)}
    most = max(weights.values(), default=0)
    return [element for element, weight in weights.items() if weight >= 0.3 * most]


def _is_body(element: HtmlElement) -> bool:
    get = element.get
    declared, classes, name = get("itemprop"), get("class"), get("id")
    if declared and "articlebody" in declared.lower().split():
        return True
    return bool((classes and _named_body(classes)) or (name and _named_body(name)))


@lru_cache(maxsize=16_384)
def _named_body(names: str) -> bool:
    return not BODY_MARKS.isdisjoint(names.lower().split())


@lru_cache(maxsize=32_768)
def _is_frame_token(token: str) -> bool:
    lowered = token.lower()
    if lowered == AMP_SWITCHER_ID or lowered in _TOKENS:
        return True
    if _CLAMPED.search(lowered):
        return True
    words = [word.lower() for word in _SPLIT.split(token)]
    if not _LAYOUT.isdisjoint(words):
        return False
    return not _WORDS.isdisjoint(words) or (
        len(words) > 1 and _PHRASE.search(f"-{'-'.join(words)}-") is not None
    )


def _is_called(element: HtmlElement, names: frozenset[str], phrases: tuple[str, ...]) -> bool:
    """Return whether a class or the id of *element* has one of *names* or *phrases*.

    Classes and ids that describe a layout do not count.
    """
    for token in class_tokens(element):
        words = _SPLIT.split(token)
        joined = f"-{'-'.join(words)}-"
        if not names.isdisjoint(words) or any(f"-{phrase}-" in joined for phrase in phrases):
            return _LAYOUT.isdisjoint(words)
    return False


def _headlines(tree: HtmlElement) -> list[HtmlElement]:
    """Return the page's only h1, or those of several h1 whose words are in the page's title."""
    found = list(tree.iter("h1"))
    if len(found) < 2:
        return found
    title = " ".join(folded_words(content_of(each)) for each in tree.iter("title"))
    return [
        h1
        for h1 in found
        if len(words := folded_words(content_of(h1))) >= _HEADLINE_LETTERS and words in title
    ]


def _is_of_readers(element: HtmlElement) -> bool:
    """Return whether readers can answer in *element*, or each comment in it names its writer.

    The entries of a live blog are called comments, too.
    """
    if next(element.iter("textarea", "form"), None) is not None:
        return True
    for inner in element.iter("div", "li", "ol", "ul", "article", "a", "span", "footer", "p"):
        names = f"{inner.get('class') or ''} {inner.get('id') or ''}"
        if names != " " and _OF_READERS.search(names):
            return True
    return False


class _Holders:
    """Knows which elements hold the article's text or its headline, and so must stay."""

    def __init__(self, tree: HtmlElement, prose: Prose) -> None:
        self.prose, self.total = prose, prose.total
        self.named: set[HtmlElement] = set()
        for element in (*main_body_elements(tree, prose), *_headlines(tree)):
            self.named.add(element)
            self.named.update(element.iterancestors())

    def keep(self, element: HtmlElement) -> bool:
        if element in self.named:
            return True
        weight = self.prose.held(element)
        if weight == 0 or not _COMMENTS.isdisjoint(class_tokens(element)):
            return False
        if (
            weight < _COMMENTS_SHARE * self.total
            and _is_called(element, _COMMENT_WORDS, _COMMENT_PHRASES)
            and _is_of_readers(element)
        ):
            return False
        if weight < min(self.total, _MAX_BANNER) and _is_called(
            element, _CONSENT, _CONSENT_PHRASES
        ):
            return element.find(".//article") is not None
        by_words_only = element.tag not in _TAGS and element.get("role", "").lower() not in _ROLES
        doubtful = by_words_only and self.total > _LONG_PAGE
        share = _DOUBTFUL_SHARE if doubtful else _HOLDING_SHARE
        return weight > share * self.total
