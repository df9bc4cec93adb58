"""Find the elements of a page that name its authors.

The surest signs come first: ``rel=author``, hCard and h-entry, schema.org's ``author``; then boxes
and lines whose class says so; then a line near the headline that begins with "by".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archive.extract.dom.class_names import names_of, words_in
from archive.extract.dom.document import class_tokens, content_of, element_text
from archive.extract.dom.lines import PROSE_LETTERS
from archive.extract.metadata.byline_text import (
    FAMILY,
    GIVEN,
    NO_TEXT,
    class_words,
    names_of_element,
)
from archive.extract.metadata.name_phrases import name_phrases
from archive.extract.metadata.person_names import (
    could_be_name,
    is_whole_name,
    names_in,
)
from archive.extract.metadata.sources import Sources
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of, is_unspaced

_BYLINE_TEXT = """
    byline byline__name byline-author author author-name article-author article__author
    entry-author post-author vcard
"""
_BYLINE = frozenset(_BYLINE_TEXT.split())
_LIKE_BYLINE = re.compile(
    r"(?:^|[-_ ])(?:by[-_]?lines?|authors?|auteurs?|autor(?:e[ns]?|i|a|as|zy)?|redakteur\w*"
    r"|writers?|written[-_]?by|reporters?|journalists?|contributors?|signatures?|firmas?|skribent\w*"
    r"|tac[-_]?gia|yazar\w*|penulis)(?:$|[-_ ])|person[-_]link|author(?=list|name|link|item)",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"\d|[?!:]|(?:bio|photo|image|avatar|follow|more|box|related|comment)", re.IGNORECASE
)
_AUTHOR_PAGE = re.compile(rf"/{any_of(phrases().author_path)}/[^/?#]{{3,}}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_REPORTS = re.compile(r"[/／]")
_TAG_TEXT = """
    a span p div address li ul strong em cite b i h2 h3 h4 h5 h6 dd dl td section small font
"""
_TAGS = frozenset(_TAG_TEXT.split())
_BOX_WORDS = frozenset({"author", "authors", "authorbox", "byline", "contributor", "writer"})
_OTHER_NAMES = (
    frozenset({"user", "site", "brand", "company", "nick", "file", "label"}) | GIVEN | FAMILY
)
_TEASER_TAGS = frozenset({"h2", "h3", "h4", "h5"})
_OTHERS = frozenset({"comment", "comments", "commentlist", "related", "teaser", "sidebar",
                     "menu", "nav", "reply", "testimonial", "recommended", "popular",
                     "caption"})  # fmt: skip
_QUOTED = frozenset({"figure", "figcaption", "blockquote"})
_WIDGETS = frozenset({"aside", "section", "li"})
_MAX_NAME_CHARS = 80
_MAX_BOX_CHARS = 4_000
_MAX_TEASER_CHARS = 1_000
_MAX_LINES = 60
_MAX_LINE_CHARS = 150


def marked_names(sources: Sources) -> list[str]:
    """Return the names that ``rel=author``, hCard, h-entry or schema.org mark in the article."""
    marked = [each for each in sources.marked if _is_marked(each) and _is_own(each, sources)]
    return _first_names(marked, sources)


def byline_names(sources: Sources) -> list[str]:
    """Return the names in the first box or line whose class says that it names authors."""
    bylines = [each for each in sources.bylines if _is_byline(each) and _is_own(each, sources)]
    return _first_names(bylines, sources)


def boxed_names(sources: Sources) -> list[str]:
    """Return the names in the frame of the article, as in a box about its author.

    Such boxes are no text of the article, so ``sources.bare`` does not have them. If none is
    marked, an element counts that is called a name.
    """
    boxed = [each for each in sources.framed_bylines if _is_in_box(each) and not _is_others(each)]
    return _first_names(list(filter(_is_marked, boxed)), sources) or _first_names(
        [each for each in boxed if _is_name_box(each)], sources
    )


def _is_name_box(element: HtmlElement) -> bool:
    """Return whether *element* is an author's name, or a box that has one in an own element."""
    if class_words(element).isdisjoint(_BOX_WORDS):
        return False
    names = (*element.iterdescendants("h2", "h3", "h4", "h5", "strong", "b"),)
    return _is_name(element) or bool(names) or any(map(_is_name, element.iterdescendants()))


def _is_in_box(element: HtmlElement) -> bool:
    """Return whether *element* is in a box about an author, or at an end of the article."""
    for above in (element, *element.iterancestors()):
        if above.tag in {"article", "main"}:
            return True
        if above.tag in {"nav", "aside", "body"}:
            break
    return any(
        not class_words(above).isdisjoint(_BOX_WORDS)
        for above in islice(element.iterancestors(), 6)
    )


def labelled_names(sources: Sources) -> list[str]:
    """Return the names in the first line near the headline that begins with a word like "by"."""
    known = name_phrases(sources.language)
    before, behind = sources.near_headline
    lines = (*islice(behind, _MAX_LINES), *islice(reversed(before), _MAX_LINES))
    for element in lines:
        if element.tag in NO_TEXT or not 3 < len(content_of(element)) <= 4 * _MAX_LINE_CHARS:
            continue
        line = element_text(element)
        label = known.label.match(line)
        if not label or len(line) > _MAX_LINE_CHARS or len(line) == label.end():
            continue
        if label[0][-1].isalpha() and _REPORTS.search(line) is None:
            continue  # "记者调查" may begin a sentence
        names = names_of_element(element, sources.language)
        if names and all(is_unspaced(name) or len(name.split()) > 1 for name in names):
            return names
    return []


def opening_names(sources: Sources) -> list[str]:
    """Return the names in a bold line of its own between the headline and the text.

    Newspapers set names so, without a word like "by". A heading in such a line has words that the
    page also writes in lower case; a name has none.
    """
    _, behind = sources.near_headline
    for element in islice(behind, _MAX_LINES):
        around = element.getparent()
        if element.tag not in {"strong", "b"} or around is None or around.tag not in {"p", "div"}:
            continue
        line = element_text(element)
        if not 3 < len(line) <= _MAX_NAME_CHARS or line != element_text(around):
            continue
        text = around.getnext()
        if text is None or len(content_of(text)) < PROSE_LETTERS:
            continue  # it is no line above a text
        names = names_in(line, sources.language)
        if names and all(map(_is_plain_name, names)) and _are_all(names, line):
            said = set(_WORD.findall(content_of(sources.bare)))
            words = {word for name in names for word in _WORD.findall(name)}
            return [] if any(word.lower() in said for word in words) else names
    return []


def _is_plain_name(name: str) -> bool:
    return is_whole_name(name) and " " in name and name != name.lower()


def _are_all(names: list[str], line: str) -> bool:
    """Return whether *line* has hardly a word beside *names*."""
    named = sum(len(_WORD.findall(name)) for name in names)
    return len(_WORD.findall(line)) <= named + len(names) - 1


def _first_names(elements: list[HtmlElement], sources: Sources) -> list[str]:
    holders = {above for element in elements for above in element.iterancestors()}
    for element in elements:
        if element in holders and not any(map(is_author_page, element.iter("a"))):
            continue  # a box around bylines, with other content
        listed = (name for each in _alike(element, elements) for name in _named(each, sources))
        if found := list(dict.fromkeys(listed)):
            return found
    return []


def _named(element: HtmlElement, sources: Sources) -> list[str]:
    """Return the names in *element*: those in the elements in it that are marked, if it has any."""
    if len(content_of(element)) > _MAX_BOX_CHARS:
        return []
    names = names_of_element(element, sources.language)
    inner = [each for each in element.iterdescendants() if _is_name(each)]
    held = {above for each in inner for above in each.iterancestors()}
    marked = [
        name
        for each in inner
        if each not in held
        for name in names_of_element(each, sources.language)
    ]
    if marked and not set(marked) <= set(names):
        return list(dict.fromkeys(marked))
    return names or _spoken_name(element, sources)


def _spoken_name(element: HtmlElement, sources: Sources) -> list[str]:
    """Return the name that a link to an author has for those who hear the page, or of its image."""
    if element.tag != "a" or not is_author_page(element) or element_text(element):
        return []
    for holder in (element, *element.iter("img")):
        for attribute in ("title", "aria-label", "alt"):
            said = names_in(holder.get(attribute) or "", sources.language)
            if found := [name for name in said if could_be_name(name) and len(name.split()) > 1]:
                return found
    return []


def _alike(element: HtmlElement, elements: list[HtmlElement]) -> list[HtmlElement]:
    """Return *element* and the similar bylines in the same line, short list or row of boxes."""
    around = element
    for above in islice(element.iterancestors(), 3):
        if len(content_of(above)) > 8 * _MAX_NAME_CHARS or above.find(".//h1") is not None:
            break
        around = above
    kind, box = (element.tag, element.get("class")), (around.tag, around.get("class"))
    row = {around, *_row(around, box)}
    return [
        other
        for other in elements
        if (other.tag, other.get("class")) == kind
        and (other is element or not row.isdisjoint(other.iterancestors()))
    ]


def _row(around: HtmlElement, box: tuple[str, str | None]) -> Iterator[HtmlElement]:
    """Yield the boxes directly behind *around* that have its tag and its class, if it has one."""
    for other in around.itersiblings() if box[1] else ():
        if (other.tag, other.get("class")) != box:
            return
        yield other


def _is_own(element: HtmlElement, sources: Sources) -> bool:
    return not _is_others(element, sources.region, sources.headline)


def _is_others(
    element: HtmlElement, region: HtmlElement | None = None, headline: HtmlElement | None = None
) -> bool:
    """Return whether *element* belongs to a comment, picture, quotation, or another story."""
    above_headline = set(headline.iterancestors()) if headline is not None else set()
    for above in islice(element.iterancestors(), 12):
        if above is region or above in above_headline or above.tag in {"body", "main", "html"}:
            return False
        if above.tag == "article" and region is not None:
            return True
        words = words_in(names_of(above))
        if (
            above.tag in _QUOTED
            or not _OTHERS.isdisjoint(words)
            or ("widget" in words and above.tag in _WIDGETS)
        ):
            return True
        if len(content_of(above)) > _MAX_TEASER_CHARS:
            continue
        for heading in above.iter(*_TEASER_TAGS):
            links = (*heading.iter("a"), *heading.iterancestors("a"))
            if any(_leads_elsewhere(link, element) for link in links):
                return True
    return False


def _leads_elsewhere(link: HtmlElement, element: HtmlElement) -> bool:
    return link is not element and not is_author_page(link) and link not in element.iter("a")


def is_author_page(link: HtmlElement) -> bool:
    """Return whether *link* leads to the page of an author."""
    return "author" in (link.get("rel") or "").lower().split() or bool(
        _AUTHOR_PAGE.search(link.get("href") or "")
    )


def _is_marked(element: HtmlElement) -> bool:
    if element.tag in {"link", "meta", "img", "time"}:
        return False
    rels = (element.get("rel") or "").lower().split()
    if "author" in rels or "author" in (element.get("itemprop") or "").lower().split():
        return True
    tokens = class_tokens(element)
    if "fn" in tokens or "p-name" in tokens:
        cards = {"vcard", "h-card", "hcard", "p-author"}
        return "vcard" in tokens or any(
            not cards.isdisjoint(class_tokens(above))
            for above in islice(element.iterancestors(), 5)
        )
    return "p-author" in tokens


def _is_name(element: HtmlElement) -> bool:
    """Return whether *element* holds the name, inside of a box about an author."""
    if element.tag in {"meta", "link", "img"}:
        return False
    if _is_marked(element) or (element.tag == "a" and is_author_page(element)):
        return True
    words = class_words(element)
    return "name" in (element.get("itemprop") or "").split() or (
        "name" in words and words.isdisjoint(_OTHER_NAMES)
    )


def _is_byline(element: HtmlElement) -> bool:
    if element.tag not in _TAGS:
        return False
    if _is_marked(element) or (element.tag == "a" and is_author_page(element)):
        return True
    tokens = class_tokens(element)
    if not _BYLINE.isdisjoint(tokens):
        return True
    return any(_LIKE_BYLINE.search(token) and not _NO_BYLINE.search(token) for token in tokens)
