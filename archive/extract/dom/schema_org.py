"""Read an article's properties from JSON-LD: schema.org in the forms that sites write."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from archive.extract.coding import one_line
from archive.extract.dom.json_ld import Node

_ARTICLE_TYPES = """
    article newsarticle blogposting reportagenewsarticle analysisnewsarticle
    opinionnewsarticle backgroundnewsarticle reviewnewsarticle asknewsarticle liveblogposting
    socialmediaposting techarticle scholarlyarticle report satiricalarticle
    advertisercontentarticle
"""
ARTICLE_TYPES = frozenset(_ARTICLE_TYPES.split())
LISTING_TYPES = frozenset(
    {"collectionpage", "itemlist", "searchresultspage", "profilepage", "blog"}
)
PUBLISHER_TYPES = frozenset({"organization", "newsmediaorganization", "website", "corporation"})
_TAG = re.compile(r"<[^<>]{0,200}>")
_MOST_LISTS = 4


def types_of(node: Node) -> frozenset[str]:
    """Return the types of *node* in lower case, without the URL of the vocabulary."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(
        kind.rpartition("/")[2].removeprefix("schema:").lower()
        for kind in listed
        if isinstance(kind, str)
    )


def article_node(nodes: tuple[Node, ...]) -> Node | None:
    """Return the node of the page's article: of several, the one with the most properties."""
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    properties = ("headline", "datePublished", "author", "articleBody", "mainEntityOfPage")
    return max(articles, key=lambda node: sum(key in node for key in properties), default=None)


def article_body(nodes: tuple[Node, ...]) -> str:
    """Return the longest articleBody; empty when no node of an article has one."""
    bodies = (text(node.get("articleBody")) for node in nodes if types_of(node) & ARTICLE_TYPES)
    return max((body for body in bodies if body), key=len, default="")


def text(value: Any) -> str | None:
    """Return *value*, or the name of the node *value*, as one line of plain text, else None."""
    if isinstance(value, list):
        value = next((entry for entry in value if text(entry)), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return one_line(_TAG.sub("", html.unescape(value))) or None


def texts(value: Any) -> Iterator[str]:
    """Yield the texts of *value*: a string, a node with a name, or a list of such."""
    for entry in value if isinstance(value, list) else [value]:
        if line := text(entry):
            yield line


def resolved(value: Any, nodes: Iterable[Node]) -> Any:
    """Return the node among *nodes* that *value* refers to by ``@id``, else *value*.

    When *value* is a list, its first entry is looked up.
    """
    entry = value[0] if isinstance(value, list) and value else value
    if not isinstance(entry, dict) or not isinstance(name := entry.get("@id"), str):
        return value
    if len(entry) > 2:  # more than the reference and its type
        return value
    return next((node for node in nodes if node.get("@id") == name), value)


def people(value: Any, nodes: Iterable[Node]) -> Iterator[tuple[str, bool]]:
    """Yield the names in *value*, and whether each is an organization; ``@id`` is looked up.

    A name is yielded with its line breaks and tags, since they may part the names of several.
    """
    known = {node.get("@id"): node for node in nodes if isinstance(node.get("@id"), str)}
    for entry in _entries(value):
        node = entry
        if isinstance(entry, str) and entry in known:
            node = known[entry]
        elif isinstance(entry, dict) and not _own_names(entry):
            node = known.get(entry.get("@id")) if isinstance(entry.get("@id"), str) else None
        is_organization = isinstance(node, dict) and bool(types_of(node) & PUBLISHER_TYPES)
        for name in _own_names(node) if isinstance(node, dict) else [node]:
            if isinstance(name, str) and name.strip():
                yield name.strip(), is_organization


def _entries(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the entries of *value*, of lists in it and of lists of JSON-LD 1.1 (``@list``)."""
    if isinstance(value, dict) and ("@list" in value or "@set" in value):
        value = value.get("@list") or value.get("@set")
    if isinstance(value, list) and depth < _MOST_LISTS:
        for entry in value:
            yield from _entries(entry, depth + 1)
    else:
        yield value


def _own_names(node: Node) -> list[Any]:
    """Return the names of *node*: its name, or its given and its family name together."""
    name = node.get("name")
    names = [
        entry.get("@value") if isinstance(entry, dict) else entry
        for entry in (name if isinstance(name, list) else [name])
    ]
    if any(names):
        return names
    parts = (text(node.get("givenName")), text(node.get("familyName")))
    return [" ".join(part for part in parts if part)] if any(parts) else []


def image_url(value: Any) -> str | None:
    """Return the first URL of an image in *value*: a string, an ImageObject or a list."""
    for entry in value if isinstance(value, list) else [value]:
        found = entry.get("url") or entry.get("contentUrl") if isinstance(entry, dict) else entry
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def boolean(value: Any) -> bool | None:
    """Return the boolean that *value* writes (``true``, "False", "http://schema.org/True")."""
    if isinstance(value, bool):
        return value
    word = str(value).rpartition("/")[2].strip().lower()
    return {"true": True, "false": False}.get(word)


def publisher_names(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """Return the names of the site and of its publisher in *nodes*."""
    names: dict[str, None] = {}
    for node in nodes:
        if types_of(node) & PUBLISHER_TYPES and (name := text(node.get("name"))):
            names.setdefault(name)
        for name in texts(node.get("publisher")):
            names.setdefault(name)
    return tuple(names)
