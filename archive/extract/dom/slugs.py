"""Tell names of the frame from ids and classes that software makes of headings.

"social-housing" is a slug of the heading "Social housing", and no row of share buttons. A slug has
the words of its heading in order, and it has words that no designer of a frame uses, or the
sections beside it have slugs, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from archive.extract.dom.lines import HEADINGS

_MARKUP_TEXT = """
    share sharing social socials newsletter newsletters related comments comment cookie cookies
    consent nav menu sidebar footer header subscribe signup sign up breadcrumb breadcrumbs read also
    more most article articles post posts story stories news latest popular trending recommended
    links link list box bar button buttons icon icons widget widgets block blocks section sections
    area container content wrapper wrap inner outer top bottom left right main page pages site
    title heading item items form login register account search media follow us you may like author
    authors bio about tags tag categories category pagination banner popup modal overlay ad ads
    promo teaser teasers cards card grid row col column group module component the of and to for in
    your our join get
"""
_MARKUP = frozenset(_MARKUP_TEXT.split())
"""Words of which names of the frame are made, and of which its headings are made as well."""
_SPLIT = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
_LATIN = re.compile("[A-Za-z]{3}")
_LETTERS = 200
"""So much of an element's text is compared: a heading, or the first sentence."""
_SIBLINGS = 12
_MOST_LETTERS = 400


def is_slug(element: HtmlElement, name: str) -> bool:
    """Return whether *name*, a class or the id of *element*, is made of its heading or first words.

    Accents count for nothing, since slugs have none.
    """
    words = _words_of_name(name)
    is_id, is_special = element.get("id") == name, not _is_markup(words)
    if not is_special and not is_id:
        return False  # nearly always true, and much faster than to read the text
    if is_id and is_special and not _LATIN.search(_beginning(element)):
        return True  # a slug in Latin letters cannot be compared with its heading
    if not words or not _begins_with(element, words):
        return False
    return (len(words) > 1 and is_special) or (is_id and _is_among_slugs(element))


def _is_markup(words: Sequence[str]) -> bool:
    return all(word in _MARKUP or not word.isalpha() for word in words)


@lru_cache(maxsize=8_192)
def _words_of_name(name: str) -> tuple[str, ...]:
    return tuple(_words(name))


def _begins_with(element: HtmlElement, words: Sequence[str]) -> bool:
    heading = element if element.tag in HEADINGS else next(element.iter(*HEADINGS), None)
    said = _words(_beginning(element if heading is None else heading))
    return any(said[at : at + len(words)] == [*words] for at in range(len(said) - len(words) + 1))


def _beginning(element: HtmlElement) -> str:
    found, letters = [], 0
    for text in element.itertext():
        found.append(text)
        letters += len(text.strip())
        if letters >= _LETTERS:
            break
    return " ".join(found).lstrip()[:_LETTERS]


def _is_among_slugs(element: HtmlElement) -> bool:
    """Return whether an element beside *element*, of the same tag, has its heading as its id."""
    around = (*islice(element.itersiblings(element.tag), _SIBLINGS),)
    around += (*islice(element.itersiblings(element.tag, preceding=True), _SIBLINGS),)
    for other in around:
        words = _words_of_name(other.get("id") or "")
        if words and not _is_markup(words) and _begins_with(other, words):
            return True
    return False


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text[:_MOST_LETTERS])
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [word.lower() for word in _SPLIT.split(bare) if word]
