"""Read the names in an element that names authors.

Element boundaries are boundaries: what stands in another element than a name belongs to it only if
a word or sign joins the two, or if it is an element of the same kind. So the role, the place and
the date beside a name are left out, in whatever language they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archive.extract.coding import one_line
from archive.extract.dom.class_names import words_in
from archive.extract.metadata.name_phrases import name_phrases
from archive.extract.metadata.person_names import (
    could_be_name,
    is_organization,
    is_role,
    is_whole_name,
    names_in,
)
from archive.extract.phrases.loading import phrases
from archive.extract.phrases.notation import any_of

_ABOUT = re.compile(rf"{any_of(phrases().about_author)}\W*", re.IGNORECASE)
_INLINE = frozenset({"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "mark", "small", "span",
                     "strong", "sup", "u", "ins", "data"})  # fmt: skip
NO_TEXT = frozenset({"script", "style", "template", "noscript", "svg", "time", "button", "img",
                      "select", "form", "figure", "figcaption", "sup", "picture"})  # fmt: skip
_BESIDE_TEXT = """
    role title job jobtitle position occupation function bio biography description desc about date
    time datetime published updated location place city dateline dept department desk section
    category social follow twitter facebook linkedin email mail phone share avatar photo image icon
    count comments comment label prefix posts links more tooltip org organization company
    affiliation rubric views reading hidden
"""
_BESIDE = frozenset(_BESIDE_TEXT.split())
"""Words in the class of an element that stands beside a name and is none."""
_SURELY_BESIDE = frozenset({"avatar", "bio", "role", "title", "photo", "image", "job", "date"})
_NAME_WORDS = frozenset({"name", "author", "byline", "fn", "names", "authors"})
GIVEN = frozenset({"given", "first", "firstname", "forename", "vorname", "prenom", "givenname"})
FAMILY = frozenset({"family", "last", "lastname", "surname", "nachname", "nom", "familyname"})
_MOST_WORDS = 4
"""Words of an outlet's name that is not written as names are."""
_MAX_PIECES = 60
_MAX_PIECE_CHARS = 400
_JOINING = " ,;&+/、，；／"
_MAX_NAME_CHARS = 80


def names_of_element(element: HtmlElement, language: str | None) -> list[str]:
    """Return the first name in *element*, and those that are joined to it.

    *language* is that of the page. An element that names nobody gives what it says instead, as
    "Staff writer".
    """
    reading = _Reading(language)
    for holder, piece in islice(_pieces(element), _MAX_PIECES):
        reading.read(holder, piece)
    return reading.names or reading.roles[:1]


class _Reading:
    """Reads the pieces of a byline in their order.

    *names* are those found. *roles* are what names nobody, as "Staff writer". After the label of a
    credit for something else than the text, the next piece is left out.
    """

    def __init__(self, language: str | None) -> None:
        self.language, self.known = language, name_phrases(language)
        self.names: list[str] = []
        self.roles: list[str] = []
        self.first: HtmlElement | None = None
        self.is_joined, self.is_other = True, False

    def read(self, holder: HtmlElement, piece: str) -> None:
        """Read the next *piece*, a text in the element *holder*."""
        line = piece.strip(" \u00a0|•·:：")
        if not line.strip(_JOINING) or self.known.joint.fullmatch(f" {line.strip(_JOINING)} "):
            self.is_joined = self.is_joined or bool(line)
        elif self.known.credit.fullmatch(line):
            self.is_other = True
        elif self.known.label.fullmatch(line) or _ABOUT.fullmatch(line):
            self.is_joined, self.is_other = True, False
        elif self.is_other:
            self.is_other = False
        elif len(piece) <= _MAX_PIECE_CHARS:
            self._read_names(holder, piece, line)

    def _read_names(self, holder: HtmlElement, piece: str, line: str) -> None:
        joint = self.known.joint.match(f" {line}")
        if joint:
            piece = f" {line}"[joint.end() :]
        is_joined = not self.names or self.is_joined or line[0] in _JOINING or joint is not None
        if not is_joined and not _is_same_kind(holder, self.first):
            return
        found = _could_be(names_in(piece.lstrip(_JOINING), self.language))
        if not is_joined:
            found = [name for name in found if is_whole_name(name)]
        if self.names or any(not is_role(name) for name in found):
            self.first = holder if self.first is None else self.first
            self.names.extend(name for name in found if name not in self.names)
        else:
            self.roles.extend(found)
        self.is_joined = not self.names or self._is_open(line)

    def _is_open(self, line: str) -> bool:
        """Return whether *line* ends with a word or sign that another name follows."""
        last = line.rpartition(" ")[2]
        return line[-1] in _JOINING or self.known.joint.fullmatch(f" {last} ") is not None


def _could_be(names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if 1 < len(name) <= _MAX_NAME_CHARS
        and (could_be_name(name) or (is_organization(name) and len(name.split()) <= _MOST_WORDS))
    ]


def _is_same_kind(element: HtmlElement, first: HtmlElement | None) -> bool:
    """Return whether *element* holds another name if *first* holds one: in a list, or by lines."""
    if first is None or element.tag != first.tag or element.get("class") != first.get("class"):
        return False
    return element is first or element.getparent() is first.getparent() or element.tag == "a"


def _pieces(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the texts of *element* between the bounds of elements, each with its element.

    Two single words in a row are one name ("<b>Ann</b> <b>Lee</b>"), as are a given and a family
    name.
    """
    held: tuple[HtmlElement, str] | None = None
    for holder, text, is_apart in _texts(element, element):
        line = one_line(text)
        if held is not None and not is_apart and _is_one_name(held, holder, text):
            held = held[0], f"{held[1]}{text}"
            continue
        if held is not None:
            yield held[0], one_line(held[1])
        held = (holder, text) if line else None
    if held is not None:
        yield held[0], one_line(held[1])


def _is_one_name(held: tuple[HtmlElement, str], holder: HtmlElement, text: str) -> bool:
    before = held[1]
    if not text.strip():
        return True
    first, second = before.split(), text.split()
    if len(first) == 1 and len(first[0]) == 1 and before[-1:].isalpha() and text[:1].islower():
        return True  # a large initial
    if not GIVEN.isdisjoint(class_words(held[0])) and not FAMILY.isdisjoint(class_words(holder)):
        return True
    are_words = len(first) == len(second) == 1 and (before[-1:].isspace() or text[:1].isspace())
    return are_words and all(
        word[0].isupper() and word.isalpha() and not is_role(word) for word in (*first, *second)
    )


def _texts(element: HtmlElement, top: HtmlElement) -> Iterator[tuple[HtmlElement, str, bool]]:
    """Yield the texts in *element*: the element of each, and whether a line begins before it."""
    is_apart = element.tag not in _INLINE
    if element.text:
        yield element, element.text, is_apart
        is_apart = False
    for child in element:
        if not isinstance(child.tag, str):
            continue
        is_block = child.tag not in _INLINE
        if child.tag in NO_TEXT or (child is not top and _is_beside(child)):
            is_apart = True
        elif child.tag != "br":
            for holder, text, apart in _texts(child, top):
                yield holder, text, apart or is_apart
                is_apart = False
        if child.tail:
            yield element, child.tail, is_apart or is_block
            is_apart = False
        else:
            is_apart = is_apart or is_block


def _is_beside(element: HtmlElement) -> bool:
    words = class_words(element)
    if _BESIDE.isdisjoint(words) and element.get("itemprop") not in {"jobTitle", "description"}:
        return False
    return _NAME_WORDS.isdisjoint(words) or not _SURELY_BESIDE.isdisjoint(words)


def class_words(element: HtmlElement) -> frozenset[str]:
    """Return the words in the class names of *element*, in lower case."""
    return words_in((element.get("class") or "")[:300])
