"""Cut a page's frame by what its markup says: switcher, share rows, newsletters, menus, footers.

Class names lie less often than texts, and need no language. But themes hang words such as
"sidebar" on the element that holds everything: what holds the article is never cut.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.page import content_of, drop, tokens_of

AMP_SWITCHER_ID = "amp-mobile-version-switcher"
"""The AMP plugin's "Exit mobile version": its text is translated, its id is not."""

_BODY_MARKS = """
    entry-content post-content article-content article-body article__body articlebody
    article_body article__content story-body story-content post-body post__content post__body
    article-text article__text td-post-content amp-wp-article-content wp-block-post-content
    single-content entry__content content-body body-text storytext articletext
"""
BODY_MARKS = frozenset(_BODY_MARKS.split())
"""Classes and ids that themes give the element around an article's text."""

_TAGS = frozenset({"nav", "footer", "dialog", "amp-sidebar", "amp-consent", "amp-social-share"})
_ROLES = frozenset({"navigation", "contentinfo", "search", "dialog", "alertdialog"})
_WORDS_TEXT = """
    share sharing sharebar sharebuttons sharedaddy sharethis sharetools social socials
    addtoany a2a addthis essb heateor newsletter newsletters newsletterbox mc4wp mailchimp
    mailpoet signup subscribe optin related relatedposts relatedarticles yarpp recirc
    recirculation outbrain taboola comments commentlist commentform disqus breadcrumb
    breadcrumbs pagination navbar nav menu sidebar footer colophon cookie cookies consent gdpr
    onetrust didomi cmplz
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_PHRASES_TEXT = """
    follow-us sign-up comment-respond comment-form comment-list page-links post-navigation
    skip-link skip-to screen-reader sr-only widget-area author-box author-bio about-author
    about-the-author also-read read-also most-read more-stories more-news jetpack-likes
    sd-block you-may-also post-tags
"""
_PHRASES = tuple(_PHRASES_TEXT.split())
_TOKENS = frozenset({"widget", "widgets", "respond", "skip", "author-info"})
_LAYOUT_TEXT = """
    has no with without is not right left hide embed embeds enabled disabled wrap wrapper
"""
_LAYOUT = frozenset(_LAYOUT_TEXT.split())
"""Words that turn a token into one about the layout around the frame ("no-sidebar")."""
_WHOLE_TEXT = """
    html head body main article title h1 h2 h3 h4 h5 h6
"""
_WHOLE = frozenset(_WHOLE_TEXT.split())
_SPLIT = re.compile(r"[-_:]+|(?<=[a-z])(?=[A-Z])")
_HOLDING_SHARE = 0.6


def cut_frame(tree: HtmlElement) -> None:
    """Remove the frame from *tree*, in place.

    Never what holds the article: an element around one of ``body_elements``, around the page's
    only h1, or around most of the page's paragraphs.
    """
    holders = _holders(tree)
    doomed: list[HtmlElement] = []
    inside: set[HtmlElement] = set()
    for element in tree.iter("*"):
        if element.getparent() in inside:
            inside.add(element)
        elif is_frame(element) and element not in holders:
            doomed.append(element)
            inside.add(element)
    for element in doomed:
        drop(element)


def is_frame(element: HtmlElement) -> bool:
    """Whether the markup of *element* alone says that it belongs to the page's frame."""
    if element.tag in _WHOLE:
        return False
    if element.tag in _TAGS or element.get("role", "").lower() in _ROLES:
        return True
    named = f"{element.get('class', '')} {element.get('id', '')}".split()
    return any(_is_frame_token(token) for token in named)


def body_elements(tree: HtmlElement) -> list[HtmlElement]:
    """Return the elements that markup declares to hold the article's text, outermost only."""
    found: list[HtmlElement] = []
    for element in tree.iter("div", "section", "article", "main", "td"):
        declared = "articlebody" in element.get("itemprop", "").lower().split()
        if not declared and BODY_MARKS.isdisjoint(tokens_of(element)):
            continue
        if not any(ancestor in found for ancestor in element.iterancestors()):
            found.append(element)
    return found


@lru_cache(maxsize=16_384)
def _is_frame_token(token: str) -> bool:
    lowered = token.lower()
    if lowered == AMP_SWITCHER_ID or lowered in _TOKENS or lowered.startswith("widget_"):
        return True
    words = [word.lower() for word in _SPLIT.split(token)]
    if not _LAYOUT.isdisjoint(words):
        return False
    joined = "-".join(words)
    return not _WORDS.isdisjoint(words) or any(
        f"-{phrase}-" in f"-{joined}-" for phrase in _PHRASES
    )


def _holders(tree: HtmlElement) -> set[HtmlElement]:
    """Return every element that must stay, since the article's text or its headline is in it."""
    weights: dict[HtmlElement, int] = {}
    total = 0
    for paragraph in tree.iter("p"):
        length = len(content_of(paragraph))
        total += length
        for ancestor in paragraph.iterancestors():
            weights[ancestor] = weights.get(ancestor, 0) + length
    holders = {element for element, weight in weights.items() if weight > _HOLDING_SHARE * total}
    headlines = list(tree.iter("h1"))
    kept = body_elements(tree) + (headlines if len(headlines) == 1 else [])
    for element in kept:
        holders.add(element)
        holders.update(element.iterancestors())
    return holders
