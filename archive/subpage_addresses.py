"""Compare the addresses of two pages, one of which may be a subpage of the other, an article.

Software gives the comments on a story, its form for printing and its pictures addresses of their
own, in words of any language: ``/story/comment-page-2/``, ``/story?print=1``, ``/pechat.php?id=7``.
Whatever the words are, such an address has the slug or the number of the story in it. So has, by
chance, the address of another story. The pages themselves have to say that they belong together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from archive.urls import amp_base, file_ending, is_home

_ORIGIN = re.compile(r"https?://[^/]+")
_ENDING = re.compile(r"(?<=[^/.])\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{3,}(?!\d)")
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?")
_LAST_NUMBER = re.compile(r"[-_]\d+$")
_BETWEEN = re.compile(r"[-_]")
_LEAST_JOINTS = 2
"""A slug has three words or more; with fewer it may name a section, or what is beside a story."""
_HASH = re.compile(r"(?=.*\d)[0-9a-f]{8,}", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_OWN_NAME = re.compile(r"\d{3}|\d\D+\d+\D+\d|[^/]+(?:[-_][^/]+){3}")
"""What names a story below another address: a number, a date, a slug of four words or more."""
_DAY = re.compile(r"(?:19|20)\d\d[-/._]?[01]\d(?!\d{3})")


@dataclass(frozen=True)
class StoryAddress:
    """The address of a page (normalized), which other addresses are compared to."""

    url: str

    def is_above(self, other: str) -> bool:
        """Return whether *other* is this address with something added, which names no story.

        Segments, parameters or letters are added: ``/story/2/``, ``/story?all=1``,
        ``/story-print.html``. A date, a slug and a longer number name a story of their own, as
        those below the front page of a series do.
        """
        if not other.startswith(self._stem):  # nearly always, and so asked first
            return False
        head, _, query = other.partition("?")
        if other == self.url or is_home(self.url):
            return False
        added = unquote(head[len(self._stem) :].removesuffix(self._ending).rstrip("/"))
        if added and (added[0].isalnum() or _OWN_NAME.search(added)):
            return False
        more = self._added_parameters(query)
        if more is None or any(_DAY.search(parameter) for parameter in more):
            return False
        return bool(added or more)

    def shares_a_name(self, other: str) -> bool:
        """Return whether *other* has the same slug or number in another address of this host."""
        if self._name is not None and not any(token in other for token in self._tokens):
            return False  # most links of a page are told apart by this quick look
        if other == self.url or not other.startswith(f"{self._origin}/"):
            return False
        if self._name is None:
            query, own = other.partition("?")[2], self.url.partition("?")[2]
            return bool(own) and own == query and _DIGIT.search(own) is not None
        in_path, in_query = _names(other[len(self._origin) :])
        names = in_query or in_path[-1:]
        return bool(names) and all(_is_one_name(self._name, name) for name in names)

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        return (self._name, *_NUMBER.findall(self._name)) if self._name else ()

    @cached_property
    def _origin(self) -> str:
        origin = _ORIGIN.match(self.url)
        return origin[0] if origin else self.url

    @cached_property
    def _ending(self) -> str:
        ending = _ENDING.search(self.url.partition("?")[0])
        return ending[0] if ending else ""

    @cached_property
    def _stem(self) -> str:
        """The address up to what is added to it: without query, ending and last slash."""
        return self.url.partition("?")[0].removesuffix(self._ending).rstrip("/")

    def _added_parameters(self, query: str) -> list[str] | None:
        """Return the parameters of *query* that this address lacks; None if *query* lacks one."""
        left = query.split("&") if query else []
        own = self.url.partition("?")[2]
        for parameter in own.split("&") if own else ():
            if parameter not in left:
                return None
            left.remove(parameter)
        return left

    @cached_property
    def _name(self) -> str | None:
        """The last slug or longer number of the address; None if it has neither."""
        in_path, in_query = _names(self.url[len(self._origin) :])
        return next(reversed([*in_path, *in_query]), None)


def subpage_address(url: str) -> bool:
    """Return whether a page at *url* may be a subpage: no AMP page, no file, no front page."""
    return amp_base(url) is None and file_ending(url) is None and not is_home(url)


def _names(address: str) -> tuple[list[str], list[str]]:
    """Return the slugs and longer numbers in the path of *address* and in its query."""
    path, _, query = address.partition("?")
    segments = _ENDING.sub("", path).split("/")
    values = (parameter.partition("=")[2] for parameter in query.split("&"))
    return [*filter(_is_name, segments)], [*filter(_is_name, values)]


def _is_name(token: str) -> bool:
    plain = _LAST_NUMBER.sub("", token)
    if len(_BETWEEN.findall(plain)) >= _LEAST_JOINTS:
        return True
    if _HASH.fullmatch(token):
        return True
    return any(not _DATE.fullmatch(number) for number in _NUMBER.findall(token))


def _is_one_name(one: str, other: str) -> bool:
    """Return whether two names are equal, or one of them is the number in the other."""
    if one == other:
        return True
    pairs = ((one, other), (other, one))
    return any(bare.isdigit() and bare in _NUMBER.findall(whole) for bare, whole in pairs)
